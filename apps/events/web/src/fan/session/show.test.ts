import { beforeEach, expect, test } from 'vitest';
import { Refusal } from '../../shared/http.ts';
import type { SocketEvents } from './device.ts';
import { type DoorApi, ShowModel } from './show.ts';
import type { Entry, Show } from './types.ts';

const startsAt = Date.UTC(2026, 10, 21, 20);
const show: Show = {
  id: 's',
  slug: 'bells',
  title: 'Bells',
  artist: 'Ines',
  about: '',
  pictureUrl: null,
  doorsAt: new Date(startsAt - 1_800_000).toISOString(),
  startsAt: new Date(startsAt).toISOString(),
  endsAt: new Date(startsAt + 7_200_000).toISOString(),
  zone: 'Europe/Berlin',
  phase: 'announced',
  now: new Date(startsAt - 3_600_000).toISOString(),
  chat: true,
  reactions: ['👏'],
};
const entry: Entry = {
  nickname: null,
  tier: 'Standard',
  userArn: 'u',
  player: { kind: 'none', url: '', captions: [], startsAt: show.startsAt },
  chat: { state: 'ready', slowSeconds: 5, mode: 'open', maxLength: 500 },
  banned: null,
};

class Stage implements DoorApi {
  time = 0;
  socket: SocketEvents | undefined;
  opened = 0;
  inside: Entry | Refusal = new Refusal(401, 'NotEntered');
  door: Entry | Refusal = entry;
  entered: [string, boolean][] = [];
  timers: (() => void)[] = [];
  model = new ShowModel(this, {
    open: events => {
      this.opened++;
      this.socket = events;
      return { send: () => {}, close: () => {} };
    },
    now: () => this.time,
    random: () => 0,
    after: (_, act) => {
      this.timers.push(act);
      return () => {
        this.timers = this.timers.filter(t => t !== act);
      };
    },
  });

  show = async () => show;
  me = async () => got(this.inside);
  enter = async (code: string, move: boolean) => {
    this.entered.push([code, move]);
    return got(this.door);
  };
  leave = async () => ({});
  nickname = async (nickname: string) => ({ nickname });

  say(frame: object) {
    this.socket?.message(JSON.stringify(frame));
  }

  get view() {
    return this.model.snapshot();
  }
}

function got<T>(value: T | Refusal): T {
  if (value instanceof Refusal) throw value;
  return value;
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const hello = { t: 'hello', nickname: null, staff: [], pin: null, slowSeconds: 9, mode: 'emoji', present: 4 };

test('a stranger stands outside, and a code lets them in', async () => {
  await stage.model.load();
  expect(stage.view.stage).toEqual({ is: 'outside', elsewhere: false });
  await stage.model.enter('CODE');
  expect(stage.view.stage).toEqual({ is: 'inside' });
  stage.say(hello);
  expect(stage.view.live).toMatchObject({ link: { is: 'live' }, slowSeconds: 9, mode: 'emoji', present: 4 });
});

test('a reload goes straight in', async () => {
  stage.inside = entry;
  await stage.model.load();
  expect(stage.view.stage).toEqual({ is: 'inside' });
  expect(stage.entered).toEqual([]);
});

test('a refused code changes nothing', async () => {
  await stage.model.load();
  stage.door = new Refusal(404, 'UnknownCode');
  await expect(stage.model.enter('X')).rejects.toMatchObject({ code: 'UnknownCode' });
  expect(stage.view.stage.is).toBe('outside');
  expect(stage.opened).toBe(0);
});

test('moved away, and back again without typing the code', async () => {
  await stage.model.load();
  await stage.model.enter('CODE');
  stage.say(hello);
  stage.say({ t: 'moved' });
  expect(stage.view.stage).toEqual({ is: 'moved' });
  expect(stage.opened).toBe(1);
  expect(await stage.model.moveBack()).toBe(true);
  expect(stage.entered).toEqual([
    ['CODE', false],
    ['CODE', true],
  ]);
  expect(stage.view.stage).toEqual({ is: 'inside' });
  expect(stage.opened).toBe(2);
});

test('moved away after a reload, the code is asked for again', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say({ t: 'moved' });
  expect(await stage.model.moveBack()).toBe(false);
  expect(stage.view.stage).toEqual({ is: 'outside', elsewhere: true });
});

test('a browser that lost its place is told so', async () => {
  stage.inside = new Refusal(409, 'OnAnotherDevice');
  await stage.model.load();
  expect(stage.view.stage).toEqual({ is: 'outside', elsewhere: true });
});

test('the doors open by the server’s clock, and only the server ends the show', async () => {
  await stage.model.load();
  stage.time = 1_799_999;
  stage.model.tick();
  expect(stage.view.phase).toBe('announced');
  stage.time = 1_800_000;
  stage.model.tick();
  expect(stage.view.phase).toBe('doors');
  stage.time = 20_000_000;
  stage.model.tick();
  expect(stage.view.phase).toBe('live');
  await stage.model.enter('CODE');
  stage.say({ t: 'phase', phase: 'ended' });
  stage.model.tick();
  expect(stage.view.phase).toBe('ended');
});

test('a chat that is being prepared is asked after until it is ready', async () => {
  stage.inside = { ...entry, chat: { ...entry.chat, state: 'preparing' } };
  await stage.model.load();
  expect(stage.timers.length).toBe(1);
  stage.inside = entry;
  stage.timers[0]?.();
  await new Promise(done => setTimeout(done));
  expect(stage.view.entry?.chat.state).toBe('ready');
});

test('a ban is kept with its reason', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say(hello);
  stage.say({ t: 'banned', reason: 'Spam', until: null });
  stage.socket?.closed(4403);
  expect(stage.view.banned).toEqual({ reason: 'Spam', until: null });
});

test('a running time-out is known from the entry, from the first word of the line, and from what is said later', async () => {
  const timeout = { reason: 'Calm down', until: '2026-12-05T19:10:00Z' };
  stage.inside = { ...entry, timeout };
  await stage.model.load();
  expect(stage.view.live.timeout).toEqual(timeout);
  stage.say(hello);
  expect(stage.view.live.timeout).toBeNull();
  stage.say({ t: 'notice', kind: 'timeout', messageId: null, reason: 'Again', until: timeout.until });
  expect(stage.view.live.timeout).toEqual({ ...timeout, reason: 'Again' });
  stage.say({ t: 'notice', kind: 'timeout', messageId: 'late', reason: 'timeout', until: timeout.until });
  expect(stage.view.live.timeout).toEqual({ ...timeout, reason: 'Again' });
  stage.say({ ...hello, timeout });
  expect(stage.view.live.timeout).toEqual(timeout);
});
