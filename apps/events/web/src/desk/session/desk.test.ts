import { beforeEach, expect, test, vi } from 'vitest';
import type { SocketEvents } from '../../fan/session/device.ts';
import { Refusal } from '../../shared/http.ts';
import { undoMs } from './acts.ts';
import { type DeskCalls, DeskModel } from './desk.ts';
import { commandOf } from './keys.ts';
import type { DeskPage, HeldItem, Person, WordRule } from './types.ts';
import { deedsWords, span, staffWords, whyWords } from './words.ts';

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
    page: vi.fn(async () => page),
    held: vi.fn(async () => ({ items: [item('b', 2), item('a', 1)], total: 2 })),
    decide: vi.fn(changed),
    remove: vi.fn(changed),
    timeOut: vi.fn(changed),
    ban: vi.fn(changed),
    lift: vi.fn(changed),
    pin: vi.fn(changed),
    unpin: vi.fn(changed),
    putRules: vi.fn(async rules => ({ ...page.rules, ...rules })),
    test: vi.fn(),
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
  greet();
  await settle();
});

const settle = () => new Promise(done => setTimeout(done));
const greet = () => {
  socket.open();
  say({ t: 'rules', ...page.rules });
};
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

test('a message that somebody looks at is not claimed again', () => {
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
  greet();
  await settle();
  expect(ids()).toEqual(['d']);
});

test('back on line nobody stands as was heard before the line was lost', async () => {
  say({ t: 'person', number: 4, state: 'banned', by: 'Ida', until: null });
  expect(model.snapshot().standing.get(4)?.state).toBe('banned');
  socket.closed(1006);
  model.retryNow();
  greet();
  expect(model.snapshot().standing.size).toBe(0);
});

test('a list of people is newer than what was heard before it, and older than what is heard meanwhile', async () => {
  const list = (state: Person['state']) => ({
    people: [4, 5].map(number => ({ number, state, userArn: null }) as Person),
  });
  for (const number of [4, 6]) say({ t: 'person', number, state: 'banned', by: 'Ida', until: null });
  calls.people.mockImplementationOnce(async () => {
    say({ t: 'person', number: 5, state: 'timeout', by: 'Ida', until: null });
    return list('valid');
  });
  await model.findPeople('', '');
  const { standing } = model.snapshot();
  expect([...standing].map(([number, now]) => [number, now.state])).toEqual([
    [6, 'banned'],
    [5, 'timeout'],
  ]);
});

test('whoever was signed out or removed while the line was down is told, and the page tries no more', async () => {
  const lost = async (status: number) => {
    socket.closed(1006);
    calls.page.mockRejectedValueOnce(new Refusal(status, 'No'));
    model.retryNow();
    socket.closed(1006);
    await settle();
    return model.snapshot().link;
  };
  expect(await lost(500)).toMatchObject({ is: 'waiting' });
  greet();
  expect(await lost(401)).toEqual({ is: 'closed', why: 'enter' });
  model.start();
  greet();
  expect(await lost(403)).toEqual({ is: 'closed', why: 'banned' });
});

test('a socket that says why before it greets is asked nothing more', async () => {
  socket.closed(1006);
  model.retryNow();
  socket.open();
  calls.page.mockClear();
  socket.closed(4401);
  await settle();
  expect(model.snapshot().link).toEqual({ is: 'closed', why: 'enter' });
  expect(calls.page).not.toHaveBeenCalled();
});

test('what one fan wrote is removed at once, and comes back at once', async () => {
  const ids = [21, 22, 23];
  for (const logId of ids) calls.remove.mockResolvedValueOnce({ logId, undoUntil: null });
  await model.removeAll(['x', 'y', 'z'], 'x/user/t-a', 'Fan a');
  expect(model.snapshot().done?.text).toBe('Removed 3 messages that Fan a wrote');
  expect(await model.undoLast()).toBe(true);
  expect(calls.undo.mock.calls.map(c => c[0])).toEqual([23, 22, 21]);
});

test('of several that one fan wrote, those that somebody was quicker with are left out', async () => {
  calls.decide.mockRejectedValueOnce(new Refusal(409, 'WrongState'));
  await model.decideAll(model.snapshot().held, 'refuse');
  expect(model.snapshot().done?.text).toBe('Refused what Fan a wrote');
  expect(model.snapshot().trouble).toBeUndefined();
  expect(ids()).toEqual(['a']);
});

test('a time-out that is refused is said to the form that asked, and nowhere else', async () => {
  calls.timeOut.mockRejectedValueOnce(new Refusal(0, 'Network'));
  await expect(model.timeOut(4, 'Lea', 60, 'Rude')).rejects.toThrow('Network');
  expect(model.snapshot().trouble).toBeUndefined();
});

test('a wrong word is found by what it holds, and taken off the list as others have made it meanwhile', async () => {
  const word = (text: string, action: WordRule['action'] = 'hold'): WordRule => ({ text, match: 'word', action });
  say({ t: 'rules', ...page.rules, words: [word('bell'), word('shop', 'mask')] });
  const hit = { match: 'word', start: 0, length: 4 };
  calls.test.mockResolvedValueOnce({
    hits: [
      { ...hit, rule: 'bell', action: 'hold', list: 'show' },
      { ...hit, rule: 'bell', action: 'hold', list: 'show' },
      { ...hit, rule: 'tower', action: 'hold', list: 'common' },
      { ...hit, rule: 'shop', action: 'mask', list: 'show' },
    ],
  });
  const found = await model.whatHolds('bell tower shop');
  expect(found).toEqual({ words: [word('bell')], common: true });
  say({ t: 'rules', ...page.rules, words: [word('bell'), word('rope'), word('shop', 'mask')] });
  await model.dropWords(found.words);
  expect(calls.putRules).toHaveBeenCalledWith({ words: [word('rope'), word('shop', 'mask')] });
});

test('what was reported and is removed elsewhere waits no more', () => {
  say({ t: 'removed', messageId: 'a', by: 'Ida' });
  expect(ids()).toEqual(['b']);
});

test('who removed a message is known of what was heard', () => {
  say({ t: 'removed', messageId: 'x', by: 'Ida' });
  say({ t: 'removed', messageId: 'z', by: 'Tom' });
  expect(model.removedBy('x')).toBe('Ida');
  expect(model.removedBy('z')).toBe('you');
  expect(model.removedBy('y')).toBeUndefined();
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

test('why the chat cannot be had has words for all that only staff are told', () => {
  for (const code of ['SignInNeeded', 'NotYours', 'NotFound', 'ChatOff', 'Ended'])
    expect(staffWords(code)).toMatch(/^[A-Z].* .*\.$/);
  expect(staffWords('Network')).toBeUndefined();
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

test('what colleagues did is one sentence for each, counted', () => {
  const done = [
    { by: 'Ida', what: 'removed' },
    { by: 'Tom', what: 'banned' },
    { by: 'Ida', what: 'removed' },
  ] as const;
  expect(deedsWords(done)).toBe('Ida removed 2 messages. Tom banned a fan');
});

test('spans read as people say them', () => {
  expect([10, 60, 300, 3600, 86_400].map(span)).toEqual(['10 seconds', '1 minute', '5 minutes', '1 hour', '24 hours']);
});
