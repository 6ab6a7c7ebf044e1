import { Device, type DeviceState, type DeviceSurroundings } from '../../fan/session/device.ts';
import { type Refusal, refusalOf } from '../../shared/http.ts';
import { rebase } from '../../staff/session/wordlist.ts';
import type { DeskApi } from './api.ts';
import type {
  Changed,
  DeskFrame,
  DeskPage,
  HeldItem,
  LogEntry,
  Numbers,
  Person,
  Phase,
  Pin,
  Rules,
  Staff,
} from './types.ts';

/** How long an act can be taken back from the toast, in milliseconds. */
export const undoMs = 5000;
/** How many entries of the log are kept. */
const logAtMost = 500;

/** Something that was just done here, and can be taken back. */
export interface Done {
  key: number;
  text: string;
  logId: number | null;
  /** Milliseconds. */
  until: number;
}

export interface DeskView {
  page: DeskPage;
  link: DeviceState;
  rules: Rules;
  numbers: Numbers;
  pin: Pin | null;
  /** Whose messages are marked; the same list while nobody came or went. */
  staff: readonly Staff[];
  phase: Phase;
  /** Oldest first. */
  held: readonly HeldItem[];
  heldTotal: number;
  heldState: { is: 'loading' } | { is: 'ready' } | { is: 'failed'; refusal: Refusal };
  log: readonly LogEntry[];
  done: Done | undefined;
  /** What was refused, to be said. */
  trouble: Refusal | undefined;
  /** What is known of people beyond their list: by ticket number. */
  standing: ReadonlyMap<number, Pick<Person, 'state' | 'until' | 'reason'>>;
}

/** The endpoints the model needs; a test hands in its own. */
export type DeskCalls = Pick<
  DeskApi,
  'held' | 'decide' | 'remove' | 'timeOut' | 'ban' | 'lift' | 'pin' | 'unpin' | 'putRules' | 'undo' | 'log' | 'people'
>;

/** One member of the staff at one desk: what waits, what was done and by whom, and the way to do it. */
export class DeskModel {
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(frame: DeskFrame) => void>();
  private readonly device: Device;
  private link: DeviceState;
  private rules: Rules;
  private numbers: Numbers;
  private pin: Pin | null;
  private staff: readonly Staff[];
  private phase: Phase;
  private held = new Map<string, HeldItem>();
  private heldTotal = 0;
  private heldState: DeskView['heldState'] = { is: 'loading' };
  private next: string | null = null;
  private log: LogEntry[] = [];
  private done: Done | undefined;
  private trouble: Refusal | undefined;
  private standing = new Map<number, Pick<Person, 'state' | 'until' | 'reason'>>();
  private numberOf = new Map<string, number>();
  /** Decided here and on the way; a queue read meanwhile must not bring them back. */
  private readonly deciding = new Set<string>();
  private view: DeskView | undefined;
  private keys = 0;
  private cancelDone: (() => void) | undefined;
  private loading = false;

  constructor(
    private readonly api: DeskCalls,
    private readonly page: DeskPage,
    private readonly around: DeviceSurroundings,
  ) {
    this.rules = page.rules;
    this.numbers = page.numbers;
    this.pin = page.pin ?? null;
    this.staff = page.staff;
    this.phase = page.show.phase;
    this.device = new Device(
      {
        ...around,
        open: events =>
          around.open({
            ...events,
            open: () => {
              events.open();
              // This line greets by its first numbers; that it is open is all there is to wait for.
              events.message('{"t":"hello"}');
            },
          }),
      },
      state => {
        const back = state.is === 'live' && this.link.is !== 'live';
        this.link = state;
        // What was said while the line was down is read anew.
        if (back) void this.loadHeld();
        this.changed();
      },
      frame => this.heard(frame as unknown as DeskFrame),
    );
    this.link = this.device.state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): DeskView => {
    this.view ??= {
      page: this.page,
      link: this.link,
      rules: this.rules,
      numbers: this.numbers,
      pin: this.pin,
      staff: this.staff,
      phase: this.phase,
      held: [...this.held.values()]
        .filter(item => !this.deciding.has(item.messageId))
        .sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
      heldTotal: Math.max(this.heldTotal, this.held.size),
      heldState: this.heldState,
      log: this.log,
      done: this.done,
      trouble: this.trouble,
      standing: this.standing,
    };
    return this.view;
  };

