/** A wall clock's reading as an input of type datetime-local spells it: `2026-11-21T20:00`. */
export type Wall = string;

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in a zone shows at a moment. */
export function wallOf(moment: number, zone: string): Wall {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(moment).map(p => [p.type, p.value]));
  // Years before 1000 come without their zeros.
  return `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/**
 * The moments at which a clock in a zone shows this: one as a rule, two in the hour that an autumn night repeats, none
 * in the hour that a spring night leaves out. Earlier first, in milliseconds.
 */
export function momentsOf(wall: Wall, zone: string): number[] {
  const asUtc = Date.parse(`${wall}:00Z`);
  // What is no time, and years that nobody means: one that is being typed goes by 2, 20 and 202.
  if (Number.isNaN(asUtc) || !/^[1-9]\d{3}-/.test(wall)) return [];
  const day = 86_400_000;
  // A zone's offset changes at most once around one night, so the day before and the day after know all candidates.
  const offsets = new Set([asUtc - day, asUtc, asUtc + day].map(at => offsetAt(at, zone)));
  const found = [...offsets].map(offset => asUtc - offset).filter(at => wallOf(at, zone) === wall);
  return [...new Set(found)].sort((a, b) => a - b);
}

/** How far a zone's clocks are ahead of UTC, in milliseconds. */
export function offsetAt(moment: number, zone: string): number {
  const minute = Math.floor(moment / 60_000) * 60_000;
  return Date.parse(`${wallOf(minute, zone)}:00Z`) - minute;
}

/** "UTC+1", "UTC−3:30". */
export function offsetName(moment: number, zone: string): string {
  const minutes = Math.round(offsetAt(moment, zone) / 60_000);
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '\u2212' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

/** The next reading that exists after one that a spring night leaves out. */
export function afterGap(wall: Wall, zone: string): Wall {
  const asUtc = Date.parse(`${wall}:00Z`);
  return wallOf(asUtc - offsetAt(asUtc - 86_400_000, zone), zone);
}

/** Every zone this browser knows; a zone that is in use is always among them. */
export function zones(...used: string[]): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...used.filter(isZone)])].sort();
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone !== '';
  } catch {
    return false;
  }
}
