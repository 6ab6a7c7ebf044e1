import type { Browser, BrowserContext, BrowserContextOptions, Route, WebSocketRoute } from 'playwright-core';
import { inject } from 'vitest';
import { desktop } from '../browser.ts';
import { artist, moderator, Show, type Visit } from './show.ts';

type Json = Record<string, unknown>;

export const showId = 'abcdefgh1234';
const arnOf = (user: string) => moderator.replace('mod-tom', user);

interface Held extends Json {
  messageId: string;
  nickname: string;
  number: number;
}

/**
 * The staff's side of one event as its server plays it, in the test's own process: shows, tickets, team, progress,
 * archive and the desk. A test changes what it likes and says what shall happen.
 */
export class Staff {
  /** The chat, as fans have it too. */
  readonly chat = new Show();
  signedIn = true;
  organiser = true;
  openId: string | null = null;
  seat = true;
  down = false;
  /** The close code of whoever may not be at the desk any more. */
  away: number | undefined;
  /** Answers for the next call of `METHOD path`, before the ordinary one. */
  readonly next = new Map<string, { status: number; body: Json }[]>();
  readonly calls: { method: string; path: string; body: unknown }[] = [];
  shows: Json[] = [definition()];
  tickets: Json[] = [];
  /** The number of the last ticket that was made. */
  issued = 5000;
  keys: Json[] = [];
  /** Letters to people who lost their code. */
  letters: Json | null = null;
  team: Json[] = [];
  progress: Json = working();
  archive: Json = { state: 'none', messages: 0, removed: 0, firstAt: null, lastAt: null, head: '', verified: false };
  rules: Json = { slowSeconds: 0, mode: 'open', holdFirst: false, words: [], commonWords: true };
  /** The words for all shows. */
  common: Json[] = [];
  commonVersion = 1;
  numbers: Json = {
    present: 1284,
    messagesPerMinute: 96,
    held: 0,
    removed: 3,
    reactionsPerMinute: 412,
    stream: 'ok',
  };
  pin: Json | null = null;
  /** Whose messages are marked. */
  roster: Json[] = [
    { userArn: moderator, name: 'Tom', kind: 'moderator' },
    { userArn: artist, name: 'Ines Kolar', kind: 'artist' },
  ];
  held: Held[] = [];
  people: Json[] = [];
  log: Json[] = [];
  readonly desks: WebSocketRoute[] = [];
  readonly claims: string[] = [];
  private ids = 0;

  constructor() {
    this.chat.writer = moderator;
    this.chat.nickname = 'Tom';
  }

  async play(context: BrowserContext): Promise<void> {
    await this.chat.play(context);
    await context.route(/\/events\/api\/(sign-in|sign-out|whoami|organise|desk)/, route => this.api(route));
    await context.routeWebSocket(/\/events\/api\/desk\/.*\/socket$/, socket => this.desk(socket));
  }

  get show(): Json {
    return this.shows[0] ?? {};
  }

  change(part: Json): void {
    this.shows[0] = { ...this.show, ...part, version: Number(this.show.version) + 1 };
  }

  /** The desk's line says something. */
  tell(frame: Json): void {
    for (const socket of this.desks) socket.send(JSON.stringify(frame));
  }

  async dropDesk(code = 1012): Promise<void> {
    for (const socket of this.desks.splice(0)) await socket.close({ code });
  }

  /** A message of a fan is held. */
  hold(text: string, nickname: string, number: number, part: Json = {}, live = false): Held {
    const item: Held = {
      messageId: `h-${this.ids++}`,
      userArn: arnOf(`t-${number}`),
      nickname,
      number,
      text,
      why: 'word',
      at: new Date(Date.now() - 240_000 + this.held.length * 50_000).toISOString(),
      claimedBy: null,
      state: 'held',
      reports: 0,
      ...part,
    };
    this.held.push(item);
    if (live) this.tell({ t: 'held', item });
    return item;
  }

  person(number: number, nickname: string | null, part: Json = {}): void {
    this.people.push({
      number,
      userArn: arnOf(`t-${number}`),
      nickname,
      tier: 'Standard',
      state: 'valid',
      reason: null,
      until: null,
      messages: number * 3,
      removed: 0,
      here: true,
      ...part,
    });
  }

