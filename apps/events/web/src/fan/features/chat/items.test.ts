import { expect, test } from 'vitest';
import { itemsOf } from './items.ts';
import type { ChatView, Row } from './view.ts';

const noon = new Date(2026, 10, 21, 12).getTime();

function row(id: string, arn: string, at: number): Row {
  const message = {
    id,
    text: id,
    sender: { arn, name: arn },
    createdAt: at,
    updatedAt: at,
    edited: false,
    redacted: false,
  };
  return { message, own: false, staff: undefined, name: arn, answers: undefined, callsMe: false, removed: false };
}

function items(rows: Row[], rest: Partial<ChatView> = {}) {
  return itemsOf({ rows, drafts: [], older: 'none', ...rest } as ChatView);
}

const grouped = (all: ReturnType<typeof items>) => all.map(i => (i.kind === 'row' ? i.grouped : undefined));

test('one person’s messages share a name for three minutes', () => {
  const rows = [row('a', 'mia', noon), row('b', 'mia', noon + 1000), row('c', 'ben', noon + 2000)];
  expect(grouped(items(rows))).toEqual([false, true, false]);
  expect(grouped(items([row('a', 'mia', noon), row('b', 'mia', noon + 200_000)]))).toEqual([false, false]);
});

test('a line between two messages ends what they share', () => {
  const rows = [row('a', 'mia', noon), row('b', 'mia', noon + 1000)];
  const marked = items(rows, { unread: { id: 'b', since: noon + 1000 } });
  expect(grouped(marked)).toEqual([false, false]);
  expect(marked[1]).toMatchObject({ unreadSince: noon + 1000 });
  expect(items(rows, { missed: { id: 'b', count: 3, more: false } })[1]).toMatchObject({ missed: 3, grouped: false });
});

test('a new day is said where it begins, and not before the first message', () => {
  const all = items([row('a', 'mia', noon), row('b', 'mia', noon + 86_400_000)]);
  expect(all.map(i => i.kind === 'row' && i.day)).toEqual([false, true]);
});

test('what is on its way out comes last', () => {
  const draft = { token: 't', text: 'x', state: 'sending' as const };
  expect(items([row('a', 'mia', noon)], { drafts: [draft] }).map(i => i.kind)).toEqual(['row', 'draft']);
});
