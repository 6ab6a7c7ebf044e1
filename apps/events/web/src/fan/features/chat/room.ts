import { type Draft, type Message, messageOf, messagesOf, Timeline } from '@carillon/web-kit/chat';
import {
  AppError,
  Connection,
  type ConnectionState,
  codeOf,
  type Line,
  type LineEvents,
  type WireMessage,
  passes as willPass,
} from '@carillon/web-kit/session';
import type { Mode, NoticeFrame, Staff, Timeout } from '../../session/types.ts';
import { Pace } from './pace.ts';
import { answered, metadataOf } from './reply.ts';
import { fault, mentions } from './writing.ts';

/** How many messages a page of history holds. */
export const pageSize = 50;
/** How many messages are kept while the reader follows the end. */
export const keptLive = 500;
/** How many while the reader is further up; beyond that arrivals are only counted. */
export const keptAway = 1500;
/** How many pages a gap is filled with at most; beyond that the newest page is shown. */
const gapPages = 6;
/** How many texts wait for the connection at most. */
export const queueLimit = 5;
const retryMs = 3000;
/** A message that a flow has not decided on after this long is shown as waiting for a person. */
const decidedWithinMs = 2500;
/** For this long the next text of a queue waits for what is decided about the one before. */
const decidedSoonMs = 1000;

/** The message that another answers, as this page has it: nothing of it comes from the answer. */
export interface Quote {
  id: string;
  /** Not in the list, or of somebody hidden: only that there was something is known. */
  known: boolean;
  own: boolean;
  name: string;
  /** Empty when it was taken down. */
  text: string;
}

/** One message as it is drawn. */
export interface Row {
  message: Message;
  own: boolean;
  /** From the roster, by the sender's ARN: nothing in a message can claim it. */
  staff: Staff['kind'] | undefined;
  /** The roster's name for staff, else the sender's own. */
  name: string;
  answers: Quote | undefined;
  /** Mentions the reader, or answers them. */
  callsMe: boolean;
  /** Taken down; its text is not in the page any more. */
  removed: boolean;
}

export interface Arrival {
  row: Row;
  important: boolean;
}

/** What a window draws. A new object whenever something changed. */
export interface ChatView {
  connection: ConnectionState;
  history: { is: 'loading' } | { is: 'ready' } | { is: 'failed'; code: string };
  older: 'none' | 'more' | 'loading' | 'failed';
  rows: readonly Row[];
  drafts: readonly Draft[];
  /** Only one message in so many is shown just now. */
  oneIn: number | undefined;
  showAll: boolean;
  /** More arrive than are shown by default. */
  crowded: boolean;
  paused: boolean;
  /** Arrived below what the reader sees, or while paused. */
  unseen: number;
  unseenMentions: number;
  /** The first message that was not seen when the reader looked away, and since when. */
  unread: { id: string; since: number } | undefined;
  /** What was said while the line was down: how many, before which message, and whether there were more still. */
  missed: { id: string; count: number; more: boolean } | undefined;
  /** When slow mode or a time-out lets the fan write again, in milliseconds. */
  mayWriteAt: number | undefined;
  /** Why the fan may not write till then, where staff said so. */
  timeout: string | undefined;
  hidden: number;
  slowSeconds: number;
  mode: Mode;
}

/** The API as the room needs it. */
export interface ChatApi {
  me(): Promise<string>;
  list(
    limit: number,
    nextToken?: string,
    window?: { since?: Date; until?: Date },
  ): Promise<{ messages: WireMessage[]; nextToken: string | undefined }>;
  send(text: string, token: string, metadata?: string): Promise<{ id: string; pending: boolean }>;
  sessionHost(): Promise<string>;
  open(host: string, events: LineEvents): Promise<Line>;
  reach(host: string): Promise<'trusted' | 'untrusted' | 'down'>;
}

export interface ChatSettings {
  nickname: string | null;
  maxLength: number;
  slowSeconds: number;
  mode: Mode;
  staff: readonly Staff[];
}

