import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import axe, { type RunOnly } from 'axe-core';
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
  type WebSocketRoute,
} from 'playwright-core';
import { expect, inject } from 'vitest';

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Said by every suite that is skipped for want of a browser. */
export const noBrowser = existsSync(executablePath) ? false : `no browser at ${executablePath}: set CHROMIUM`;

export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export function launch(): Promise<Browser> {
  const args = [
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  // Chromium's own sandbox cannot be set up by root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath, args });
}

/** A page of ours, and whatever it complained about. */
export interface Visit {
  page: Page;
  complaints: string[];
  /** The page's WebSockets, newest last; each can be cut. */
  sockets: WebSocketRoute[];
  close(): Promise<void>;
}

/** Opens a path, or a whole address, in a context of its own, which trusts the server's certificate unless told otherwise. */
export async function visit(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...desktop, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const sockets: WebSocketRoute[] = [];
  page.on('pageerror', error => complaints.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  await page.routeWebSocket(/./, socket => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await page.goto(path.startsWith('http') ? path : inject('baseUrl') + path);
  return { page, complaints, sockets, close: () => context.close() };
}

/** One person's window. */
export function windowOf(page: Page, name: 'Ada' | 'Ben'): Locator {
  return page.getByRole('article', { name: `${name}’s window` });
}

export async function live(window: Locator): Promise<void> {
  try {
    await window.getByText('Live', { exact: true }).waitFor({ timeout: 15_000 });
  } catch {
    const page = window.page();
    throw new Error(`never live; the page shows:\n${await page.locator('main').textContent({ timeout: 1000 })}`);
  }
}

export async function say(window: Locator, text: string): Promise<void> {
  await window.getByRole('textbox', { name: /^Write as/ }).fill(text);
  await window.getByRole('button', { name: 'Send' }).click();
}

/** The row of the message that holds this text; what is still on its way out has none. */
export function row(window: Locator, text: string): Locator {
  return window.locator('[data-id]').filter({ hasText: text });
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** @throws when axe finds anything; the message says what and where. */
export async function accessible(page: Page, only?: string[]): Promise<void> {
  // What is on its way from one look to another has neither's colours.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(a => a.playState === 'running' && a.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map(a => a.finished),
    ),
  );
  await page.evaluate(axe.source);
  const runOnly: RunOnly = only ? { type: 'rule', values: only } : { type: 'tag', values: tags };
  const found = await page.evaluate(async runOnly => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, { runOnly });
    return violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} (${n.failureSummary})`));
  }, runOnly);
  expect(found.join('\n')).toBe('');
}

/** Looks again in the dark, at what colours alone can make wrong. */
export async function accessibleInTheDark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page, ['color-contrast', 'link-in-text-block']);
}

/** Keeps a picture of the view when somebody wants to look. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** No part of the page lies beyond its side. */
export async function fits(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
    0,
  );
}

/** A text no other test has written. */
export function unique(text: string): string {
  return `${text} ${Math.random().toString(36).slice(2, 8)}`;
}
