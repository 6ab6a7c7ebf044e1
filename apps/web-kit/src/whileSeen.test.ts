import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Page, whileSeen } from './whileSeen.ts';

class TestPage extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';

  turn(to: DocumentVisibilityState) {
    this.visibilityState = to;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: TestPage;
let asked: AbortSignal[];
let answer: () => Promise<void>;
const begin = () =>
  whileSeen(
    over => {
      asked.push(over);
      return answer();
    },
    1000,
    page as unknown as Page,
  );

beforeEach(() => {
  vi.useFakeTimers();
  page = new TestPage();
  asked = [];
  answer = () => Promise.resolve();
});
afterEach(() => vi.useRealTimers());

test('it asks at once, and again some time after each answer', async () => {
  answer = () => new Promise(done => setTimeout(done, 500));
  begin();
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1499);
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.length).toBe(2);
});

test('nothing is asked while nobody looks, and at once when somebody does', async () => {
  page.turn('hidden');
  begin();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(0);
  page.turn('visible');
  expect(asked.length).toBe(1);
  page.turn('hidden');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(1);
  page.turn('visible');
  expect(asked.length).toBe(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.length).toBe(3);
});

test('one question is under way at a time, however often the page is turned', async () => {
  answer = () => new Promise(done => setTimeout(done, 500));
  begin();
  page.turn('hidden');
  page.turn('visible');
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1500);
  expect(asked.length).toBe(2);
});

test('after its end it asks nothing, and what was under way hears of it', async () => {
  answer = () => new Promise(done => setTimeout(done, 500));
  const end = begin();
  expect(asked[0]?.aborted).toBe(false);
  end();
  expect(asked[0]?.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(5000);
  page.turn('hidden');
  page.turn('visible');
  expect(asked.length).toBe(1);
});
