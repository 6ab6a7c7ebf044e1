import { type Draft, type Message, messageOf, Timeline } from '@carillon/web-kit/chat';
import { Connection, type ConnectionState, type WireMessage } from '@carillon/web-kit/session';
import type { NoticeFrame, Staff, Timeout } from '../../session/types.ts';
import { History } from './history.ts';
import { Outbox } from './outbox.ts';
import { Pace } from './pace.ts';
import { Reading } from './reading.ts';
import { answered } from './reply.ts';
import type { Arrival, ChatApi, ChatSettings, ChatView, Quote, Row, Verdict } from './view.ts';
import { mentions } from './writing.ts';

/**
 * The chat of one fan as one state to be drawn: what was said (`History`), what they write (`Outbox`), where they read
 * (`Reading`), and what arrives, which this puts among the others.
 */
export class ChatRoom {
  private readonly listeners = new Set<() => void>();
  private readonly arrivals = new Set<(arrival: Arrival) => void>();
  private readonly timeline = new Timeline(() => this.me);
  private readonly pace = new Pace();
  private readonly reading: Reading;
  private readonly history: History;
  private readonly outbox: Outbox;
  readonly connection: Connection;
  private me: string | undefined;
  private host: string | undefined;
  private roster: Map<string, Staff>;
  /** Messages taken down by staff; those restored leave it again. */
  private readonly removed = new Set<string>();
  private readonly hiddenPeople = new Set<string>();
  /** Events arrive. */
  private heard = false;
  private stopped = false;
  private timers = new Set<ReturnType<typeof setTimeout>>();
  private calming: (() => void) | undefined;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  /** The first of several is drawn at once; those that come soon after it wait for each other. */
  private drawnAt = 0;
  private view: ChatView | undefined;

  constructor(
    private readonly api: ChatApi,
    private settings: ChatSettings,
  ) {
    this.roster = rosterOf(settings.staff);
    const { timeline } = this;
    const live = () => this.connection.state.is === 'live';
    const changed = () => this.changed(true);
    this.reading = new Reading({
      timeline,
      startAgain: () => this.history.startAgain(),
      trimmed: () => this.history.trimmed(),
      changed,
    });
    this.history = new History({
      timeline,
      reading: this.reading,
      list: (...page) => api.list(...page),
      whoAmI: async () => {
        this.me ??= await api.me();
      },
      live,
      after: (ms, act) => this.after(ms, act),
      changed,
    });
    this.outbox = new Outbox({
      timeline,
      settings: () => this.settings,
      send: (...message) => api.send(...message),
      live,
      stopped: () => this.stopped,
      catchUp: () => this.history.catchUp(),
      after: (ms, act) => this.after(ms, act),
      changed: now => this.changed(now),
    });
    this.connection = new Connection(
      {
        open: events => this.api.open(this.host ?? '', events),
        reach: async () => {
          this.host = await this.api.sessionHost();
          return this.api.reach(this.host);
        },
        now: () => Date.now(),
        random: () => Math.random(),
        after: (ms, act) => this.after(ms, act),
      },
      state => this.connectionBecame(state),
      (type, payload) => this.frame(type, payload),
    );
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): ChatView => {
    const { history, reading, outbox, pace } = this;
    this.view ??= {
      connection: this.connection.state,
      history: history.state,
      older: history.older,
      rows: this.rows(),
      drafts: [...this.timeline.drafts()],
      oneIn: pace.of,
      showAll: pace.showAll,
      crowded: pace.crowded,
      paused: reading.paused,
      unseen: reading.unseen,
      unseenMentions: reading.unseenMentions,
      unread: reading.unread,
      missed: history.missed,
      mayWriteAt: outbox.mayWriteAt,
      timeout: outbox.timeout,
      hidden: this.hiddenPeople.size,
      slowSeconds: this.settings.slowSeconds,
      mode: this.settings.mode,
    };
    return this.view;
  };

