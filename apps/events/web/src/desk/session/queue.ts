import { type Refusal, refusalOf } from '../../shared/http.ts';
import type { DeskApi } from './api.ts';
import type { DeskFrame, HeldItem } from './types.ts';

/** When fewer are left of what was read, the next page is fetched. */
const fewLeft = 10;
/** How many pages are read anew at most, however many were read before. */
const pagesAtMost = 20;
const retryMs = 5000;
/** For this long the server says that somebody looks at a message, in milliseconds. */
const claimMs = 60_000;

type QueueFrame = Extract<DeskFrame, { t: 'held' | 'decided' | 'claim' | 'reports' }>;

/** What the queue needs of the desk around it. */
interface Around {
  read: DeskApi['held'];
  /** Whose desk it is: that they look at a message is no news to them. */
  me: string;
  after(ms: number, act: () => void): () => void;
  /** Another message was heard of. */
  met(item: HeldItem): void;
  changed(): void;
}

/** What waits for a decision: read in pages, the oldest first, and kept up to date by what the desk hears meanwhile. */
export class HeldQueue {
  private items = new Map<string, HeldItem>();
  /** Decided here and on the way: neither a page nor a frame brings them back. */
  private readonly deciding = new Set<string>();
  /** By message: ends that somebody is said to look at it. */
  private readonly looks = new Map<string, () => void>();
  /** Heard since the reading began that is under way; undefined while none is. */
  private heardMeanwhile: QueueFrame[] | undefined;
  private readAgain = false;
  private next: string | null = null;
  /** The time of the newest message of the pages that were read. */
  private readUpTo = 0;
  /** By the server's count. */
  private counted = 0;
  private cancelRetry: (() => void) | undefined;
  state: { is: 'loading' } | { is: 'ready' } | { is: 'failed'; refusal: Refusal } = { is: 'loading' };

  constructor(private readonly around: Around) {}

  /** Oldest first. */
  shown(): HeldItem[] {
    return [...this.items.values()]
      .filter(item => !this.deciding.has(item.messageId))
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }

  get total(): number {
    const known = this.items.size - [...this.deciding].filter(id => this.items.has(id)).length;
    return this.next === null ? known : Math.max(this.counted - this.deciding.size, known);
  }

  get(messageId: string): HeldItem | undefined {
    return this.items.get(messageId);
  }

  stop(): void {
    this.cancelRetry?.();
    for (const cancel of this.looks.values()) cancel();
    this.looks.clear();
  }

  /** Reads the queue anew, as far as it was read before; what is heard meanwhile counts, since it is newer. */
  async load(): Promise<void> {
    // What is being read may be older than the reason to read.
    this.readAgain = true;
    await this.work();
  }

  async more(): Promise<void> {
    if (this.next !== null && !this.heardMeanwhile) await this.work();
  }

  /** The server's own count of what waits. */
  count(waiting: number): void {
    this.counted = waiting;
  }

  /** @returns false where the decision is on its way already. */
  decide(messageId: string): boolean {
    if (this.deciding.has(messageId)) return false;
    this.deciding.add(messageId);
    return true;
  }

  /** @param done whether it was taken; if not, the message waits again. */
  decided(messageId: string, done: boolean): void {
    this.deciding.delete(messageId);
    if (done) this.hear({ t: 'decided', messageId, by: null, decision: '' });
  }

  hear(frame: QueueFrame): void {
    this.heardMeanwhile?.push(frame);
    this.apply(frame);
    const left = [...this.items.values()].filter(item => Date.parse(item.at) <= this.readUpTo).length;
    // A long queue comes in pages: the next is fetched before what was read is used up.
    if (frame.t === 'decided' && left < fewLeft) void this.more();
  }

  private async work(): Promise<void> {
    if (this.heardMeanwhile) return;
    this.cancelRetry?.();
    try {
      do {
        const anew = this.readAgain || this.next === null;
        this.readAgain = false;
        this.heardMeanwhile = [];
        await this.read(anew);
      } while (this.readAgain);
      this.state = { is: 'ready' };
    } catch (error) {
      this.state = { is: 'failed', refusal: refusalOf(error) };
      this.cancelRetry = this.around.after(retryMs, () => void this.load());
    } finally {
      this.heardMeanwhile = undefined;
      this.around.changed();
    }
  }

  private async read(anew: boolean): Promise<void> {
    const before = this.items.size;
    let next = anew ? null : this.next;
    let total = 0;
    const read: HeldItem[] = [];
    for (let pages = 0; pages < pagesAtMost; pages++) {
      const page = await this.around.read(next ?? undefined);
      read.push(...page.items);
      total = page.total;
      next = page.next ?? null;
      if (next === null || !anew || read.length >= before) break;
    }
    if (anew) this.items = new Map();
    for (const item of read) this.put(item);
    this.counted = total;
    this.next = next;
    this.readUpTo = Math.max(anew ? 0 : this.readUpTo, ...read.map(item => Date.parse(item.at)));
    for (const frame of this.heardMeanwhile ?? []) this.apply(frame);
  }

  private apply(frame: QueueFrame): void {
    const { items } = this;
    switch (frame.t) {
      case 'held':
        if (!items.has(frame.item.messageId)) this.counted++;
        this.put(frame.item);
        break;
      case 'decided':
        this.look(frame.messageId, null);
        if (items.delete(frame.messageId)) this.counted--;
        break;
      case 'claim':
        this.look(frame.messageId, frame.by);
        break;
      case 'reports': {
        const { messageId, reports, reasons } = frame;
        const item = items.get(messageId);
        if (item) items.set(messageId, { ...item, reports, reasons });
        break;
      }
    }
  }

  private put(item: HeldItem): void {
    this.items.set(item.messageId, { ...item, claimedBy: null });
    this.look(item.messageId, item.claimedBy);
    this.around.met(item);
  }

  /** Whoever looks at one message looks at no other, and nobody for ever. */
  private look(messageId: string, by: string | null): void {
    this.looks.get(messageId)?.();
    this.looks.delete(messageId);
    const item = this.items.get(messageId);
    if (!item) return;
    const other = by === this.around.me ? null : by;
    if (item.claimedBy !== other) this.items.set(messageId, { ...item, claimedBy: other });
    if (other === null) return;
    for (const one of [...this.items.values()])
      if (one.claimedBy === other && one.messageId !== messageId) this.look(one.messageId, null);
    this.looks.set(
      messageId,
      this.around.after(claimMs, () => {
        this.look(messageId, null);
        this.around.changed();
      }),
    );
  }
}
