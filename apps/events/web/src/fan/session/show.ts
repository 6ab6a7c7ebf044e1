import { refusalOf } from '../../shared/http.ts';
import { Device, type DeviceState, type DeviceSurroundings } from './device.ts';
import type { Ban, DeviceFrame, Entry, Mode, Phase, Pin, Show, Staff } from './types.ts';

/** Where a fan stands with one show. */
export type Stage =
  | { is: 'loading' }
  | { is: 'missing' }
  | { is: 'unreachable' }
  /** Before the door; `elsewhere` when this browser had the ticket and lost it to another device. */
  | { is: 'outside'; elsewhere: boolean }
  | { is: 'inside' }
  /** Another device took over while this page was open. */
  | { is: 'moved' };

/** What is known live, from the device's own line. */
export interface Live {
  link: DeviceState;
  staff: readonly Staff[];
  pin: Pin | null;
  slowSeconds: number;
  mode: Mode;
  /** How many are here; undefined until told. */
  present: number | undefined;
}

export interface ShowView {
  stage: Stage;
  show: Show | undefined;
  entry: Entry | undefined;
  phase: Phase;
  live: Live;
  banned: Ban | null;
  /** The server's clock less ours, in milliseconds. */
  clockAhead: number;
}

/** The door as the model needs it; a test hands in its own. */
export interface DoorApi {
  show(): Promise<Show>;
  me(): Promise<Entry>;
  enter(code: string, move: boolean): Promise<Entry>;
  leave(): Promise<object>;
  nickname(nickname: string): Promise<{ nickname: string }>;
}

const phases: readonly Phase[] = ['announced', 'doors', 'live', 'ended'];
/** A place that is being prepared is asked after at first this soon, later this seldom; spread, so that a full house does not ask at once. */
const [preparingSoonMs, preparingMs] = [1000, 10_000];

/** One fan at one show: who they are, where the show stands, and what the server says meanwhile. */
export class ShowModel {
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(frame: DeviceFrame) => void>();
  private readonly device: Device;
  private stage: Stage = { is: 'loading' };
  private show: Show | undefined;
  private entry: Entry | undefined;
  private phase: Phase = 'announced';
  private live: Live;
  private banned: Ban | null = null;
  private clockAhead = 0;
  private view: ShowView | undefined;
  private cancelAsk: (() => void) | undefined;
  /** How often a place that is being prepared was asked after. */
  private asked = 0;
  /** Kept in this page's memory alone, to offer the way back without typing it again. */
  private code: string | undefined;

  constructor(
    private readonly door: DoorApi,
    private readonly around: DeviceSurroundings,
  ) {
    this.device = new Device(
      around,
      state => this.linkBecame(state),
      frame => this.heard(frame),
    );
    this.live = { link: this.device.state, staff: [], pin: null, slowSeconds: 0, mode: 'open', present: undefined };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): ShowView => {
    this.view ??= {
      stage: this.stage,
      show: this.show,
      entry: this.entry,
      phase: this.phase,
      live: this.live,
      banned: this.banned,
      clockAhead: this.clockAhead,
    };
    return this.view;
  };

