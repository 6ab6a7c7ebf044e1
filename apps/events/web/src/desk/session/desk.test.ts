import { beforeEach, expect, test, vi } from 'vitest';
import type { SocketEvents } from '../../fan/session/device.ts';
import { Refusal } from '../../shared/http.ts';
import { type DeskCalls, DeskModel, span, undoMs, whyWords } from './desk.ts';
import { commandOf } from './keys.ts';
import type { DeskPage, HeldItem, Person } from './types.ts';

const page: DeskPage = {
  show: { id: 'a', slug: 's', title: 'Night bells', phase: 'live' },
  role: 'moderator',
  name: 'Tom',
  userArn: 'x/user/mod-1',
  rules: { slowSeconds: 0, mode: 'open', holdFirst: false, words: [] },
  numbers: { present: 0, messagesPerMinute: 0, held: 0, removed: 0, reactionsPerMinute: 0, stream: 'ok' },
  pin: null,
  staff: [],
};
const item = (id: string, minute: number): HeldItem => ({
  messageId: id,
  userArn: `x/user/t-${id}`,
  nickname: `Fan ${id}`,
  number: minute,
  text: 'hm',
  why: 'word',
  at: new Date(Date.UTC(2026, 10, 21, 20, minute)).toISOString(),
  claimedBy: null,
});

let now = 0;
let timers: { at: number; act: () => void }[] = [];
let socket: SocketEvents;
let sent: string[];
let calls: { [K in keyof DeskCalls]: ReturnType<typeof vi.fn> };
let model: DeskModel;

beforeEach(async () => {
  now = 0;
  timers = [];
  sent = [];
  const changed = async () => ({ logId: 7, undoUntil: null });
  calls = {
    held: vi.fn(async () => ({ items: [item('b', 2), item('a', 1)], total: 2 })),
    decide: vi.fn(changed),
    remove: vi.fn(changed),
    timeOut: vi.fn(changed),
    ban: vi.fn(changed),
    lift: vi.fn(changed),
    pin: vi.fn(changed),
    unpin: vi.fn(changed),
    putRules: vi.fn(async rules => rules),
    undo: vi.fn(changed),
    log: vi.fn(async () => ({ entries: [] })),
    people: vi.fn(async () => ({ people: [] as Person[] })),
  };
  model = new DeskModel(calls as unknown as DeskCalls, page, {
    open: events => {
      socket = events;
      return { send: text => sent.push(text), close: () => {} };
    },
    now: () => now,
    random: () => 0,
    after: (ms, act) => {
      const timer = { at: now + ms, act };
      timers.push(timer);
      return () => {
        timers = timers.filter(t => t !== timer);
      };
    },
  });
  model.start();
  socket.open();
  await settle();
});

const settle = () => new Promise(done => setTimeout(done));
const say = (frame: object) => socket.message(JSON.stringify(frame));
const ids = () => model.snapshot().held.map(h => h.messageId);

test('the queue is read oldest first, and grows and shrinks as others work', () => {
  expect(ids()).toEqual(['a', 'b']);
  say({ t: 'held', item: item('c', 3) });
  expect(ids()).toEqual(['a', 'b', 'c']);
  expect(model.snapshot().heldTotal).toBe(3);
  say({ t: 'decided', messageId: 'a', by: 'Ida', decision: 'approve' });
  expect(ids()).toEqual(['b', 'c']);
});

test('what was reported leaves the queue when it is removed where one reads, and more reports are told', () => {
  say({ t: 'held', item: { ...item('c', 3), state: 'reported', reports: 1, reasons: [{ reason: 'spam', count: 1 }] } });
  say({
    t: 'reports',
    messageId: 'c',
    reports: 3,
    reasons: [
      { reason: 'spam', count: 2 },
      { reason: 'hurt', count: 1 },
    ],
  });
  expect(model.snapshot().held[2]).toMatchObject({ reports: 3, reasons: [{ count: 2 }, { count: 1 }] });
  say({ t: 'removed', messageId: 'c', by: 'Ida' });
  expect(ids()).toEqual(['a', 'b']);
  expect(model.snapshot().heldTotal).toBe(2);
});