  onFrame(hearer: (frame: DeskFrame) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  start(): void {
    this.device.start();
    void this.loadHeld();
  }

  stop(): void {
    this.cancelDone?.();
    this.device.stop();
  }

  retryNow(): void {
    this.device.retryNow();
  }

  /** Reads the queue anew, as far as it was read before. */
  async loadHeld(more = false): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      const page = await this.api.held((more && this.next) || undefined);
      if (!more) this.held.clear();
      for (const item of page.items) {
        this.held.set(item.messageId, item);
        if (item.userArn && item.number) this.numberOf.set(item.userArn, item.number);
      }
      this.heldTotal = page.total;
      this.next = page.next ?? null;
      this.heldState = { is: 'ready' };
    } catch (error) {
      this.heldState = { is: 'failed', refusal: refusalOf(error) };
    } finally {
      this.loading = false;
      this.changed();
    }
  }

  /** Tells the others that somebody is on this one. */
  claim(messageId: string): void {
    const item = this.held.get(messageId);
    if (item && item.claimedBy === null) this.device.send({ t: 'claim', messageId });
  }

  async decide(item: HeldItem, decision: 'approve' | 'refuse'): Promise<void> {
    const { messageId } = item;
    if (this.deciding.has(messageId)) return;
    this.deciding.add(messageId);
    this.changed();
    const who = item.nickname ?? 'a fan';
    const ok = await this.act(
      () => this.api.decide(messageId, decision),
      decision === 'approve' ? `Approved what ${who} wrote` : `Refused what ${who} wrote`,
    );
    this.deciding.delete(messageId);
    if (ok) this.forget(messageId);
    this.changed();
  }

  remove(messageId: string, userArn: string, name: string): Promise<boolean> {
    return this.act(() => this.api.remove(messageId, userArn), `Removed what ${name} wrote`);
  }

  timeOut(number: number, name: string, seconds: number, reason: string): Promise<boolean> {
    return this.act(() => this.api.timeOut(number, seconds, reason), `${name} may not write for ${span(seconds)}`);
  }

  ban(number: number, name: string, until: string | null, reason: string, removeMessages: boolean): Promise<boolean> {
    return this.act(() => this.api.ban(number, until, reason, removeMessages), `Banned ${name}`);
  }

  lift(number: number, name: string): Promise<boolean> {
    return this.act(() => this.api.lift(number), `${name} may write again`);
  }

  pinUp(messageId: string, userArn: string, text: string): Promise<boolean> {
    return this.act(() => this.api.pin(messageId, userArn, text), 'Pinned');
  }

  unpin(): Promise<boolean> {
    return this.act(() => this.api.unpin(), 'Pin taken down');
  }

  /**
   * Puts in force what was changed since a form began, and leaves what others have changed meanwhile.
   * @throws Refusal, for the form that asked.
   */
  async putRules(began: Rules, rules: Rules): Promise<void> {
    const change: Partial<Rules> = {
      ...(rules.slowSeconds !== began.slowSeconds && { slowSeconds: rules.slowSeconds }),
      ...(rules.mode !== began.mode && { mode: rules.mode }),
      ...(rules.holdFirst !== began.holdFirst && { holdFirst: rules.holdFirst }),
      ...(JSON.stringify(rules.words) !== JSON.stringify(began.words) && {
        words: rebase(began.words, rules.words, this.rules.words),
      }),
    };
    if (Object.keys(change).length === 0) return;
    this.rules = await this.api.putRules(change);
    this.changed();
  }

  /** Takes back the last act of this page. @returns false when there is none. */
  async undoLast(): Promise<boolean> {
    const { done } = this;
    if (!done || done.logId === null || done.until <= this.around.now()) return false;
    this.setDone(undefined);
    return this.undo(done.logId);
  }

  async undo(logId: number): Promise<boolean> {
    try {
      await this.api.undo(logId);
      this.trouble = undefined;
      void this.loadHeld();
      return true;
    } catch (error) {
      this.trouble = refusalOf(error);
      return false;
    } finally {
      this.changed();
    }
  }

  async loadLog(after?: string): Promise<string | null> {
    const page = await this.api.log(after);
    const known = new Map((after ? this.log : []).map(e => [e.id, e]));
    for (const entry of page.entries) known.set(entry.id, entry);
    this.log = [...known.values()].sort((a, b) => b.id - a.id);
    this.changed();
    return page.next ?? null;
  }

  /** The ticket behind a user of the chat. @returns undefined for staff, and for whom nobody knows. */
  async numberFor(userArn: string): Promise<number | undefined> {
    const known = this.numberOf.get(userArn);
    if (known !== undefined) return known;
    // Not by the name: whoever was rude may have another by now.
    const { people } = await this.api.people('', '', undefined, userArn.slice(userArn.lastIndexOf('/') + 1));
    this.know(people);
    return this.numberOf.get(userArn);
  }

  know(people: readonly Person[]): void {
    for (const person of people) if (person.userArn) this.numberOf.set(person.userArn, person.number);
  }

  dismissTrouble(): void {
    this.trouble = undefined;
    this.changed();
  }

  private async act(does: () => Promise<Changed>, text: string): Promise<boolean> {
    try {
      const { logId } = await does();
      this.trouble = undefined;
      this.setDone({ key: ++this.keys, text, logId: logId ?? null, until: this.around.now() + undoMs });
      return true;
    } catch (error) {
      this.trouble = refusalOf(error);
      this.changed();
      return false;
    }
  }

  private setDone(done: Done | undefined): void {
    this.cancelDone?.();
    this.cancelDone = undefined;
    this.done = done;
    if (done)
      this.cancelDone = this.around.after(undoMs, () => {
        this.done = undefined;
        this.changed();
      });
    this.changed();
  }

  private forget(messageId: string): void {
    if (this.held.delete(messageId)) this.heldTotal = Math.max(0, this.heldTotal - 1);
    // A long queue comes in pages: the next is fetched before this one is empty.
    if (this.held.size < 10 && this.next) void this.loadHeld(true);
  }

  private heard(frame: DeskFrame): void {
    switch (frame.t) {
      case 'numbers': {
        const { t: _, ...numbers } = frame;
        this.numbers = numbers;
        break;
      }
      case 'held':
        if (!this.held.has(frame.item.messageId)) this.heldTotal++;
        this.held.set(frame.item.messageId, frame.item);
        if (frame.item.userArn && frame.item.number) this.numberOf.set(frame.item.userArn, frame.item.number);
        break;
      case 'reports': {
        const { messageId, reports, reasons } = frame;
        const item = this.held.get(messageId);
        if (item) this.held.set(messageId, { ...item, reports, reasons });
        break;
      }
      case 'decided':
      // What was reported and is removed waits for nobody, wherever it was removed.
      case 'removed':
        this.forget(frame.messageId);
        break;
      case 'claim': {
        const item = this.held.get(frame.messageId);
        if (item) this.held.set(frame.messageId, { ...item, claimedBy: frame.by });
        break;
      }
      case 'person':
        this.standing = new Map(this.standing).set(frame.number, {
          state: frame.state,
          until: frame.until,
          reason: frame.reason ?? null,
        });
        break;
      case 'rules': {
        const { t: _, ...rules } = frame;
        this.rules = rules;
        break;
      }
      case 'pin':
        this.pin = frame.pin;
        break;
      case 'staff':
        if (JSON.stringify(frame.staff) !== JSON.stringify(this.staff)) this.staff = frame.staff;
        break;
      case 'phase':
        this.phase = frame.phase;
        break;
      case 'log':
        this.log = [frame.entry, ...this.log.filter(e => e.id !== frame.entry.id)].slice(0, logAtMost);
        break;
      default:
    }
    for (const hearer of this.hearers) hearer(frame);
    this.changed();
  }

  private changed(): void {
    this.view = undefined;
    for (const listener of this.listeners) listener();
  }
}

