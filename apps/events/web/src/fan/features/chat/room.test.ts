import type { LineEvents, WireMessage } from '@carillon/web-kit/session';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptAway, keptLive } from './reading.ts';
import { ChatRoom } from './room.ts';
import type { Arrival, ChatApi } from './view.ts';

const me = 'app/user/t-me';
const mia = 'app/user/t-mia';
const artist = 'app/user/artist-1';

/** A channel by the platform's rules, with a line that can be cut, a network that can fail and a flow that can hold. */
class Channel implements ChatApi {
  log: WireMessage[] = [];
  events: LineEvents | undefined;
  tokens = new Map<string, string>();
  down = false;
  flow: 'none' | 'hold' | 'deny' = 'none';
  sends = 0;
  private ids = 0;

  me = async () => me;
  sessionHost = async () => 'localhost:4543';
  reach: ChatApi['reach'] = async () => (this.down ? 'down' : 'trusted');

  async list(limit: number, nextToken?: string, { since, until }: { since?: Date; until?: Date } = {}) {
    this.fail();
    const within = this.log.filter(
      m => (!since || (m.CreatedTimestamp as Date) >= since) && (!until || (m.CreatedTimestamp as Date) <= until),
    );
    const all = since ? within : within.reverse();
    const from = Number(nextToken ?? 0);
    const messages = all.slice(from, from + limit);
    return { messages, nextToken: from + limit < all.length ? String(from + limit) : undefined };
  }

  async send(text: string, token: string, metadata?: string) {
    this.sends++;
    this.fail();
    const known = this.tokens.get(token);
    if (known) return { id: known, pending: this.flow !== 'none' };
    const message = { ...this.made(text, me), ...(metadata && { Metadata: metadata }) };
    this.tokens.set(token, message.MessageId ?? '');
    if (this.flow === 'none') this.publish(message);
    if (this.flow === 'deny') queueMicrotask(() => this.events?.frame('DENIED_CREATE_CHANNEL_MESSAGE', message));
    return { id: message.MessageId ?? '', pending: this.flow !== 'none' };
  }

  async open(_host: string, events: LineEvents) {
    this.events = events;
    return { start: async () => events.established(), stop: () => {} };
  }

  made(text: string, arn: string): WireMessage {
    const at = new Date(Date.now() + this.ids);
    const id = `m${String(this.ids++).padStart(5, '0')}`;
    return {
      MessageId: id,
      Content: text,
      Sender: { Arn: arn, Name: arn.slice(-3) },
      Type: 'STANDARD',
      CreatedTimestamp: at,
      LastUpdatedTimestamp: at,
      Redacted: false,
    };
  }

  publish(message: WireMessage, live = true): WireMessage {
    this.log.push(message);
    if (live) this.events?.frame('CREATE_CHANNEL_MESSAGE', message);
    return message;
  }

  say(text: string, arn = mia, live = true) {
    return this.publish(this.made(text, arn), live);
  }

  private fail() {
    if (this.down) throw new TypeError('Failed to fetch');
  }
}

let channel: Channel;
let room: ChatRoom;
let arrivals: Arrival[];
const settings = {
  nickname: 'Mia',
  maxLength: 500,
  slowSeconds: 0,
  ahead: 0,
  mode: 'open' as const,
  staff: [{ userArn: artist, name: 'Ines', kind: 'artist' as const }],
};
const view = () => room.snapshot();
const texts = () => view().rows.map(r => r.message.text);
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 20) });
  channel = new Channel();
  room = new ChatRoom(channel, settings);
  arrivals = [];
  room.onArrival(a => arrivals.push(a));
});
afterEach(() => {
  room.stop();
  vi.useRealTimers();
});

async function start() {
  room.start();
  await settle(10);
}

