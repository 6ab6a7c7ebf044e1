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
  random = 0;
  socket: SocketEvents | undefined;
  opened = 0;
  shown: Show | Refusal = show;
  /** What was asked of the door, in order. */
  asked: string[] = [];
  /** Answers of `me` that wait; undefined where it answers at once. */
  slow: (() => void)[] | undefined;
  left: Refusal | undefined;
  inside: Entry | Refusal = new Refusal(401, 'NotEntered');
  door: Entry | Refusal = entry;
  entered: [string, boolean][] = [];
  private timers: { at: number; act: () => void }[] = [];
  model = new ShowModel(this, {
    open: events => {
      this.opened++;
      this.socket = events;
      return { send: () => {}, close: () => {} };
    },
    now: () => this.time,
    random: () => this.random,
    after: (ms, act) => {
      const timer = { at: this.time + ms, act };
      this.timers.push(timer);
      return () => {
        this.timers = this.timers.filter(t => t !== timer);
      };
    },
  });

  show = async () => {
    this.asked.push('show');
    const known = got(this.shown);
    return { ...known, now: new Date(Date.parse(known.now) + this.time).toISOString() };
  };
  me = async () => {
    this.asked.push('me');
    const answer = this.inside;
    if (this.slow) await new Promise<void>(done => this.slow?.push(done));
    return got(answer);
  };
  enter = async (code: string, move: boolean) => {
    this.entered.push([code, move]);
    return got(this.door);
  };
  leave = async () => {
    if (this.left) throw this.left;
    return {};
  };
  nickname = async (nickname: string) => ({ nickname });

  say(frame: object) {
    this.socket?.message(JSON.stringify(frame));
  }

  /** When the next timer is due, in milliseconds from now; undefined for none. */
  get next(): number | undefined {
    return this.timers.length === 0 ? undefined : Math.min(...this.timers.map(t => t.at)) - this.time;
  }

  async pass(ms: number) {
    const until = this.time + ms;
    await settle();
    for (;;) {
      const next = this.timers.filter(t => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter(t => t !== next);
      this.time = next.at;
      next.act();
      await settle();
    }
    this.time = until;
  }

  get view() {
    return this.model.snapshot();
  }
}

const settle = () => new Promise(done => setTimeout(done));

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
  stage.asked = [];
  await stage.pass(5000);
  // Of the show itself nothing is asked.
  expect(stage.asked).toEqual(['me', 'me']);
  stage.inside = entry;
  await stage.pass(5000);
  expect(stage.view.entry?.chat.state).toBe('ready');
  stage.asked = [];
  await stage.pass(600_000);
  expect(stage.asked).toEqual([]);
});

const spam = { reason: 'Spam', until: null };

test('a ban is kept with its reason, and ends the line', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say(hello);
  stage.inside = { ...entry, banned: spam };
  stage.say({ t: 'banned', ...spam });
  stage.socket?.closed(4403);
  expect(stage.view.stage).toEqual({ is: 'out', why: 'banned', ban: spam });
  await stage.pass(1000);
  expect(stage.view.stage).toEqual({ is: 'out', why: 'banned', ban: spam });
  expect(stage.opened).toBe(1);
});

test('a banned fan who loads the page again stays out, without a line', async () => {
  stage.inside = { ...entry, banned: spam };
  await stage.model.load();
  expect(stage.view.stage).toEqual({ is: 'out', why: 'banned', ban: spam });
  expect(stage.opened).toBe(0);
});

test('a cancelled ticket says so, and not that its fan was removed', async () => {
  stage.inside = new Refusal(403, 'Revoked', { reason: 'resold', until: null });
  await stage.model.load();
  expect(stage.view.stage).toEqual({ is: 'out', why: 'revoked', ban: { reason: 'resold', until: null } });

  stage = new Stage();
  stage.inside = entry;
  await stage.model.load();
  stage.say(hello);
  stage.inside = new Refusal(403, 'Revoked', { reason: 'resold', until: null });
  stage.say({ t: 'banned', reason: 'resold', until: null });
  await stage.pass(0);
  expect(stage.view.stage).toMatchObject({ is: 'out', why: 'revoked' });
});

test('a ban that is undone lets the fan in again by itself, and at once when asked', async () => {
  stage.inside = { ...entry, banned: spam };
  await stage.model.load();
  await stage.pass(20_000);
  stage.inside = entry;
  await stage.pass(40_000);
  expect(stage.view.stage).toEqual({ is: 'inside' });
  expect(stage.opened).toBe(1);

  stage.say({ t: 'banned', ...spam });
  await stage.pass(0);
  expect(stage.view.stage).toEqual({ is: 'inside' });
  stage.say({ t: 'banned', ...spam });
  stage.inside = { ...entry, banned: spam };
  await stage.model.lookAgain();
  expect(stage.view.stage.is).toBe('out');
  stage.inside = entry;
  await stage.model.lookAgain();
  expect(stage.view.stage.is).toBe('inside');
});

