import { beforeEach, expect, test } from 'vitest';
import { Device, type DeviceState, type SocketEvents } from './device.ts';
import type { DeviceFrame } from './types.ts';

class Stage {
  time = 0;
  random = 1;
  sockets: { events: SocketEvents; sent: string[]; closed: boolean }[] = [];
  states: DeviceState[] = [];
  frames: DeviceFrame[] = [];
  private timers: { at: number; act: () => void }[] = [];

  readonly device = new Device(
    {
      open: events => {
        const socket = { events, sent: [] as string[], closed: false };
        this.sockets.push(socket);
        return {
          send: text => socket.sent.push(text),
          close: () => {
            socket.closed = true;
          },
        };
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
    },
    state => this.states.push(state),
    frame => this.frames.push(frame),
  );

  pass(ms: number) {
    const until = this.time + ms;
    for (;;) {
      const next = this.timers.filter(t => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter(t => t !== next);
      this.time = next.at;
      next.act();
    }
    this.time = until;
  }

  get last() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  hello() {
    this.last.events.open();
    this.last.events.message('{"t":"hello","nickname":"Mia","staff":[],"pin":null,"present":3}');
  }
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.device.start();
});

test('is live once the server has said hello', () => {
  stage.last.events.open();
  expect(stage.device.state.is).toBe('connecting');
  stage.hello();
  expect(stage.device.state.is).toBe('live');
});

test('a dropped line comes back, with pauses that grow to thirty seconds and no more', () => {
  const pauses: number[] = [];
  for (let n = 0; n < 9; n++) {
    stage.last.events.closed(1006);
    const { state } = stage.device;
    if (state.is !== 'waiting') throw new Error(state.is);
    pauses.push(state.retryAt - stage.time);
    stage.pass(state.retryAt - stage.time);
  }
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(stage.sockets.length).toBe(10);
});

test('how long it is down is counted from the first loss, until it is back', () => {
  stage.hello();
  stage.pass(5000);
  stage.last.events.closed(1006);
  stage.pass(600);
  stage.last.events.closed(1006);
  expect(stage.device.state).toMatchObject({ is: 'waiting', since: 5000 });
  stage.pass(2000);
  stage.hello();
  stage.last.events.closed(1006);
  expect(stage.device.state).toMatchObject({ since: stage.time });
});

test('a replaced device never comes back by itself', () => {
  stage.hello();
  stage.last.events.message('{"t":"moved"}');
  stage.last.events.closed(4003);
  expect(stage.device.state).toEqual({ is: 'closed', why: 'moved' });
  stage.pass(600_000);
  expect(stage.sockets.length).toBe(1);
  stage.device.start();
  expect(stage.sockets.length).toBe(2);
});

test('each final close code says why', () => {
  for (const [code, why] of [
    [4003, 'moved'],
    [4401, 'enter'],
    [4403, 'banned'],
    [4410, 'ended'],
  ] as const) {
    stage = new Stage();
    stage.device.start();
    stage.hello();
    stage.last.events.closed(code);
    expect(stage.device.state).toEqual({ is: 'closed', why });
  }
});

test('a ban is heard before the line ends', () => {
  stage.hello();
  stage.last.events.message('{"t":"banned","reason":"Spam","until":null}');
  expect(stage.frames.at(-1)).toMatchObject({ t: 'banned', reason: 'Spam' });
  expect(stage.device.state).toEqual({ is: 'closed', why: 'banned' });
});

test('the line is kept from looking idle', () => {
  stage.hello();
  stage.pass(60_000);
  expect(stage.last.sent).toEqual(['{"t":"ping"}', '{"t":"ping"}']);
  stage.device.stop();
  stage.pass(60_000);
  expect(stage.last.sent.length).toBe(2);
});

test('what an abandoned socket still says is ignored', () => {
  stage.hello();
  const old = stage.last;
  old.events.closed(1006);
  stage.pass(500);
  old.events.message('{"t":"moved"}');
  old.events.closed(4403);
  expect(stage.device.state.is).toBe('waiting');
  stage.hello();
  expect(stage.device.state.is).toBe('live');
});

test('what makes no sense is passed over', () => {
  stage.hello();
  for (const text of ['', 'null', '[]', '{', '{"x":1}']) stage.last.events.message(text);
  expect(stage.frames.length).toBe(1);
});