test('rules that are put in force change what was changed here, and leave what others did meanwhile', async () => {
  const word = (text: string) => ({ text, match: 'word' as const, action: 'hold' as const });
  const began = { slowSeconds: 0, mode: 'open' as const, holdFirst: false, words: [word('one'), word('two')] };
  say({ t: 'rules', ...began, mode: 'emoji', words: [word('one'), word('two'), word('theirs')] });
  await model.putRules(began, { ...began, slowSeconds: 10 });
  expect(calls.putRules).toHaveBeenLastCalledWith({ slowSeconds: 10 });
  say({ t: 'rules', ...began, words: [word('one'), word('two'), word('theirs')] });
  await model.putRules(began, { ...began, words: [word('two'), word('mine')] });
  expect(calls.putRules).toHaveBeenLastCalledWith({ words: [word('two'), word('theirs'), word('mine')] });
  await model.putRules(began, began);
  expect(calls.putRules).toHaveBeenCalledTimes(2);
});

test('a decision takes the message out at once, and once', async () => {
  const first = model.snapshot().held[0] as HeldItem;
  const both = [model.decide(first, 'approve'), model.decide(first, 'refuse')];
  expect(ids()).toEqual(['b']);
  await Promise.all(both);
  expect(calls.decide).toHaveBeenCalledTimes(1);
  expect(model.snapshot().done?.text).toBe('Approved what Fan a wrote');
});

test('a decision that is refused brings the message back and says why', async () => {
  calls.decide.mockRejectedValueOnce(new Refusal(409, 'WrongState'));
  await model.decide(model.snapshot().held[0] as HeldItem, 'approve');
  expect(ids()).toEqual(['a', 'b']);
  expect(model.snapshot().trouble?.code).toBe('WrongState');
});

test('the last act can be taken back for five seconds, and not after', async () => {
  await model.ban(4, 'Lea', null, '', false);
  expect(await model.undoLast()).toBe(true);
  expect(calls.undo).toHaveBeenCalledWith(7);
  expect(await model.undoLast()).toBe(false);
  await model.ban(4, 'Lea', null, '', false);
  now += undoMs;
  for (const timer of timers) if (timer.at <= now) timer.act();
  expect(model.snapshot().done).toBeUndefined();
  expect(await model.undoLast()).toBe(false);
});

test('a message that somebody is on is not claimed again', () => {
  model.claim('a');
  expect(sent.filter(s => s.includes('claim'))).toHaveLength(1);
  say({ t: 'claim', messageId: 'b', by: 'Ida' });
  expect(model.snapshot().held[1]?.claimedBy).toBe('Ida');
  model.claim('b');
  expect(sent.filter(s => s.includes('claim'))).toHaveLength(1);
});

test('a ticket is known by its user, and looked up once', async () => {
  expect(await model.numberFor('x/user/t-a')).toBe(1);
  expect(calls.people).not.toHaveBeenCalled();
  calls.people.mockResolvedValueOnce({ people: [{ number: 9, userArn: 'x/user/t-z' } as Person] });
  expect(await model.numberFor('x/user/t-z')).toBe(9);
  expect(await model.numberFor('x/user/t-z')).toBe(9);
  expect(calls.people).toHaveBeenCalledTimes(1);
  expect(calls.people).toHaveBeenCalledWith('', '', undefined, 't-z');
});

test('back on line the queue is read anew', async () => {
  socket.closed(1006);
  expect(model.snapshot().link.is).toBe('waiting');
  model.retryNow();
  calls.held.mockResolvedValueOnce({ items: [item('d', 4)], total: 1 });
  socket.open();
  await settle();
  expect(ids()).toEqual(['d']);
});

test('marks follow the roster of the server, and the list stays the same while nobody came or went', () => {
  const tom = { userArn: 'x/user/mod-1', name: 'Tom', kind: 'moderator' };
  say({ t: 'staff', staff: [tom] });
  const first = model.snapshot().staff;
  expect(first).toEqual([tom]);
  say({ t: 'staff', staff: [tom] });
  expect(model.snapshot().staff).toBe(first);
  say({ t: 'phase', phase: 'ended' });
  expect(model.snapshot().phase).toBe('ended');
});

test('every reason for which the server holds something has its words', () => {
  for (const why of ['word', 'first', 'reported']) expect(whyWords({ ...item('a', 1), why })).not.toBe(why);
});

test('a letter is a command only where nothing is written', () => {
  const press = (key: string, inField: boolean, ctrlKey = false) =>
    commandOf({
      key,
      ctrlKey,
      metaKey: false,
      altKey: false,
      target: { closest: () => (inField ? {} : null) } as unknown as EventTarget,
    });
  expect(press('A', false)).toBe('a');
  expect(press('a', true)).toBeUndefined();
  expect(press('a', false, true)).toBeUndefined();
  expect(press('Enter', false)).toBeUndefined();
});

test('spans read as people say them', () => {
  expect([10, 60, 300, 3600, 86_400].map(span)).toEqual(['10 seconds', '1 minute', '5 minutes', '1 hour', '24 hours']);
});
