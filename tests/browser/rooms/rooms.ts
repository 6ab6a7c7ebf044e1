import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { executablePath } from '../browser.ts';

const root = resolve(import.meta.dirname, '../../..');
const standard =
  'dotnet artifacts/bin/Carillon.Samples.Rooms/debug/Carillon.Samples.Rooms.dll --data {data} --port 0 --tls-port 0';
const startWithinMs = 40_000;

/** The sample in a process of its own. */
export class Rooms {
  private constructor(
    private readonly process: ChildProcess,
    private readonly data: string,
    readonly plain: string,
    readonly secure: string,
  ) {}

  static async start(): Promise<Rooms> {
    const data = await mkdtemp(join(tmpdir(), 'carillon-rooms-'));
    const [program = '', ...rest] = (process.env.ROOMS_COMMAND ?? standard).split(' ');
    const server = spawn(
      program,
      rest.map(arg => arg.replace('{data}', data)),
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said = await new Promise<string>((done, fail) => {
      let text = '';
      const timer = setTimeout(() => fail(new Error(`it did not start within 40 s:\n${text}`)), startWithinMs);
      const hear = (chunk: Buffer) => {
        text += chunk.toString();
        if (!/HTTPS +https:\S+/.test(text)) return;
        clearTimeout(timer);
        done(text);
      };
      server.stdout?.on('data', hear);
      server.stderr?.on('data', hear);
      server.once('error', fail);
      server.once('exit', code => fail(new Error(`it ended with ${code}:\n${text}`)));
    });
    const at = (scheme: string) => new URL(new RegExp(`${scheme} +(https?:\\S+)`).exec(said)?.[1] ?? '').host;
    return new Rooms(
      server,
      data,
      `ws://${at('HTTP')}/ws/rooms/production`,
      `wss://${at('HTTPS')}/ws/rooms/production/`,
    );
  }

  async stop(): Promise<void> {
    const gone = new Promise(done => this.process.once('exit', done));
    if (this.process.exitCode === null && this.process.kill('SIGTERM')) await gone;
    await rm(this.data, { recursive: true, force: true });
  }
}

/** Serves the front end on localhost, which browsers take for secure, and tells it where its sockets are. */
export async function serve(websocketUri: string): Promise<{ url: string; stop: () => void }> {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  const server: Server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/config.js') {
      response
        .setHeader('content-type', 'text/javascript')
        .end(`const websocketUri = ${JSON.stringify(websocketUri)};`);
      return;
    }
    const name = ['/lobby.html', '/index.html', '/main.js'].find(name => name === path);
    if (!name) {
      response.writeHead(404).end();
      return;
    }
    response
      .setHeader('content-type', types[extname(name)] ?? '')
      .end(await readFile(join(import.meta.dirname, 'page', name)));
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

export type Colour = 'red' | 'green' | 'blue';

/** Y, U and V of what each camera shows. */
const shades: Record<Colour, [number, number, number]> = {
  red: [81, 90, 240],
  green: [145, 54, 34],
  blue: [41, 240, 110],
};

/** Somebody with a browser, and a camera that shows a colour and a bar that moves across it. */
export class Person {
  private constructor(
    private readonly browser: Browser,
    private readonly film: string,
    readonly page: Page,
    readonly complaints: string[],
  ) {}

  static async arrive(colour: Colour): Promise<Person> {
    const film = join(await mkdtemp(join(tmpdir(), 'carillon-camera-')), `${colour}.y4m`);
    await writeFile(film, filmOf(shades[colour]));
    const args = [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
      '--allow-loopback-in-peer-connection',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
    ];
    if (process.getuid?.() === 0) args.push('--no-sandbox');
    const browser = await chromium.launch({ executablePath, args });
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    const complaints: string[] = [];
    page.on('pageerror', error => complaints.push(error.message));
    return new Person(browser, film, page, complaints);
  }

  /** Goes through the lobby, as people do. */
  async enter(url: string, room: string): Promise<void> {
    await this.page.goto(`${url}/lobby.html`);
    await this.page.getByLabel('Room').fill(room);
    await this.page.getByRole('button', { name: 'Join room' }).click();
    await this.page.waitForURL(/index\.html/);
    await this.page.waitForFunction('socket?.readyState === WebSocket.OPEN');
  }

  /** What the page has heard from the server. */
  heard(): Promise<{ type?: string; participantConnectionId?: string; message?: string }[]> {
    return this.page.evaluate('heard');
  }

  async hears(type: string): Promise<void> {
    await this.page.waitForFunction(`heard.some(message => message.type === '${type}')`);
  }

  /** What is seen in a video: the colour of its middle line, and how many frames were decoded for it. */
  look(video: 'local' | 'remote'): Promise<{ colour: Colour | null; frames: number; width: number }> {
    return this.page.evaluate(id => {
      const element = document.getElementById(id) as HTMLVideoElement;
      const canvas = document.createElement('canvas');
      canvas.width = 32;
      canvas.height = 24;
      const context = canvas.getContext('2d');
      if (!context || element.videoWidth === 0) return { colour: null, frames: 0, width: element.videoWidth };
      context.drawImage(element, 0, 0, 32, 24);
      const pixels = context.getImageData(0, 0, 32, 24).data;
      const sums = [0, 0, 0];
      for (let at = 0; at < pixels.length; at++) if (at % 4 < 3) sums[at % 4] = (sums[at % 4] ?? 0) + (pixels[at] ?? 0);
      const most = Math.max(...sums);
      const others = sums.filter(sum => sum !== most);
      const isPlain = others.length === 2 && others.every(sum => sum * 1.5 < most);
      const colour = isPlain ? (['red', 'green', 'blue'] as const)[sums.indexOf(most)] : null;
      return {
        colour: colour ?? null,
        frames: element.getVideoPlaybackQuality().totalVideoFrames,
        width: element.videoWidth,
      };
    }, video);
  }

  /** Sees somebody's camera, and goes on seeing it. */
  async sees(colour: Colour): Promise<void> {
    const deadline = Date.now() + 20_000;
    let seen = await this.look('remote');
    while (seen.colour !== colour || seen.width === 0) {
      if (Date.now() > deadline) throw new Error(`it never showed ${colour}, but ${JSON.stringify(seen)}`);
      await this.page.waitForTimeout(100);
      seen = await this.look('remote');
    }
    const before = seen.frames;
    while (seen.frames < before + 10) {
      if (Date.now() > deadline) throw new Error(`it stood still at ${JSON.stringify(seen)}`);
      await this.page.waitForTimeout(100);
      seen = await this.look('remote');
    }
    if (seen.colour !== colour) throw new Error(`it turned ${seen.colour}`);
  }

  async leave(): Promise<void> {
    await this.browser.close();
    await rm(join(this.film, '..'), { recursive: true, force: true });
  }
}

/** A second of film, 320 by 240, in YUV4MPEG2. */
function filmOf([y, u, v]: [number, number, number]): Buffer {
  const [width, height, frames] = [320, 240, 20];
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F20:1 Ip A1:1 C420mpeg2\n`)];
  for (let frame = 0; frame < frames; frame++) {
    const light = Buffer.alloc(width * height, y);
    for (let row = 0; row < height; row++) light.fill(y + 40, row * width + frame * 15, row * width + frame * 15 + 15);
    parts.push(
      Buffer.from('FRAME\n'),
      light,
      Buffer.alloc((width * height) / 4, u),
      Buffer.alloc((width * height) / 4, v),
    );
  }
  return Buffer.concat(parts);
}
