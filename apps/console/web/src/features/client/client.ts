/** One line of what was said and what happened. */
export interface Line {
  id: number;
  /** Milliseconds since 1970. */
  at: number;
  who: 'you' | 'server' | 'note';
  text: string;
  /** Of what the server said first after you: how long it took. */
  tookMs?: number;
}

export type Phase = 'idle' | 'connecting' | 'open' | 'closed';

export interface ClientState {
  phase: Phase;
  lines: readonly Line[];
  /** Of the end; null before it. */
  closed: { code: number; reason: string; wasOpen: boolean } | null;
  protocol: string;
}

type Socket = Pick<WebSocket, 'send' | 'close' | 'protocol'> & {
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
};

/** Lines that are kept; the oldest give way. */
export const mostLines = 300;

/** A client of a WebSocket API, as a page is one: it connects, says what it is told to, and keeps what it hears. */
export class TestClient {
  private socket: Socket | undefined;
  private lines: readonly Line[] = [];
  private ids = 0;
  private asked: number | undefined;
  private state: ClientState = { phase: 'idle', lines: [], closed: null, protocol: '' };

  constructor(
    private readonly changed: (state: ClientState) => void,
    private readonly open: (url: string, protocols: string[]) => Socket = (url, protocols) =>
      new WebSocket(url, protocols),
    private readonly now: () => number = Date.now,
  ) {}

  connect(url: string, protocols: string[]): void {
    this.leave();
    this.say('note', `Connecting to ${url}`);
    let socket: Socket;
    try {
      socket = this.open(url, protocols);
    } catch (error) {
      this.say('note', error instanceof Error ? error.message : 'This address cannot be connected to.');
      this.set({ phase: 'closed', closed: null });
      return;
    }
    this.socket = socket;
    this.set({ phase: 'connecting', closed: null, protocol: '' });
    let wasOpen = false;
    socket.onopen = () => {
      if (socket !== this.socket) return;
      wasOpen = true;
      this.say('note', socket.protocol ? `Connected, with the sub-protocol ${socket.protocol}` : 'Connected');
      this.set({ phase: 'open', protocol: socket.protocol });
    };
    socket.onmessage = ({ data }: MessageEvent) => {
      if (socket !== this.socket) return;
      const tookMs = this.asked === undefined ? undefined : this.now() - this.asked;
      this.asked = undefined;
      this.say('server', typeof data === 'string' ? data : '(a binary frame)', tookMs);
      this.set({});
    };
    socket.onclose = ({ code, reason }: CloseEvent) => {
      if (socket !== this.socket) return;
      this.socket = undefined;
      this.asked = undefined;
      this.set({ phase: 'closed', closed: { code, reason, wasOpen } });
    };
  }

  /** @returns false where there is nobody to say it to. */
  send(text: string): boolean {
    if (this.state.phase !== 'open' || !this.socket) return false;
    this.asked = this.now();
    this.socket.send(text);
    this.say('you', text);
    this.set({});
    return true;
  }

  /** Closes as a page does that has what it wanted. */
  close(): void {
    this.socket?.close(1000);
  }

  clear(): void {
    this.lines = [];
    this.set({});
  }

  /** Forgets the connection: nobody listens any more. */
  leave(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.asked = undefined;
    socket?.close(1000);
    if (this.state.phase !== 'idle') this.set({ phase: 'idle', closed: null, protocol: '' });
  }

  private say(who: Line['who'], text: string, tookMs?: number): void {
    const line: Line = { id: ++this.ids, at: this.now(), who, text, ...(tookMs !== undefined && { tookMs }) };
    this.lines = [...this.lines, line].slice(-mostLines);
  }

  private set(change: Partial<ClientState>): void {
    this.state = { ...this.state, ...change, lines: this.lines };
    this.changed(this.state);
  }
}
