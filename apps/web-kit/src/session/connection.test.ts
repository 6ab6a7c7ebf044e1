import { beforeEach, expect, test } from 'vitest';
import { Connection, type ConnectionState, type LineEvents } from './connection.ts';
import { AppError } from './errors.ts';

/** Surroundings in which time passes only when the test says so. */
class Stage {
  reached: 'trusted' | 'untrusted' | 'down' = 'trusted';
  refuse: unknown;
  lines: { events: LineEvents; stopped: boolean; fail: (error: unknown) => void }[] = [];
  time = 0;
  private timers: { at: number; act: () => void }[] = [];
  states: ConnectionState[] = [];
  frames: string[] = [];

  readonly connection = new Connection(
    {
      open: async events => {
        if (this.refuse) throw this.refuse;
        let fail: (error: unknown) => void = () => {};
        const started = new Promise<void>((_, reject) => {
          fail = reject;
        });
        started.catch(() => {});
        const line = { events, stopped: false, fail };
        this.lines.push(line);
        return {
          start: () => started,
          stop: () => {
            line.stopped = true;
          },
        };
      },
      reach: async () => this.reached,
      now: () => this.time,
      random: () => 1,
      after: (ms, act) => {
        const timer = { at: this.time + ms, act };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter(t => t !== timer);
        };
      },
    },
    state => this.states.push(state),
    type => this.frames.push(type),
  );

  get is() {
    return this.connection.state.is;
  }

  get line() {
    const line = this.lines.at(-1);
    if (!line) throw new Error('no line was opened');
    return line;
  }

  async pass(ms: number) {
    this.time += ms;
    const due = this.timers.filter(t => t.at <= this.time);
    this.timers = this.timers.filter(t => t.at > this.time);
    for (const timer of due) timer.act();
    await settle();
  }
}

const settle = () => new Promise(resolve => setTimeout(resolve));

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

async function live() {
  stage.connection.start();
  await settle();
  stage.line.events.established();
}

test('goes from connecting to live', async () => {
  await live();
  expect(stage.states.map(s => s.is)).toEqual(['connecting', 'live']);
});

test('a short break is drawn as reconnecting and ends in live', async () => {
  await live();
  stage.line.events.reconnecting();
  expect(stage.is).toBe('reconnecting');
  stage.line.events.established();
  expect(stage.is).toBe('live');
});

test('after a long break it pauses, longer each time, and tries again by itself', async () => {
  await live();
  stage.reached = 'down';
  stage.line.events.closed(1006);
  const waits: number[] = [];
  for (let n = 0; n < 8; n++) {
    const state = stage.connection.state;
    if (state.is !== 'offline') throw new Error(`${state.is} at ${n}`);
    waits.push(state.retryAt - stage.time);
    await stage.pass(state.retryAt - stage.time);
  }
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  stage.reached = 'trusted';
  stage.connection.retryNow();
  await settle();
  stage.line.events.established();
  expect(stage.is).toBe('live');
});

test('an untrusted certificate waits without noise and goes on once it is trusted', async () => {
  stage.reached = 'untrusted';
  stage.connection.start();
  await settle();
  expect(stage.is).toBe('untrusted');
  await stage.pass(2000);
  expect(stage.states.map(s => s.is)).toEqual(['connecting', 'untrusted', 'untrusted']);
  stage.reached = 'trusted';
  await stage.pass(2000);
  stage.line.events.established();
  expect(stage.is).toBe('live');
});

test('a kicked session ends and is not retried', async () => {
  await live();
  stage.line.events.closed(4003);
  await stage.pass(60_000);
  expect(stage.connection.state).toEqual({ is: 'ended', code: '4003' });
  expect(stage.lines).toHaveLength(1);
});

test('a refused key is refused, with its code', async () => {
  stage.connection.start();
  await settle();
  stage.line.fail({ code: 4401 });
  await settle();
  expect(stage.connection.state).toEqual({ is: 'refused', code: '4401' });
});

test('a refusal before the line opens is drawn, not retried', async () => {
  stage.refuse = new AppError('DemoLoopbackOnly');
  stage.connection.start();
  await settle();
  await stage.pass(60_000);
  expect(stage.connection.state).toEqual({ is: 'refused', code: 'DemoLoopbackOnly' });
});

test('what an abandoned line still says is ignored', async () => {
  await live();
  const old = stage.line;
  stage.connection.stop();
  old.events.frame('CREATE_CHANNEL_MESSAGE', {});
  old.events.closed(1006);
  expect(old.stopped).toBe(true);
  expect(stage.frames).toEqual([]);
  expect(stage.is).toBe('ended');
});