test('history is there on entry, and older pages on demand', async () => {
  for (let n = 0; n < 120; n++) channel.say(`h${n}`, mia, false);
  await start();
  expect(texts()).toEqual(Array.from({ length: 50 }, (_, n) => `h${n + 70}`));
  expect(view().older).toBe('more');
  await room.loadOlder();
  await room.loadOlder();
  expect(texts().length).toBe(120);
  expect(view().older).toBe('none');
  expect(arrivals).toEqual([]);
});

test('what was said while the line was down comes once, and is counted', async () => {
  channel.say('before', mia, false);
  await start();
  channel.events?.closed(1006);
  for (let n = 0; n < 60; n++) channel.say(`gap ${n}`, mia, false);
  await settle(2000);
  expect(view().connection.is).toBe('live');
  expect(texts().length).toBe(61);
  expect(view().missed).toMatchObject({ count: 60, more: false });
  expect(view().rows.find(r => r.message.id === view().missed?.id)?.message.text).toBe('gap 0');
  room.dismissMissed();
  expect(view().missed).toBeUndefined();
});

test('a gap too long to fill shows the newest and says that there was more', async () => {
  channel.say('before', mia, false);
  await start();
  channel.events?.closed(1006);
  for (let n = 0; n < 400; n++) channel.say(`gap ${n}`, mia, false);
  await settle(2000);
  expect(texts().at(-1)).toBe('gap 399');
  expect(texts().length).toBe(50);
  expect(view().missed).toMatchObject({ more: true });
});

test('five texts wait for the connection and are sent once each, in order', async () => {
  await start();
  channel.down = true;
  for (let n = 0; n < 5; n++) room.write(`t${n}`);
  expect(() => room.write('one too many')).toThrow('QueueFull');
  await settle(10);
  expect(view().drafts.map(d => d.state)).toEqual(['waiting', 'sending', 'sending', 'sending', 'sending']);
  channel.down = false;
  await settle(5000);
  expect(channel.log.map(m => m.Content)).toEqual(['t0', 't1', 't2', 't3', 't4']);
  expect(view().drafts).toEqual([]);
});

test('a lost answer does not make a message twice', async () => {
  await start();
  const send = channel.send.bind(channel);
  let lost = true;
  channel.send = async (text, token) => {
    const answer = await send(text, token);
    if (lost) {
      lost = false;
      throw new TypeError('Failed to fetch');
    }
    return answer;
  };
  room.write('once');
  await settle(5000);
  expect(channel.log.length).toBe(1);
  expect(texts()).toEqual(['once']);
  expect(view().drafts).toEqual([]);
});

test('a held message says so, and takes its place when it is let pass', async () => {
  await start();
  const verdicts: string[] = [];
  room.onVerdict(v => verdicts.push(v.kind));
  channel.flow = 'hold';
  room.write('wait for it');
  await settle(100);
  const id = view().drafts[0]?.messageId ?? '';
  expect(view().drafts[0]?.state).toBe('sent');
  room.notice({ t: 'notice', kind: 'held', messageId: id, reason: 'Link', until: null });
  expect(view().drafts[0]?.state).toBe('held');
  channel.publish({ ...channel.made('wait for it', me), MessageId: id });
  await settle(100);
  expect(view().drafts).toEqual([]);
  expect(texts()).toEqual(['wait for it']);
  expect(verdicts).toEqual(['held', 'sent']);
});

test('a verdict that is quicker than the answer is not lost', async () => {
  await start();
  channel.flow = 'hold';
  const send = channel.send.bind(channel);
  channel.send = async (text, token) => {
    const answer = await send(text, token);
    room.notice({ t: 'notice', kind: 'refused', messageId: answer.id, reason: 'No selling here.', until: null });
    return answer;
  };
  room.write('buy now');
  await settle(10);
  expect(view().drafts[0]).toMatchObject({ state: 'refused', reason: 'No selling here.' });
});

test('a message nobody decides on is shown as held without a word from anyone', async () => {
  await start();
  channel.flow = 'hold';
  room.write('hm');
  await settle(3000);
  expect(view().drafts[0]?.state).toBe('held');
});

