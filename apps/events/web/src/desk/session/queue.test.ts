import { beforeEach, expect, test } from 'vitest';
import { Refusal } from '../../shared/http.ts';
import { HeldQueue } from './queue.ts';
import type { HeldItem } from './types.ts';

const item = (id: string, at: number, claimedBy: string | null = null): HeldItem => ({
  messageId: id,
  userArn: `x/user/t-${id}`,
  nickname: id,
  number: at,
  text: 'hm',
  why: 'word',
  at: new Date(at * 1000).toISOString(),
  claimedBy,
});
/** The server's queue, `perPage` a page. */
let waiting: HeldItem[];
let perPage: number;
let reads: (string | undefined)[];
/** Done after the server has answered, before the page knows. */
let meanwhile: (() => void) | undefined;
let timers: { ms: number; act: () => void }[];
let queue: HeldQueue;

beforeEach(async () => {
  waiting = [item('a', 1), item('b', 2), item('c', 3)];
  perPage = 50;
  reads = [];
  timers = [];
  meanwhile = undefined;
  queue = new HeldQueue({
    read: async after => {
      reads.push(after);
      const from = after === undefined ? 0 : waiting.findIndex(i => i.messageId === after) + 1;
      const items = waiting.slice(from, from + perPage);
      const next = from + perPage < waiting.length ? (items.at(-1)?.messageId ?? null) : null;
      const total = waiting.length;
      meanwhile?.();
      await Promise.resolve();
      return { items, total, next };
    },
    me: 'Tom',
    after: (ms, act) => {
      const timer = { ms, act };
      timers.push(timer);
      return () => {
        timers = timers.filter(t => t !== timer);
      };
    },
    met: () => {},
    changed: () => {},
  });
  await queue.load();
});

const ids = () => queue.shown().map(i => i.messageId);
const decided = (messageId: string) => ({ t: 'decided', messageId, by: 'Ida', decision: 'approve' }) as const;
const looks = (messageId: string, by: string | null) => ({ t: 'claim', messageId, by }) as const;

test('what is held while the queue is read is in it, and what is decided is not', async () => {
  meanwhile = () => {
    queue.hear({ t: 'held', item: item('d', 4) });
    queue.hear(decided('b'));
  };
  await queue.load();
  expect(ids()).toEqual(['a', 'c', 'd']);
  expect(queue.total).toBe(3);
});

test('what is decided here while the queue is read does not come back', async () => {
  meanwhile = () => {
    queue.decide('a');
    queue.decided('a', true);
  };
  await queue.load();
  expect(ids()).toEqual(['b', 'c']);
});

test('a reading that is asked for while another is under way is made after it', async () => {
  reads = [];
  meanwhile = () => {
    meanwhile = undefined;
    waiting = [item('z', 9)];
    void queue.load();
  };
  await queue.load();
  expect(reads).toHaveLength(2);
  expect(ids()).toEqual(['z']);
});

test('a long queue is read anew as far as it was read before', async () => {
  waiting = Array.from({ length: 40 }, (_, n) => item(`w${String(n).padStart(2, '0')}`, n));
  perPage = 10;
  await queue.load();
  await queue.more();
  await queue.more();
  expect(ids()).toHaveLength(30);
  reads = [];
  await queue.load();
  expect(reads).toHaveLength(3);
  expect(ids()).toHaveLength(30);
  expect(queue.total).toBe(40);
});

test('of a long queue the next page is fetched before what was read is used up, whatever comes meanwhile', async () => {
  waiting = Array.from({ length: 40 }, (_, n) => item(`w${String(n).padStart(2, '0')}`, n));
  perPage = 10;
  await queue.load();
  for (let n = 0; n < 20; n++) queue.hear({ t: 'held', item: item(`new${n}`, 100 + n) });
  queue.hear(decided('w00'));
  await new Promise(done => setTimeout(done));
  expect(ids()).toContain('w19');
});

test('how many wait is what is in the queue once all of it was read', async () => {
  queue.hear(decided('a'));
  queue.hear(decided('a'));
  queue.count(7);
  expect(queue.total).toBe(2);
  queue.decide('b');
  expect(queue.total).toBe(1);
});

test('a reading that fails is made again, and what was there stays', async () => {
  meanwhile = () => {
    throw new Refusal(0, 'Network');
  };
  await queue.load();
  expect(queue.state).toMatchObject({ is: 'failed' });
  expect(ids()).toEqual(['a', 'b', 'c']);
  meanwhile = undefined;
  timers.find(t => t.ms === 5000)?.act();
  await new Promise(done => setTimeout(done));
  expect(queue.state).toEqual({ is: 'ready' });
});

test('somebody looks at one message at a time, and not for ever', () => {
  queue.hear(looks('a', 'Ida'));
  queue.hear(looks('b', 'Ida'));
  expect(queue.shown().map(i => i.claimedBy)).toEqual([null, 'Ida', null]);
  for (const timer of timers) timer.act();
  expect(queue.shown().map(i => i.claimedBy)).toEqual([null, null, null]);
});

test('that one looks at a message oneself is no news', async () => {
  queue.hear(looks('a', 'Tom'));
  waiting = [item('a', 1, 'Tom'), item('b', 2, 'Ida')];
  await queue.load();
  expect(queue.shown().map(i => i.claimedBy)).toEqual([null, 'Ida']);
});

test('more reports of what waits are counted, with their reasons', () => {
  queue.hear({ t: 'reports', messageId: 'a', reports: 4, reasons: [{ reason: 'spam', count: 4 }] });
  expect(queue.get('a')).toMatchObject({ reports: 4, reasons: [{ reason: 'spam', count: 4 }] });
});
