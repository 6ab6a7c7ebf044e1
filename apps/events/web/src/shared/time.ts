export interface Parts {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** How long it is until a moment, in whole units; all zero once it has come. */
export function partsUntil(moment: number, now: number): Parts {
  const left = Math.max(0, Math.ceil((moment - now) / 1000));
  return {
    days: Math.floor(left / 86_400),
    hours: Math.floor(left / 3600) % 24,
    minutes: Math.floor(left / 60) % 60,
    seconds: left % 60,
  };
}

/** The zone the reader lives in, as the browser knows it. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** "Saturday, 21 November, 20:00" in a zone. */
export function dayAndTime(moment: number, zone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone,
  }).format(moment);
}

export function timeOf(moment: number, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    ...(zone && { timeZone: zone }),
  }).format(moment);
}

/** A moment in one zone, for who already knows it in another: only the time where the day is the same. */
export function elsewhere(moment: number, zone: string, own: string, locale: string): string {
  const day = (z: string) => new Intl.DateTimeFormat('en', { dateStyle: 'short', timeZone: z }).format(moment);
  return day(zone) === day(own) ? timeOf(moment, locale, zone) : dayAndTime(moment, zone, locale);
}

/** A zone by the name of its place, "New York". */
export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** True when the clocks of two zones agree at a moment. */
export function sameClock(moment: number, one: string, other: string): boolean {
  const clock = (zone: string) =>
    new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone: zone }).format(moment);
  return clock(one) === clock(other);
}
