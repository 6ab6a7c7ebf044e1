import type { IssuedCode } from '../../staff/session/types.ts';

/** A cell of a CSV file; what a spreadsheet would take for a formula is disarmed. */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
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

const whys: Record<string, string> = {
  columns: 'has another number of columns than the first line',
  tier: 'names a tier that this show does not have',
  code: 'has a code that is not well formed',
  taken: 'has a code that another ticket has',
  letters: 'has characters that cannot be stored',
  long: 'is too long',
  reference: 'has no reference',
  twice: 'has a reference that came before in this file',
  many: 'is beyond what one file may hold',
  empty: 'is empty',
};

/** Why a line of a file was not taken. */
export function whyLine(why: string): string {
  return whys[why] ?? why;
}