/** The lengths a time-out may have. */
export const spans = [10, 60, 300, 600, 3600, 86_400] as const;

export function span(seconds: number): string {
  if (seconds < 60) return `${seconds} seconds`;
  if (seconds < 3600) return seconds === 60 ? '1 minute' : `${seconds / 60} minutes`;
  return seconds === 3600 ? '1 hour' : `${seconds / 3600} hours`;
}

const acts: Record<string, string> = {
  approve: 'approved a message',
  refuse: 'refused a message',
  keep: 'kept a reported message',
  remove: 'removed a message',
  restore: 'brought a message back',
  timeout: 'timed out',
  ban: 'banned',
  lift: 'let write again',
  over: 'may write again, the time is over',
  pin: 'pinned a message',
  rules: 'changed the rules',
  undo: 'took something back',
};

/** "banned, ticket 12", as far as the log knows. */
export function actWords(entry: LogEntry): string {
  const what = entry.act === 'pin' && entry.messageId === null ? 'took the pin down' : (acts[entry.act] ?? entry.act);
  return entry.number === null ? what : `${what}, ticket ${entry.number}`;
}

const whys: Record<string, string> = {
  word: 'A word of the list',
  first: 'The first message of this fan',
  reported: 'Reported by a fan',
};

export function whyWords(item: HeldItem): string {
  const why = item.why === null ? 'Held' : (whys[item.why] ?? item.why);
  return item.state === 'reported' && item.reports && item.reports > 1 ? `Reported by ${item.reports} fans` : why;
}

/** What the fans' page lets them choose from. */
const reasons: Record<string, string> = {
  spam: 'Advertising or repetition',
  hurt: 'Insult or threat',
  private: 'Somebody’s private affairs',
  other: 'Something else',
};

export function reasonWords(reason: string | null): string {
  return reason === null ? 'No reason given' : (reasons[reason] ?? reason);
}
