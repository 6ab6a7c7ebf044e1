import { codeOf, passes } from './errors.ts';

/** What is known of something that is asked for again and again. */
export interface Polled<T> {
  /** The last answer; kept while there is no newer one. */
  data: T | undefined;
  /** A code of errors.ts; null after an answer. */
  error: string | null;
  /** When it is asked again after a failure that may pass: milliseconds since 1970. */
  retryAt: number | null;
  /** When answers stopped coming; null while they come. */
  failingSince: number | null;
}

const shortestMs = 500;
const longestMs = 30_000;

/** Asks now and then while somebody looks, backs off while nothing answers, and gives up on what will not pass. */
export class Poller<T> {
  private state: Polled<T> = { data: undefined, error: null, retryAt: null, failingSince: null };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | undefined;
  private failures = 0;
  private stopped = false;

  /** @param everyMs Between an answer and the next question; null asks once. */
  constructor(
    private readonly load: (signal: AbortSignal) => Promise<T>,
    private readonly everyMs: number | null,
    private readonly changed: (state: Polled<T>) => void,
    private readonly looksAt: () => boolean = () => document.visibilityState === 'visible',
    private readonly random: () => number = Math.random,
  ) {}

  /** Asks at once, whatever it was waiting for. */
  now(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    void this.ask();
  }

  /** Somebody looks again. */
  seen(): void {
    if (!this.stopped && this.asking === undefined && this.looksAt()) this.now();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  private async ask(): Promise<void> {
    // What nobody looks at is asked for when somebody does.
    if (this.stopped || !this.looksAt()) return;
    const asking = new AbortController();
    this.asking = asking;
    try {
      const data = await this.load(asking.signal);
      if (asking.signal.aborted) return;
      this.failures = 0;
      this.set({ data, error: null, retryAt: null, failingSince: null });
      this.wait(this.everyMs);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.failed(codeOf(error));
    } finally {
      if (this.asking === asking) this.asking = undefined;
    }
  }

  private failed(code: string): void {
    const failingSince = this.state.failingSince ?? Date.now();
    if (!passes(code)) {
      this.set({ ...this.state, error: code, retryAt: null, failingSince });
      return;
    }
    const most = Math.min(longestMs, shortestMs * 2 ** this.failures++);
    const delay = Math.round(most * (0.5 + this.random() / 2));
    this.set({ ...this.state, error: code, retryAt: Date.now() + delay, failingSince });
    this.wait(delay);
  }

  private wait(ms: number | null): void {
    if (ms === null || this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), ms);
  }

  private set(state: Polled<T>): void {
    if (this.stopped) return;
    this.state = state;
    this.changed(state);
  }
}
