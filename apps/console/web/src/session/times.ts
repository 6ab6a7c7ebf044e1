const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const short = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 1,
  hourCycle: 'h23',
});
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Relative within the last hour, local after that. */
export function since(at: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  if (seconds > -5) return 'just now';
  if (seconds > -60) return relative.format(seconds, 'second');
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
  return date.format(Date.parse(at));
}

/** The time of day to a tenth of a second, of 24 hours: what is compared must line up. */
export const fineTimeOf = (at: string | number) => short.format(typeof at === 'string' ? Date.parse(at) : at);

export const dateOf = (at: string) => date.format(Date.parse(at));

/** A duration in words as short as it deserves. */
export function took(ms: number): string {
  if (ms < 1) return '< 1 ms';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

const plain = new Intl.NumberFormat();

/** A number with its noun: `1 route`, `2,000 routes`. */
export const counted = (count: number, noun: string, nouns = `${noun}s`) =>
  `${plain.format(count)} ${count === 1 ? noun : nouns}`;

export const number = (count: number) => plain.format(count);
