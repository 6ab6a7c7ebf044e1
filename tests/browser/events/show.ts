import type { Browser, BrowserContext, BrowserContextOptions, Page, Route, WebSocketRoute } from 'playwright-core';
import { inject } from 'vitest';
import { desktop } from '../browser.ts';

type Json = Record<string, unknown>;

const chatHost = 'chat.test:4543';
const app = 'arn:aws:chime:us-east-1:123456789012:app-instance/show';
export const me = `${app}/user/t-me`;
export const mia = `${app}/user/t-mia`;
export const artist = `${app}/user/artist-ines`;
export const moderator = `${app}/user/mod-tom`;
const channelArn = `${app}/channel/room`;

const start = Date.UTC(2026, 10, 21, 20);

interface Said {
  MessageId: string;
  Content: string;
  Metadata?: string;
  Sender: { Arn: string; Name: string };
  Type: 'STANDARD';
  CreatedTimestamp: string;
  LastUpdatedTimestamp: string;
  Redacted: boolean;
}

/**
 * One event as its server and its platform play it, in the test's own process: the door, the device's line, and the
 * chat as the official clients ask for it. A test changes what it likes and says what shall happen.
 */
export class Show {
  phase: 'announced' | 'doors' | 'live' | 'ended' = 'live';
  inside = false;
  elsewhere = false;
  nickname: string | null = 'Mia';
  chat: 'ready' | 'preparing' | 'off' | 'closed' = 'ready';
  hasChat = true;
  maxLength = 500;
  slowSeconds = 0;
  mode: 'open' | 'emoji' | 'staff' | 'tier' = 'open';
  banned: Json | null = null;
  timeout: Json | null = null;
  pin: Json | null = null;
  player: Json = { kind: 'none', url: '', captions: [] };
  about = 'Ninety minutes of bells and strings, live from the tower. Requests are read aloud between the pieces.';
  /** The next answers of the door, before it lets anyone in. */
  refusals: { status: number; body: Json }[] = [];
  nickRefusals: { status: number; body: Json }[] = [];
  /** Whoever lost a code can ask for a letter. */
  lostCodes = true;
  /** The next answers about letters and their links; `undefined` loses one on the way. */
  lostRefusals: ({ status: number; body: Json } | undefined)[] = [];
  lostTickets: Json[] = [
    { number: 17, tier: 'Standard', holder: 'Mia Lindqvist', state: 'valid', reason: null, until: null },
  ];
  /** Why a letter's link is good for nothing. */
  lostDead: 'LinkUsed' | 'LinkExpired' | 'LinkInvalid' | undefined;
  /** What was asked about letters and their links. */
  lostAsked: { act: string; body: Json }[] = [];
  missing = false;
  /** False where nothing says when the doors open. */
  doors = true;
  /** Hidden by staff and not yet gone from the platform. */
  removed: string[] = [];
  /** The device's line is refused before a word, as a browser sees every refusal of a handshake. */
  refusing = false;
  /** What `me` answers instead of what it knows. */
  meRefusal: { status: number; body: Json } | undefined;
  /** Who the chat takes this page for. */
  writer = me;
  /** Nothing answers. */
  down = false;
  chatDown = false;
  /** What the channel's flow does with what this fan writes. */
  flow: 'pass' | 'hold' | 'deny' = 'pass';
  log: Said[] = [];
  sent: { text: string; token: string; metadata: string | undefined }[] = [];
  reports: Json[] = [];
  reacted: Json[] = [];
  devices: WebSocketRoute[] = [];
  sessions: WebSocketRoute[] = [];
  present = 1284;
  private tokens = new Map<string, Said>();
  private ids = 0;

