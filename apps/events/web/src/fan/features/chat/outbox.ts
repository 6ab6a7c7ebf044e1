import type { Draft, Timeline } from '@carillon/web-kit/chat';
import { AppError, codeOf, passes as willPass } from '@carillon/web-kit/session';
import type { NoticeFrame, Timeout } from '../../session/types.ts';
import { metadataOf } from './reply.ts';
import type { ChatApi, ChatSettings, Verdict } from './view.ts';
import { fault } from './writing.ts';

/** How many texts wait for the connection at most. */
export const queueLimit = 5;
const retryMs = 3000;
/** A message that a flow has not decided on after this long is shown as waiting for a person. */
const decidedWithinMs = 2500;
/** For this long the next text of a queue waits for what is decided about the one before. */
const decidedSoonMs = 1000;

/** What the outbox needs of the room around it. */
interface Around {
  timeline: Timeline;
  settings(): ChatSettings;
  send: ChatApi['send'];
  /** Events arrive, so what is decided about a message will be told. */
  live(): boolean;
  stopped(): boolean;
  /** Asks the history for what no event told. */
  catchUp(): Promise<void>;
  after(ms: number, act: () => void): () => void;
  changed(now: boolean): void;
}

/** What the fan writes, until it is in the list: sent in order, never twice, and whatever was decided about it. */
export class Outbox {
  private readonly verdicts = new Set<(verdict: Verdict) => void>();
  /** Notices about messages whose id we do not know yet. */
  private early: readonly NoticeFrame[] = [];
  private sending = false;
  private lastSentAt = 0;
  private blockedUntil = 0;
  /** Why the fan may not write till then, where staff said so. */
  timeout: string | undefined;

  constructor(private readonly around: Around) {}

  /** Calls back when something was decided about one's own message. */
  onVerdict(listener: (verdict: Verdict) => void): () => void {
    this.verdicts.add(listener);
    return () => this.verdicts.delete(listener);
  }

  /** When slow mode or a time-out lets the fan write again, in milliseconds since 1970; undefined for now. */
  get mayWriteAt(): number | undefined {
    const slow = this.lastSentAt > 0 ? this.lastSentAt + this.around.settings().slowSeconds * 1000 : 0;
    const at = Math.max(slow, this.blockedUntil);
    return at > Date.now() ? at : undefined;
  }

  /**
   * Takes a text to send.
   * @param to the id of the message it answers.
   * @throws AppError Empty, TooLong, EmojiOnly, StaffOnly, Slow, or QueueFull; nothing is lost then.
   */
  write(text: string, to?: string): void {
    const { timeline, settings, after, changed } = this.around;
    const { mode, maxLength, slowSeconds } = settings();
    const why = fault(text, mode, maxLength);
    if (why) throw new AppError({ empty: 'Empty', long: 'TooLong', emoji: 'EmojiOnly', staff: 'StaffOnly' }[why]);
    if (this.mayWriteAt !== undefined) throw new AppError('Slow');
    if (timeline.waiting >= queueLimit) throw new AppError('QueueFull');
    timeline.write({
      token: crypto.randomUUID(),
      text: text.trim(),
      state: 'sending',
      ...(to !== undefined && { metadata: metadataOf(to) }),
    });
    this.lastSentAt = Date.now();
    if (slowSeconds > 0) after(slowSeconds * 1000, () => changed(true));
    changed(true);
    void this.flush();
  }

  again(draft: Draft): void {
    draft.state = 'sending';
    delete draft.code;
    this.around.changed(true);
    void this.flush();
  }

  /** Takes a draft out of the list. @returns its text, to be written anew. */
  discard(draft: Draft): string {
    this.around.timeline.discard(draft.token);
    this.around.changed(true);
    return draft.text;
  }

  /** Sends what waits, one after another, so that the order written is the order sent. */
  async flush(): Promise<void> {
    const { timeline, stopped, changed } = this.around;
    if (this.sending || stopped()) return;
    this.sending = true;
    try {
      for (let draft = timeline.next(); draft && !stopped(); draft = timeline.next())
        try {
          if (!(await this.send(draft))) return;
        } finally {
          changed(true);
        }
    } finally {
      this.sending = false;
    }
    // Without a live session no echo will come: ask the history instead.
    if (!this.around.live() && timeline.drafts().some(d => d.state === 'sent')) await this.around.catchUp();
  }

