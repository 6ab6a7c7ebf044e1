import type { LineEvents, WireMessage } from '@carillon/web-kit/session';
import { beforeEach, expect, test } from 'vitest';
import { Room, type RoomApi } from './room.ts';

const ada = 'app/user/ada';

/** A channel kept by the platform's rules, with a line that can be cut and a network that can fail. */
class Channel implements RoomApi {
  log: WireMessage[] = [];
  events: LineEvents | undefined;
  tokens = new Map<string, string>();
  down = false;
  echo = true;
  sends = 0;

  me = async () => ada;
  sessionHost = async () => 'localhost:4543';
  reach = async () => (this.down ? ('down' as const) : ('trusted' as const));

  async list(limit: number, nextToken?: string) {
    this.fail();
    const newest = [...this.log].reverse();
    const from = Number(nextToken ?? 0);
    const messages = newest.slice(from, from + limit);
    return { messages, nextToken: from + limit < newest.length ? String(from + limit) : undefined };
  }

  async send(text: string, token: string) {
    this.sends++;
    this.fail();
    const known = this.tokens.get(token);
    if (known) return known;
    const message = this.say(text, ada);
    this.tokens.set(token, message.MessageId ?? '');
    return message.MessageId ?? '';
  }

  async edit(id: string, text: string) {
    this.fail();
    this.revise(id, { Content: text, LastEditedTimestamp: new Date(this.log.length + 100) }, 'UPDATE_CHANNEL_MESSAGE');
  }

  async redact(id: string) {
    this.fail();
    this.revise(id, { Content: undefined, Redacted: true }, 'REDACT_CHANNEL_MESSAGE');
  }

  async open(_host: string, events: LineEvents) {
    this.events = events;
    return { start: async () => events.established(), stop: () => {} };
  }

  say(text: string, arn: string): WireMessage {
    const at = new Date(this.log.length + 1);
    const Sender = { Arn: arn, Name: arn.slice(-3) };
    const message = { MessageId: `m${String(this.log.length).padStart(4, '0')}`, Content: text, Sender };
    const whole = { ...message, Type: 'STANDARD', CreatedTimestamp: at, LastUpdatedTimestamp: at, Redacted: false };
    this.log.push(whole);
    if (this.echo) this.events?.frame('CREATE_CHANNEL_MESSAGE', whole);
    return whole;
  }

  revise(id: string, change: Partial<WireMessage>, type: string) {
    const at = this.log.findIndex(m => m.MessageId === id);
    const revised = { ...this.log[at], ...change, LastUpdatedTimestamp: new Date(this.log.length + 100) };
    this.log[at] = revised;
    if (this.echo) this.events?.frame(type, revised);
  }

  private fail() {
    if (this.down) throw new TypeError('Failed to fetch');
  }
}

const settle = () => new Promise(resolve => setTimeout(resolve, 5));
let channel: Channel;
let room: Room;
beforeEach(() => {
  channel = new Channel();
  room = new Room(channel);
  return () => room.stop();
});

async function start() {
  room.start();
  await settle();
}
const texts = () => room.snapshot().messages.map(m => m.text);

test('an empty channel is ready and empty', async () => {
  await start();
  expect(room.snapshot()).toMatchObject({ history: { is: 'ready' }, older: 'none', messages: [], drafts: [] });
  expect(room.snapshot().connection.is).toBe('live');
});

test('history comes in pages, older ones on demand', async () => {
  for (let n = 0; n < 70; n++) channel.say(`${n}`, 'app/user/ben');
  await start();
  await room.loadOlder();
  await room.loadOlder();
  expect(texts()).toEqual(Array.from({ length: 70 }, (_, n) => `${n}`));
  expect(room.snapshot().older).toBe('none');
});

test('what is sent appears once, whichever of answer and echo is quicker', async () => {
  await start();
  room.write('one');
  room.write('two');
  await settle();
  expect(texts()).toEqual(['one', 'two']);
  expect(room.snapshot().drafts).toEqual([]);
});

test('what was said, edited and removed during a break is repaired on return', async () => {
  for (const text of ['a', 'b', 'c']) channel.say(text, 'app/user/ben');
  await start();
  channel.echo = false;
  channel.events?.reconnecting();
  channel.say('d', 'app/user/ben');
  channel.revise('m0000', { Content: 'a2', LastEditedTimestamp: new Date(200) }, '');
  channel.revise('m0001', { Content: undefined, Redacted: true }, '');
  channel.log.splice(2, 1);
  channel.events?.established();
  await settle();
  expect(texts()).toEqual(['a2', '', 'd']);
});

test('a text written while the network is down waits and goes out once', async () => {
  await start();
  channel.down = true;
  room.write('later');
  await settle();
  expect(room.snapshot().drafts[0]).toMatchObject({ text: 'later', state: 'waiting', code: 'Network' });
  channel.down = false;
  room.retryNow();
  await settle();
  expect(texts()).toEqual(['later']);
  expect(channel.log).toHaveLength(1);
});

test('a sixth text is not taken while five wait', async () => {
  await start();
  channel.down = true;
  for (let n = 0; n < 5; n++) room.write(`${n}`);
  expect(() => room.write('6')).toThrow('QueueFull');
});

test('sending works over the API when no session is live', async () => {
  channel.reach = async () => 'untrusted' as never;
  await start();
  expect(room.snapshot().connection.is).toBe('untrusted');
  room.write('hello');
  await settle();
  expect(texts()).toEqual(['hello']);
  expect(room.snapshot().drafts).toEqual([]);
});

test('a refused edit leaves the message and says why', async () => {
  await start();
  room.write('mine');
  await settle();
  channel.edit = async () => {
    throw Object.assign(new Error(), { name: 'ForbiddenException', $metadata: { httpStatusCode: 403 } });
  };
  expect(await room.edit('m0000', 'other')).toBe(false);
  expect(room.snapshot().refusal).toBe('ForbiddenException');
  expect(texts()).toEqual(['mine']);
});

test('a text over 4 KB is not taken', async () => {
  await start();
  expect(() => room.write('é'.repeat(2049))).toThrow('TooLong');
});

test('only messages of others are announced', async () => {
  await start();
  const heard: string[] = [];
  room.onArrival(m => heard.push(m.text));
  room.write('mine');
  await settle();
  channel.say('theirs', 'app/user/ben');
  expect(heard).toEqual(['theirs']);
});

test('control messages are not shown', async () => {
  await start();
  channel.events?.frame('CREATE_CHANNEL_MESSAGE', { MessageId: 'x', Type: 'CONTROL', Content: '{}' });
  expect(texts()).toEqual([]);
});
