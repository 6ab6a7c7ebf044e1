import { expect, test } from 'vitest';
import type { EventPage, GatewayEvent } from '../../session/types.ts';
import { cleared, emptyTail, matches, most, paused, resumed, taken } from './tail.ts';

const event = (id: string, more: Partial<GatewayEvent> = {}): GatewayEvent => ({
  at: '2026-11-22T10:00:00.000Z',
  type: 'MESSAGE',
  connectionId: 'c=',
  requestId: id,
  outcome: 'DONE',
  durationMs: 1,
  ...more,
});
const page = (next: string, ...ids: string[]): EventPage => ({
  items: ids.map(id => event(id)),
  next,
  missed: 0,
  isRestarted: false,
});
const ids = (events: readonly GatewayEvent[]) => events.map(e => e.requestId).join('');

test('the newest stands first, and each has a number of its own', () => {
  const tail = taken(taken(emptyTail, page('run.2', 'a', 'b')), page('run.3', 'c'));
  expect(ids(tail.events)).toBe('cba');
  expect(tail.events.map(e => e.number)).toEqual([3, 2, 1]);
  expect(tail.next).toBe('run.3');
});

test('while it is paused nothing moves, and nothing is lost', () => {
  let tail = paused(taken(emptyTail, page('run.1', 'a')));
  tail = taken(taken(tail, page('run.2', 'b')), page('run.3', 'c'));
  expect(ids(tail.events)).toBe('a');
  expect(tail.held.length).toBe(2);
  tail = resumed(tail);
  expect(ids(tail.events)).toBe('cba');
  expect(new Set(tail.events.map(e => e.number)).size).toBe(3);
});

test('it holds so many and no more', () => {
  let tail = emptyTail;
  for (let n = 0; n < most + 20; n++) tail = taken(tail, page(`run.${n}`, `${n} `));
  expect(tail.events.length).toBe(most);
  expect(tail.events[0]?.requestId).toBe(`${most + 19} `);
});

test('what passed unseen is counted, but not what was there before anybody looked', () => {
  const first = taken(emptyTail, { ...page('run.1', 'a'), missed: 40 });
  expect(first.missed).toBe(0);
  expect(taken(first, { ...page('run.9', 'b'), missed: 7 }).missed).toBe(7);
});

test('clearing forgets what is shown and goes on from there', () => {
  const tail = cleared(taken(emptyTail, page('run.1', 'a')));
  expect(tail.events).toEqual([]);
  expect(tail.next).toBe('run.1');
});

test('filters are by route, by failure and by the beginning of a connection', () => {
  const none = { route: '', status: '', connection: '' };
  expect(matches(event('a', { routeKey: 'join' }), none)).toBe(true);
  expect(matches(event('a', { routeKey: 'join' }), { ...none, route: 'join' })).toBe(true);
  expect(matches(event('a', { type: 'CONNECT' }), { ...none, route: '$connect' })).toBe(true);
  expect(matches(event('a'), { ...none, route: 'none' })).toBe(true);
  expect(matches(event('a'), { ...none, route: 'join' })).toBe(false);
  expect(matches(event('a'), { ...none, status: 'failed' })).toBe(false);
  expect(matches(event('a', { outcome: 'GONE' }), { ...none, status: 'failed' })).toBe(true);
  expect(matches(event('a'), { ...none, connection: 'c' })).toBe(true);
  expect(matches(event('a'), { ...none, connection: 'd' })).toBe(false);
});
