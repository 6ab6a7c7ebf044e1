import { type AddressInfo, createServer } from 'node:net';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { desktop } from '../browser.ts';
import { type Started, start } from '../server.ts';

/** A whole installation of its own. It has ports that are known before it starts: it tells the platform its processor's. */
export async function stack(): Promise<Started> {
  const [port, tls] = [await freePort(), await freePort()];
  return start(['--port', String(port), '--tls-port', String(tls)]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}

/** One person at one browser of their own, and whatever their pages complained about. */
export class Person {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly origin: string,
  ) {}

  static async come(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      acceptDownloads: true,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      ...desktop,
      ...options,
    });
    const page = await context.newPage();
    const person = new Person(page, origin);
    page.setDefaultTimeout(15_000);
    page.on('pageerror', error => person.complaints.push(error.message));
    page.on('console', message => {
      if (message.type() === 'error') person.complaints.push(`${message.text()} ${message.location().url}`);
    });
    return person;
  }

  go(path: string) {
    return this.page.goto(/^(http|about:)/.test(path) ? path : this.origin + path);
  }

  /** Another window of the same browser. */
  async window(path: string): Promise<Page> {
    const page = await this.page.context().newPage();
    await page.goto(this.origin + path);
    return page;
  }

  close() {
    return this.page.context().close();
  }
}

/** Comes in by a code and takes a name, as a fan does. */
export async function enter(fan: Person, slug: string, code: string, name: string): Promise<void> {
  await fan.go(`/events/${slug}`);
  await fan.page.getByLabel('Ticket code').fill(code);
  await fan.page.getByRole('button', { name: 'Enter', exact: true }).click();
  await fan.page.getByLabel('Nickname').fill(name);
  await fan.page.getByRole('button', { name: 'Use this name' }).click();
  await fan.page.locator('[data-state="live"]').waitFor({ timeout: 30_000 });
}

/** Says something in whatever chat the page shows. */
export async function say(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Write a message' });
  await box.fill(text);
  await box.press('Enter');
}

/** The row of a message in a chat, a fan's or the desk's. */
export function row(page: Page, text: string): Locator {
  return page.locator('[data-id]').filter({ hasText: text });
}

/** Presses Tab until the place is reached. */
export async function tabUntil(page: Page, there: () => Promise<boolean>, most = 80): Promise<void> {
  for (let i = 0; i < most; i++) {
    if (await there()) return;
    await page.keyboard.press('Tab');
  }
  expect.fail(
    `never reached by Tab; the focus is on ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}`,
  );
}