  private async api(route: Route): Promise<void> {
    if (this.down) return route.abort('connectionrefused');
    const request = route.request();
    const url = new URL(request.url());
    const path = url.pathname.replace('/events/api/', '');
    const method = request.method();
    const json = (status: number, answer: unknown) => route.fulfill({ status, json: answer });
    const csv = request.headers()['content-type']?.startsWith('text/csv');
    const body = (method === 'GET' ? {} : csv ? { csv: request.postData() } : (request.postDataJSON() ?? {})) as Json;
    this.calls.push({ method, path, body });
    const planned = this.next.get(`${method} ${path}`)?.shift();
    if (planned) return json(planned.status, planned.body);
    if (path === 'sign-in/ways') return json(200, { openId: this.openId });
    if (path === 'sign-in') {
      if (body.token !== 'good') return json(403, { code: 'SignInUsed' });
      this.signedIn = true;
      return json(200, { desk: this.organiser ? null : showId });
    }
    if (path === 'sign-out') {
      this.signedIn = false;
      return route.fulfill({ status: 204 });
    }
    if (!this.signedIn) return json(401, { code: 'SignInNeeded' });
    if (path === 'whoami')
      return json(200, {
        name: this.organiser ? 'Ida Holm' : 'Tom',
        organiser: this.organiser,
        shows: this.organiser ? [] : [{ id: showId, slug: 'bells', title: 'Bells at night', kind: 'moderator' }],
      });
    const [room, ...rest] = path.split('/');
    if (csv && path.endsWith('words/read')) return json(200, wordsIn(String(body.csv)));
    if (path === 'organise/words') return this.words(method, body, json);
    if (room === 'organise') return this.organise(route, method, rest.slice(1), body, url, json);
    return this.deskCall(route, method, rest.slice(1), body, url, json);
  }

  private words(method: string, body: Json, json: (status: number, answer: unknown) => Promise<void>): Promise<void> {
    if (!this.organiser) return json(403, { code: 'NotYours' });
    if (method === 'PUT') {
      if (body.version !== this.commonVersion) return json(409, { code: 'Changed', current: this.commonVersion });
      this.common = body.words as Json[];
      this.commonVersion++;
      this.tell({ t: 'common' });
    }
    return json(200, {
      words: this.common,
      version: this.commonVersion,
      updatedAt: this.commonVersion > 1 ? '2031-11-01T19:14:00Z' : null,
      updatedBy: this.commonVersion > 1 ? 'Ida Holm' : null,
      starters: [
        { id: 'links', words: [{ text: 'https?://', match: 'regex', action: 'hold' }] },
        { id: 'codes', words: [{ text: '\\b[\\da-z]{4}-[\\da-z]{4}-[\\da-z]{5}\\b', match: 'regex', action: 'mask' }] },
      ],
    });
  }