  /** What the app says about one's own messages: held, refused, let pass, or nothing from you for a while. */
  notice(frame: NoticeFrame): void {
    const draft = frame.messageId ? this.around.timeline.draftOf(frame.messageId) : undefined;
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
      if (draft) this.hold(draft, frame.reason ?? '');
    } else if (frame.kind === 'refused') {
      if (frame.until) {
        // Too soon by the server's count, which is the one that counts.
        this.blockedUntil = this.ours(frame.until);
        this.around.after(this.blockedUntil - Date.now(), () => this.around.changed(true));
      }
      if (draft) {
        if (frame.reason) draft.reason = frame.reason;
        this.refuse(draft, 'Denied');
      }
    }
    this.around.changed(true);
  }

  /** Whether the fan may write, as the line's first words say: a time-out may have begun or ended while it was down. */
  stand(timeout: Timeout | null): void {
    if (timeout) this.block(timeout.until, timeout.reason ?? '');
    else if (this.timeout !== undefined) this.block(null, '');
    this.around.changed(true);
  }

  /** The platform told that a message was not let pass, or that nothing could decide. */
  dropped(id: string, text: string | undefined, code: 'Denied' | 'Failed'): void {
    const { timeline } = this.around;
    const draft = timeline.draftOf(id) ?? timeline.drafts().find(d => d.text === text);
    if (!draft) return;
    draft.messageId ??= id;
    this.refuse(draft, code);
  }

  /** A message that waited for a person is in the list now. */
  passed(): void {
    this.tell('sent', '');
  }

  /** @returns false when nothing more should be sent for now. */
  private async send(draft: Draft): Promise<boolean> {
    const { timeline, after } = this.around;
    try {
      draft.state = 'sending';
      const { id, pending } = await this.around.send(draft.text, draft.token, draft.metadata);
      draft.messageId = id;
      for (const frame of this.early.filter(f => f.messageId === id)) this.notice(frame);
      // The answer may come after what was decided about the message.
      if (draft.state === 'sending') draft.state = 'sent';
      if (pending) {
        this.waitForVerdict(draft);
        if (timeline.next()) await this.decided(draft);
      }
    } catch (error) {
      draft.code = codeOf(error);
      if (willPass(draft.code)) {
        draft.state = 'waiting';
        after(retryMs, () => void this.flush());
        return false;
      }
      if (draft.code === 'Denied') this.refuse(draft, 'Denied');
      else draft.state = 'failed';
    }
    return true;
  }

  private undecided(draft: Draft): boolean {
    return draft.state === 'sent' && this.around.timeline.drafts().includes(draft);
  }

  /** A flow asked about two messages at once may let the second pass first; whoever is quick waits for the first, a moment at most. */
  private async decided(draft: Draft): Promise<void> {
    for (let waited = 0; waited < decidedSoonMs && !this.around.stopped(); waited += 20) {
      if (!this.undecided(draft)) return;
      await new Promise(done => setTimeout(done, 20));
    }
  }

  private waitForVerdict(draft: Draft): void {
    this.around.after(decidedWithinMs, async () => {
      // Without a live session nobody has told us.
      if (!this.around.live()) await this.around.catchUp();
      if (!this.undecided(draft)) return;
      this.hold(draft, '');
      this.around.changed(true);
    });
  }

  /** Nothing from this fan for a while, or again from now on. */
  private block(until: string | null, reason: string): void {
    this.blockedUntil = until ? this.ours(until) : 0;
    const left = this.blockedUntil - Date.now();
    this.timeout = left > 0 ? reason : undefined;
    if (left > 0)
      this.around.after(left, () => {
        // It may have been made longer since.
        if (Date.now() >= this.blockedUntil) this.timeout = undefined;
        this.around.changed(true);
      });
  }

  /** A time of the server's, by this clock, which may be wrong by hours. */
  private ours(time: string): number {
    return Date.parse(time) - this.around.settings().ahead;
  }

  private hold(draft: Draft, reason: string): void {
    if (draft.state === 'held') return;
    draft.state = 'held';
    this.tell('held', reason);
  }

  private refuse(draft: Draft, code: string): void {
    if (draft.state === 'refused') return;
    draft.state = 'refused';
    draft.code = code;
    this.tell('refused', draft.reason ?? '');
  }

  private tell(kind: Verdict['kind'], reason: string): void {
    for (const listener of this.verdicts) listener({ kind, reason });
  }
}
