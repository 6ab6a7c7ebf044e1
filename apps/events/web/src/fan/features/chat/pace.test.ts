import { beforeEach, expect, test } from 'vitest';
import { Pace } from './pace.ts';

let now: number;
let pace: Pace;
beforeEach(() => {
  now = 100_000;
  pace = new Pace(() => now);
});

/** @returns how many of the messages of so many seconds were shown. */
function flood(perSecond: number, seconds: number, always = false): number {
  let shown = 0;
  for (let n = 0; n < perSecond * seconds; n++) {
    now += 1000 / perSecond;
    if (pace.offer(always)) shown++;
  }
  return shown;
}

test('up to ten a second everything is shown', () => {
  expect(flood(10, 20)).toBe(200);
  expect(pace.of).toBeUndefined();
});

test('above that about five a second are shown, and the page says what part that is', () => {
  flood(20, 6);
  const shown = flood(20, 20);
  expect(shown).toBeGreaterThan(90);
  expect(shown).toBeLessThan(110);
  expect(pace.of).toBe(4);
});

test('what must not be missed is never left out', () => {
  flood(30, 6);
  expect(flood(5, 10, true)).toBe(50);
});

test('when it calms down everything is shown again', () => {
  flood(30, 6);
  expect(pace.of).toBeGreaterThan(1);
  now += 5000;
  expect(pace.of).toBeUndefined();
  expect(flood(5, 5)).toBe(25);
});

test('whoever wants everything gets everything', () => {
  pace.showAll = true;
  expect(flood(40, 5)).toBe(200);
  expect(pace.of).toBeUndefined();
  expect(pace.crowded).toBe(true);
});

test('fast arrivals are drawn together, slow ones at once', () => {
  flood(1, 5);
  expect(pace.batchMs).toBe(0);
  flood(8, 5);
  expect(pace.batchMs).toBe(250);
});