test('a refused message keeps its text and its reason, whichever is heard first', async () => {
  await start();
  channel.flow = 'deny';
  room.write('buy now');
  await settle(100);
  const draft = view().drafts[0];
  expect(draft).toMatchObject({ state: 'refused', text: 'buy now' });
  room.notice({
    t: 'notice',
    kind: 'refused',
    messageId: draft?.messageId ?? null,
    reason: 'No selling here.',
    until: null,
  });
  expect(view().drafts[0]).toMatchObject({ state: 'refused', reason: 'No selling here.' });
  expect(draft && room.discard(draft)).toBe('buy now');
  expect(view().drafts).toEqual([]);
});

test('slow mode is counted down and keeps what is written', async () => {
  await start();
  room.set({ ...settings, slowSeconds: 10 });
  room.write('one');
  expect(view().mayWriteAt).toBe(Date.now() + 10_000);
  expect(() => room.write('two')).toThrow('Slow');
  await settle(10_001);
  expect(view().mayWriteAt).toBeUndefined();
  room.write('two');
  await settle(10);
  expect(channel.log.map(m => m.Content)).toEqual(['one', 'two']);
});

test('what waits goes out one after another, each once the one before is decided', async () => {
  await start();
  channel.flow = 'hold';
  for (const text of ['one', 'two', 'three']) room.write(text);
  await settle(100);
  expect(channel.sends).toBe(1);
  channel.publish({ ...channel.made('one', me), MessageId: view().drafts[0]?.messageId });
  await settle(100);
  expect(channel.sends).toBe(2);
  // Nothing comes of the second: the third does not wait for ever.
  await settle(1100);
  expect(channel.sends).toBe(3);
});

test('where nothing arrives live, what was let pass is asked for and not taken for held', async () => {
  channel.reach = async () => 'untrusted';
  channel.flow = 'hold';
  await start();
  expect(room.serverPage).toBe('https://localhost:4543/healthz');
  room.write('hello');
  await settle(100);
  channel.publish({ ...channel.made('hello', me), MessageId: view().drafts[0]?.messageId }, false);
  await settle(2500);
  expect(texts()).toEqual(['hello']);
  expect(view().drafts).toEqual([]);
});

test('what was missed is counted whole, though a text that waited asks before the line is back', async () => {
  await start();
  channel.say('before');
  channel.down = true;
  channel.events?.closed(1006);
  await settle(100);
  room.write('written meanwhile');
  await settle(100);
  for (const text of ['one', 'two', 'three']) channel.say(text, mia, false);
  // The network is back before the session.
  channel.reach = async () => 'down';
  channel.down = false;
  await settle(3100);
  expect(texts()).toContain('three');
  expect(view().missed?.count).toBe(3);
  channel.say('four', mia, false);
  channel.reach = async () => 'trusted';
  room.retryNow();
  await settle(100);
  expect(view().connection.is).toBe('live');
  expect(view().missed).toMatchObject({ count: 4 });
});

test('a time-out ends by itself', async () => {
  await start();
  const until = new Date(Date.now() + 60_000).toISOString();
  room.notice({ t: 'notice', kind: 'timeout', messageId: null, reason: 'Calm down', until });
  expect(view().timeout).toBe('Calm down');
  expect(() => room.write('x')).toThrow('Slow');
  await settle(60_001);
  expect(view().timeout).toBeUndefined();
  expect(view().mayWriteAt).toBeUndefined();
});

test('a time-out that began or ended while the line was down is known when it is back', async () => {
  await start();
  const until = new Date(Date.now() + 60_000).toISOString();
  room.stand({ reason: 'Calm down', until });
  expect(view().timeout).toBe('Calm down');
  expect(view().mayWriteAt).toBe(Date.parse(until));
  expect(() => room.write('x')).toThrow('Slow');
  room.stand(null);
  expect(view().timeout).toBeUndefined();
  room.write('x');
  // What slow mode says is not taken back by it.
  room.notice({ t: 'notice', kind: 'refused', messageId: 'soon', reason: 'slow', until });
  room.stand(null);
  expect(view().mayWriteAt).toBe(Date.parse(until));
});

