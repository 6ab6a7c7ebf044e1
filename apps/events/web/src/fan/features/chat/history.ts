import { type Message, messagesOf, type Timeline } from '@carillon/web-kit/chat';
import { codeOf } from '@carillon/web-kit/session';
import type { Reading } from './reading.ts';
import type { ChatApi, ChatView, Missed } from './view.ts';

/** How many messages a page of history holds. */
export const pageSize = 50;
/** How many pages a gap is filled with at most; beyond that the newest page is shown. */
const gapPages = 6;

/** What the history needs of the room around it. */
interface Around {
  timeline: Timeline;
  reading: Reading;
  list: ChatApi['list'];
  /** The reader's ARN, asked for once. */
  whoAmI(): Promise<string>;
  live(): boolean;
  changed(): void;
}

/** What was said before, and while the line was down: pages of the server's history, brought into the timeline. */
export class History {
  state: ChatView['history'] = { is: 'loading' };
  older: ChatView['older'] = 'none';
  missed: Missed | undefined;
  /** What was missed was counted while the line was still down: there may be more of it. */
  private partly = false;
  private repairing = false;

  constructor(private readonly around: Around) {}

  /** Loads the newest page; again after a failure, or to come back from far up. */
  async load(): Promise<void> {
    const { timeline, whoAmI, changed } = this.around;
    if (this.state.is !== 'ready') this.state = { is: 'loading' };
    changed();
    try {
      await whoAmI();
      timeline.listing();
      const page = await this.around.list(pageSize);
      timeline.repair(messagesOf(page.messages), !page.nextToken);
      this.older = page.nextToken ? 'more' : 'none';
      this.state = { is: 'ready' };
    } catch (error) {
      this.state = { is: 'failed', code: codeOf(error) };
    }
    changed();
  }

  async loadOlder(): Promise<void> {
    const { timeline, reading, changed } = this.around;
    if (this.older !== 'more' && this.older !== 'failed') return;
    this.older = 'loading';
    changed();
    try {
      const oldest = timeline.oldest;
      const window = oldest ? { until: new Date(oldest.createdAt) } : {};
      let token: string | undefined;
      let grown = false;
      do {
        const page = await this.around.list(pageSize, token, window);
        const messages = messagesOf(page.messages);
        grown = messages.some(m => !timeline.has(m.id));
        timeline.merge(messages);
        reading.asked(messages);
        token = page.nextToken;
        // Many messages of one moment may fill a page that brings nothing new.
      } while (!grown && token);
      this.older = token ? 'more' : 'none';
    } catch {
      this.older = 'failed';
    }
    changed();
  }

  /** The oldest were let go, and can be asked for again. */
  trimmed(): void {
    if (this.older === 'none') this.older = 'more';
  }

  dismissMissed(): void {
    this.missed = undefined;
    this.around.changed();
  }

  /**
   * Reads what was said while the line was down, from the newest message known on, and says how much that was. Events
   * count only from the session's start, so this is done after each.
   */
  async fillGap(): Promise<void> {
    const { timeline, reading } = this.around;
    const newest = timeline.rows().at(-1);
    if (!newest || this.state.is !== 'ready' || this.repairing) {
      await this.repair();
      return;
    }
    this.repairing = true;
    const still = !this.around.live();
    try {
      const { found, more } = await this.since(new Date(newest.createdAt));
      const fresh = found.filter(m => !timeline.has(m.id) && m.sender.arn !== timeline.me());
      const first = fresh[0];
      if (more) {
        await this.startAgain();
        const top = timeline.oldest;
        if (top) this.missed = { id: top.id, count: fresh.length, more };
      } else {
        timeline.merge(found);
        if (first) {
          const before = this.partly ? this.missed : undefined;
          this.missed = { id: before?.id ?? first.id, count: (before?.count ?? 0) + fresh.length, more };
          reading.found(fresh.length);
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
  async repair(): Promise<void> {
    if (this.repairing || this.state.is === 'loading') return;
    this.repairing = true;
    const { timeline, whoAmI, changed } = this.around;
    try {
      await whoAmI();
      timeline.listing();
      const page = await this.around.list(pageSize);
      timeline.repair(messagesOf(page.messages), !page.nextToken);
      if (this.state.is === 'failed') {
        this.state = { is: 'ready' };
        this.older = page.nextToken ? 'more' : 'none';
      }
    } catch {
      // The next live session repairs; until then what is shown stays.
    } finally {
      this.repairing = false;
      changed();
    }
  }

  /** Starts again from the newest page: too much was said to show what lies between. */
  async startAgain(): Promise<void> {
    const { timeline, reading, changed } = this.around;
    const page = await this.around.list(pageSize).catch(() => undefined);
    if (!page) return;
    timeline.startAgain(messagesOf(page.messages));
    this.older = page.nextToken ? 'more' : 'none';
    reading.skipNothing();
    changed();
  }

  /** Everything from a time on, oldest first; `more` when that is too much. */
  private async since(since: Date): Promise<{ found: Message[]; more: boolean }> {
    const found: Message[] = [];
    let token: string | undefined;
    for (let page = 0; page < gapPages; page++) {
      const answer = await this.around.list(pageSize, token, { since });
      found.push(...messagesOf(answer.messages));
      token = answer.nextToken;
      if (!token) return { found, more: false };
    }
    return { found, more: true };
  }
}
