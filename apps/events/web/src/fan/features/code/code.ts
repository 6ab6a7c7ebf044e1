/** Letters and digits of a code as it is shown: XXXX-XXXX-XXXXX. */
const groups = [4, 4, 5];
const length = 13;
const separators = /[\s\-‐‑‒–—_.·]+/g;

/** A code without what people put between its letters. What it means is for the server to say. */
export function bare(text: string): string {
  return text.normalize('NFKC').replace(separators, '').toUpperCase();
}

/** A code as it is shown: in groups as far as it goes. What is longer than a code of ours stays as it was written. */
export function grouped(text: string): string {
  const code = bare(text);
  if (code.length > length) return text;
  const parts: string[] = [];
  let from = 0;
  for (const size of groups) {
    if (from < code.length) parts.push(code.slice(from, from + size));
    from += size;
  }
  return parts.join('-');
}

/**
 * What the field shows after a change, and where the caret stands then: behind as many letters as before.
 * @param caret where the caret stands in `text`.
 */
export function typed(text: string, caret: number): { text: string; caret: number } {
  const shown = grouped(text);
  if (shown === text) return { text, caret };
  const before = bare(text.slice(0, caret)).length;
  let at = 0;
  for (let seen = 0; at < shown.length && seen < before; at++) if (shown[at] !== '-') seen++;
  return { text: shown, caret: at };
}

/** The code that a link brings behind its # sign; undefined when it brings none, or something that has another name. */
export function codeIn(hash: string): string | undefined {
  try {
    return /^#(?!lost=)(?:code=)?([\w\s*~$-]{5,79}[\w*~$=])\s*$/.exec(decodeURIComponent(hash))?.[1]?.trim();
  } catch {
    return undefined;
  }
}