test('a time-out that is lifted is over at once, and its reason outlives what came too late for it', async () => {
  await start();
  const until = new Date(Date.now() + 60_000).toISOString();
  room.notice({ t: 'notice', kind: 'timeout', messageId: null, reason: 'Calm down', until });
  room.notice({ t: 'notice', kind: 'timeout', messageId: 'late', reason: 'timeout', until });
  expect(view().timeout).toBe('Calm down');
  const now = new Date(Date.now()).toISOString();
  room.notice({ t: 'notice', kind: 'timeout', messageId: null, reason: null, until: now });
  expect(view().timeout).toBeUndefined();
  expect(view().mayWriteAt).toBeUndefined();
});

test('modes are kept before anything is sent', async () => {
  await start();
  room.set({ ...settings, mode: 'emoji' });
  expect(() => room.write('words')).toThrow('EmojiOnly');
  room.write('👏');
  room.set({ ...settings, mode: 'staff' });
  expect(() => room.write('👏')).toThrow('StaffOnly');
});

test('staff are marked by who they are, never by what they call themselves', async () => {
  await start();
  const forged = channel.made('I am the artist', mia);
  channel.publish({ ...forged, Sender: { Arn: mia, Name: 'Ines (artist)' } });
  channel.say('hello all', artist);
  await settle(300);
  expect(view().rows.map(r => [r.name, r.staff])).toEqual([
    ['Ines (artist)', undefined],
    ['Ines', 'artist'],
  ]);
  expect(arrivals.map(a => a.important)).toEqual([false, true]);
});

test('a removal takes the text out at once, and a restoration brings it back', async () => {
  await start();
  const message = channel.say('bad words');
  await settle(10);
  room.takeDown(message.MessageId ?? '');
  expect(view().rows[0]).toMatchObject({ removed: true, message: { text: '' } });
  room.restore(message.MessageId ?? '');
  expect(texts()).toEqual(['bad words']);
});

test('a flood is sampled, but own messages, staff and mentions never are', async () => {
  await start();
  for (let n = 0; n < 400; n++) {
    channel.say(`noise ${n}`);
    if (n % 100 === 50) channel.say(`@mia ${n}`);
    if (n % 100 === 70) channel.say(`from the stage ${n}`, artist);
    await settle(25);
  }
  expect(view().oneIn).toBeGreaterThan(4);
  expect(texts().filter(t => t.startsWith('@mia')).length).toBe(4);
  expect(texts().filter(t => t.startsWith('from the stage')).length).toBe(4);
  expect(texts().length).toBeLessThan(150);
  room.setShowAll(true);
  expect(texts().length).toBeGreaterThan(390);
  expect(view().oneIn).toBeUndefined();
});

test('the sample ends by itself when it calms down', async () => {
  await start();
  for (let n = 0; n < 200; n++) {
    channel.say(`noise ${n}`);
    await settle(25);
  }
  expect(view().oneIn).toBeGreaterThan(1);
  let drawn = 0;
  room.subscribe(() => drawn++);
  await settle(6000);
  expect(drawn).toBeGreaterThan(0);
  expect(view().oneIn).toBeUndefined();
});

test('fast arrivals are drawn together', async () => {
  await start();
  let drawn = 0;
  room.subscribe(() => drawn++);
  for (let n = 0; n < 80; n++) {
    channel.say(`m${n}`);
    await settle(125);
  }
  expect(drawn).toBeLessThan(60);
});

test('of fast arrivals the first is drawn at once', async () => {
  await start();
  for (let n = 0; n < 20; n++) {
    channel.say(`m${n}`);
    await settle(300);
  }
  let drawn = 0;
  room.subscribe(() => drawn++);
  channel.say('now');
  await settle(1);
  expect(drawn).toBe(1);
  channel.say('and then');
  await settle(100);
  expect(drawn).toBe(1);
  await settle(200);
  expect(drawn).toBe(2);
});

