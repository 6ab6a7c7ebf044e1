/** Above this many messages a second a reader is shown a sample. */
const sampleAbove = 10;
/** Below this the sample ends; the gap keeps it from flickering on and off. */
const allBelow = 7;
/** What is shown of ordinary messages while sampling, a second. */
const shownPerSecond = 5;
/** The rate is that of the last seconds, in milliseconds. */
const windowMs = 4000;
/** Above this rate arrivals are drawn together. */
const batchAbove = 2;
const batchMs = 250;

/**
 * Decides which arriving messages are shown when more come than anyone can read, and says honestly how many that is.
 * What is not shown is still on the server, and in the archive.
 */
export class Pace {
  private arrived: number[] = [];
  private shown: number[] = [];
  private sampling = false;
  private budget = 1;
  private filledAt = 0;
  /** The reader wants everything, however fast. */
  showAll = false;

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * @param always true for what is never left out: own messages, staff, mentions.
   * @returns whether to show it.
   */
  offer(always: boolean): boolean {
    const now = this.now();
    this.forget(now);
    this.arrived.push(now);
    const rate = this.rate;
    if (!this.sampling && rate > sampleAbove) {
      this.sampling = true;
      this.budget = 1;
      this.filledAt = now;
    } else if (this.sampling && rate < allBelow) this.sampling = false;
    const show = always || this.showAll || !this.sampling || this.spend(now);
    if (show) this.shown.push(now);
    return show;
  }

  /** Messages a second, lately. */
  get rate(): number {
    return (this.arrived.length * 1000) / windowMs;
  }

  /** How long arrivals may wait to be drawn together, in milliseconds; 0 for the next frame. */
  get batchMs(): number {
    return this.rate > batchAbove ? batchMs : 0;
  }

  /** "Showing 1 in `of`", or undefined while everything is shown. */
  get of(): number | undefined {
    this.forget(this.now());
    if (this.rate < allBelow) this.sampling = false;
    if (!this.sampling || this.showAll) return undefined;
    return Math.max(2, Math.round(this.arrived.length / Math.max(1, this.shown.length)));
  }

  /** True while more arrive than are shown by default, whatever the reader chose. */
  get crowded(): boolean {
    return this.of !== undefined || (this.showAll && this.sampling);
  }

  private spend(now: number): boolean {
    this.budget = Math.min(1, this.budget + ((now - this.filledAt) * shownPerSecond) / 1000);
    this.filledAt = now;
    if (this.budget < 1) return false;
    this.budget -= 1;
    return true;
  }

  private forget(now: number): void {
    const from = now - windowMs;
    while ((this.arrived[0] ?? now) <= from) this.arrived.shift();
    while ((this.shown[0] ?? now) <= from) this.shown.shift();
  }
}