test('a ban for a while is looked after when it ends, and seldom before', async () => {
  // The server’s clock is an hour before the show.
  const until = new Date(Date.parse(show.now) + 240_000).toISOString();
  stage.inside = { ...entry, banned: { reason: null, until } };
  await stage.model.load();
  stage.asked = [];
  await stage.pass(239_000);
  expect(stage.asked.filter(a => a === 'me').length).toBeLessThan(8);
  stage.inside = entry;
  await stage.pass(3000);
  expect(stage.view.stage).toEqual({ is: 'inside' });
});

test('an end that is moved opens the page again', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say(hello);
  stage.say({ t: 'phase', phase: 'ended' });
  stage.socket?.closed(4410);
  expect(stage.view.phase).toBe('ended');
  stage.shown = { ...show, phase: 'ended' };
  await stage.pass(200_000);
  expect(stage.view.phase).toBe('ended');
  expect(stage.opened).toBe(1);
  stage.shown = { ...show, phase: 'live', endsAt: new Date(startsAt + 14_400_000).toISOString() };
  await stage.pass(300_000);
  expect(stage.view).toMatchObject({ phase: 'live', stage: { is: 'inside' } });
  expect(stage.opened).toBe(2);
});

test('refused before the server said a word, the page asks the door why, once', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say(hello);
  stage.inside = new Refusal(409, 'OnAnotherDevice');
  stage.asked = [];
  // The line that was heard is only lost.
  stage.socket?.closed(1006);
  await stage.pass(0);
  expect(stage.asked).toEqual([]);
  await stage.pass(500);
  stage.socket?.closed(1006);
  await stage.pass(0);
  expect(stage.asked).toEqual(['me']);
  expect(stage.view.stage).toEqual({ is: 'moved' });
  const opened = stage.opened;
  await stage.pass(600_000);
  expect(stage.opened).toBe(opened);
  expect(stage.asked).toEqual(['me']);
});

test('each refusal of the door is told where the line could not be opened', async () => {
  for (const [refusal, seen] of [
    [new Refusal(401, 'NotEntered'), { is: 'outside', elsewhere: false }],
    [new Refusal(403, 'Banned', spam), { is: 'out', why: 'banned', ban: spam }],
    [new Refusal(403, 'Revoked', spam), { is: 'out', why: 'revoked', ban: spam }],
    [new Refusal(404, 'NotFound'), { is: 'missing' }],
    [new Refusal(503, 'Unavailable'), { is: 'inside' }],
    [new Refusal(0, 'Network'), { is: 'inside' }],
  ] as const) {
    stage = new Stage();
    stage.inside = entry;
    await stage.model.load();
    stage.inside = refusal;
    stage.socket?.closed(1006);
    await stage.pass(0);
    expect(stage.view.stage, refusal.code).toEqual(seen);
  }
});

test('a server that does not answer is asked again, and the code is not asked for', async () => {
  for (const refusal of [new Refusal(503, 'Unavailable'), new Refusal(0, 'Network')]) {
    stage = new Stage();
    stage.inside = refusal;
    await stage.model.load();
    expect(stage.view.stage).toEqual({ is: 'unreachable' });
    await stage.pass(60_000);
    expect(stage.view.stage).toEqual({ is: 'unreachable' });
    stage.inside = entry;
    await stage.pass(30_000);
    expect(stage.view.stage).toEqual({ is: 'inside' });
  }
});

test('who moved is not asked after any more, and an answer that comes late changes nothing', async () => {
  stage.inside = { ...entry, chat: { ...entry.chat, state: 'preparing' } };
  await stage.model.load();
  stage.slow = [];
  await stage.pass(1000);
  expect(stage.slow.length).toBe(1);
  stage.say({ t: 'moved' });
  stage.slow[0]?.();
  await stage.pass(60_000);
  expect(stage.view.stage).toEqual({ is: 'moved' });
  expect(stage.slow.length).toBe(1);
});

test('leaving while the server is being asked leaves', async () => {
  stage.inside = { ...entry, chat: { ...entry.chat, state: 'preparing' } };
  await stage.model.load();
  stage.slow = [];
  await stage.pass(1000);
  await stage.model.leave();
  stage.slow[0]?.();
  await stage.pass(60_000);
  expect(stage.view).toMatchObject({ stage: { is: 'outside', elsewhere: false }, entry: undefined });
  expect(stage.slow.length).toBe(1);
});

