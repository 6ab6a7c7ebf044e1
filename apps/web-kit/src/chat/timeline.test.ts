import { beforeEach, expect, test } from 'vitest';
import { type Message, Timeline } from './timeline.ts';

const me = 'app/user/ada';
let timeline: Timeline;
beforeEach(() => {
  timeline = new Timeline(() => me);
});

function message(id: string, at: number, rest: Partial<Message> = {}): Message {
  const sender = { arn: 'app/user/ben', name: 'Ben' };
  return { id, text: id, sender, createdAt: at, updatedAt: at, edited: false, redacted: false, ...rest };
}

const shown = () => timeline.rows().map(m => m.text);

test('orders by time, then by id', () => {
  timeline.merge([message('b', 2), message('c', 1), message('a', 2)]);
  expect(shown()).toEqual(['c', 'a', 'b']);
});

test('a message that comes by history and by session appears once', () => {
  expect(timeline.arrive(message('a', 1))).toBe(true);
  timeline.merge([message('a', 1)]);
  expect(timeline.arrive(message('a', 1))).toBe(false);
  expect(shown()).toEqual(['a']);
});

test('an old revision never replaces a newer one', () => {
  timeline.arrive(message('a', 1, { text: 'new', updatedAt: 5, edited: true }));
  timeline.merge([message('a', 1, { text: 'old' })]);
  expect(shown()).toEqual(['new']);
});

test('only so many are kept, and those that went may come back', () => {
  timeline.merge([1, 2, 3, 4].map(n => message(`m${n}`, n)));
  expect(timeline.trim(2)).toBe(2);
  expect(shown()).toEqual(['m3', 'm4']);
  timeline.merge([message('m2', 2)]);
  expect(shown()).toEqual(['m2', 'm3', 'm4']);
});

test('a redaction is final', () => {
  timeline.arrive(message('a', 1, { text: '', redacted: true, updatedAt: 3 }));
  timeline.arrive(message('a', 1, { text: 'late edit', edited: true, updatedAt: 9 }));
  expect(timeline.rows()[0]).toMatchObject({ text: '', redacted: true });
});

test('a deleted message does not come back with an older page', () => {
  timeline.arrive(message('a', 1));
  timeline.remove('a');
  timeline.merge([message('a', 1)]);
  expect(shown()).toEqual([]);
});

test('the result does not depend on the order of arrival', () => {
  const said = [
    message('a', 1),
    message('a', 1, { text: 'a2', updatedAt: 4, edited: true }),
    message('b', 2),
    message('b', 2, { text: '', redacted: true, updatedAt: 5 }),
    message('c', 3),
  ];
  const results = permutations(said).map(order => {
    const t = new Timeline(() => me);
    for (const m of order) t.arrive(m);
    return t
      .rows()
      .map(m => m.text)
      .join();
  });
  expect(new Set(results)).toEqual(new Set(['a2,,c']));
});

test('repair drops what the server no longer lists, within the listed range only', () => {
  timeline.merge([message('a', 1), message('b', 2), message('c', 3), message('d', 4)]);
  timeline.listing();
  timeline.repair([message('b', 2), message('d', 4), message('e', 5)], false);
  expect(shown()).toEqual(['a', 'b', 'd', 'e']);
});

test('repair keeps what arrived while it was listing', () => {
  timeline.merge([message('a', 1)]);
  timeline.listing();
  timeline.arrive(message('z', 9));
  timeline.repair([message('a', 1)], true);
  expect(shown()).toEqual(['a', 'z']);
});

test('repair with an empty, complete listing empties the list', () => {
  timeline.merge([message('a', 1)]);
  timeline.listing();
  timeline.repair([], true);
  expect(shown()).toEqual([]);
});

test('a draft gives way to its echo', () => {
  timeline.write({ token: 't', text: 'hi', state: 'sent', messageId: 'a' });
  expect(timeline.drafts()).toHaveLength(1);
  timeline.arrive(message('a', 1, { text: 'hi', sender: { arn: me, name: 'Ada' } }));
  expect(timeline.drafts()).toHaveLength(0);
});

test('an echo quicker than the answer is not shown beside its draft', () => {
  timeline.write({ token: 't', text: 'hi', state: 'sending' });
  timeline.arrive(message('a', 1, { text: 'hi', sender: { arn: me, name: 'Ada' } }));
  expect(timeline.drafts()).toHaveLength(0);
});

test('someone else writing the same words does not swallow a draft', () => {
  timeline.write({ token: 't', text: 'hi', state: 'sending' });
  timeline.arrive(message('a', 1, { text: 'hi' }));
  expect(timeline.drafts()).toHaveLength(1);
});

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => permutations(items.filter((_, i) => i !== at)).map(rest => [item, ...rest]));
}
