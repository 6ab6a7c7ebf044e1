import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
/** `release` is what `./run` builds. */
const configuration = process.env.BUILD_CONFIGURATION ?? 'debug';
const startWithinMs = 60_000;

type Json = Record<string, unknown>;

/** A show as its organiser made it. */
export interface MadeShow {
  id: string;
  slug: string;
  codes: string[];
  /** Signs in once as the show's moderator. */
  moderatorLink: string;
}

/**
 * The platform, the events app and its provisioner, each a process of its own as in production, on free ports with a new
 * data folder; or all of them in one process, as `./run` starts them.
 */
export class Stack {
  private readonly programs = new Map<'platform' | 'events' | 'provisioner', ChildProcess>();
  private environment: NodeJS.ProcessEnv = {};
  private readonly said: string[] = [];
  organiser!: Client;

  private constructor(
    private readonly data: string,
    private readonly together: boolean,
    /** Of the platform: what the chat's clients are told. */
    readonly endpoint: string,
    readonly tlsPort: number,
    /** Where the pages are. */
    readonly baseUrl: string,
  ) {}

  static async start(together = false): Promise<Stack> {
    const [port = 0, tls = 0, other = 0] = await freePorts(3);
    const data = await mkdtemp(join(tmpdir(), 'carillon-live-'));
    const endpoint = `http://localhost:${port}`;
    const stack = new Stack(data, together, endpoint, tls, together ? endpoint : `http://localhost:${other}`);
    try {
      await stack.startPlatform();
      stack.organiser = new Client(stack.baseUrl);
      if (together) {
        const link = await stack.heard(/\/sign-in#([\w-]+)/);
        await stack.organiser.must('POST', '/start/sign-in', { token: link });
      } else {
        stack.environment = await stack.keys();
        await stack.startEvents();
        await stack.startProvisioner();
        const link = await stack.run('Carillon.Events', ['account', 'add', 'ann', ...stack.eventsSettings]);
        await stack.organiser.must('POST', '/events/api/sign-in', { token: /#([\w-]+)/.exec(link)?.[1] });
      }
      return stack;
    } catch (error) {
      await stack.stop();
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${stack.said.join('')}`);
    }
  }

  async startPlatform(): Promise<void> {
    const { port } = new URL(this.endpoint);
    const settings = ['--data', join(this.data, 'platform'), '--port', port, '--tls-port', String(this.tlsPort)];
    if (!this.together) settings.push('--no-apps', '--flow-endpoints', `carillon-events=${this.baseUrl}/events/flow`);
    this.launch('platform', 'Carillon.Stack', settings);
    await until(async () => (await fetch(`${this.endpoint}/readyz`)).ok, 'the platform is ready');
  }

  async startEvents(): Promise<void> {
    this.launch('events', 'Carillon.Events', [...this.eventsSettings, '--Listen', this.baseUrl]);
    await until(async () => (await fetch(`${this.baseUrl}/events/api/shows`)).ok, 'the events app answers');
  }

  async startProvisioner(): Promise<void> {
    const before = this.said.length;
    this.launch('provisioner', 'Carillon.Events.Provisioner', [
      '--Data',
      this.eventsFolder,
      '--Endpoint',
      this.endpoint,
    ]);
    await until(async () => this.said.slice(before).join('').includes('provisioner works'), 'the provisioner works');
  }

  /** Ends a process at once, as a kill does. */
  async kill(name: 'platform' | 'events' | 'provisioner'): Promise<void> {
    const program = this.programs.get(name);
    this.programs.delete(name);
    if (!program || program.exitCode !== null) return;
    const gone = new Promise(done => program.once('exit', done));
    program.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill('provisioner');
    await this.kill('events');
    await this.kill('platform');
    await rm(this.data, { recursive: true, force: true });
  }

  /** Makes a show that is on the air, with tickets and a moderator, as the organiser's pages do. */
  async show(title: string, tickets: number, more: { chat?: Json; ready?: boolean } = {}): Promise<MadeShow> {
    const api = '/events/api/organise/shows';
    const { id } = await this.organiser.must<{ id: string }>('POST', api, { title });
    const draft = await this.organiser.must<Json & { chat: Json }>('GET', `${api}/${id}`);
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    await this.organiser.must('PUT', `${api}/${id}`, {
      ...draft,
      artist: 'Amalia Lind',
      zone: 'Europe/Vienna',
      doorsAt: at(-1),
      startsAt: at(-0.5),
      endsAt: at(5),
      player: { kind: 'hls', url: '/events/test-card/live.m3u8', captions: [] },
      tickets: { tiers: ['standard'], planned: tickets },
      chat: { ...draft.chat, ...more.chat },
    });
    await this.organiser.must('POST', `${api}/${id}/publish`);
    const { slug } = await this.organiser.must<{ slug: string }>('GET', `${api}/${id}`);
    const made = await this.organiser.must<{ codes: { code: string }[] }>('POST', `${api}/${id}/tickets`, {
      count: tickets,
      tier: 'standard',
    });
    const staff = await this.organiser.must<{ link: string }>('POST', `${api}/${id}/staff`, {
      name: 'Mo',
      kind: 'moderator',
    });
    const show = { id, slug, codes: made.codes.map(c => c.code), moderatorLink: staff.link };
    if (more.ready !== false) await this.ready(show);
    return show;
  }

  /** Waits until the show's chat and all its seats are made. */
  async ready({ id }: MadeShow): Promise<void> {
    await until(async () => {
      const progress = await this.organiser.must<{ state: string }>('GET', `/events/api/organise/shows/${id}/progress`);
      return progress.state === 'ready';
    }, 'the seats are made');
  }

  /** A moderator's sign-in of its own. */
  async moderator(show: MadeShow): Promise<Client> {
    const client = new Client(this.baseUrl);
    await client.must('POST', '/events/api/sign-in', { token: show.moderatorLink.split('#')[1] });
    return client;
  }

  private get eventsFolder(): string {
    return join(this.data, 'events');
  }

  private get eventsSettings(): string[] {
    const secret = join(this.data, 'platform', 'webhook-secret');
    return ['--Data', this.eventsFolder, '--Endpoint', this.endpoint, '--WebhookSecretFile', secret];
  }

  /** The platform's root key, as its own process wrote it down. */
  private async keys(): Promise<NodeJS.ProcessEnv> {
    const file = await readFile(join(this.data, 'platform', 'credentials'), 'utf8');
    const of = (name: string) => new RegExp(`${name}\\s*=\\s*(\\S+)`).exec(file)?.[1];
    return { AWS_ACCESS_KEY_ID: of('aws_access_key_id'), AWS_SECRET_ACCESS_KEY: of('aws_secret_access_key') };
  }

  private launch(name: 'platform' | 'events' | 'provisioner', program: string, settings: string[]): void {
    const started = this.spawn(program, settings);
    started.once('error', error => this.said.push(`${name}: ${error.message}\n`));
    this.programs.set(name, started);
  }

  private spawn(program: string, settings: string[]): ChildProcess {
    const file = `artifacts/bin/${program}/${configuration}/${program}.dll`;
    const started = spawn('dotnet', [file, ...settings], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.environment },
    });
    for (const stream of [started.stdout, started.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.said.push(chunk.toString());
        if (this.said.length > 2000) this.said.splice(0, 1000);
      });
    return started;
  }

  private async run(program: string, words: string[]): Promise<string> {
    const before = this.said.length;
    const started = this.spawn(program, words);
    const code = await new Promise(done => started.once('close', done));
    const said = this.said.slice(before).join('');
    if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code}: ${said}`);
    return said;
  }

  private async heard(what: RegExp): Promise<string> {
    await until(async () => what.test(this.said.join('')), `the server says ${what}`);
    return what.exec(this.said.join(''))?.[1] ?? '';
  }
}

/** Asks as a page of one browser does: with its Origin, and the cookies it was given. */
export class Client {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly baseUrl: string) {}

  async ask(method: string, path: string, body?: object): Promise<{ status: number; body: Json }> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: {
        origin: this.baseUrl,
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    const text = await response.text();
    return { status: response.status, body: text ? (JSON.parse(text) as Json) : {} };
  }

  /** @throws where the answer is none of success. */
  async must<T = Json>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>(done => {
          const server = createServer().listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map(server => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  return ports;
}

export async function until(holds: () => Promise<boolean>, what: string, withinMs = startWithinMs): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise(done => setTimeout(done, 100));
  }
}
