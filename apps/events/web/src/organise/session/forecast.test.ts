import { expect, test } from 'vitest';
import type { Progress } from '../../staff/session/types.ts';
import { forecast } from './forecast.ts';

const now = Date.UTC(2026, 10, 21, 15);
const at = (hour: number, minute: number) => new Date(Date.UTC(2026, 10, 21, hour, minute)).toISOString();
const progress = (part: Partial<Progress>): Progress => ({
  planned: 1000,
  made: 400,
  failed: 0,
  retrying: 0,
  removing: 0,
  perSecond: 9,
  limitPerSecond: 10,
  throttled: 0,
  readyAt: at(17, 42),
  doorsAt: at(18, 0),
  inTime: true,
  why: null,
  state: 'working',
  failures: [],
  ...part,
});

test('it says when it is ready and when the doors open, by the event’s clock', () => {
  expect(forecast(progress({}), 'Europe/Berlin', now)).toMatchObject({
    title: 'Ready by 18:42, doors 19:00',
    tone: 'good',
  });
});

test('being late is said with what to do', () => {
  const late = forecast(progress({ readyAt: at(18, 30), inTime: false }), 'Europe/Berlin', now);
  expect(late.tone).toBe('bad');
  expect(late.note).toContain('after the doors open');
});

test('a moment on another day has its date', () => {
  const far = forecast(progress({ doorsAt: '2026-12-05T18:00:00Z' }), 'Europe/Berlin', now);
  expect(far.title).toMatch(/doors Sat.* 5 Dec.* 2026.* 19:00/);
});

test('ready with failures is not ready', () => {
  expect(forecast(progress({ state: 'ready', failed: 1 }), 'UTC', now)).toMatchObject({
    title: 'Ready but for one ticket, doors 18:00',
    tone: 'warn',
  });
});

test('doors that have opened are said to be open', () => {
  expect(forecast(progress({ state: 'ready', doorsAt: at(14, 0) }), 'UTC', now).title).toBe(
    'Everything is ready, doors opened 14:00',
  );
});

test('clearing says how many are left, and when they are gone', () => {
  expect(forecast(progress({ state: 'clearing', removing: 90_000 }), 'Europe/Berlin', now)).toMatchObject({
    title: 'Clearing, 90,000 accounts to go',
    note: 'Gone by about 18:42. You can leave this page; it goes on by itself.',
  });
  expect(forecast(progress({ state: 'clearing', removing: 0, readyAt: null }), 'Europe/Berlin', now).note).toBe(
    'You can leave this page; it goes on by itself.',
  );
});