  /** A page of the chat's server, where a person can look at its certificate and accept it; known once it was asked for. */
  get serverPage(): string | undefined {
    return this.host && `https://${this.host}/healthz`;
  }

  get nickname(): string | null {
    return this.settings.nickname;
  }

  /** Calls back for each message of someone else that arrives live and is shown. */
  onArrival(listener: (arrival: Arrival) => void): () => void {
    this.arrivals.add(listener);
    return () => this.arrivals.delete(listener);
  }

  /** Calls back when something was decided about one's own message. */
  onVerdict(listener: (verdict: Verdict) => void): () => void {
    return this.outbox.onVerdict(listener);
  }

  start(): void {
    this.stopped = false;
    this.connection.start();
    void this.load();
  }

  stop(): void {
    this.stopped = true;
    this.connection.stop();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.calming = undefined;
    clearTimeout(this.drawing);
  }

  retryNow(): void {
    this.connection.retryNow();
    void this.outbox.flush();
  }

  set(settings: ChatSettings): void {
    if (settings.staff !== this.settings.staff) this.roster = rosterOf(settings.staff);
    this.settings = settings;
    this.changed(true);
  }

  // What was said

  load(): Promise<void> {
    return this.history.load();
  }

  loadOlder(): Promise<void> {
    return this.history.loadOlder();
  }

  dismissMissed(): void {
    this.history.dismissMissed();
  }

  // What the fan writes

  /** @see Outbox.write */
  write(text: string, to?: string): void {
    this.outbox.write(text, to);
    // Whoever says something wants to see what comes of it.
    if (this.reading.paused) this.reading.resume();
  }

  again(draft: Draft): void {
    this.outbox.again(draft);
  }

  /** @returns the draft's text, to be written anew. */
  discard(draft: Draft): string {
    return this.outbox.discard(draft);
  }

  notice(frame: NoticeFrame): void {
    this.outbox.notice(frame);
  }

  /** Whether the fan may write, as the line's first words say: a time-out may have begun or ended while it was down. */
  stand(timeout: Timeout | null): void {
    this.outbox.stand(timeout);
  }

  // What the fan looks at

  nextMention(): string | undefined {
    return this.reading.nextMention();
  }

  /** The list says whether its end is in sight. */
  follow(atEnd: boolean): void {
    this.reading.follow(atEnd);
  }

  /** The page was hidden or is shown again. */
  look(visible: boolean): void {
    this.reading.look(visible);
  }

  pause(): void {
    this.reading.pause();
  }

  resume(): void {
    this.reading.resume();
  }

  setShowAll(all: boolean): void {
    this.pace.showAll = all;
    // Choosing to see everything brings back what was left out so far.
    if (all) this.reading.skipNothing();
    this.changed(true);
  }

  hide(arn: string): void {
    this.hiddenPeople.add(arn);
    this.changed(true);
  }

  showEveryone(): void {
    this.hiddenPeople.clear();
    this.changed(true);
  }

  // What staff do

  takeDown(messageId: string): void {
    this.removed.add(messageId);
    this.changed(true);
  }

  restore(messageId: string): void {
    this.removed.delete(messageId);
    this.changed(true);
  }

  private rows(): Row[] {
    const rows: Row[] = [];
    for (const message of this.timeline.rows()) {
      const row = this.row(message);
      if (!this.reading.shows(message.id) && !row.own) continue;
      if (this.hiddenPeople.has(message.sender.arn) && !row.own && !row.staff) continue;
      rows.push(row);
    }
    return rows;
  }

  private row(message: Message): Row {
    const staff = this.roster.get(message.sender.arn);
    const own = message.sender.arn === this.me;
    const removed = this.gone(message);
    const answers = removed ? undefined : this.quote(answered(message.metadata));
    return {
      message: removed && message.text ? { ...message, text: '' } : message,
      own,
      staff: staff?.kind,
      name: staff?.name ?? message.sender.name,
      answers,
      callsMe: !own && !removed && (answers?.own || mentions(message.text, this.settings.nickname)),
      removed,
    };
  }