  private async organise(
    route: Route,
    method: string,
    [id, act, sub, deed]: string[],
    body: Json,
    url: URL,
    json: (status: number, answer: unknown) => Promise<void>,
  ): Promise<void> {
    if (!this.organiser) return json(403, { code: 'NotYours' });
    const found = this.shows.findIndex(s => s.id === id);
    if (id === undefined) {
      if (method === 'POST') {
        const made = {
          ...definition(),
          ...empty(),
          id: `new${this.ids++}`,
          title: body.title,
          slug: 'a-new-show',
          ...(body.zone ? { zone: body.zone } : {}),
        };
        this.shows.unshift(made);
        return json(201, made);
      }
      const q = (url.searchParams.get('q') ?? '').toLowerCase();
      return json(200, {
        shows: this.shows
          .filter(s => String(s.title).toLowerCase().includes(q))
          .map(s => ({ ...s, tickets: 5000, entered: s.phase === 'live' ? 3120 : 0 })),
        next: null,
      });
    }
    const show = this.shows[found];
    if (!show) return json(404, { code: 'NotFound' });
    switch (act) {
      case undefined:
        if (method === 'PUT') {
          if (body.version !== show.version) return json(409, { code: 'Changed', current: show.version });
          const saved: Json = {
            ...show,
            ...body,
            version: Number(show.version) + 1,
            updated: new Date().toISOString(),
          };
          this.shows[found] = saved;
          return json(200, saved);
        }
        if (method === 'DELETE') {
          this.shows.splice(found, 1);
          return route.fulfill({ status: 204 });
        }
        return json(200, show);
      case 'publish':
      case 'unpublish':
      case 'end': {
        const state = { publish: 'published', unpublish: 'draft', end: 'ended' }[act];
        this.shows[found] = { ...show, state };
        return json(200, this.shows[found]);
      }
      case 'duplicate': {
        const copy = { ...show, id: `copy${this.ids++}`, state: 'draft', startsAt: null, doorsAt: null, endsAt: null };
        this.shows.unshift(copy);
        return json(201, copy);
      }
      case 'tickets': {
        if (sub === 'import')
          return json(200, {
            made: 2,
            known: 1,
            refused: [
              { line: 3, why: 'formula' },
              { line: 7, why: 'twice' },
            ],
            codes: codes(2, 'Standard'),
          });
        if (deed === 'reissue') return json(200, { code: 'WXYZ-2345-6789A' });
        if (deed === 'revoke') {
          this.tickets = this.tickets.map(t => (String(t.number) === sub ? { ...t, state: 'revoked' } : t));
          return json(200, {});
        }
        if (method === 'POST') {
          const first = this.issued + 1;
          this.issued += Number(body.count);
          return json(201, { codes: codes(Number(body.count), String(body.tier), first) });
        }
        const after = Number(url.searchParams.get('after') ?? 0);
        const found = this.tickets.filter(
          t =>
            Number(t.number) > after &&
            (!url.searchParams.get('state') || t.state === url.searchParams.get('state')) &&
            JSON.stringify(t)
              .toLowerCase()
              .includes((url.searchParams.get('q') ?? '').toLowerCase()),
        );
        const limit = Number(url.searchParams.get('limit') ?? 50);
        return json(200, {
          tickets: found.slice(0, limit),
          next: found.length > limit ? String(found[limit - 1]?.number) : null,
          counts: { valid: 4870, revoked: 12, banned: 3, entered: 3120 },
          letters: this.letters,
        });
      }
      case 'shop-keys':
        if (method === 'POST') {
          const id = `a1b2c3d4e5f${this.keys.length}`;
          this.keys.push({ id, madeAt: new Date().toISOString(), usedAt: null });
          return json(201, { id, key: 'k3y-of-the-shop' });
        }
        if (method === 'DELETE') {
          this.keys = this.keys.filter(k => k.id !== sub);
          return route.fulfill({ status: 204 });
        }
        return json(200, { keys: this.keys });
      case 'staff':
        if (method === 'POST' && sub === undefined) {
          const member = { id: `s${this.ids++}`, name: body.name, kind: body.kind };
          this.team.push(member);
          return json(201, { id: member.id, link: `${inject('pagesUrl')}/events/sign-in#${'a1b2c3d4'.repeat(4)}` });
        }
        if (method === 'POST')
          return json(200, { id: sub, link: `${inject('pagesUrl')}/events/sign-in#${'e5f6a7b8'.repeat(4)}` });
        if (method === 'DELETE') {
          this.team = this.team.filter(m => m.id !== sub);
          return json(200, {});
        }
        return json(200, { staff: this.team });
      case 'progress':
        if (method === 'POST') {
          this.progress = { ...this.progress, state: body.action === 'pause' ? 'paused' : 'working' };
          return route.fulfill({ status: 204 });
        }
        return json(200, this.progress);
      case 'archive':
        return json(200, this.archive);
      case 'clear':
        return route.fulfill({ status: 204 });
      default:
        return json(404, { code: 'NotFound' });
    }
  }

