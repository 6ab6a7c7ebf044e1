import { AppError } from '@carillon/web-kit/http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Polled, Poller } from './poller.ts';

let states: Polled<number>[];
let looked: boolean;
let asked: number;
let answer: () => Promise<number>;

const make = (everyMs: number | null = 1000) =>
  new Poller<number>(
    () => {
      asked++;
      return answer();
    },
    everyMs,
    state => states.push(state),
    () => looked,
    () => 1,
  );
const last = () => states.at(-1);

beforeEach(() => {
  vi.useFakeTimers();
  states = [];
  asked = 0;
  looked = true;
  answer = () => Promise.resolve(asked);
});
afterEach(() => vi.useRealTimers());

test('it asks again after each answer', async () => {
  make().now();
  await vi.advanceTimersByTimeAsync(2500);
  expect(asked).toBe(3);
  expect(last()).toEqual({ data: 3, error: null, retryAt: null, failingSince: null });
});

test('without an interval it asks once', async () => {
  make(null).now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(1);
});

test('while nothing answers it waits longer each time, keeps what it knows and says when it tries again', async () => {
  const poller = make();
  poller.now();
  await vi.advanceTimersByTimeAsync(0);
  answer = () => Promise.reject(new AppError('Network'));
  await vi.advanceTimersByTimeAsync(1000);
  const first = Date.now();
  expect(last()).toEqual({ data: 1, error: 'Network', retryAt: first + 500, failingSince: first });
  await vi.advanceTimersByTimeAsync(500);
  expect(last()).toEqual({ data: 1, error: 'Network', retryAt: first + 1500, failingSince: first });
  await vi.advanceTimersByTimeAsync(120_000);
  expect((last()?.retryAt ?? 0) - Date.now()).toBeLessThanOrEqual(30_000);

  answer = () => Promise.resolve(7);
  poller.now();
  await vi.advanceTimersByTimeAsync(0);
  expect(last()).toEqual({ data: 7, error: null, retryAt: null, failingSince: null });
});

test('what will not pass is not asked again', async () => {
  answer = () => Promise.reject(new AppError('NotFoundException'));
  make().now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(1);
  expect(last()?.error).toBe('NotFoundException');
  expect(last()?.retryAt).toBeNull();
});

test('nothing is asked for while nobody looks, and at once when somebody does', async () => {
  const poller = make();
  poller.now();
  await vi.advanceTimersByTimeAsync(0);
  looked = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(1);
  looked = true;
  poller.seen();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toBe(2);
});

test('after its end it says nothing, whatever was under way', async () => {
  const poller = make();
  poller.now();
  poller.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(states).toEqual([]);
});