  private gone(message: Message): boolean {
    return message.redacted || this.removed.has(message.id);
  }

  private quote(id: string | undefined): Quote | undefined {
    if (id === undefined) return undefined;
    const message = this.timeline.get(id);
    const own = message !== undefined && message.sender.arn === this.me;
    const staff = message && this.roster.get(message.sender.arn);
    if (!message || (this.hiddenPeople.has(message.sender.arn) && !own && !staff))
      return { id, known: false, own: false, name: '', text: '' };
    const text = this.gone(message) ? '' : message.text;
    return { id, known: true, own, name: staff?.name ?? message.sender.name, text };
  }

  private connectionBecame(state: ConnectionState): void {
    const live = state.is === 'live';
    if (this.heard && !live) this.history.interrupted();
    this.heard = live;
    if (live) {
      // Events count only from the session's start.
      void this.history.catchUp();
      void this.outbox.flush();
    }
    this.changed(true);
  }

  private frame(type: string, payload: unknown): void {
    if (!type.endsWith('_CHANNEL_MESSAGE') || typeof payload !== 'object' || payload === null) return;
    const wire = payload as WireMessage;
    const id = wire.MessageId;
    if (!id) return;
    if (type === 'DELETE_CHANNEL_MESSAGE') this.timeline.remove(id);
    else if (type === 'DENIED_CREATE_CHANNEL_MESSAGE') this.outbox.dropped(id, wire.Content, 'Denied');
    else if (type === 'FAILED_CREATE_CHANNEL_MESSAGE') this.outbox.dropped(id, wire.Content, 'Failed');
    else if (/^(CREATE|UPDATE|REDACT)_/.test(type)) {
      const message = messageOf(wire);
      if (!message) return;
      if (type === 'CREATE_CHANNEL_MESSAGE') this.arrive(message);
      else if (this.timeline.has(message.id)) this.timeline.arrive(message);
    }
    this.changed(false);
  }

  private arrive(message: Message): void {
    const known = this.timeline.has(message.id);
    const row = this.row(message);
    const important = row.callsMe || row.staff !== undefined;
    const held = row.own && this.timeline.draftOf(message.id)?.state === 'held';
    if (this.reading.full() && !row.own) {
      this.reading.unseen++;
      return;
    }
    const isNew = this.timeline.arrive(message) && !known;
    if (!isNew) return;
    if (held) this.outbox.passed();
    if (row.own) return;
    if (this.hiddenPeople.has(message.sender.arn) && !row.staff) return;
    if (!this.pace.offer(important)) {
      this.reading.skip(message.id);
      return;
    }
    this.reading.arrived(message, row.callsMe);
    for (const listener of this.arrivals) listener({ row, important });
  }

  private after(ms: number, act: () => void): () => void {
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        act();
      },
      Math.max(0, ms),
    );
    this.timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  /** @param now false for what may be drawn together with what comes next. */
  private changed(now: boolean): void {
    this.view = undefined;
    // A flood ends by nothing arriving, so somebody has to look.
    if (this.pace.crowded && !this.calming)
      this.calming = this.after(1000, () => {
        this.calming = undefined;
        this.changed(false);
      });
    if (now) {
      clearTimeout(this.drawing);
      this.drawing = undefined;
      this.draw();
    } else
      this.drawing ??= setTimeout(
        () => {
          this.drawing = undefined;
          this.view = undefined;
          this.draw();
        },
        Math.max(0, this.drawnAt + this.pace.batchMs - Date.now()),
      );
  }

  private draw(): void {
    this.drawnAt = Date.now();
    for (const listener of this.listeners) listener();
  }
}

function rosterOf(staff: readonly Staff[]): Map<string, Staff> {
  return new Map(staff.map(s => [s.userArn, s]));
}