/** The chat of one fan: history, what arrives, what they write, and what they look at, as one state to be drawn. */
export class ChatRoom {
  private readonly listeners = new Set<() => void>();
  private readonly arrivals = new Set<(arrival: Arrival) => void>();
  private readonly verdicts = new Set<(verdict: { kind: 'held' | 'refused' | 'sent'; reason: string }) => void>();
  private timeline: Timeline;
  private readonly pace = new Pace();
  readonly connection: Connection;
  private me: string | undefined;
  private host: string | undefined;
  private history: ChatView['history'] = { is: 'loading' };
  private older: ChatView['older'] = 'none';
  private settings: ChatSettings;
  private roster = new Map<string, Staff>();
  /** Messages taken down by staff; those restored leave it again. */
  private readonly removed = new Set<string>();
  /** What the sample left out. */
  private skipped = new Set<string>();
  private readonly hiddenPeople = new Set<string>();
  private frozen: Set<string> | undefined;
  private following = true;
  private away = false;
  /** Arrivals are only counted: the reader is far up and enough is kept. */
  private behind = false;
  private unseen = 0;
  /** Ids, oldest first. */
  private unseenMentions: readonly string[] = [];
  private unread: ChatView['unread'];
  private missed: ChatView['missed'];
  /** What was missed was counted while the line was still down: there may be more of it. */
  private partly = false;
  private lastSentAt = 0;
  private blockedUntil = 0;
  private timeout: string | undefined;
  /** Notices about messages whose id we do not know yet. */
  private early: readonly NoticeFrame[] = [];
  private sending = false;
  private repairing = false;
  private liveOnce = false;
  private stopped = false;
  private timers = new Set<ReturnType<typeof setTimeout>>();
  private calming: (() => void) | undefined;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private view: ChatView | undefined;

