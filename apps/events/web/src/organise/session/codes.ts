import type { IssuedCode } from '../../staff/session/types.ts';

/**
 * A cell of a CSV file. What a spreadsheet would take for a formula is disarmed: the signs that begin one, in their wide
 * forms too, and what some spreadsheets pass over in front of them.
 */
export function cell(text: string): string {
  const safe = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",;\t\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Codes as a file that spreadsheets and mail programs read: number, tier, code, address. */
export function csvOf(codes: readonly IssuedCode[], address: (code: string) => string): string {
  const lines = codes.map(c => [String(c.number), c.tier, c.code, address(c.code)].map(cell).join(','));
  return `number,tier,code,address\r\n${lines.join('\r\n')}\r\n`;
}

/** The address that lets a ticket in; behind the hash, so that no server and no log sees the code. */
export function addressOf(origin: string, slug: string, code: string): string {
  return `${origin}/events/${slug}#${code}`;
}

export interface Mail {
  title: string;
  artist: string;
  when: string | undefined;
  doors: string | undefined;
  address: string;
  code: string;
}

/** What an organiser mails with a ticket. Plain text, because every mail program shows it. */
export function mailOf({ title, artist, when, doors, address, code }: Mail): string {
  return [
    `Your ticket for ${title || 'the show'}${artist ? ` with ${artist}` : ''}`,
    '',
    ...(when ? [`When: ${when}${doors ? `, doors ${doors}` : ''}`] : []),
    `Where: ${address}`,
    `Code: ${code}`,
    '',
    'Open the address and enter the code. Upper or lower case, spaces and dashes make no difference.',
    'You need no account. The ticket works on one device at a time; you can move to another whenever you like.',
  ].join('\n');
}

/** Every reason that the server has for a line; its `TicketFile` lists them. */
const whys: Record<string, string> = {
  columns: 'has fewer columns than the first line',
  reference: 'has no reference',
  tier: 'names a tier that this show does not have',
  code: 'has a code that is not well formed, or that another ticket has',
  formula: 'begins with a sign that a spreadsheet would run as a formula (= + - @)',
  letters: 'has characters that are invisible or cannot be stored',
  long: 'is too long',
  twice: 'has a reference that came before in this file',
  quotes: 'has a quotation mark that is never closed',
};

const fileWhys: Record<string, string> = {
  header: 'The first line does not name the columns. At least “reference” has to be among them.',
  lines: 'The file has too many lines for one go. Split it; lines that are known already are passed over.',
  encoding: 'The file is no text that can be read. Save it as CSV in UTF-8.',
  length: 'The file is too large. Split it; lines that are known already are passed over.',
};

/** Why a file was not taken at all; undefined where the file is not the matter. */
export function whyFile(why: unknown): string | undefined {
  return typeof why === 'string' ? fileWhys[why] : undefined;
}

/** Why a line of a file was not taken. */
export function whyLine(why: string): string {
  return whys[why] ?? why;
}