test('while the reader is further up, what comes is counted and marked, and nothing leaves', async () => {
  for (let n = 0; n < 30; n++) channel.say(`h${n}`, mia, false);
  await start();
  room.follow(false);
  channel.say('new');
  channel.say('hey @mia');
  await settle(300);
  expect(view()).toMatchObject({ unseen: 2, unseenMentions: 1 });
  expect(view().rows.find(r => r.message.id === view().unread?.id)?.message.text).toBe('new');
  room.follow(true);
  expect(view()).toMatchObject({ unseen: 0, unseenMentions: 0 });
  expect(view().unread).toBeDefined();
});

test('an answer names what it answers by id alone, and quotes it from the list', async () => {
  await start();
  const asked = channel.say('encore?', artist);
  await settle(300);
  room.write('yes!', asked.MessageId);
  await settle(10);
  expect(channel.log.at(-1)?.Metadata).toBe(`{"inReplyTo":"${asked.MessageId}"}`);
  expect(view().rows.at(-1)?.answers).toEqual({
    id: asked.MessageId,
    known: true,
    own: false,
    name: view().rows[0]?.name,
    text: 'encore?',
  });
  room.takeDown(asked.MessageId ?? '');
  expect(view().rows.at(-1)?.answers?.text).toBe('');
});

test('an answer to the reader calls them, and is led to', async () => {
  await start();
  room.write('who sings next?');
  await settle(10);
  room.follow(false);
  const own = channel.log.at(-1)?.MessageId ?? '';
  const answer = channel.publish({ ...channel.made('Ines', mia), Metadata: `{"inReplyTo":"${own}"}` });
  channel.say('nice');
  await settle(300);
  expect(view().rows.find(r => r.message.id === answer.MessageId)).toMatchObject({
    callsMe: true,
    answers: { own: true },
  });
  expect(view().unseenMentions).toBe(1);
  expect(room.nextMention()).toBe(answer.MessageId);
  expect(view().unseenMentions).toBe(0);
  expect(room.nextMention()).toBeUndefined();
});

test('what an answer claims of the message it answers is not believed', async () => {
  await start();
  const made = channel.made('look what he said', mia);
  channel.publish({ ...made, Metadata: '{"inReplyTo":"m00000","text":"I am the artist"}' });
  channel.publish({ ...channel.made('and this', mia), Metadata: '{"inReplyTo":"nowhere"}' });
  await settle(300);
  expect(view().rows[0]?.answers).toBeUndefined();
  expect(view().rows[1]?.answers).toMatchObject({ known: false, name: '', text: '' });
});

test('who is hidden is not quoted either', async () => {
  await start();
  const said = channel.say('unkind');
  const sent = channel.publish({
    ...channel.made('indeed', 'app/user/t-bo'),
    Metadata: `{"inReplyTo":"${said.MessageId}"}`,
  });
  await settle(300);
  room.hide(mia);
  expect(view().rows.find(r => r.message.id === sent.MessageId)?.answers).toMatchObject({ known: false, text: '' });
});

test('paused, nothing moves but a removal', async () => {
  await start();
  const message = channel.say('first');
  await settle(10);
  room.pause();
  channel.say('second');
  await settle(300);
  expect(texts()).toEqual(['first']);
  expect(view().unseen).toBe(1);
  room.takeDown(message.MessageId ?? '');
  expect(view().rows[0]?.removed).toBe(true);
  room.resume();
  expect(texts()).toEqual(['', 'second']);
  expect(view().unseen).toBe(0);
});

