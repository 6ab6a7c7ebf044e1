import { codeOf, passes } from './errors.ts';

/** Where one window's session stands. Every state can be drawn, and each is left only as the comments say. */
export type ConnectionState =
  /** Not asked for yet. */
  | { is: 'idle' }
  /** First attempt under way. */
  | { is: 'connecting' }
  /** Events arrive. */
  | { is: 'live' }
  /** The line dropped and the client is at work; `since` in milliseconds. */
  | { is: 'reconnecting'; since: number }
  /** Given up for now; tries again at `retryAt` (milliseconds) or when told to. */
  | { is: 'offline'; retryAt: number }
  /** The browser does not trust the server's certificate yet; goes on by itself once it does. */
  | { is: 'untrusted' }
  /** The server said no; trying again as we are would be no use. */
  | { is: 'refused'; code: string }
  /** The server ended the session for good, or this window left. */
  | { is: 'ended'; code: string };

/** A session of the stock client. */
export interface Line {
  /** Resolves once established. */
  start(): Promise<void>;
  stop(): void;
}

export interface LineEvents {
  established(): void;
  reconnecting(): void;
  /** @param code the WebSocket's close code. */
  closed(code: number): void;
  frame(type: string, payload: unknown): void;
}

/** What the model needs from outside; a test hands in its own. */
export interface Surroundings {
  open(events: LineEvents): Promise<Line>;
  /** Whether the browser reaches the TLS address: `down` when nothing answers at all. */
  reach(): Promise<'trusted' | 'untrusted' | 'down'>;
  now(): number;
  random(): number;
  after(ms: number, act: () => void): () => void;
}

/** Close codes after which the server would refuse the same client again. */
const final = new Set([4003, 4401]);

const shortestMs = 500;
const longestMs = 30_000;
/** How often an untrusted certificate is looked at again. */
const trustEveryMs = 2_000;

/**
 * Keeps one session alive: the stock client repairs short breaks for ten seconds; after that this model goes on with
 * jittered pauses between half a second and thirty. It never gives up on a network, and never retries a refusal.
 */
export class Connection {
  private current: ConnectionState = { is: 'idle' };
  private line: Line | undefined;
  private cancel: (() => void) | undefined;
  private failures = 0;
  /** Counts attempts, so that what an abandoned one still says is ignored. */
  private attempt = 0;

  constructor(
    private readonly around: Surroundings,
    private readonly changed: (state: ConnectionState) => void,
    private readonly frame: (type: string, payload: unknown) => void,
  ) {}

  get state(): ConnectionState {
    return this.current;
  }

  start(): void {
    if (this.current.is === 'idle' || this.current.is === 'ended' || this.current.is === 'refused') {
      this.failures = 0;
      void this.connect();
    }
  }

  /** The person asked, or the network came back: do not wait for the pause to end. */
  retryNow(): void {
    if (this.current.is === 'offline' || this.current.is === 'untrusted') void this.connect();
  }

  stop(): void {
    this.drop();
    this.become({ is: 'ended', code: 'Left' });
  }

  private async connect(): Promise<void> {
    this.drop();
    const attempt = this.attempt;
    if (this.current.is !== 'untrusted') this.become({ is: 'connecting' });
    try {
      const reach = await this.around.reach();
      if (attempt !== this.attempt) return;
      if (reach === 'untrusted') {
        this.become({ is: 'untrusted' });
        this.later(trustEveryMs);
        return;
      }
      if (reach === 'down') {
        this.pause();
        return;
      }
      if (this.current.is === 'untrusted') this.become({ is: 'connecting' });
      const line = await this.around.open(this.eventsOf(attempt));
      if (attempt !== this.attempt) {
        line.stop();
        return;
      }
      this.line = line;
      await line.start();
    } catch (error) {
      if (attempt === this.attempt) this.failed(codeOf(error));
    }
  }

  private eventsOf(attempt: number): LineEvents {
    const ours = () => attempt === this.attempt;
    return {
      established: () => {
        if (!ours()) return;
        this.failures = 0;
        this.become({ is: 'live' });
      },
      reconnecting: () => {
        if (ours() && this.current.is === 'live') this.become({ is: 'reconnecting', since: this.around.now() });
      },
      closed: code => {
        if (ours()) this.failed(String(code));
      },
      frame: (type, payload) => {
        if (ours()) this.frame(type, payload);
      },
    };
  }

  private failed(code: string): void {
    const number = Number(code);
    if (final.has(number)) {
      this.drop();
      this.become(number === 4003 ? { is: 'ended', code } : { is: 'refused', code });
    } else if (!Number.isNaN(number) || passes(code)) {
      this.pause();
    } else {
      this.drop();
      this.become({ is: 'refused', code });
    }
  }

  private pause(): void {
    this.drop();
    const ceiling = Math.min(longestMs, shortestMs * 2 ** this.failures++);
    const wait = Math.round(shortestMs + this.around.random() * Math.max(0, ceiling - shortestMs));
    this.become({ is: 'offline', retryAt: this.around.now() + wait });
    this.later(wait);
  }

  private later(ms: number): void {
    this.cancel = this.around.after(ms, () => void this.connect());
  }

  private drop(): void {
    this.attempt++;
    this.cancel?.();
    this.cancel = undefined;
    const line = this.line;
    this.line = undefined;
    line?.stop();
  }

  private become(state: ConnectionState): void {
    this.current = state;
    this.changed(state);
  }
}
