import { type Refusal, refusalOf } from '../../shared/http.ts';
import { Device, type DeviceState, type DeviceSurroundings } from './device.ts';
import {
  type Ban,
  type DeviceFrame,
  doorsOf,
  type Entry,
  type Mode,
  type Phase,
  type Pin,
  type Show,
  type Staff,
  type Timeout,
} from './types.ts';

/** Where a fan stands with one show. */
export type Stage =
  | { is: 'loading' }
  | { is: 'missing' }
  /** The server does not answer, or cannot just now; asked again by itself. */
  | { is: 'unreachable' }
  /** Before the door; `elsewhere` when this browser had the ticket and lost it to another device. */
  | { is: 'outside'; elsewhere: boolean }
  | { is: 'inside' }
  /** Another device took over while this page was open. */
  | { is: 'moved' }
  | Out;

/** Staff took the ticket's way in; looked after by itself, because they may give it back. */
export interface Out {
  is: 'out';
  why: 'banned' | 'revoked';
  ban: Ban;
}

/** What is known live, from the device's own line. */
export interface Live {
  link: DeviceState;
  staff: readonly Staff[];
  pin: Pin | null;
  slowSeconds: number;
  mode: Mode;
  /** How many are here; undefined until told. */
  present: number | undefined;
  /** That was told last, by the server's clock; it may be over. */
  timeout: Timeout | null;
}

