import { cell } from './csv.ts';
import type { WordRule } from './types.ts';

/** What a file of words was read as. */
export interface WordsRead {
  words: WordRule[];
  refused: { line: number; why: string }[];
}

/** Rules of one list at most, as the server has it. */
export const wordsAtMost = 1000;

const keyOf = (word: WordRule) => `${word.match} ${word.text.trim()}`;

/**
 * A list with what a file or another list brings: a rule that is there already takes the action that is brought. The
 * same again changes nothing.
 */
export function join(
  list: readonly WordRule[],
  brought: readonly WordRule[],
): { words: WordRule[]; added: number; changed: number; known: number } {
  const words = new Map(list.map(w => [keyOf(w), w]));
  const counts = { added: 0, changed: 0, known: 0 };
  for (const word of brought) {
    const there = words.get(keyOf(word));
    counts[!there ? 'added' : there.action !== word.action ? 'changed' : 'known']++;
    words.set(keyOf(word), word);
  }
  return { words: [...words.values()], ...counts };
}

/** What was changed between `base` and `mine`, done to `theirs`: what others changed meanwhile stays. */
export function rebase(base: readonly WordRule[], mine: readonly WordRule[], theirs: readonly WordRule[]): WordRule[] {
  const [before, after] = [base, mine].map(list => new Map(list.map(w => [keyOf(w), w])));
  const words = new Map<string, WordRule>();
  for (const word of theirs) {
    const key = keyOf(word);
    const ours = after?.get(key);
    if (before?.has(key) && !ours) continue;
    words.set(key, ours && ours.action !== before?.get(key)?.action ? ours : word);
  }
  for (const [key, word] of after ?? []) if (!before?.has(key) && !words.has(key)) words.set(key, word);
  return [...words.values()];
}

/** A list as a file that spreadsheets open and the server reads as it was: what they would run has an apostrophe before it. */
export function csvOfWords(words: readonly WordRule[]): string {
  const lines = words.map(w => [disarmed(w.text), w.match, w.action].join(','));
  // Spreadsheets take a file for their own old encoding unless it begins so.
  return `\uFEFFtext,match,action\r\n${lines.map(l => `${l}\r\n`).join('')}`;
}

/** A text that begins with apostrophes gets one more, so that the one that is taken away is never its own. */
function disarmed(text: string): string {
  const formula = /^'*[=+\-@\t\r＝＋－＠]/.test(text);
  const safe = formula && !/^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  const made = cell(safe);
  return made === safe && /[;\t]/.test(safe) ? `"${made}"` : made;
}

/** Every reason that the server has for a line of such a file; its `WordFile` lists them. */
const whys: Record<string, string> = {
  columns: 'has fewer columns than the first line',
  text: 'has no text that could be found',
  match: 'says another way to find it than word, part or regex',
  action: 'says another action than hold, refuse or mask',
  pattern: 'is no pattern that can be matched: references back, looks ahead, or nothing at all',
  letters: 'has characters that are invisible or cannot be stored',
  long: 'is longer than 200 characters',
  twice: 'came before in this file',
  quotes: 'has a quotation mark that is never closed',
};

const fileWhys: Record<string, string> = {
  header: 'The first line does not name the columns: text, match, action. “text” has to be among them.',
  lines: 'The file has more than 5,000 lines.',
  encoding: 'The file is no text that can be read. Save it as CSV in UTF-8.',
  length: 'The file is larger than 1 MB.',
};

export function whyWordLine(why: string): string {
  return whys[why] ?? why;
}

/** Why a file was not taken at all; undefined where the file is not the matter. */
export function whyWordFile(why: unknown): string | undefined {
  return typeof why === 'string' ? fileWhys[why] : undefined;
}
