/** What fills the places of a message. Numbers are written as the language writes them. */
export type Params = Record<string, string | number>;

type Part = string | { name: string } | { name: string; forms: Map<string, Part[]>; plural: boolean };

const hash = '#';
const parsed = new Map<string, Part[]>();

/**
 * Fills an ICU message: `{name}`, `{n, plural, =0 {none} one {# fan} other {# fans}}`, `{x, select, a {..} other {..}}`.
 * What is filled in is isolated, so that a name written from right to left cannot turn what stands beside it.
 * @throws Error when the message itself is not well formed; a test tries every message.
 */
export function format(message: string, params: Params, language: string): string {
  let parts = parsed.get(message);
  if (!parts) {
    const reader = { text: message, at: 0 };
    parts = read(reader, false, false);
    parsed.set(message, parts);
  }
  return fill(parts, params, language, undefined);
}

function fill(parts: readonly Part[], params: Params, language: string, counted: number | undefined): string {
  let out = '';
  for (const part of parts) {
    if (part === hash) out += counted === undefined ? hash : number(counted, language);
    else if (typeof part === 'string') out += part;
    else {
      const value = params[part.name];
      if (value === undefined) throw new Error(`no value for ${part.name}`);
      if (!('forms' in part)) out += typeof value === 'number' ? number(value, language) : `\u2068${value}\u2069`;
      else {
        const exact = part.forms.get(`=${value}`);
        const form = part.plural ? plurals(language).select(Number(value)) : String(value);
        const chosen = exact ?? part.forms.get(form) ?? part.forms.get('other') ?? [];
        out += fill(chosen, params, language, part.plural ? Number(value) : counted);
      }
    }
  }
  return out;
}

interface Reader {
  text: string;
  at: number;
}

function read(reader: Reader, nested: boolean, inPlural: boolean): Part[] {
  const parts: Part[] = [];
  let text = '';
  const flush = () => {
    if (text) parts.push(text);
    text = '';
  };
  for (; reader.at < reader.text.length; reader.at++) {
    const char = reader.text[reader.at] ?? '';
    if (char === '}' && nested) {
      flush();
      return parts;
    }
    if (char === hash && inPlural) {
      flush();
      parts.push(hash);
    } else if (char === '{') {
      flush();
      parts.push(place(reader));
    } else text += char;
  }
  if (nested) throw new Error(`a brace is not closed: ${reader.text}`);
  flush();
  return parts;
}

/** Reads one place; `at` stands on its opening brace before and on its closing brace after. */
function place(reader: Reader): Part {
  reader.at++;
  const head = /^\s*(\w+)\s*(?:(\})|,\s*(plural|select)\s*,)/.exec(reader.text.slice(reader.at));
  const name = head?.[1];
  if (!head || !name) throw new Error(`a place is not well formed: ${reader.text}`);
  reader.at += head[0].length;
  if (head[2]) {
    reader.at--;
    return { name };
  }
  const plural = head[3] === 'plural';
  const forms = new Map<string, Part[]>();
  for (;;) {
    const form = /^\s*(=?\w+)\s*\{/.exec(reader.text.slice(reader.at));
    if (form?.[1]) {
      reader.at += form[0].length;
      forms.set(form[1], read(reader, true, plural));
      reader.at++;
      continue;
    }
    const end = /^\s*\}/.exec(reader.text.slice(reader.at));
    if (!end || !forms.has('other')) throw new Error(`a choice is not well formed: ${reader.text}`);
    reader.at += end[0].length - 1;
    return { name, forms, plural };
  }
}

const rules = new Map<string, Intl.PluralRules>();
function plurals(language: string): Intl.PluralRules {
  let found = rules.get(language);
  if (!found) {
    found = new Intl.PluralRules(language);
    rules.set(language, found);
  }
  return found;
}

const numbers = new Map<string, Intl.NumberFormat>();
function number(value: number, language: string): string {
  let found = numbers.get(language);
  if (!found) {
    found = new Intl.NumberFormat(language);
    numbers.set(language, found);
  }
  return found.format(value);
}
