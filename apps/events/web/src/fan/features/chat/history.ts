import { inOrder, messagesOf, type Timeline } from '@carillon/web-kit/chat';
import { codeOf, passes as willPass } from '@carillon/web-kit/session';
import type { Reading } from './reading.ts';
import type { ChatApi, ChatView, Missed } from './view.ts';

/** How many messages a page of history holds. */
export const pageSize = 50;
/** How many pages a gap is filled with at most; beyond that the newest page is shown. */
const gapPages = 6;
/** How many pages are looked through for what was edited or removed meanwhile; as many as are kept for a reader at the end. */
const repairPages = 10;
/** Before a visit that failed is made again: doubled each time, with as much again by chance, for a full house comes back at once. */
const shortestMs = 1000;
const longestMs = 30_000;

/** What the history needs of the room around it. */
interface Around {
  timeline: Timeline;
  reading: Reading;
  list: ChatApi['list'];
  /** Makes sure that the reader's own ARN is known. */
  whoAmI(): Promise<unknown>;
  live(): boolean;
  after(ms: number, act: () => void): () => void;
  changed(): void;
}

/**
 * What was said before, and while the line was down: pages of the server's history, brought into the timeline. One visit to
 * the server at a time; what a visit could not bring is owed, and the next one begins where the last message without a gap was.
 */
export class History {
  state: ChatView['history'] = { is: 'loading' };
  older: ChatView['older'] = 'none';
  missed: Missed | undefined;
  /** When the last message was made that nothing is missing before; undefined while nothing is missing at all. */
  private gapFrom: number | undefined;
  /** How often events stopped arriving: a gap that opens while another is filled is one of its own. */
  private outages = 0;
  /** What was missed was counted while the line was still down: there may be more of it. */
  private partly = false;
  /** The newest page is wanted in place of what is shown. */
  private anew = false;
  private turn: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;
  private failures = 0;
  private cancelRetry: (() => void) | undefined;

  constructor(private readonly around: Around) {}

  /** Loads the newest page, again after a failure. */
  load(): Promise<void> {
    if (this.state.is !== 'ready') this.state = { is: 'loading' };
    this.around.changed();
    return this.visit();
  }

  /** Events do not arrive from here on. */
  interrupted(): void {
    this.outages++;
    this.gapFrom ??= this.around.timeline.newest?.createdAt;
  }

  /** Brings what no event told. */
  catchUp(): Promise<void> {
    return this.visit();
  }

  /** Starts again from the newest page: too much was said to show what lies between. */
  startAgain(): void {
    this.anew = true;
    void this.visit();
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

  /** One after another; whoever asks while one waits for its turn is served by that. */
  private visit(): Promise<void> {
    this.waiting ??= this.turn.then(() => {
      this.waiting = undefined;
      return this.bring();
    });
    this.turn = this.waiting;
    return this.waiting;
  }

  private async bring(): Promise<void> {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    try {
      await this.around.whoAmI();
      if (this.state.is !== 'ready') await this.first();
      else {
        await this.fill();
        // Edits and removals of what is shown already.
        await this.repair();
      }
      this.failures = 0;
    } catch (error) {
      const code = codeOf(error);
      if (this.state.is !== 'ready') this.state = { is: 'failed', code };
      if (willPass(code)) this.retry();
    }
    this.around.changed();
  }

  private retry(): void {
    const wait = Math.min(longestMs, shortestMs * 2 ** this.failures++);
    this.cancelRetry = this.around.after(wait * (1 + Math.random()), () => void this.visit());
  }

  private async first(): Promise<void> {
    const { timeline } = this.around;
    timeline.listing();
    const page = await this.around.list(pageSize);
    timeline.repair(messagesOf(page.messages), !page.nextToken);
    this.older = page.nextToken ? 'more' : 'none';
    this.state = { is: 'ready' };
  }

  /** Brings what is missing after what is shown, or the newest page in its place. */
  private async fill(): Promise<void> {
    const from = this.gapFrom;
    if (from === undefined && !this.anew) return;
    const { outages } = this;
    const live = this.around.live();
    if (this.anew || from === undefined) await this.newest();
    else await this.since(new Date(from), live);
    if (outages !== this.outages) return;
    this.gapFrom = live ? undefined : this.around.timeline.newest?.createdAt;
  }

  private async newest(): Promise<void> {
    const { timeline, reading } = this.around;
    timeline.listing();
    const page = await this.around.list(pageSize);
    timeline.startAgain(messagesOf(page.messages));
    this.older = page.nextToken ? 'more' : 'none';
    this.anew = false;
    reading.skipNothing();
  }

  /** Reads what was said while the line was down, and says how much that was. */
  private async since(since: Date, live: boolean): Promise<void> {
    const { timeline, reading } = this.around;
    reading.ease();
    const found = [];
    let token: string | undefined;
    let more = false;
    for (let page = 0; page === 0 || token; page++) {
      more = page === gapPages;
      if (more) break;
      const answer = await this.around.list(pageSize, token, { since });
      found.push(...messagesOf(answer.messages));
      token = answer.nextToken;
    }
    const fresh = found.filter(m => !timeline.has(m.id) && m.sender.arn !== timeline.me());
    if (more) await this.newest();
    else timeline.merge(found);
    const first = more ? timeline.oldest : fresh[0];
    if (first) {
      const before = this.partly && !more ? this.missed : undefined;
      this.missed = { id: before?.id ?? first.id, count: (before?.count ?? 0) + fresh.length, more };
      reading.found(fresh.length);
    }
    this.partly = !live;
  }

  /** Brings everything that is shown in line with the server. */
  private async repair(): Promise<void> {
    const { timeline } = this.around;
    const { oldest } = timeline;
    timeline.listing();
    const listed = [];
    let token: string | undefined;
    for (let page = 0; page < repairPages; page++) {
      const answer = await this.around.list(pageSize, token);
      const messages = messagesOf(answer.messages);
      listed.push(...messages);
      token = answer.nextToken;
      if (!token || !oldest || messages.some(m => inOrder(m, oldest) <= 0)) break;
    }
    if (!oldest) this.older = token ? 'more' : 'none';
    // What lies further up is not asked for by this.
    timeline.repair(oldest ? listed.filter(m => inOrder(m, oldest) >= 0) : listed, !token);
  }
}
