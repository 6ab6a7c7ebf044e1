import type { DeviceFrame } from './types.ts';

/** Where the device's own line to the event stands. */
export type DeviceState =
  | { is: 'idle' }
  | { is: 'connecting' }
  | { is: 'live' }
  /** Tries again at `retryAt` (milliseconds) or when told to; down `since`. */
  | { is: 'waiting'; since: number; retryAt: number }
  /** Over for good: another device has the ticket, it is banned, must be entered again, or the show is over. */
  | { is: 'closed'; why: 'moved' | 'enter' | 'banned' | 'ended' | 'left' };

/** A socket as the model needs it; a test hands in its own. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  open(): void;
  message(text: string): void;
  /** @param code the WebSocket's close code. */
  closed(code: number): void;
}

export interface DeviceSurroundings {
  open(events: SocketEvents): Socket;
  now(): number;
  random(): number;
  after(ms: number, act: () => void): () => void;
}

/** Close codes after which coming back by itself would be a fight or no use. */
const final = { 4003: 'moved', 4401: 'enter', 4403: 'banned', 4410: 'ended' } as const;

const shortestMs = 500;
const longestMs = 30_000;
/** The line is asked for a sign of life this often, so that no proxy takes it for idle. */
const pingMs = 25_000;

/**
 * The device's line: comes back by itself with jittered pauses between half a second and thirty, except where the
 * server has said that it is over. A device that was replaced never fights for its place.
 */
export class Device {
  private current: DeviceState = { is: 'idle' };
  private socket: Socket | undefined;
  private cancel: (() => void) | undefined;
  private cancelPing: (() => void) | undefined;
  private failures = 0;
  /** Counts attempts, so that what an abandoned one still says is ignored. */
  private attempt = 0;
  private downSince: number | undefined;
  /** The server has said something on this line. */
  private greeted = false;

  constructor(
    private readonly around: DeviceSurroundings,
    private readonly changed: (state: DeviceState) => void,
    private readonly heard: (frame: DeviceFrame) => void,
    /** The line ended before the server had said anything: a browser does not tell why, somebody else has to be asked. */
    private readonly unheard: () => void = () => {},
  ) {}

  get state(): DeviceState {
    return this.current;
  }

  start(): void {
    if (this.current.is === 'idle' || this.current.is === 'closed') {
      this.failures = 0;
      this.downSince = undefined;
      this.connect();
    }
  }

  retryNow(): void {
    if (this.current.is === 'waiting') this.connect();
  }

  stop(): void {
    this.end('left');
  }

  /** @returns false when there is no line just now; a reaction is not worth keeping for later. */
  send(frame: object): boolean {
    if (this.current.is !== 'live') return false;
    this.socket?.send(JSON.stringify(frame));
    return true;
  }

  private connect(): void {
    this.drop();
    const attempt = this.attempt;
    const ours = () => attempt === this.attempt;
    this.greeted = false;
    if (this.current.is !== 'waiting') this.become({ is: 'connecting' });
    this.socket = this.around.open({
      open: () => {
        if (ours()) this.ping();
      },
      message: text => {
        if (ours()) this.message(text);
      },
      closed: code => {
        if (ours()) this.closed(code);
      },
    });
  }

  private message(text: string): void {
    const frame = parse(text);
    if (!frame) return;
    this.greeted = true;
    if (frame.t === 'hello') {
      this.failures = 0;
      this.downSince = undefined;
      this.become({ is: 'live' });
    }
    // Its own word comes before the close code, and the close code may be lost on the way.
    if (frame.t === 'moved') this.end('moved');
    else {
      this.heard(frame);
      if (frame.t === 'banned') this.end('banned');
    }
  }

  private closed(code: number): void {
    const why = final[code as keyof typeof final];
    if (why) {
      this.end(why);
      return;
    }
    this.drop();
    this.downSince ??= this.around.now();
    const ceiling = Math.min(longestMs, shortestMs * 2 ** this.failures++);
    const wait = Math.round(shortestMs + this.around.random() * Math.max(0, ceiling - shortestMs));
    this.become({ is: 'waiting', since: this.downSince, retryAt: this.around.now() + wait });
    this.cancel = this.around.after(wait, () => this.connect());
    if (!this.greeted) this.unheard();
  }

  private ping(): void {
    this.cancelPing = this.around.after(pingMs, () => {
      this.socket?.send('{"t":"ping"}');
      this.ping();
    });
  }

  private end(why: 'moved' | 'enter' | 'banned' | 'ended' | 'left'): void {
    this.drop();
    this.become({ is: 'closed', why });
  }

  private drop(): void {
    this.attempt++;
    this.cancel?.();
    this.cancelPing?.();
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  private become(state: DeviceState): void {
    this.current = state;
    this.changed(state);
  }
}

function parse(text: string): DeviceFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null && 't' in frame ? (frame as DeviceFrame) : undefined;
  } catch {
    return undefined;
  }
}

/** The browser's own socket. */
export function browserSocket(url: string): (events: SocketEvents) => Socket {
  return events => {
    const socket = new WebSocket(url);
    socket.onopen = () => events.open();
    socket.onmessage = event => {
      if (typeof event.data === 'string') events.message(event.data);
    };
    socket.onclose = event => events.closed(event.code);
    return {
      send: text => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => {
        socket.onclose = null;
        socket.close(1000);
      },
    };
  };
}
