/** What may be sent together: a burst of so many in half a second. */
const burst = 4;
const tickMs = 500;
/** Taps this close together go out as one. */
const gatherMs = 100;
/** How many rise at the same time at most. */
export const risingAtMost = 24;
/** How long one rises, in milliseconds. */
export const risingMs = 2600;
/** How many of one tick rise at most: the total is told as a number. */
const perTick = 6;

export interface Rising {
  id: number;
  k: number;
  /** Where it rises, 0 to 1 across the edge. */
  x: number;
  /** Its part in the sway, 0 to 1. */
  sway: number;
  until: number;
}

export interface ReactionView {
  /** Of each kind, since the page was opened. */
  totals: readonly number[];
  rising: readonly Rising[];
  /** Whether they rise at all; the fan's own switch. */
  moving: boolean;
}

/** The reactions of a room: own taps gathered into bursts, totals of all from the server, and a few that rise. */
export class Reactions {
  private readonly listeners = new Set<() => void>();
  private pending = new Map<number, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private cleaning: ReturnType<typeof setTimeout> | undefined;
  private next = 0;
  private burstAt = Number.NEGATIVE_INFINITY;
  private used = 0;
  private view: ReactionView;

  constructor(
    private readonly kinds: number,
    private readonly send: (k: number, n: number) => boolean,
    moving: boolean,
    private readonly random: () => number = Math.random,
    private readonly now: () => number = Date.now,
  ) {
    this.view = { totals: Array(kinds).fill(0), rising: [], moving };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): ReactionView => this.view;

  /** The fan taps. @returns false when the burst is full; the tap is lost, as a clap in a storm is. */
  tap(k: number): boolean {
    const now = this.now();
    if (now - this.burstAt >= tickMs) {
      this.burstAt = now;
      this.used = 0;
    }
    if (this.used >= burst) return false;
    this.used++;
    this.pending.set(k, (this.pending.get(k) ?? 0) + 1);
    this.timer ??= setTimeout(() => this.flush(), gatherMs);
    return true;
  }

  /** The server's totals of one tick. */
  tick(counts: readonly number[]): void {
    const totals = this.view.totals.map((n, k) => n + Math.max(0, counts[k] ?? 0));
    const now = this.now();
    let rising = this.view.rising.filter(r => r.until > now);
    if (this.view.moving) {
      const all = counts.reduce((a, b) => a + b, 0);
      counts.slice(0, this.kinds).forEach((count, k) => {
        // Each kind rises by its part of the tick, so that a rare one is still seen.
        const n = Math.min(count, Math.ceil((perTick * count) / Math.max(perTick, all)));
        for (let i = 0; i < n && rising.length < risingAtMost; i++)
          rising = [...rising, { id: this.next++, k, x: this.random(), sway: this.random(), until: now + risingMs }];
      });
    }
    this.become({ ...this.view, totals, rising });
    this.plan();
  }

  setMoving(moving: boolean): void {
    this.become({ ...this.view, moving, rising: moving ? this.view.rising : [] });
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.cleaning);
    this.timer = undefined;
    this.cleaning = undefined;
  }

  private flush(): void {
    this.timer = undefined;
    for (const [k, n] of this.pending) this.send(k, n);
    this.pending.clear();
  }

  private plan(): void {
    const first = this.view.rising[0];
    if (!first || this.cleaning !== undefined) return;
    this.cleaning = setTimeout(() => {
      this.cleaning = undefined;
      const now = this.now();
      this.become({ ...this.view, rising: this.view.rising.filter(r => r.until > now) });
      this.plan();
    }, first.until - this.now());
  }

  private become(view: ReactionView): void {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}
