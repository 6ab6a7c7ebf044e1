import type { Message, Timeline } from '@carillon/web-kit/chat';
import type { Unread } from './view.ts';

/** How many messages are kept while the reader follows the end. */
export const keptLive = 500;
/** How many while the reader is further up; beyond that arrivals are only counted. */
export const keptAway = 1500;
/** How many when the line comes back, since all that is shown is then looked through for what was removed meanwhile. */
const keptBack = 100;

/** What reading needs of the room around it. */
interface Around {
  timeline: Timeline;
  /** The newest page is wanted: what came meanwhile was only counted. */
  startAgain(): void;
  /** The oldest were let go. */
  trimmed(): void;
  changed(): void;
}

/** Where the reader is, and what they have not seen: nothing that arrives moves what they read. */
export class Reading {
  /** What is in view stays as it is, and nothing else is shown. */
  private frozen: Set<string> | undefined;
  /** What the sample left out. */
  private skipped = new Set<string>();
  private atEnd = true;
  private away = false;
  /** Arrivals are only counted: the reader is far up and enough is kept. */
  private behind = false;
  /** Ids, oldest first. */
  private mentions: readonly string[] = [];
  /** Arrived below what the reader sees, or while paused. */
  unseen = 0;
  unread: Unread | undefined;

  constructor(private readonly around: Around) {}

  get paused(): boolean {
    return this.frozen !== undefined;
  }

  /** The end of the list is in sight. */
  get following(): boolean {
    return this.atEnd;
  }

  get unseenMentions(): number {
    return this.mentions.length;
  }

  shows(id: string): boolean {
    return !this.skipped.has(id) && (this.frozen?.has(id) ?? true);
  }

  /** @returns the first message to the reader that was not seen yet, which then counts as seen. */
  nextMention(): string | undefined {
    const [next, ...rest] = this.mentions;
    this.mentions = rest;
    this.around.changed();
    return next;
  }

  /** The list says whether its end is in sight. */
  follow(atEnd: boolean): void {
    if (atEnd === this.atEnd) return;
    this.atEnd = atEnd;
    if (atEnd) {
      this.seen();
      if (!this.frozen || this.behind) this.returned();
    }
    this.around.changed();
  }

  /** The page was hidden or is shown again. */
  look(visible: boolean): void {
    this.away = !visible;
    if (visible && this.atEnd) {
      this.seen();
      if (!this.frozen) this.returned();
    }
    this.around.changed();
  }

  pause(): void {
    this.frozen = new Set(this.around.timeline.rows().map(m => m.id));
    this.around.changed();
  }

  resume(): void {
    this.frozen = undefined;
    this.atEnd = true;
    this.seen();
    this.returned();
    this.around.changed();
  }

  /** Older messages were asked for: they are shown though paused. */
  asked(messages: readonly Message[]): void {
    for (const message of messages) this.frozen?.add(message.id);
  }

  skip(id: string): void {
    this.skipped.add(id);
  }

  skipNothing(): void {
    this.skipped.clear();
  }

  /** So many were found that came while nobody was told. */
  found(count: number): void {
    if (!this.atEnd) this.unseen += count;
  }

  /** Keeps few, where the reader is at the end and sees nothing of it. */
  ease(): void {
    if (this.reading && this.around.timeline.trim(keptBack) > 0) this.around.trimmed();
  }

  /** @returns true when so much is kept for a reader who looks elsewhere that what comes is only counted. */
  full(): boolean {
    if ((!this.reading || this.away) && this.around.timeline.size >= keptAway) this.behind = true;
    return this.behind;
  }

  /** A message of somebody else came into the list. */
  arrived(message: Message, toMe: boolean): void {
    if (this.reading && !this.away) {
      this.trim();
      return;
    }
    if (this.unseen === 0) this.unread = { id: message.id, since: message.createdAt };
    this.unseen++;
    if (toMe) this.mentions = [...this.mentions.slice(-keptAway), message.id];
  }

  private get reading(): boolean {
    return this.atEnd && !this.frozen;
  }

  private seen(): void {
    this.unseen = 0;
    this.mentions = [];
  }

  private returned(): void {
    if (this.behind) {
      this.behind = false;
      this.around.startAgain();
    } else this.trim();
  }

  private trim(): void {
    if (this.around.timeline.trim(keptLive) > 0) this.around.trimmed();
    if (this.skipped.size > keptAway) this.skipped = new Set([...this.skipped].slice(-keptLive));
  }
}