  /** Everything the page asks is answered here; nothing leaves. */
  async play(context: BrowserContext): Promise<void> {
    await context.route(/\/events\/api\//, route => this.api(route));
    await context.route(/\/(channels|endpoints)\//, route => this.platform(route));
    await context.route('**/healthz', route =>
      this.chatDown ? route.abort() : route.fulfill({ status: 200, body: '' }),
    );
    await context.routeWebSocket(/\/events\/api\/.*\/socket$/, socket => this.device(socket));
    await context.routeWebSocket(/^wss:\/\/chat\.test/, socket => this.session(socket));
  }

  get facts(): Json {
    const at = (minutes: number) => new Date(this.startsAt + minutes * 60_000).toISOString();
    return {
      id: 'abcdefgh1234',
      slug: 'bells',
      title: 'Bells at night',
      artist: 'Ines Kolar',
      about: this.about,
      pictureUrl: null,
      startsAt: at(0),
      doorsAt: this.doors ? at(-30) : null,
      endsAt: at(120),
      zone: 'Europe/London',
      phase: this.phase,
      now: new Date().toISOString(),
      chat: this.hasChat,
      reactions: ['👏', '❤️', '🔥', '😂', '😮', '🎉'],
      tiers: ['Standard'],
      lostCodes: this.lostCodes,
    };
  }

  /** So that the clock of the page agrees with the phase. */
  get startsAt(): number {
    const now = Math.floor(Date.now() / 1000) * 1000;
    if (this.phase === 'announced') return now + ((2 * 24 + 5) * 60 + 12) * 60_000;
    return this.phase === 'doors' ? now + 12 * 60_000 : this.phase === 'live' ? now - 20 * 60_000 : start - 86_400_000;
  }

  get entry(): Json {
    return {
      nickname: this.nickname,
      tier: 'Standard',
      userArn: me,
      player: { startsAt: new Date(this.startsAt).toISOString(), ...this.player },
      chat: { state: this.chat, slowSeconds: this.slowSeconds, mode: this.mode, maxLength: this.maxLength },
      banned: this.banned,
      timeout: this.timeout,
    };
  }

  /** What lets a page into the chat. */
  get pass(): Json {
    return {
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret', sessionToken: 'token' },
      expiration: new Date(Date.now() + 3_600_000).toISOString(),
      region: 'us-east-1',
      endpoint: inject('pagesUrl'),
      userArn: this.writer,
      channelArn,
      subChannelId: null,
    };
  }

  /** The device's line says something. */
  tell(frame: Json): void {
    for (const socket of this.devices) socket.send(JSON.stringify(frame));
  }

  async dropDevice(code: number): Promise<void> {
    for (const socket of this.devices.splice(0)) await socket.close({ code });
  }

  async dropChat(code = 1012): Promise<void> {
    for (const socket of this.sessions.splice(0)) await socket.close({ code });
  }

  /** Someone says something in the channel. */
  say(text: string, arn = mia, name = 'Lea', live = true, metadata?: string): Said {
    const message = this.made(text, arn, name, metadata);
    this.log.push(message);
    if (live) this.event('CREATE_CHANNEL_MESSAGE', message);
    return message;
  }

  /** What a flow held is let pass. */
  approve(message: Said): void {
    this.log.push(message);
    this.event('CREATE_CHANNEL_MESSAGE', message);
  }

  private made(text: string, arn: string, name: string, metadata?: string): Said {
    const at = new Date(Date.now() + this.ids).toISOString();
    return {
      MessageId: `m-${String(this.ids++).padStart(6, '0')}`,
      Content: text,
      ...(metadata && { Metadata: metadata }),
      Sender: { Arn: arn, Name: name },
      Type: 'STANDARD',
      CreatedTimestamp: at,
      LastUpdatedTimestamp: at,
      Redacted: false,
    };
  }

  private event(type: string, payload: object): void {
    const text = JSON.stringify({
      Headers: { 'x-amz-chime-event-type': type, 'x-amz-chime-message-type': 'STANDARD' },
      Payload: JSON.stringify({ ChannelArn: channelArn, Persistence: 'PERSISTENT', ...payload }),
    });
    for (const socket of this.sessions) socket.send(text);
  }

  private async api(route: Route): Promise<void> {
    if (this.down) return route.abort('connectionrefused');
    const request = route.request();
    const path = new URL(request.url()).pathname.replace('/events/api/', '');
    const body = (request.postDataJSON() ?? {}) as Json;
    const json = (status: number, answer: unknown) => route.fulfill({ status, json: answer });
    if (path === 'shows') return json(200, this.missing ? [] : [this.facts, { ...this.facts, ...later }]);
    if (this.missing) return json(404, { code: 'NoSuchShow' });
    const act = path.split('/')[2];
    switch (act) {
      case undefined:
        return json(200, this.facts);
      case 'me':
        if (this.meRefusal) return json(this.meRefusal.status, this.meRefusal.body);
        return this.inside
          ? json(200, this.entry)
          : this.elsewhere
            ? json(409, { code: 'OnAnotherDevice' })
            : json(401, { code: 'NotEntered' });
      case 'enter': {
        const refusal = this.refusals.shift();
        if (refusal && !body.move) return json(refusal.status, refusal.body);
        this.inside = true;
        return json(200, this.entry);
      }
      case 'lost': {
        const deed = path.split('/')[3] ?? 'ask';
        this.lostAsked.push({ act: deed, body });
        if (this.lostRefusals.length > 0 && deed !== 'open') {
          const refusal = this.lostRefusals.shift();
          return refusal ? json(refusal.status, refusal.body) : route.abort('connectionreset');
        }
        if (deed === 'ask') return json(202, { asked: true });
        if (this.lostDead) return json(403, { code: this.lostDead });
        return deed === 'open' ? json(200, { tickets: this.lostTickets }) : json(200, { code: 'WXYZ-2345-6789A' });
      }
      case 'leave':
        this.inside = false;
        return route.fulfill({ status: 204 });
      case 'nickname': {
        const refusal = this.nickRefusals.shift();
        if (refusal) return json(refusal.status, refusal.body);
        this.nickname = String(body.nickname);
        return json(200, { nickname: this.nickname });
      }
      case 'reports':
        this.reports.push(body);
        return route.fulfill({ status: 204 });
      case 'chat-pass':
        if (this.chatDown) return json(503, { code: 'ChatUnavailable', retryAfter: 2 });
        return json(200, this.pass);
      default:
        return json(404, { code: 'NotFound' });
    }
  }

  private async platform(route: Route): Promise<void> {
    if (this.chatDown) return route.abort('connectionrefused');
    const request = route.request();
    const url = new URL(request.url());
    const json = (status: number, answer: unknown) => route.fulfill({ status, json: answer });
    if (url.pathname.startsWith('/endpoints/')) return json(200, { Endpoint: { Url: chatHost } });
    if (request.method() === 'GET') {
      const since = url.searchParams.get('not-before');
      const until = url.searchParams.get('not-after');
      const at = (m: Said) => Date.parse(m.CreatedTimestamp) / 1000;
      const seconds = (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000);
      let all = this.log.filter(m => (!since || at(m) >= seconds(since)) && (!until || at(m) <= seconds(until)));
      if (url.searchParams.get('sort-order') !== 'ASCENDING') all = all.reverse();
      const from = Number(url.searchParams.get('next-token') ?? 0);
      const to = from + Number(url.searchParams.get('max-results') ?? 50);
      return json(200, {
        ChannelArn: channelArn,
        ChannelMessages: all.slice(from, to).map(m => ({ ...m, CreatedTimestamp: at(m), LastUpdatedTimestamp: at(m) })),
        ...(to < all.length && { NextToken: String(to) }),
      });
    }
    const { Content, ClientRequestToken, Metadata } = request.postDataJSON() as Record<string, string>;
    this.sent.push({ text: Content ?? '', token: ClientRequestToken ?? '', metadata: Metadata });
    const known = this.tokens.get(ClientRequestToken ?? '');
    const message = known ?? this.made(Content ?? '', this.writer, this.nickname ?? '', Metadata);
    this.tokens.set(ClientRequestToken ?? '', message);
    if (!known && this.flow === 'pass') {
      this.log.push(message);
      this.event('CREATE_CHANNEL_MESSAGE', message);
    }
    await json(201, {
      ChannelArn: channelArn,
      MessageId: message.MessageId,
      Status: { Value: this.flow === 'pass' ? 'SENT' : 'PENDING' },
    });
    if (this.flow === 'deny') {
      this.event('DENIED_CREATE_CHANNEL_MESSAGE', message);
      this.tell({
        t: 'notice',
        kind: 'refused',
        messageId: message.MessageId,
        reason: 'No selling here.',
        until: null,
      });
    }
    if (this.flow === 'hold')
      this.tell({ t: 'notice', kind: 'held', messageId: message.MessageId, reason: 'Word list', until: null });
  }

  /** The message with this id as it was sent. */
  held(token: string): Said | undefined {
    return this.tokens.get(token);
  }

  private device(socket: WebSocketRoute): void {
    if (this.down || this.refusing) {
      void socket.close({ code: 1011 });
      return;
    }
    this.devices.push(socket);
    socket.onMessage(text => {
      const frame = JSON.parse(String(text)) as Json;
      if (frame.t === 'react') this.reacted.push(frame);
    });
    socket.send(
      JSON.stringify({
        t: 'hello',
        nickname: this.nickname,
        staff: [
          { userArn: artist, name: 'Ines Kolar', kind: 'artist' },
          { userArn: moderator, name: 'Tom', kind: 'moderator' },
        ],
        pin: this.pin,
        slowSeconds: this.slowSeconds,
        mode: this.mode,
        phase: this.phase,
        present: this.present,
        removed: this.removed,
        timeout: this.timeout,
      }),
    );
  }

  private session(socket: WebSocketRoute): void {
    if (this.chatDown) {
      void socket.close({ code: 1011 });
      return;
    }
    this.sessions.push(socket);
    socket.send(
      JSON.stringify({
        Headers: { 'x-amz-chime-event-type': 'SESSION_ESTABLISHED', 'x-amz-chime-message-type': 'SYSTEM' },
        Payload: JSON.stringify({}),
      }),
    );
  }
}

const later = {
  slug: 'strings',
  title: 'Strings in the morning',
  artist: 'Quartet of the North',
  phase: 'announced',
  startsAt: new Date(Date.now() + 12 * 86_400_000).toISOString(),
};

/** A page of ours at this event, and whatever it complained about. */
export interface Visit {
  page: Page;
  complaints: string[];
  close(): Promise<void>;
}

export async function visit(
  browser: Browser,
  show: Show,
  path = '/events/bells',
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...desktop,
    ...options,
  });
  await show.play(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(error.message));
  page.on('console', message => {
    // A refusal of the API is an answer; the browser writes of it all the same.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(inject('pagesUrl') + path);
  return { page, complaints, close: () => context.close() };
}

/** The row of the message that holds this text; what is still on its way out has none. */
export const row = (page: Page, text: string) => page.locator('[data-id]').filter({ hasText: text });

/** Waits until messages arrive live. */
export async function live(page: Page): Promise<void> {
  await page.locator('[data-state="live"]').waitFor();
}
