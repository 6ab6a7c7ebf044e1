import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Announcer } from './announce.tsx';

let said: string[];
let announcer: Announcer;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  announcer = new Announcer(
    text => said.push(text),
    () => Date.now(),
  );
});

afterEach(() => vi.useRealTimers());

test('a single message is read out', () => {
  announcer.say('Ada: hello');
  vi.advanceTimersByTime(200);
  expect(said).toEqual(['Ada: hello']);
});

test('a flood is counted, at most one announcement in three seconds', () => {
  for (let second = 0; second < 30; second++) {
    for (let n = 0; n < 10; n++) announcer.say(`Ada: ${n}`);
    vi.advanceTimersByTime(1000);
  }
  expect(said.length).toBeLessThanOrEqual(11);
  expect(said.at(-1)).toMatch(/^\d+ new messages$/);
});

test('an answer to an act is said at once', () => {
  announcer.say('Copied', true);
  expect(said).toEqual(['Copied']);
});