  private async deskCall(
    route: Route,
    method: string,
    [act, sub, deed]: string[],
    body: Json,
    url: URL,
    json: (status: number, answer: unknown) => Promise<void>,
  ): Promise<void> {
    const by = 'Tom';
    const entry = (what: string, number: unknown, part: Json = {}) => {
      const made = {
        id: 100 + this.ids++,
        at: new Date().toISOString(),
        by,
        act: what,
        number: number ?? null,
        messageId: null,
        reason: body.reason || null,
        until: null,
        undone: false,
        undoable: true,
        undoUntil: null,
        ...part,
      };
      this.log.unshift(made);
      this.tell({ t: 'log', entry: made });
      return json(200, { logId: made.id, undoUntil: new Date(Date.now() + 5000).toISOString() });
    };
    const stand = (number: number, part: Json) => {
      this.people = this.people.map(p => (p.number === number ? { ...p, ...part } : p));
      this.tell({ t: 'person', number, by, until: null, ...part });
    };
    switch (act) {
      case undefined:
        return json(200, {
          show: { id: showId, slug: 'bells', title: 'Bells at night', phase: 'live', tiers: ['Standard', 'Front'] },
          role: this.seat ? 'moderator' : 'organiser',
          name: this.seat ? by : 'Ida Holm',
          userArn: this.seat ? moderator : null,
          rules: this.rules,
          numbers: { ...this.numbers, held: this.held.length },
          pin: this.pin,
          staff: this.roster,
        });
      case 'chat-pass':
        if (!this.seat) return json(403, { code: 'NotYours' });
        return json(200, this.chat.pass);
      case 'held': {
        if (method === 'GET') return json(200, { items: this.held, total: this.held.length, next: null });
        const item = this.held.find(h => h.messageId === sub);
        if (!item) return json(409, { code: 'WrongState' });
        this.held = this.held.filter(h => h !== item);
        this.tell({ t: 'decided', messageId: sub, by, decision: body.decision });
        if (body.decision === 'approve') this.chat.say(String(item.text), String(item.userArn), item.nickname);
        return entry(String(body.decision), item.number, { messageId: sub, undoable: body.decision === 'approve' });
      }
      case 'messages':
        this.tell({ t: deed === 'remove' ? 'removed' : 'restored', messageId: sub, by });
        return entry(String(deed), null, { messageId: sub });
      case 'people': {
        if (method === 'GET') {
          const q = (url.searchParams.get('q') ?? '').toLowerCase();
          const [state, user] = [url.searchParams.get('state'), url.searchParams.get('user')];
          if (user) return json(200, { people: this.people.filter(p => p.userArn === arnOf(user)), next: null });
          return json(200, {
            people: this.people.filter(
              p => (!state || p.state === state) && `${p.number} ${p.nickname ?? ''}`.toLowerCase().includes(q),
            ),
            next: null,
          });
        }
        const number = Number(sub);
        if (deed === 'timeout') {
          const until = new Date(Date.now() + Number(body.seconds) * 1000).toISOString();
          stand(number, { state: 'timeout', until });
          return entry('timeout', number, { until });
        }
        stand(number, { state: deed === 'ban' ? 'banned' : 'valid' });
        return entry(String(deed), number);
      }
      case 'rules':
        if (sub === 'test') {
          type Word = { text: string; match: string; action: string };
          const own = (body.words ?? []) as Word[];
          const hit = [...own, ...(this.common as unknown as Word[])].find(w => String(body.text).includes(w.text));
          return json(200, {
            action: hit?.action ?? 'pass',
            why: hit ? 'word' : null,
            text: body.text,
            hits: hit
              ? [
                  {
                    rule: hit.text,
                    match: hit.match,
                    action: hit.action,
                    start: 0,
                    length: 1,
                    list: own.includes(hit) ? 'show' : 'common',
                  },
                ]
              : [],
          });
        }
        this.rules = { ...this.rules, ...body };
        this.tell({ t: 'rules', ...this.rules });
        return json(200, this.rules);
      case 'words':
        return json(200, { used: true, words: this.common, updatedAt: '2031-11-01T19:14:00Z', updatedBy: 'Ida Holm' });
      case 'pin':
        this.pin = body.messageId ? { messageId: body.messageId, author: 'Mika', kind: 'fan', text: body.text } : null;
        this.tell({ t: 'pin', pin: this.pin });
        return entry('pin', null);
      case 'log':
        return json(200, { entries: this.log, next: null });
      case 'undo': {
        const done = this.log.find(e => e.id === body.logId);
        if (!done || done.undone) return json(409, { code: 'WrongState' });
        done.undone = true;
        if (done.act === 'ban' || done.act === 'timeout') stand(Number(done.number), { state: 'valid' });
        if (done.act === 'remove') this.tell({ t: 'restored', messageId: done.messageId, by });
        return entry('undo', done.number, { undoable: false });
      }
      default:
        return route.fulfill({ status: 404, json: { code: 'NotFound' } });
    }
  }

