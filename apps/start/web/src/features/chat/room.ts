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

/** How many messages a page of history holds. */
const pageSize = 30;
/** How many pages a repair after a break reads at most. */
const repairPages = 6;
/** How many texts wait for the connection at most. */
export const queueLimit = 5;
/** The platform's limit for a message, in bytes of UTF-8. */
export const contentLimit = 4096;
const retryMs = 3000;

/** What a window draws. A new object whenever something changed. */
export interface RoomView {
  connection: ConnectionState;
  me: string | undefined;
  history: { is: 'loading' } | { is: 'ready' } | { is: 'failed'; code: string };
  older: 'none' | 'more' | 'loading' | 'failed';
  messages: readonly Message[];
  drafts: readonly Draft[];
  /** The host where sessions live, for the step that trusts its certificate. */
  sessionHost: string | undefined;
  /** Ids whose edit or removal is under way. */
  busy: ReadonlySet<string>;
  /** Why the last edit or removal was refused. */
  refusal: string | undefined;
}

/** The API as the room needs it. */
export interface RoomApi {
  me(): Promise<string>;
  list(limit: number, nextToken?: string): Promise<{ messages: WireMessage[]; nextToken: string | undefined }>;
  send(text: string, token: string): Promise<string>;
  edit(id: string, text: string): Promise<void>;
  redact(id: string): Promise<void>;
  sessionHost(): Promise<string>;
  open(host: string, events: LineEvents): Promise<Line>;
  reach(host: string): Promise<'trusted' | 'untrusted' | 'down'>;
}

/** One person's window on the channel: history, session and what they write, as one state that can be drawn. */
export class Room {
  private readonly listeners = new Set<() => void>();
  private readonly arrivals = new Set<(message: Message) => void>();
  private readonly timeline: Timeline;
  readonly connection: Connection;
  private me: string | undefined;
  private host: string | undefined;
  private history: RoomView['history'] = { is: 'loading' };
  private older: RoomView['older'] = 'none';
  private olderToken: string | undefined;
  private busy = new Set<string>();
  private refusal: string | undefined;
  private sending = false;
  private repairing = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private view: RoomView | undefined;

