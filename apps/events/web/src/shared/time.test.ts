import { expect, test } from 'vitest';
import { dayAndTime, elsewhere, partsUntil, placeOf, sameClock, timeOf } from './time.ts';

test('what is left is counted down to nothing, and never below', () => {
  const moment = Date.UTC(2026, 10, 21, 20);
  expect(partsUntil(moment, moment - (2 * 86_400 + 3 * 3600 + 4 * 60 + 5) * 1000)).toEqual({
    days: 2,
    hours: 3,
    minutes: 4,
    seconds: 5,
  });
  expect(partsUntil(moment, moment - 1)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 1 });
  expect(partsUntil(moment, moment + 5000)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 0 });
});

test('one moment is told in two zones, through the night the clocks change', () => {
  const before = Date.UTC(2026, 9, 25, 0, 30);
  const after = Date.UTC(2026, 9, 25, 1, 30);
  expect(timeOf(before, 'en-GB', 'Europe/Berlin')).toBe('2:30');
  expect(timeOf(after, 'en-GB', 'Europe/Berlin')).toBe('2:30');
  expect(timeOf(after, 'en-GB', 'America/New_York')).toBe('21:30');
  expect(dayAndTime(after, 'America/New_York', 'en-GB')).toContain('24 October');
});

test('the day is told twice only where it differs', () => {
  const moment = Date.UTC(2026, 10, 21, 20);
  expect(elsewhere(moment, 'Europe/London', 'Europe/Berlin', 'en-GB')).toBe('20:00');
  expect(elsewhere(moment, 'Asia/Tokyo', 'Europe/Berlin', 'en-GB')).toContain('Sunday');
});

test('zones whose clocks agree are one zone to a reader', () => {
  const moment = Date.UTC(2026, 10, 21, 20);
  expect(sameClock(moment, 'Europe/Berlin', 'Europe/Paris')).toBe(true);
  expect(sameClock(moment, 'Europe/Berlin', 'Europe/London')).toBe(false);
  expect(placeOf('America/New_York')).toBe('New York');
});
