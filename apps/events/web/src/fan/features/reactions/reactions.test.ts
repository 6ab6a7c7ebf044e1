import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Reactions, risingAtMost, risingMs } from './reactions.ts';

let sent: [number, number][];
let reactions: Reactions;
beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  sent = [];
  reactions = new Reactions(
    6,
    (k, n) => {
      sent.push([k, n]);
      return true;
    },
    true,
    () => 0.5,
    () => Date.now(),
  );
});
afterEach(() => {
  reactions.stop();
  vi.useRealTimers();
});

test('taps go out gathered, four in a burst and no more', () => {
  const taken = [0, 0, 1, 0, 0, 0].map(k => reactions.tap(k));
  expect(taken).toEqual([true, true, true, true, false, false]);
  vi.advanceTimersByTime(400);
  expect(sent).toEqual([
    [0, 3],
    [1, 1],
  ]);
  expect(reactions.tap(2)).toBe(false);
  vi.advanceTimersByTime(100);
  expect(reactions.tap(2)).toBe(true);
});

test('totals are the server’s', () => {
  reactions.tick([3, 0, 0, 0, 0, 1]);
  reactions.tick([2]);
  expect(reactions.snapshot().totals).toEqual([5, 0, 0, 0, 0, 1]);
});

test('a storm raises no more than can be drawn, and a rare one is still seen', () => {
  reactions.tick([9000, 1, 0, 0, 0, 0]);
  expect(reactions.snapshot().rising.some(r => r.k === 1)).toBe(true);
  for (let n = 0; n < 20; n++) reactions.tick([9000, 500, 0, 0, 0, 0]);
  expect(reactions.snapshot().rising.length).toBe(risingAtMost);
  vi.advanceTimersByTime(risingMs + 1);
  expect(reactions.snapshot().rising).toEqual([]);
});

test('switched off nothing rises, and the numbers go on', () => {
  reactions.tick([3]);
  reactions.setMoving(false);
  reactions.tick([3]);
  expect(reactions.snapshot()).toMatchObject({ rising: [], moving: false, totals: [6, 0, 0, 0, 0, 0] });
});

test('what a server of another version counts does no harm', () => {
  reactions.tick([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  reactions.tick([]);
  reactions.tick([-5]);
  expect(reactions.snapshot().totals).toEqual([1, 1, 1, 1, 1, 1]);
});