  constructor(
    private readonly api: ChatApi,
    settings: ChatSettings,
  ) {
    this.settings = settings;
    this.roster = rosterOf(settings.staff);
    this.timeline = new Timeline(() => this.me);
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
    this.view ??= {
      connection: this.connection.state,
      history: this.history,
      older: this.older,
      rows: this.rows(),
      drafts: [...this.timeline.drafts()],
      oneIn: this.pace.of,
      showAll: this.pace.showAll,
      crowded: this.pace.crowded,
      paused: this.frozen !== undefined,
      unseen: this.unseen,
      unseenMentions: this.unseenMentions.length,
      unread: this.unread,
      missed: this.missed,
      mayWriteAt: this.mayWriteAt(),
      timeout: this.timeout,
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
  onVerdict(listener: (verdict: { kind: 'held' | 'refused' | 'sent'; reason: string }) => void): () => void {
    this.verdicts.add(listener);
    return () => this.verdicts.delete(listener);
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
    void this.flush();
  }

  set(settings: ChatSettings): void {
    if (settings.staff !== this.settings.staff) this.roster = rosterOf(settings.staff);
    this.settings = settings;
    this.changed(true);
  }

  /** Loads the newest page; again after a failure, or to come back from far up. */
  async load(): Promise<void> {
    if (this.history.is !== 'ready') this.history = { is: 'loading' };
    this.changed(true);
    try {
      this.me = await this.api.me();
      this.timeline.listing();
      const page = await this.api.list(pageSize);
      this.timeline.repair(messagesOf(page.messages), !page.nextToken);
      this.older = page.nextToken ? 'more' : 'none';
      this.history = { is: 'ready' };
    } catch (error) {
      this.history = { is: 'failed', code: codeOf(error) };
    }
    this.changed(true);
  }

  async loadOlder(): Promise<void> {
    if (this.older !== 'more' && this.older !== 'failed') return;
    this.older = 'loading';
    this.changed(true);
    try {
      const oldest = this.timeline.oldest;
      const window = oldest ? { until: new Date(oldest.createdAt) } : {};
      let token: string | undefined;
      let grown = false;
      do {
        const page = await this.api.list(pageSize, token, window);
        const messages = messagesOf(page.messages);
        grown = messages.some(m => !this.timeline.has(m.id));
        this.timeline.merge(messages);
        for (const message of messages) this.frozen?.add(message.id);
        token = page.nextToken;
        // Many messages of one moment may fill a page that brings nothing new.
      } while (!grown && token);
      this.older = token ? 'more' : 'none';
    } catch {
      this.older = 'failed';
    }
    this.changed(true);
  }

  // What the fan writes

  /**
   * Takes a text to send.
   * @param to the id of the message it answers.
   * @throws AppError Empty, Long, Emoji, Staff, Slow, or QueueFull; nothing is lost then.
   */
  write(text: string, to?: string): void {
    const why = fault(text, this.settings.mode, this.settings.maxLength);
    if (why) throw new AppError({ empty: 'Empty', long: 'TooLong', emoji: 'EmojiOnly', staff: 'StaffOnly' }[why]);
    const may = this.mayWriteAt();
    if (may !== undefined) throw new AppError('Slow');
    if (this.timeline.waiting >= queueLimit) throw new AppError('QueueFull');
    this.timeline.write({
      token: crypto.randomUUID(),
      text: text.trim(),
      state: 'sending',
      ...(to !== undefined && { metadata: metadataOf(to) }),
    });
    this.lastSentAt = Date.now();
    if (this.settings.slowSeconds > 0) this.after(this.settings.slowSeconds * 1000, () => this.changed(true));
    this.changed(true);
    void this.flush();
  }

  again(draft: Draft): void {
    draft.state = 'sending';
    delete draft.code;
    this.changed(true);
    void this.flush();
  }

  /** Takes a draft out of the list. @returns its text, to be written anew. */
  discard(draft: Draft): string {
    this.timeline.discard(draft.token);
    this.changed(true);
    return draft.text;
  }

  /** What the app says about one's own messages: held, refused, let pass, or nothing from you for a while. */
  notice(frame: NoticeFrame): void {
    const draft = frame.messageId ? this.timeline.draftOf(frame.messageId) : undefined;
    // It may be quicker than the answer that tells us our message's id.
    if (frame.messageId && !draft) this.early = [...this.early.slice(1 - queueLimit), frame];
    if (frame.kind === 'timeout') {
      // A message that came too late for it names the rule, not the reason, which was told before.
      this.block(frame.until, frame.reason === 'timeout' ? (this.timeout ?? '') : (frame.reason ?? ''));
      if (draft) {
        draft.reason = 'timeout';
        this.refuse(draft, 'Denied');
      }
    } else if (frame.kind === 'held') {
      if (draft && draft.state !== 'held') {
        draft.state = 'held';
        this.tell('held', frame.reason ?? '');
      }
    } else if (frame.kind === 'refused') {
      if (frame.until) {
        // Too soon by the server's count, which is the one that counts.
        this.blockedUntil = Date.parse(frame.until);
        this.after(this.blockedUntil - Date.now(), () => this.changed(true));
      }
      if (draft) {
        if (frame.reason) draft.reason = frame.reason;
        this.refuse(draft, 'Denied');
      }
    }
    this.changed(true);
  }

  /** Whether the fan may write, as the line's first words say: a time-out may have begun or ended while it was down. */
  stand(timeout: Timeout | null): void {
    if (timeout) this.block(timeout.until, timeout.reason ?? '');
    else if (this.timeout !== undefined) this.block(null, '');
    this.changed(true);
  }

  private block(until: string | null, reason: string): void {
    this.blockedUntil = until ? Date.parse(until) : 0;
    const left = this.blockedUntil - Date.now();
    this.timeout = left > 0 ? reason : undefined;
    if (left > 0)
      this.after(left, () => {
        // It may have been made longer since.
        if (Date.now() >= this.blockedUntil) this.timeout = undefined;
        this.changed(true);
      });
  }

  // What the fan looks at

  /** @returns the first message to the reader that was not seen yet, which then counts as seen. */
  nextMention(): string | undefined {
    const [next, ...rest] = this.unseenMentions;
    this.unseenMentions = rest;
    this.changed(true);
    return next;
  }

  /** The list says whether its end is in sight. */
  follow(atEnd: boolean): void {
    if (atEnd === this.following) return;
    this.following = atEnd;
    if (atEnd) {
      this.seen();
      if (this.behind) {
        this.behind = false;
        void this.restart();
      } else if (!this.frozen) this.trim();
    }
    this.changed(true);
  }

  /** The page was hidden or is shown again. */
  look(visible: boolean): void {
    this.away = !visible;
    if (visible && this.following) this.seen();
    this.changed(true);
  }

  pause(): void {
    this.frozen = new Set(this.timeline.rows().map(m => m.id));
    this.changed(true);
  }

  resume(): void {
    this.frozen = undefined;
    this.following = true;
    this.seen();
    if (this.behind) {
      this.behind = false;
      void this.restart();
    } else this.trim();
    this.changed(true);
  }

  setShowAll(all: boolean): void {
    this.pace.showAll = all;
    // Choosing to see everything brings back what was left out so far.
    if (all) this.skipped.clear();
    this.changed(true);
  }

  dismissMissed(): void {
    this.missed = undefined;
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
      if (this.frozen && !this.frozen.has(message.id)) continue;
      if (this.skipped.has(message.id)) continue;
      const row = this.row(message);
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

  private mayWriteAt(): number | undefined {
    const slow = this.lastSentAt > 0 ? this.lastSentAt + this.settings.slowSeconds * 1000 : 0;
    const at = Math.max(slow, this.blockedUntil);
    return at > Date.now() ? at : undefined;
  }

  private seen(): void {
    this.unseen = 0;
    this.unseenMentions = [];
  }

  private trim(): void {
    if (this.timeline.trim(keptLive) > 0 && this.older === 'none') this.older = 'more';
    if (this.skipped.size > keptAway) this.skipped = new Set([...this.skipped].slice(-keptLive));
  }

  /** Sends what waits, one after another, so that the order written is the order sent. */
  private async flush(): Promise<void> {
    if (this.sending || this.stopped) return;
    this.sending = true;
    try {
      for (let draft = this.timeline.next(); draft && !this.stopped; draft = this.timeline.next()) {
        try {
          draft.state = 'sending';
          const { id, pending } = await this.api.send(draft.text, draft.token, draft.metadata);
          draft.messageId = id;
          for (const frame of this.early.filter(f => f.messageId === id)) this.notice(frame);
          // The answer may come after what was decided about the message.
          if (draft.state === 'sending') draft.state = 'sent';
          if (pending) {
            this.waitForVerdict(draft);
            if (this.timeline.next()) await this.decided(draft);
          }
        } catch (error) {
          draft.code = codeOf(error);
          if (willPass(draft.code)) {
            draft.state = 'waiting';
            this.after(retryMs, () => void this.flush());
            return;
          }
          if (draft.code === 'Denied') this.refuse(draft, 'Denied');
          else draft.state = 'failed';
        } finally {
          this.changed(true);
        }
      }
    } finally {
      this.sending = false;
    }
    // Without a live session no echo will come: ask the history instead.
    if (this.connection.state.is !== 'live' && this.timeline.drafts().some(d => d.state === 'sent'))
      await this.catchUp();
  }

  /** A flow asked about two messages at once may let the second pass first; whoever is quick waits for the first, a moment at most. */
  private async decided(draft: Draft): Promise<void> {
    for (let waited = 0; waited < decidedSoonMs && !this.stopped; waited += 20) {
      if (draft.state !== 'sent' || !this.timeline.drafts().includes(draft)) return;
      await new Promise(done => setTimeout(done, 20));
    }
  }

  private waitForVerdict(draft: Draft): void {
    this.after(decidedWithinMs, async () => {
      // Without a live session nobody has told us.
      if (this.connection.state.is !== 'live') await this.catchUp();
      if (draft.state !== 'sent' || !this.timeline.drafts().includes(draft)) return;
      draft.state = 'held';
      this.tell('held', '');
      this.changed(true);
    });
  }

  private refuse(draft: Draft, code: string): void {
    if (draft.state === 'refused') return;
    draft.state = 'refused';
    draft.code = code;
    this.tell('refused', draft.reason ?? '');
  }

  private tell(kind: 'held' | 'refused' | 'sent', reason: string): void {
    for (const listener of this.verdicts) listener({ kind, reason });
  }

  private connectionBecame(state: ConnectionState): void {
    if (state.is === 'live') {
      void this.catchUp();
      this.liveOnce = true;
      void this.flush();
    }
    this.changed(true);
  }

  private catchUp(): Promise<void> {
    return this.liveOnce ? this.fillGap() : this.repair();
  }

  /**
   * Reads what was said while the line was down, from the newest message known on, and says how much that was. Events
   * count only from the session's start, so this is done after each.
   */
  private async fillGap(): Promise<void> {
    const newest = this.timeline.rows().at(-1);
    if (!newest || this.history.is !== 'ready' || this.repairing) {
      await this.repair();
      return;
    }
    this.repairing = true;
    const still = this.connection.state.is !== 'live';
    try {
      const since = new Date(newest.createdAt);
      const found: Message[] = [];
      let token: string | undefined;
      let more = false;
      for (let page = 0; ; page++) {
        if (page === gapPages) {
          more = true;
          break;
        }
        const answer = await this.api.list(pageSize, token, { since });
        found.push(...messagesOf(answer.messages));
        token = answer.nextToken;
        if (!token) break;
      }
      const fresh = found.filter(m => !this.timeline.has(m.id) && m.sender.arn !== this.me);
      const first = fresh[0];
      if (more) {
        await this.restart();
        const top = this.timeline.oldest;
        if (top) this.missed = { id: top.id, count: fresh.length, more };
      } else {
        this.timeline.merge(found);
        if (first) {
          const before = this.partly ? this.missed : undefined;
          this.missed = { id: before?.id ?? first.id, count: (before?.count ?? 0) + fresh.length, more };
          if (!this.following) this.unseen += fresh.length;
        }
      }
    } catch {
      // The next live session repairs; until then what is shown stays.
    } finally {
      this.repairing = false;
    }
    this.partly = still;
    // Edits and removals of what is shown already, from that time.
    await this.repair();
  }

  /** Brings the newest page in line with the server. */
  private async repair(): Promise<void> {
    if (this.repairing || this.history.is === 'loading') return;
    this.repairing = true;
    try {
      this.me ??= await this.api.me();
      this.timeline.listing();
      const page = await this.api.list(pageSize);
      this.timeline.repair(messagesOf(page.messages), !page.nextToken);
      if (this.history.is === 'failed') {
        this.history = { is: 'ready' };
        this.older = page.nextToken ? 'more' : 'none';
      }
    } catch {
      // The next live session repairs; until then what is shown stays.
    } finally {
      this.repairing = false;
      this.changed(true);
    }
  }

  /** Starts again from the newest page: too much was said to show what lies between. */
  private async restart(): Promise<void> {
    const page = await this.api.list(pageSize).catch(() => undefined);
    if (!page) return;
    const drafts = this.timeline.drafts();
    this.timeline = new Timeline(() => this.me);
    for (const draft of drafts) this.timeline.write(draft);
    this.timeline.merge(messagesOf(page.messages));
    this.older = page.nextToken ? 'more' : 'none';
    this.skipped.clear();
    this.changed(true);
  }

  private frame(type: string, payload: unknown): void {
    if (!type.endsWith('_CHANNEL_MESSAGE') || typeof payload !== 'object' || payload === null) return;
    const wire = payload as WireMessage;
    const id = wire.MessageId;
    if (!id) return;
    if (type === 'DELETE_CHANNEL_MESSAGE') this.timeline.remove(id);
    else if (type === 'DENIED_CREATE_CHANNEL_MESSAGE' || type === 'FAILED_CREATE_CHANNEL_MESSAGE') {
      const draft = this.timeline.draftOf(id) ?? this.timeline.drafts().find(d => d.text === wire.Content);
      if (draft) {
        draft.messageId ??= id;
        this.refuse(draft, type.startsWith('DENIED') ? 'Denied' : 'Failed');
      }
    } else if (/^(CREATE|UPDATE|REDACT)_/.test(type)) {
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
    const reading = this.following && !this.frozen;
    if (!reading && this.timeline.size >= keptAway) this.behind = true;
    if (this.behind && !row.own) {
      this.unseen++;
      return;
    }
    const isNew = this.timeline.arrive(message) && !known;
    if (!isNew) return;
    if (held) this.tell('sent', '');
    if (row.own) return;
    if (this.hiddenPeople.has(message.sender.arn) && !row.staff) return;
    if (!this.pace.offer(important)) {
      this.skipped.add(message.id);
      return;
    }
    if (!reading || this.away) {
      if (this.unseen === 0) this.unread = { id: message.id, since: message.createdAt };
      this.unseen++;
      if (row.callsMe) this.unseenMentions = [...this.unseenMentions.slice(-keptAway), message.id];
    } else this.trim();
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
      this.drawing ??= setTimeout(() => {
        this.drawing = undefined;
        this.view = undefined;
        this.draw();
      }, this.pace.batchMs);
  }

  private draw(): void {
    for (const listener of this.listeners) listener();
  }
}

function rosterOf(staff: readonly Staff[]): Map<string, Staff> {
  return new Map(staff.map(s => [s.userArn, s]));
}