  /** Calls back for each frame of the device's line. */
  onFrame(hearer: (frame: DeviceFrame) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  /** Looks at the show and at whether this browser is inside already. */
  async load(): Promise<void> {
    this.stage = { is: 'loading' };
    this.changed();
    const [show, me] = await Promise.allSettled([this.door.show(), this.door.me()]);
    if (show.status === 'rejected') {
      this.stage = { is: refusalOf(show.reason).status === 404 ? 'missing' : 'unreachable' };
      this.changed();
      return;
    }
    this.show = show.value;
    this.phase = show.value.phase;
    this.clockAhead = Date.parse(show.value.now) - this.around.now();
    if (me.status === 'fulfilled') this.goIn(me.value);
    else {
      const { code } = refusalOf(me.reason);
      this.stage = { is: 'outside', elsewhere: code === 'OnAnotherDevice' };
      this.changed();
    }
  }

  /** @throws Refusal when the door stays closed. */
  async enter(code: string, move = false): Promise<void> {
    // Whoever is inside with another ticket leaves it: that the server says so on the line is no news then.
    if (this.stage.is === 'inside') this.device.stop();
    let entry: Entry;
    try {
      entry = await this.door.enter(code, move);
    } catch (refused) {
      if (this.stage.is === 'inside') this.device.start();
      throw refused;
    }
    this.code = code;
    this.goIn(entry);
  }

  /** Takes the ticket back to this page. @returns false when its code has to be typed again. */
  async moveBack(): Promise<boolean> {
    if (!this.code) {
      this.stage = { is: 'outside', elsewhere: true };
      this.changed();
      return false;
    }
    await this.enter(this.code, true);
    return true;
  }

  /** Gives the ticket's place free. A server that does not answer keeps the fan inside. */
  async leave(): Promise<void> {
    this.device.stop();
    try {
      await this.door.leave();
    } catch {
      this.device.start();
      return;
    }
    this.code = undefined;
    this.entry = undefined;
    this.stage = { is: 'outside', elsewhere: false };
    this.changed();
  }

  /** @throws Refusal with suggestions or a reason. */
  async rename(nickname: string): Promise<void> {
    const answer = await this.door.nickname(nickname);
    if (this.entry) this.entry = { ...this.entry, nickname: answer.nickname };
    this.changed();
  }

  react(k: number, n: number): boolean {
    return this.device.send({ t: 'react', k, n });
  }

  retryNow(): void {
    this.device.retryNow();
  }

  stop(): void {
    this.cancelAsk?.();
    this.device.stop();
  }

  /** The chat found out for itself that it is not ready yet. */
  notReady(): void {
    if (!this.entry) return;
    this.entry = { ...this.entry, chat: { ...this.entry.chat, state: 'preparing' } };
    this.askAgain();
    this.changed();
  }

  /** The clock passed a moment that changes the page: the doors opened, or the show began. */
  tick(): void {
    if (!this.show) return;
    const now = this.around.now() + this.clockAhead;
    const due: Phase =
      now >= Date.parse(this.show.startsAt) ? 'live' : now >= Date.parse(this.show.doorsAt) ? 'doors' : 'announced';
    // Only the server says that a show is over, because shows run late.
    if (this.phase !== 'ended' && phases.indexOf(due) > phases.indexOf(this.phase)) {
      this.phase = due;
      this.changed();
    }
  }

  private goIn(entry: Entry): void {
    this.entry = entry;
    this.banned = entry.banned;
    this.live = { ...this.live, slowSeconds: entry.chat.slowSeconds, mode: entry.chat.mode };
    this.stage = { is: 'inside' };
    this.asked = 0;
    if (entry.chat.state === 'preparing') this.askAgain();
    this.changed();
    if (this.phase !== 'ended') this.device.start();
  }

  private askAgain(): void {
    this.cancelAsk?.();
    const pause = Math.min(preparingMs, preparingSoonMs * 2 ** this.asked++);
    this.cancelAsk = this.around.after(pause * (1 + this.around.random()), () => void this.ask());
  }

  private async ask(): Promise<void> {
    if (this.entry?.chat.state !== 'preparing') return;
    try {
      const entry = await this.door.me();
      this.entry = { ...entry, nickname: entry.nickname ?? this.entry.nickname };
      this.changed();
    } catch {
      // Asked again below; what is known stays.
    }
    if (this.entry.chat.state === 'preparing') this.askAgain();
  }

  private linkBecame(link: DeviceState): void {
    this.live = { ...this.live, link };
    if (link.is === 'closed') {
      if (link.why === 'moved') this.stage = { is: 'moved' };
      else if (link.why === 'enter') {
        this.entry = undefined;
        this.stage = { is: 'outside', elsewhere: false };
      } else if (link.why === 'banned') this.banned ??= { reason: '', until: null };
      else if (link.why === 'ended') this.phase = 'ended';
    }
    this.changed();
  }

  private heard(frame: DeviceFrame): void {
    switch (frame.t) {
      case 'hello':
        this.live = {
          ...this.live,
          staff: frame.staff ?? [],
          pin: frame.pin ?? null,
          slowSeconds: frame.slowSeconds ?? 0,
          mode: frame.mode ?? 'open',
          present: frame.present,
        };
        if (frame.phase) this.phase = frame.phase;
        if (frame.nickname && this.entry) this.entry = { ...this.entry, nickname: frame.nickname };
        break;
      case 'room':
        this.live = { ...this.live, slowSeconds: frame.slowSeconds, mode: frame.mode };
        break;
      case 'pin':
        this.live = { ...this.live, pin: frame.pin };
        break;
      case 'staff':
        this.live = { ...this.live, staff: frame.staff };
        break;
      case 'present':
        this.live = { ...this.live, present: frame.n };
        break;
      case 'phase':
        this.phase = frame.phase;
        break;
      case 'banned':
        this.banned = { reason: frame.reason, until: frame.until };
        break;
      default:
    }
    for (const hearer of this.hearers) hearer(frame);
    if (frame.t !== 'reactions') this.changed();
  }

  private changed(): void {
    this.view = undefined;
    for (const listener of this.listeners) listener();
  }
}
