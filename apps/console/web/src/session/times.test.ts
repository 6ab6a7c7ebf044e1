import { expect, test } from 'vitest';
import { counted, fineTimeOf, since, took } from './times.ts';

test('what was within the hour is told from now, the rest by its date', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  expect(since('2026-11-22T11:59:58Z', now)).toBe('just now');
  expect(since('2026-11-22T11:59:30Z', now)).toMatch(/30/);
  expect(since('2026-11-22T11:20:00Z', now)).toMatch(/40/);
  expect(since('2026-11-22T09:00:00Z', now)).toMatch(/2026/);
});

test('durations are as short as they deserve', () => {
  expect([0.2, 1, 999.4, 1500, 29_000].map(took)).toEqual(['< 1 ms', '1 ms', '999 ms', '1.5 s', '29 s']);
});

test('a number goes with its noun', () => {
  expect([counted(0, 'route'), counted(1, 'route'), counted(2, 'route'), counted(2, 'process', 'processes')]).toEqual([
    '0 routes',
    '1 route',
    '2 routes',
    '2 processes',
  ]);
});

test('times of a list line up', () => {
  expect(fineTimeOf('2026-11-22T13:04:05.678Z')).not.toMatch(/[AP]M/);
});