export interface ShowView {
  stage: Stage;
  show: Show | undefined;
  entry: Entry | undefined;
  phase: Phase;
  live: Live;
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

/** What a page waits for that only asking again tells: at first this soon, later this seldom, in milliseconds. */
const pauses = {
  /** The server answers again. */
  unreachable: [2000, 30_000],
  /** A place in the chat is made. */
  preparing: [1000, 10_000],
  /** A ban is undone; most that are, are within seconds. */
  out: [5000, 300_000],
  /** The end is moved after all. */
  ended: [60_000, 600_000],
  /** What changed could not be asked for. */
  stale: [2000, 30_000],
} as const;

/** A change of the show is asked for by so many pages in a second at most, however many are open. */
const renewalsPerSecond = 200;
const [quickestRenewalMs, slowestRenewalMs] = [1000, 60_000];
/** Pages that waited at the door do not ask for the chat in the same second. */
const rushMs = 5000;
/** Why the line cannot be opened is asked this often at most. */
const whyMs = 60_000;
/** Whoever comes back to the page is told anew, but not more often than so. */
const seenMs = 5000;

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
  private clockAhead = 0;
  private view: ShowView | undefined;
  /** Counts what the fan and the server did, so that an answer to an older question changes nothing. */
  private turn = 0;
  private cancelAsk: (() => void) | undefined;
  private waitingFor: keyof typeof pauses | undefined;
  /** How often that was asked for. */
  private asked = 0;
  private askedAt = Number.NEGATIVE_INFINITY;
  private cancelRenewal: (() => void) | undefined;
  /** The server said that what we know of the show holds no longer. */
  private stale = false;
  private greeted = false;
  private askedWhyAt = Number.NEGATIVE_INFINITY;
  /** Until when the chat is not asked for, by our clock. */
  private rushUntil = 0;
  private readonly hidden = new Set<string>();
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
      () => void this.askWhy(),
    );
    this.live = {
      link: this.device.state,
      staff: [],
      pin: null,
      slowSeconds: 0,
      mode: 'open',
      present: undefined,
      timeout: null,
    };
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
      clockAhead: this.clockAhead,
    };
    return this.view;
  };

  /** Calls back for each frame of the device's line. */
  onFrame(hearer: (frame: DeviceFrame) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  /** Messages that staff took down so far, for who begins to listen later. */
  get removed(): readonly string[] {
    return [...this.hidden];
  }

  /** Looks at the show and at whether this browser is inside already. */
  async load(): Promise<void> {
    this.stage = { is: 'loading' };
    this.changed();
    await this.look();
  }

  /** Looks again, because the fan asked. What is shown stays until there is an answer. */
  async lookAgain(): Promise<void> {
    this.asked = 0;
    await this.look();
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
    this.turn++;
    this.code = code;
    this.goIn(entry);
  }

  /**
   * Takes the ticket back to this page.
   * @returns false when its code has to be typed again.
   * @throws Refusal when the door stays closed and the page has nothing else to show for it.
   */
  async moveBack(): Promise<boolean> {
    if (!this.code) {
      this.goOutside(true);
      return false;
    }
    try {
      await this.enter(this.code, true);
    } catch (error) {
      const out = outBy(refusalOf(error));
      if (!out) throw error;
      this.stand(out);
    }
    return true;
  }

  /** To the door, with another code. */
  toDoor(): void {
    this.goOutside(false);
  }

  /** Gives the ticket's place free. A server that does not answer keeps the fan inside. */
  async leave(): Promise<void> {
    this.turn++;
    this.device.stop();
    try {
      await this.door.leave();
    } catch (error) {
      // Who is not inside any more has left.
      if (![401, 403, 404, 409].includes(refusalOf(error).status)) {
        this.device.start();
        this.plan();
        return;
      }
    }
    this.goOutside(false);
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

  /** The network is back, or the page is seen again: nothing waits for its pause to end. */
  retryNow(): void {
    this.device.retryNow();
    if (this.waitingFor && this.around.now() - this.askedAt > seenMs) void this.lookAgain();
  }

  stop(): void {
    this.turn++;
    this.cancelAsk?.();
    this.cancelRenewal?.();
    this.cancelRenewal = undefined;
    this.device.stop();
  }

  /** The chat found out for itself that it is not ready yet. */
  notReady(): void {
    if (!this.entry || this.entry.chat.state === 'preparing') return;
    this.entry = { ...this.entry, chat: { ...this.entry.chat, state: 'preparing' } };
    this.plan();
    this.changed();
  }

  /** Resolves once those who waited at the door have come in one after another. */
  settled(): Promise<void> {
    const left = this.rushUntil - this.around.now();
    return left <= 0 ? Promise.resolve() : new Promise(done => void this.around.after(left, done));
  }

  /** The clock passed a moment that changes the page: the doors opened, or the show began. */
  tick(): void {
    if (!this.show || this.stale) return;
    const now = this.around.now() + this.clockAhead;
    const due: Phase =
      now >= Date.parse(this.show.startsAt) ? 'live' : now >= Date.parse(doorsOf(this.show)) ? 'doors' : 'announced';
    // Only the server says that a show is over, because shows run late.
    if (this.phase !== 'ended' && phases.indexOf(due) > phases.indexOf(this.phase)) {
      this.phaseBecame(due);
      this.changed();
    }
  }

  /** Asks what the server knows of the fan, and of the show where that may have changed. */
  private async look(showToo = this.waitingFor !== 'preparing' || this.stale): Promise<void> {
    const turn = ++this.turn;
    this.askedAt = this.around.now();
    this.cancelAsk?.();
    if (showToo) {
      this.cancelRenewal?.();
      this.cancelRenewal = undefined;
    }
    const [show, me] = await Promise.allSettled([showToo ? this.door.show() : undefined, this.door.me()]);
    if (turn !== this.turn) return;
    if (show.status === 'rejected') this.refused(refusalOf(show.reason));
    else {
      if (show.value) this.take(show.value);
      if (me.status === 'rejected') this.refused(refusalOf(me.reason));
      else this.know(me.value);
    }
  }

  private take(show: Show): void {
    this.show = show;
    this.clockAhead = Date.parse(show.now) - this.around.now();
    // Told of another change meanwhile, it is asked for once more.
    this.stale = this.cancelRenewal !== undefined;
    this.phaseBecame(show.phase);
  }

  /** The door, or the show itself, said no, or nothing. */
  private refused(refusal: Refusal): void {
    const { status } = refusal;
    const out = outBy(refusal);
    const inside = this.stage.is === 'inside';
    if (out) this.stand(out);
    else if (status === 401 || (status === 409 && !inside)) this.goOutside(status === 409);
    else if (status === 404) this.stand({ is: 'missing' });
    else if (status === 409) this.stand({ is: 'moved' });
    // Anything else says nothing about the fan: what is known stays.
    else this.stand(this.stage.is === 'loading' ? { is: 'unreachable' } : this.stage);
  }

  private know(entry: Entry): void {
    if (entry.banned) this.stand({ is: 'out', why: 'banned', ban: entry.banned });
    else this.goIn(entry);
  }

  private goIn(entry: Entry): void {
    const link = this.device.state.is;
    this.entry = { ...entry, nickname: entry.nickname ?? this.entry?.nickname ?? null };
    // Later than that is what the line says.
    if (link !== 'live')
      this.live = {
        ...this.live,
        slowSeconds: entry.chat.slowSeconds,
        mode: entry.chat.mode,
        timeout: entry.timeout ?? null,
      };
    this.stage = { is: 'inside' };
    this.plan();
    this.changed();
    if (this.phase !== 'ended') this.device.start();
  }

  private stand(stage: Stage): void {
    this.stage = stage;
    // Who is not inside has no line.
    if (stage.is !== 'inside') this.device.stop();
    this.plan();
    this.changed();
  }

  private goOutside(elsewhere: boolean): void {
    this.turn++;
    this.code = undefined;
    this.entry = undefined;
    this.stand({ is: 'outside', elsewhere });
  }

  private phaseBecame(phase: Phase): void {
    if (this.phase === 'announced' && this.stage.is === 'inside' && (phase === 'doors' || phase === 'live'))
      this.rushUntil = this.around.now() + this.around.random() * rushMs;
    this.phase = phase;
  }

  /** What only asking again can tell, as things stand. */
  private get lacking(): keyof typeof pauses | undefined {
    if (this.stage.is === 'unreachable') return 'unreachable';
    if (this.stage.is === 'out') return 'out';
    if (this.stage.is !== 'inside') return undefined;
    if (this.phase === 'ended') return 'ended';
    if (this.stale && !this.cancelRenewal) return 'stale';
    return this.entry?.chat.state === 'preparing' ? 'preparing' : undefined;
  }

  /** Asks again after a while where that may change something; spread, so that a full house does not ask at once. */
  private plan(): void {
    this.cancelAsk?.();
    this.cancelAsk = undefined;
    const { lacking } = this;
    if (lacking !== this.waitingFor) this.asked = 0;
    this.waitingFor = lacking;
    if (!lacking) return;
    const [least, most] = pauses[lacking];
    let pause = Math.min(most, least * 2 ** this.asked) * (1 + this.around.random());
    if (this.stage.is === 'out' && this.stage.ban.until) {
      const over = Date.parse(this.stage.ban.until) - this.around.now() - this.clockAhead;
      if (over > 0) pause = Math.min(pause, over + 1000);
    }
    this.cancelAsk = this.around.after(pause, () => {
      this.asked++;
      void this.look();
    });
  }

  /** The show changed: asked for soon, and not by all pages at once. */
  private renew(): void {
    this.stale = true;
    if (this.cancelRenewal) return;
    const spread = ((this.live.present ?? 0) / renewalsPerSecond) * 1000;
    const within = Math.min(slowestRenewalMs, Math.max(quickestRenewalMs, spread));
    this.cancelRenewal = this.around.after(this.around.random() * within, () => {
      this.cancelRenewal = undefined;
      if (this.stage.is === 'inside') void this.look(true);
    });
  }

  /** The line was refused, and a browser does not tell a page why: the door does. */
  private async askWhy(): Promise<void> {
    if (this.stage.is !== 'inside' || this.around.now() - this.askedWhyAt < whyMs) return;
    this.askedWhyAt = this.around.now();
    const { turn } = this;
    try {
      const entry = await this.door.me();
      if (entry.banned && turn === this.turn) this.know(entry);
    } catch (error) {
      const refusal = refusalOf(error);
      // No answer is none: it is asked again when the next try fails.
      if (refusal.status === 0 || refusal.status >= 500) this.askedWhyAt = Number.NEGATIVE_INFINITY;
      else if (turn === this.turn) this.refused(refusal);
    }
  }

  private linkBecame(link: DeviceState): void {
    this.live = { ...this.live, link };
    if (link.is === 'closed' && link.why !== 'left') {
      this.turn++;
      if (link.why === 'moved') this.stage = { is: 'moved' };
      else if (link.why === 'enter') this.goOutside(false);
      else if (link.why === 'ended') this.phase = 'ended';
      else if (this.stage.is !== 'out') this.stage = { is: 'out', why: 'banned', ban: { reason: null, until: null } };
      this.plan();
      // A ticket that was cancelled ends as a ban does; the door knows which it is.
      if (link.why === 'banned') void this.look(false);
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
          timeout: frame.timeout ?? null,
        };
        if (frame.phase) this.phaseBecame(frame.phase);
        if (frame.nickname && this.entry) this.entry = { ...this.entry, nickname: frame.nickname };
        for (const id of frame.removed ?? []) this.hidden.add(id);
        // What was changed while the line was down nobody has told.
        if (this.greeted) this.renew();
        this.greeted = true;
        break;
      case 'room':
        this.live = { ...this.live, slowSeconds: frame.slowSeconds, mode: frame.mode };
        break;
      case 'notice':
        // What came too late for a time-out names the rule, and not its reason.
        if (frame.kind === 'timeout' && frame.until && frame.reason !== 'timeout')
          this.live = { ...this.live, timeout: { reason: frame.reason, until: frame.until } };
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
        this.phaseBecame(frame.phase);
        this.plan();
        break;
      case 'removed':
        this.hidden.add(frame.messageId);
        break;
      case 'restored':
        this.hidden.delete(frame.messageId);
        break;
      case 'show':
        this.renew();
        break;
      case 'banned':
        this.stage = { is: 'out', why: 'banned', ban: { reason: frame.reason, until: frame.until } };
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

/** What a refusal of the door itself says; undefined when it is another. */
function outBy({ code, body }: Refusal): Out | undefined {
  if (code !== 'Banned' && code !== 'Revoked') return undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    is: 'out',
    why: code === 'Revoked' ? 'revoked' : 'banned',
    ban: { reason: text(body.reason), until: text(body.until) },
  };
}