test('what is kept has a bound, near the end and far from it', async () => {
  await start();
  room.setShowAll(true);
  for (let n = 0; n < keptLive + 100; n++) channel.say(`m${n}`);
  await settle(300);
  expect(view().rows.length).toBe(keptLive);
  expect(view().older).toBe('more');
  room.follow(false);
  for (let n = 0; n < keptAway; n++) channel.say(`far ${n}`);
  await settle(300);
  expect(view().rows.length).toBe(keptAway);
  expect(view().unseen).toBe(keptAway);
  room.follow(true);
  await settle(10);
  expect(texts().at(-1)).toBe(`far ${keptAway - 1}`);
});

test('a hidden person is gone from the page, and comes back when asked', async () => {
  await start();
  channel.say('hello');
  channel.say('from the stage', artist);
  await settle(300);
  room.hide(mia);
  room.hide(artist);
  expect(texts()).toEqual(['from the stage']);
  room.showEveryone();
  expect(texts()).toEqual(['hello', 'from the stage']);
});

test('what the fan said does not come back as a draft once it is let go', async () => {
  await start();
  room.setShowAll(true);
  room.write('mine');
  await settle(100);
  for (let n = 0; n < keptLive + 10; n++) channel.say(`m${n}`);
  await settle(300);
  expect(texts()).not.toContain('mine');
  expect(view().drafts).toEqual([]);
});

test('what is kept has a bound while the page is hidden, and the newest is there when it is looked at', async () => {
  await start();
  room.setShowAll(true);
  room.look(false);
  for (let n = 0; n < keptAway + 500; n++) channel.say(`m${n}`);
  await settle(300);
  expect(view().rows.length).toBe(keptAway);
  expect(view().unseen).toBe(keptAway + 500);
  room.look(true);
  await settle(10);
  expect(texts().at(-1)).toBe(`m${keptAway + 499}`);
  expect(view().older).toBe('more');
});

test('a catch-up that fails is made again, from before the gap', async () => {
  channel.say('before', mia, false);
  await start();
  channel.events?.closed(1006);
  for (let n = 0; n < 120; n++) channel.say(`gap ${n}`, mia, false);
  const list = channel.list.bind(channel);
  let refused = 0;
  channel.list = async (...asked) => {
    if (refused++ < 3) throw Object.assign(new Error('Too many'), { name: 'ThrottledClientException' });
    return list(...asked);
  };
  await settle(1500);
  expect(view().connection.is).toBe('live');
  channel.say('after');
  await settle(20_000);
  expect(texts()).toEqual(['before', ...Array.from({ length: 120 }, (_, n) => `gap ${n}`), 'after']);
  expect(view().missed).toMatchObject({ count: 120, more: false });
});

test('a line that comes back while the history is read leaves nothing out', async () => {
  channel.say('before', mia, false);
  await start();
  const list = channel.list.bind(channel);
  // Each answer is of the moment of asking, and takes its time.
  channel.list = async (...asked) => {
    const answer = await list(...asked);
    await new Promise(done => setTimeout(done, 800));
    return answer;
  };
  channel.events?.closed(1006);
  channel.say('one', mia, false);
  // A text that is sent meanwhile asks the history, since no echo will come.
  room.write('mine');
  await settle(100);
  for (let n = 0; n < 80; n++) channel.say(`gap ${n}`, mia, false);
  await settle(10_000);
  expect(view().connection.is).toBe('live');
  expect(texts()).toEqual(['before', 'one', 'mine', ...Array.from({ length: 80 }, (_, n) => `gap ${n}`)]);
});

test('what is said between the first page and the session is there', async () => {
  channel.say('before', mia, false);
  const list = channel.list.bind(channel);
  channel.list = async (...asked) => {
    const answer = await list(...asked);
    await new Promise(done => setTimeout(done, 500));
    return answer;
  };
  const open = channel.open.bind(channel);
  channel.open = async (...asked) => {
    await new Promise(done => setTimeout(done, 200));
    channel.say('between', mia, false);
    return open(...asked);
  };
  room.start();
  await settle(3000);
  expect(texts()).toEqual(['before', 'between']);
});

