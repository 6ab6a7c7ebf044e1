import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page, WebSocketRoute } from 'playwright-core';
import { desktop } from '../browser.ts';
import type { MadeShow, Stack } from './stack.ts';

/** What a page was given to speak to the platform with. */
export interface ChatPass {
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  region: string;
  endpoint: string;
  userArn: string;
  channelArn: string;
}

/** One fan's browser, as far as the tests look into it. */
export class Fan {
  readonly complaints: string[] = [];
  /** Newest last. */
  readonly passes: ChatPass[] = [];
  /** How the platform ended sessions of this browser. */
  readonly ended: number[] = [];
  /** What the app says on the device's line does not arrive: a page that would not do as it is told. */
  deaf = false;
  private readonly devices: WebSocketRoute[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly stack: Stack,
    readonly show: MadeShow,
  ) {}

  static async open(browser: Browser, stack: Stack, show: MadeShow, options: BrowserContextOptions = {}): Promise<Fan> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...desktop, ...options });
    const fan = new Fan(context, await context.newPage(), stack, show);
    await fan.listen();
    await fan.page.goto(fan.address);
    return fan;
  }

  get address(): string {
    return `${this.stack.baseUrl}/events/${this.show.slug}`;
  }

  /** Types the code, takes the place from another device if told to, and a name where there is none yet. */
  async enter(code: string, name: string, { move = false } = {}): Promise<this> {
    const { page } = this;
    await page.getByLabel('Ticket code').fill(code);
    await page.getByRole('button', { name: 'Enter' }).click();
    if (move) await page.getByRole('button', { name: 'Move to this device' }).click();
    const nickname = page.getByLabel('Nickname');
    await nickname.or(this.box).first().waitFor();
    if (await nickname.isVisible()) {
      await nickname.fill(name);
      await page.getByRole('button', { name: 'Use this name' }).click();
    }
    await this.live();
    return this;
  }

  /** The chat is there, and what is said arrives. */
  async live(): Promise<void> {
    await this.page.locator('[data-state="live"]').waitFor({ timeout: 45_000 });
    await this.box.waitFor();
  }

  get box(): Locator {
    return this.page.getByRole('textbox', { name: 'Write a message' });
  }

  async say(text: string): Promise<void> {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  /** A message that was let pass; one's own is a draft until then. */
  row(text: string): Locator {
    return this.page.locator('[data-id]').filter({ hasText: text });
  }

  draft(text: string): Locator {
    return this.page.locator('[data-draft]').filter({ hasText: text });
  }

  /** @returns its id on the platform. */
  async idOf(text: string): Promise<string> {
    return (await this.row(text).getAttribute('data-id')) ?? '';
  }

  /** Where the film is, in seconds. */
  time(): Promise<number> {
    return this.page.locator('video').evaluate(v => (v as HTMLVideoElement).currentTime);
  }

  async plays(): Promise<void> {
    const from = await this.time();
    await this.page.waitForFunction(then => (document.querySelector('video')?.currentTime ?? 0) > then + 0.5, from, {
      timeout: 20_000,
    });
  }

  /** The platform cannot be reached from this browser, or can again. The app can. */
  async withoutChat(off: boolean): Promise<void> {
    const hosts = new RegExp(`^https?://localhost:(${new URL(this.stack.endpoint).port}|${this.stack.tlsPort})/`);
    if (off) await this.context.route(hosts, route => route.abort('connectionrefused'));
    else await this.context.unroute(hosts);
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  private async listen(): Promise<void> {
    const { page } = this;
    page.on('pageerror', error => this.complaints.push(error.message));
    page.on('console', message => {
      // A refusal that the page has words for is an error to the browser's console all the same.
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection|ERR_CERT/.test(message.text()))
        this.complaints.push(message.text());
    });
    page.on('response', async response => {
      if (!response.url().endsWith('/chat-pass') || !response.ok()) return;
      this.passes.push((await response.json()) as ChatPass);
    });
    await page.routeWebSocket(/\/events\/api\//, socket => {
      this.devices.push(socket);
      const server = socket.connectToServer();
      server.onMessage(message => {
        if (!this.deaf) socket.send(message);
      });
      server.onClose((code, reason) => {
        if (!this.deaf) void socket.close({ ...(code !== undefined && { code }), ...(reason && { reason }) });
      });
    });
    await page.routeWebSocket(new RegExp(`^wss://localhost:${this.stack.tlsPort}/`), socket => {
      const server = socket.connectToServer();
      server.onClose((code, reason) => {
        this.ended.push(code ?? 0);
        void socket.close({ ...(code !== undefined && { code }), ...(reason && { reason }) });
      });
    });
  }
}