  constructor(private readonly api: RoomApi) {
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
        after: (ms, act) => {
          const timer = setTimeout(act, ms);
          return () => clearTimeout(timer);
        },
      },
      state => this.connectionBecame(state),
      (type, payload) => this.frame(type, payload),
    );
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): RoomView => {
    this.view ??= {
      connection: this.connection.state,
      me: this.me,
      history: this.history,
      older: this.older,
      messages: this.timeline.rows(),
      drafts: this.timeline.drafts(),
      sessionHost: this.host,
      busy: new Set(this.busy),
      refusal: this.refusal,
    };
    return this.view;
  };

  /** Calls back for each message of someone else that arrives live. */
  onArrival(listener: (message: Message) => void): () => void {
    this.arrivals.add(listener);
    return () => this.arrivals.delete(listener);
  }

  start(): void {
    this.connection.start();
    void this.load();
  }

  stop(): void {
    clearTimeout(this.retry);
    this.connection.stop();
  }

  /** The network is back, or the person does not want to wait. */
  retryNow(): void {
    this.connection.retryNow();
    void this.flush();
  }

  /** Loads the newest page; again after a failure. */
  async load(): Promise<void> {
    this.history = { is: 'loading' };
    this.changed();
    try {
      this.me = await this.api.me();
      this.timeline.listing();
      const page = await this.api.list(pageSize);
      this.timeline.repair(messagesOf(page.messages), !page.nextToken);
      this.older = page.nextToken ? 'more' : 'none';
      this.olderToken = page.nextToken;
      this.history = { is: 'ready' };
    } catch (error) {
      this.history = { is: 'failed', code: codeOf(error) };
    }
    this.changed();
  }

  async loadOlder(): Promise<void> {
    if (this.older !== 'more' && this.older !== 'failed') return;
    this.older = 'loading';
    this.changed();
    try {
      const page = await this.api.list(pageSize, this.olderToken);
      this.timeline.merge(messagesOf(page.messages));
      this.olderToken = page.nextToken;
      this.older = page.nextToken ? 'more' : 'none';
    } catch {
      this.older = 'failed';
    }
    this.changed();
  }

  /** Takes a text to send. @throws AppError TooLong, or QueueFull; nothing is lost then. */
  write(text: string): void {
    if (new TextEncoder().encode(text).length > contentLimit) throw new AppError('TooLong');
    if (this.timeline.waiting >= queueLimit) throw new AppError('QueueFull');
    this.timeline.write({ token: crypto.randomUUID(), text, state: 'sending' });
    this.changed();
    void this.flush();
  }

  again(draft: Draft): void {
    draft.state = 'sending';
    delete draft.code;
    this.changed();
    void this.flush();
  }

  discard(draft: Draft): void {
    this.timeline.discard(draft.token);
    this.changed();
  }

  /** @returns true when the server took it. */
  edit(id: string, text: string): Promise<boolean> {
    return this.change(id, () => this.api.edit(id, text));
  }

  redact(id: string): Promise<boolean> {
    return this.change(id, () => this.api.redact(id));
  }

  private async change(id: string, act: () => Promise<void>): Promise<boolean> {
    this.busy.add(id);
    this.refusal = undefined;
    this.changed();
    try {
      await act();
      if (this.connection.state.is !== 'live') await this.repair();
      return true;
    } catch (error) {
      this.refusal = codeOf(error);
      return false;
    } finally {
      this.busy.delete(id);
      this.changed();
    }
  }

  /** Sends what waits, one after another, so that the order written is the order sent. */
  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.retry);
    try {
      for (let draft = this.timeline.next(); draft; draft = this.timeline.next()) {
        try {
          draft.state = 'sending';
          draft.messageId = await this.api.send(draft.text, draft.token);
          draft.state = 'sent';
        } catch (error) {
          draft.code = codeOf(error);
          if (willPass(draft.code)) {
            draft.state = 'waiting';
            this.retry = setTimeout(() => void this.flush(), retryMs);
            return;
          }
          draft.state = 'failed';
        } finally {
          this.changed();
        }
      }
    } finally {
      this.sending = false;
    }
    // Without a live session no echo will come: ask the history instead.
    if (this.connection.state.is !== 'live' && this.timeline.drafts().some(d => d.state === 'sent'))
      await this.repair();
  }

  private connectionBecame(state: ConnectionState): void {
    if (state.is === 'live') {
      void this.repair();
      void this.flush();
    }
    this.changed();
  }

  /**
   * Reads history again, back to the oldest message shown (or six pages), so that nothing said, edited or removed
   * while the line was down is missing. Done after each start, because events count only from there on.
   */
  private async repair(): Promise<void> {
    if (this.repairing || this.history.is === 'loading') return;
    this.repairing = true;
    try {
      this.me ??= await this.api.me();
      const until = this.timeline.oldest;
      this.timeline.listing();
      const listed: Message[] = [];
      let token: string | undefined;
      for (let page = 0; page < repairPages; page++) {
        const answer = await this.api.list(50, token);
        listed.push(...messagesOf(answer.messages));
        token = answer.nextToken;
        if (!token || (until && listed.some(m => m.id === until.id))) break;
      }
      this.timeline.repair(listed, !token);
      if (this.history.is === 'failed') {
        this.history = { is: 'ready' };
        this.olderToken = token;
        this.older = token ? 'more' : 'none';
      }
    } catch {
      // The next live session repairs; until then what is shown stays.
    } finally {
      this.repairing = false;
      this.changed();
    }
  }

  private frame(type: string, payload: unknown): void {
    if (!type.endsWith('_CHANNEL_MESSAGE') || typeof payload !== 'object' || payload === null) return;
    const wire = payload as WireMessage;
    if (type === 'DELETE_CHANNEL_MESSAGE') {
      if (wire.MessageId) this.timeline.remove(wire.MessageId);
    } else if (/^(CREATE|UPDATE|REDACT)_/.test(type)) {
      const message = messageOf(wire);
      if (!message) return;
      if (this.timeline.arrive(message) && message.sender.arn !== this.me)
        for (const listener of this.arrivals) listener(message);
    }
    this.changed();
  }

  private changed(): void {
    this.view = undefined;
    for (const listener of this.listeners) listener();
  }
}
