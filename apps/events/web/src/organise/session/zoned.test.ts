import { expect, test } from 'vitest';
import { afterGap, isZone, momentsOf, offsetName, wallOf, zones } from './zoned.ts';

test('an evening is one moment, and reads as it was written', () => {
  const [moment, ...others] = momentsOf('2026-11-21T20:00', 'Europe/Berlin');
  expect(others).toEqual([]);
  expect(new Date(moment ?? 0).toISOString()).toBe('2026-11-21T19:00:00.000Z');
  expect(wallOf(moment ?? 0, 'Europe/Berlin')).toBe('2026-11-21T20:00');
  expect(offsetName(moment ?? 0, 'Europe/Berlin')).toBe('UTC+1');
});

test('an hour that the autumn night repeats is two moments', () => {
  expect(momentsOf('2026-10-25T02:30', 'Europe/Berlin').map(m => new Date(m).toISOString())).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:30:00.000Z',
  ]);
  expect(momentsOf('2026-11-01T01:15', 'America/New_York')).toHaveLength(2);
});

test('an hour that the spring night leaves out is none, and the next is offered', () => {
  expect(momentsOf('2027-03-28T02:30', 'Europe/Berlin')).toEqual([]);
  expect(afterGap('2027-03-28T02:30', 'Europe/Berlin')).toBe('2027-03-28T03:30');
  expect(momentsOf('2027-03-28T03:30', 'Europe/Berlin')).toHaveLength(1);
});

test('half hours, and a half hour of summer time', () => {
  const [moment] = momentsOf('2026-07-01T20:00', 'America/St_Johns');
  expect(offsetName(moment ?? 0, 'America/St_Johns')).toBe('UTC\u22122:30');
  expect(momentsOf('2027-04-04T01:45', 'Australia/Lord_Howe')).toHaveLength(2);
});

test('what is no time is no moment, and what is no zone is no zone', () => {
  expect(momentsOf('', 'UTC')).toEqual([]);
  expect(isZone('Mars/Olympus')).toBe(false);
  expect(zones('Europe/Kyiv', 'nonsense')).toContain('UTC');
  expect(zones('nonsense')).not.toContain('nonsense');
});

test('a year on its way is no moment, and no accident', () => {
  for (const year of ['0000', '0002', '0020', '0202', '12026', '275760'])
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'])
      expect(momentsOf(`${year}-12-05T20:00`, zone)).toEqual([]);
  expect(wallOf(Date.UTC(1202, 0, 1), 'UTC')).toBe('1202-01-01T00:00');
});
