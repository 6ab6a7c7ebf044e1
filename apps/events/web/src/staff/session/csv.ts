/**
 * A cell of a CSV file. What a spreadsheet would take for a formula is disarmed: the signs that begin one, in their wide
 * forms too, and what some spreadsheets pass over in front of them.
 */
export function cell(text: string): string {
  const safe = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",;\t\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