test('coming back to the end from far up loses nothing that is said meanwhile, also where the first try fails', async () => {
  await start();
  room.setShowAll(true);
  room.follow(false);
  for (let n = 0; n < keptAway + 100; n++) channel.say(`m${n}`);
  const list = channel.list.bind(channel);
  let refused = false;
  channel.list = async (...asked) => {
    if (!refused) {
      refused = true;
      throw new TypeError('Failed to fetch');
    }
    const answer = await list(...asked);
    channel.say('said meanwhile');
    return answer;
  };
  room.follow(true);
  await settle(100);
  channel.list = async (...asked) => {
    channel.list = list;
    const answer = await list(...asked);
    channel.say('said meanwhile');
    return answer;
  };
  await settle(5000);
  expect(texts().slice(-2)).toEqual([`m${keptAway + 99}`, 'said meanwhile']);
  const all = channel.log.map(m => m.Content);
  expect(texts()).toEqual(all.slice(all.indexOf(texts()[0])));
});

test('a removal that was made while the line was down is found further up, too', async () => {
  const first = channel.say('unkind', mia, false);
  for (let n = 0; n < 70; n++) channel.say(`h${n}`, mia, false);
  await start();
  await room.loadOlder();
  expect(texts()).toContain('unkind');
  channel.events?.closed(1006);
  channel.log[0] = { ...first, Content: '', Redacted: true, LastUpdatedTimestamp: new Date(Date.now() + 1000) };
  await settle(2000);
  expect(texts()).not.toContain('unkind');
  expect(view().rows[0]?.removed).toBe(true);
});

test.each([[-600_000], [600_000]])(
  'a time-out lasts as long as the server says, by a clock that is %d ms wrong',
  async ahead => {
    await start();
    room.set({ ...settings, ahead });
    const until = new Date(Date.now() + ahead + 60_000).toISOString();
    room.notice({ t: 'notice', kind: 'timeout', messageId: null, reason: 'Calm down', until });
    expect(view().mayWriteAt).toBe(Date.now() + 60_000);
    await settle(60_001);
    expect(view().mayWriteAt).toBeUndefined();
  },
);

test('who writes while paused sees what comes of it', async () => {
  await start();
  room.pause();
  channel.say('missed');
  room.write('mine');
  await settle(300);
  expect(texts()).toEqual(['missed', 'mine']);
  expect(view().paused).toBe(false);
});

test('a line that drops again before the gap is filled leaves nothing out', async () => {
  channel.say('before', mia, false);
  await start();
  const list = channel.list.bind(channel);
  let broken = true;
  channel.list = async (...asked) => {
    if (broken) throw new TypeError('Failed to fetch');
    return list(...asked);
  };
  channel.events?.closed(1006);
  for (let n = 0; n < 70; n++) channel.say(`first ${n}`, mia, false);
  await settle(1200);
  expect(view().connection.is).toBe('live');
  channel.say('between');
  channel.events?.closed(1006);
  for (let n = 0; n < 70; n++) channel.say(`second ${n}`, mia, false);
  broken = false;
  await settle(30_000);
  // Of what is shown nothing is missing, however much was let go further up.
  expect(texts().length).toBeGreaterThanOrEqual(100);
  expect(texts()).toEqual(channel.log.map(m => m.Content).slice(-texts().length));
  expect(view().missed?.count).toBe(140);
});

test('a gap that opens while another is filled is filled as well', async () => {
  channel.say('before', mia, false);
  await start();
  const list = channel.list.bind(channel);
  let slow = true;
  channel.list = async (...asked) => {
    const answer = await list(...asked);
    if (slow) await new Promise(done => setTimeout(done, 3000));
    return answer;
  };
  channel.events?.closed(1006);
  channel.say('first', mia, false);
  await settle(1200);
  expect(view().connection.is).toBe('live');
  channel.events?.closed(1006);
  for (let n = 0; n < 70; n++) channel.say(`second ${n}`, mia, false);
  await settle(1800);
  slow = false;
  await settle(30_000);
  expect(texts()).toEqual(channel.log.map(m => m.Content));
});
