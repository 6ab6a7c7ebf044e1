import { ownZone, sameClock } from '../shared/time.ts';

/** The reader's locale for dates and numbers; the words are English. */
export const locale = globalThis.navigator?.languages.find(l => /^en\b/i.test(l)) ?? 'en-GB';

const count = new Intl.NumberFormat(locale);
export const number = (n: number) => count.format(n);

/** "20:14" of the reader's clock. */
export function clock(at: number | string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(zone && { timeZone: zone }),
  }).format(typeof at === 'string' ? Date.parse(at) : at);
}

/** "Sat 5 Dec 2026, 20:00" in a zone. */
export function dateTime(at: number | string, zone: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(typeof at === 'string' ? Date.parse(at) : at);
}

/** The reader's own time where it differs from the event's. */
export function ownTime(at: string, zone: string): string | undefined {
  const own = ownZone();
  return sameClock(Date.parse(at), own, zone) ? undefined : dateTime(at, own);
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' });

/** "2 min ago" below an hour, then the clock. */
export function ago(at: string, now: number): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  if (seconds > -60) return relative.format(Math.min(0, seconds), 'second');
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
  return clock(at);
}