test('who is not inside any more has left', async () => {
  stage.inside = entry;
  for (const [refusal, is] of [
    [new Refusal(0, 'Network'), 'inside'],
    [new Refusal(409, 'OnAnotherDevice'), 'outside'],
    [new Refusal(401, 'NotEntered'), 'outside'],
  ] as const) {
    await stage.model.load();
    stage.left = refusal;
    await stage.model.leave();
    expect(stage.view.stage.is, refusal.code).toBe(is);
  }
});

test('moving back says why not: banned meanwhile, or whatever the door says', async () => {
  await stage.model.load();
  await stage.model.enter('CODE');
  stage.say({ t: 'moved' });
  stage.door = new Refusal(429, 'TooMany', { retryAfter: 12 });
  await expect(stage.model.moveBack()).rejects.toMatchObject({ code: 'TooMany' });
  expect(stage.view.stage).toEqual({ is: 'moved' });
  stage.door = new Refusal(403, 'Banned', spam);
  await stage.model.moveBack();
  expect(stage.view.stage).toEqual({ is: 'out', why: 'banned', ban: spam });
});

test('a change of the show is asked for by a full house in a minute, and by a small one soon', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say({ ...hello, present: 12_000 });
  const url = 'https://spare.example/live.m3u8';
  stage.inside = { ...entry, player: { ...entry.player, kind: 'hls', url } };
  stage.shown = { ...show, title: 'Bells, later' };
  stage.asked = [];
  stage.random = 0.5;
  stage.say({ t: 'show' });
  stage.say({ t: 'show' });
  await stage.pass(29_000);
  expect(stage.asked).toEqual([]);
  await stage.pass(1000);
  expect(stage.asked).toEqual(['show', 'me']);
  expect(stage.view).toMatchObject({ show: { title: 'Bells, later' }, entry: { player: { url } } });

  stage.say({ t: 'present', n: 3 });
  stage.say({ t: 'show' });
  await stage.pass(1000);
  expect(stage.asked.length).toBe(4);
});

test('a show that is put off goes back before its doors, and the old times open nothing', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.time = 1_900_000;
  stage.model.tick();
  stage.say({ ...hello, phase: 'doors' });
  stage.random = 0.9;
  stage.say({ t: 'show' });
  stage.say({ t: 'phase', phase: 'announced' });
  stage.model.tick();
  expect(stage.view.phase).toBe('announced');
  const later = (time: string) => new Date(Date.parse(time) + 86_400_000).toISOString();
  stage.shown = {
    ...show,
    doorsAt: later(show.doorsAt ?? ''),
    startsAt: later(show.startsAt),
  };
  await stage.pass(5000);
  stage.model.tick();
  expect(stage.view).toMatchObject({ phase: 'announced', show: { startsAt: later(show.startsAt) } });
});

test('what changed while the line was down is asked for once it is back', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say(hello);
  stage.asked = [];
  stage.socket?.closed(1006);
  await stage.pass(500);
  stage.say(hello);
  await stage.pass(1000);
  expect(stage.asked).toEqual(['show', 'me']);
});

test('doors without a time of their own open with the show', async () => {
  stage.shown = { ...show, doorsAt: null };
  await stage.model.load();
  stage.time = 3_599_999;
  stage.model.tick();
  expect(stage.view.phase).toBe('announced');
  stage.time = 3_600_000;
  stage.model.tick();
  expect(stage.view.phase).toBe('live');
});

test('who waited at the door asks for the chat a moment after it opened; who comes later at once', async () => {
  stage.inside = entry;
  stage.random = 0.5;
  await stage.model.load();
  let calm = false;
  void stage.model.settled().then(() => {
    calm = true;
  });
  await stage.pass(0);
  expect(calm).toBe(true);

  calm = false;
  stage.time = 1_800_000;
  stage.model.tick();
  void stage.model.settled().then(() => {
    calm = true;
  });
  await stage.pass(2400);
  expect(calm).toBe(false);
  await stage.pass(100);
  expect(calm).toBe(true);
});

test('who listens later is told what was taken down before', async () => {
  stage.inside = entry;
  await stage.model.load();
  stage.say({ ...hello, removed: ['a', 'b'] });
  stage.say({ t: 'removed', messageId: 'c' });
  stage.say({ t: 'restored', messageId: 'a' });
  expect(stage.model.removed).toEqual(['b', 'c']);
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
