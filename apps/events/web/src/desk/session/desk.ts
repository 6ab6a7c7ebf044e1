import { Device, type DeviceState, type DeviceSurroundings } from '../../fan/session/device.ts';
import type { Refusal } from '../../shared/http.ts';
import { rebase } from '../../staff/session/wordlist.ts';
import { Acts, type Done } from './acts.ts';
import type { DeskApi } from './api.ts';
import { deskLine } from './line.ts';
import { People, type PeoplePage, type Standing } from './people.ts';
import { HeldQueue } from './queue.ts';
import type { DeskFrame, DeskPage, HeldItem, LogEntry, Numbers, Phase, Pin, Rules, Staff, WordRule } from './types.ts';
import { span } from './words.ts';

/** How many entries of the log are kept. */
const logAtMost = 500;
/** Of how many removals it is remembered who did them. */
const removersAtMost = 1000;

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
  heldState: HeldQueue['state'];
  log: readonly LogEntry[];
  done: Done | undefined;
  /** What was refused, to be said. */
  trouble: Refusal | undefined;
  /** How people stand since they were listed: by ticket number. */
  standing: ReadonlyMap<number, Standing>;
}

/** The endpoints the model needs; a test hands in its own. */
export type DeskCalls = Pick<
  DeskApi,
  | 'page'
  | 'held'
  | 'decide'
  | 'remove'
  | 'timeOut'
  | 'ban'
  | 'lift'
  | 'pin'
  | 'unpin'
  | 'putRules'
  | 'test'
  | 'undo'
  | 'log'
  | 'people'
>;

/** One member of the staff at one desk: what waits, what was done and by whom, and the way to do it. */
export class DeskModel {
  private readonly listeners = new Set<() => void>();
  private readonly hearers = new Set<(frame: DeskFrame) => void>();
  private readonly device: Device;
  private readonly queue: HeldQueue;
  private readonly people: People;
  private readonly acts: Acts;
  private link: DeviceState;
  private rules: Rules;
  private numbers: Numbers;
  private pin: Pin | null;
  private staff: readonly Staff[];
  private phase: Phase;
  private log: LogEntry[] = [];
  private readonly removers = new Map<string, string>();
  private view: DeskView | undefined;