  private desk(socket: WebSocketRoute): void {
    if (this.down) {
      void socket.close({ code: 1011 });
      return;
    }
    if (this.away !== undefined) {
      void socket.close({ code: this.away });
      return;
    }
    this.desks.push(socket);
    socket.onMessage(text => {
      const frame = JSON.parse(String(text)) as Json;
      if (frame.t === 'claim') this.claims.push(String(frame.messageId));
    });
    socket.send(JSON.stringify({ t: 'rules', ...this.rules }));
    socket.send(JSON.stringify({ t: 'pin', pin: this.pin }));
    socket.send(JSON.stringify({ t: 'numbers', ...this.numbers, held: this.held.length }));
  }
}

/** A file of words as the server reads it, without its care. */
function wordsIn(csv: string): Json {
  const [, ...lines] = csv
    .replace('\uFEFF', '')
    .split('\r\n')
    .filter(l => l);
  const read = lines.map(l => l.split(','));
  return {
    words: read.filter(f => f.length === 3).map(([text, match, action]) => ({ text, match, action })),
    refused: read.flatMap((f, n) => (f.length === 3 ? [] : [{ line: n + 2, why: 'columns' }])),
  };
}

/** A show in its draft, whole. The night is one on which no clock changes. */
export function definition(): Json {
  return {
    id: showId,
    slug: 'bells',
    version: 3,
    state: 'draft',
    phase: 'announced',
    title: 'Bells at night',
    artist: 'Ines Kolar',
    about: 'Ninety minutes of bells and strings, live from the tower.\n\nRequests are read aloud between the pieces.',
    pictureUrl: null,
    zone: 'Europe/London',
    startsAt: '2031-11-21T20:00:00Z',
    doorsAt: '2031-11-21T19:30:00Z',
    endsAt: '2031-11-21T22:00:00Z',
    player: { kind: 'hls', url: 'https://cdn.example/bells/live.m3u8', captions: [] },
    tickets: { tiers: ['Standard', 'Front'], planned: 5000 },
    chat: {
      enabled: true,
      audience: 'one',
      slowSeconds: 5,
      mode: 'open',
      maxLength: 300,
      reactions: ['👏', '❤️', '🔥', '😂', '😮', '🎉'],
      words: [
        { text: 'spoiler', match: 'word', action: 'hold' },
        { text: 'cheap tickets', match: 'part', action: 'refuse' },
      ],
      commonWords: true,
      holdFirst: false,
    },
    updated: '2031-11-01T19:14:00Z',
  };
}

/** What a show that was just made lacks. */
export function empty(): Json {
  return {
    version: 1,
    artist: '',
    about: '',
    startsAt: null,
    doorsAt: null,
    endsAt: null,
    player: { kind: 'hls', url: null, captions: [] },
    tickets: { tiers: ['standard'], planned: 0 },
  };
}

export function working(part: Json = {}): Json {
  const soon = Math.floor(Date.now() / 60_000) * 60_000;
  return {
    planned: 100_000,
    made: 61_240,
    failed: 3,
    retrying: 18,
    removing: 0,
    perSecond: 9,
    limitPerSecond: 10,
    throttled: 4,
    readyAt: new Date(soon + 72 * 60_000).toISOString(),
    doorsAt: new Date(soon + 90 * 60_000).toISOString(),
    inTime: true,
    state: 'working',
    failures: [
      { number: 512, why: 'The platform refused the name', at: new Date(soon - 120_000).toISOString(), tries: 5 },
      { number: 20_481, why: 'No answer within 10 seconds', at: new Date(soon - 1_500_000).toISOString(), tries: 7 },
    ],
    ...part,
  };
}

function codes(count: number, tier: string, first = 5001): Json[] {
  return Array.from({ length: count }, (_, n) => ({
    number: first + n,
    code: `AB${String(n % 100).padStart(2, '0')}-EFGH-JKMNP`,
    tier,
  }));
}

/** A page of the staff's, and whatever it complained about. */
export async function staffVisit(
  browser: Browser,
  staff: Staff,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...desktop,
    ...options,
  });
  await staff.play(context);
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