  constructor(
    private readonly api: DeskCalls,
    private readonly page: DeskPage,
    around: DeviceSurroundings,
  ) {
    this.rules = page.rules;
    this.numbers = page.numbers;
    this.pin = page.pin ?? null;
    this.staff = page.staff;
    this.phase = page.show.phase;
    this.people = new People((...question) => api.people(...question));
    this.queue = new HeldQueue({
      read: after => api.held(after),
      me: page.name,
      after: around.after,
      met: item => this.people.met(item),
      changed: () => this.changed(),
    });
    this.acts = new Acts({
      undo: logId => api.undo(logId),
      now: around.now,
      after: around.after,
      changed: () => this.changed(),
    });
    this.device = new Device(
      { ...around, open: deskLine(around.open, () => api.page()) },
      state => {
        const back = state.is === 'live' && this.link.is !== 'live';
        this.link = state;
        // What was said while the line was down is read anew.
        if (back) {
          this.people.forget();
          void this.queue.load();
        }
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
      held: this.queue.shown(),
      heldTotal: this.queue.total,
      heldState: this.queue.state,
      log: this.log,
      done: this.acts.done,
      trouble: this.acts.trouble,
      standing: this.people.standing,
    };
    return this.view;
  };

  onFrame(hearer: (frame: DeskFrame) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  start(): void {
    this.device.start();
    void this.queue.load();
  }

  stop(): void {
    this.acts.stop();
    this.queue.stop();
    this.device.stop();
  }

  retryNow(): void {
    this.device.retryNow();
  }

  /** Reads the queue anew. */
  loadHeld(): Promise<void> {
    return this.queue.load();
  }

  moreHeld(): Promise<void> {
    return this.queue.more();
  }

  /** Tells the others that somebody looks at this one. */
  claim(messageId: string): void {
    if (this.queue.get(messageId)?.claimedBy === null) this.device.send({ t: 'claim', messageId });
  }

  decide(item: HeldItem, decision: 'approve' | 'refuse'): Promise<boolean> {
    return this.decideAll([item], decision);
  }

  /** Decides on messages of one fan, which can be taken back together. */
  async decideAll(items: readonly HeldItem[], decision: 'approve' | 'refuse'): Promise<boolean> {
    const free = items.filter(item => this.queue.decide(item.messageId));
    const who = items[0]?.nickname ?? 'a fan';
    this.changed();
    return this.acts.try(
      free.map(({ messageId }) => async () => {
        let taken = false;
        try {
          const changed = await this.api.decide(messageId, decision);
          taken = true;
          return changed;
        } finally {
          this.queue.decided(messageId, taken);
        }
      }),
      n => `${decision === 'approve' ? 'Approved' : 'Refused'} ${n > 1 ? `${n} messages that` : 'what'} ${who} wrote`,
    );
  }

  remove(messageId: string, userArn: string, name: string): Promise<boolean> {
    return this.removeAll([messageId], userArn, name);
  }

  /** Removes messages of one person, which can be taken back together. */
  removeAll(messageIds: readonly string[], userArn: string, name: string): Promise<boolean> {
    return this.acts.try(
      messageIds.map(id => () => this.api.remove(id, userArn)),
      n => `Removed ${n > 1 ? `${n} messages that` : 'what'} ${name} wrote`,
    );
  }

  /** @throws Refusal, for the form that asked. */
  timeOut(number: number, name: string, seconds: number, reason: string): Promise<void> {
    return this.acts.must(
      [() => this.api.timeOut(number, seconds, reason)],
      () => `${name} may not write for ${span(seconds)}`,
    );
  }

  /** @throws Refusal, for the form that asked. */
  ban(number: number, name: string, until: string | null, reason: string, removeMessages: boolean): Promise<void> {
    return this.acts.must([() => this.api.ban(number, until, reason, removeMessages)], () => `Banned ${name}`);
  }

  lift(number: number, name: string): Promise<boolean> {
    return this.acts.try([() => this.api.lift(number)], () => `${name} may write again`);
  }

  pinUp(messageId: string, userArn: string, text: string): Promise<boolean> {
    return this.acts.try([() => this.api.pin(messageId, userArn, text)], () => 'Pinned');
  }

  unpin(): Promise<boolean> {
    return this.acts.try([() => this.api.unpin()], () => 'Pin taken down');
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

  /** The words of this show's list that hold a text, and whether those for all shows would too. */
  async whatHolds(text: string): Promise<{ words: WordRule[]; common: boolean }> {
    const hits = (await this.api.test(text, this.rules.words)).hits.filter(hit => hit.action === 'hold');
    const words = this.rules.words.filter(word =>
      hits.some(hit => hit.list !== 'common' && hit.rule === word.text && hit.match === word.match),
    );
    return { words, common: hits.some(hit => hit.list === 'common') };
  }

  /** Takes words off the list as it is now. @throws Refusal, for the form that asked. */
  async dropWords(dropped: readonly WordRule[]): Promise<void> {
    const stays = (word: WordRule) => !dropped.some(d => d.text === word.text && d.match === word.match);
    this.rules = await this.api.putRules({ words: this.rules.words.filter(stays) });
    this.changed();
  }

  /** Takes back the last act of this page. @returns false when there is none, or it is too late. */
  async undoLast(): Promise<boolean> {
    const undone = await this.acts.undoLast();
    void this.queue.load();
    return undone;
  }

  async undo(logId: number): Promise<boolean> {
    const undone = await this.acts.undo([logId]);
    void this.queue.load();
    return undone;
  }

  async loadLog(after?: string): Promise<string | null> {
    const page = await this.api.log(after);
    const known = new Map((after ? this.log : []).map(e => [e.id, e]));
    for (const entry of page.entries) known.set(entry.id, entry);
    this.log = [...known.values()].sort((a, b) => b.id - a.id);
    this.changed();
    return page.next ?? null;
  }

  async findPeople(q: string, state: string, after?: string): Promise<PeoplePage> {
    const page = await this.people.find(q, state, after);
    this.changed();
    return page;
  }

  /** The ticket behind a user of the chat. @returns undefined for staff, and for whom nobody knows. */
  async numberFor(userArn: string): Promise<number | undefined> {
    const known = this.people.known(userArn);
    if (known !== undefined) return known;
    // Not by the name: whoever was rude may have another by now.
    const found = await this.api.people('', '', undefined, userArn.slice(userArn.lastIndexOf('/') + 1));
    for (const person of found.people) this.people.met(person);
    return this.people.known(userArn);
  }

  /** Who removed a message, as far as it was heard here; "you" for whoever reads. */
  removedBy(messageId: string): string | undefined {
    const by = this.removers.get(messageId);
    return by === this.page.name ? 'you' : by;
  }

  dismissTrouble(): void {
    this.acts.trouble = undefined;
    this.changed();
  }

  private heard(frame: DeskFrame): void {
    switch (frame.t) {
      case 'numbers': {
        const { t: _, ...numbers } = frame;
        this.numbers = numbers;
        this.queue.count(numbers.held);
        break;
      }
      case 'held':
      case 'decided':
      case 'claim':
      case 'reports':
        this.queue.hear(frame);
        break;
      case 'removed':
        // What was reported and is removed waits for nobody, wherever it was removed.
        this.queue.hear({ t: 'decided', messageId: frame.messageId, by: frame.by, decision: 'refuse' });
        this.removers.delete(frame.messageId);
        if (frame.by) this.removers.set(frame.messageId, frame.by);
        for (const id of this.removers.keys()) {
          if (this.removers.size <= removersAtMost) break;
          this.removers.delete(id);
        }
        break;
      case 'person':
        this.people.stands(frame.number, { state: frame.state, until: frame.until, reason: frame.reason ?? null });
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
