import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accessible, desktop, fits, launch, noBrowser, phone, picture, type Visit, visit } from '../browser.ts';
import { isGiven, type Started, start } from '../server.ts';
import { definitions } from './definitions.ts';

type Page = Visit['page'];

const skipped = noBrowser || (isGiven && 'they need a server with APIs of their own: leave BASE_URL out');

describe.skipIf(skipped)(`The console of the gateway${skipped ? ` (${skipped})` : ''}`, () => {
  let browser: Browser;
  let server: Started;
  let files: Awaited<ReturnType<typeof definitions>>;
  let signedIn: BrowserContextOptions['storageState'];
  const open: Visit[] = [];

  const look = async (path: string, options: BrowserContextOptions = {}): Promise<Visit> => {
    const opened = await visit(browser, server.baseUrl + path, options);
    open.push(opened);
    return opened;
  };
  /** The page of an operator. */
  const go = (path: string, options: BrowserContextOptions = {}) =>
    look(path, { ...(signedIn && { storageState: signedIn }), ...options });

  beforeAll(async () => {
    files = await definitions();
    [browser, server] = await Promise.all([launch(), start(files.flags)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await files?.remove();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(v => v.close()));
  });

  test('who is not signed in is asked to, and comes to where they wanted to go', async () => {
    const { page } = await look('/console/gateway/apis/echo?tab=events&status=failed');
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    await accessible(page);
    await picture(page, 'console-sign-in');

    await page.getByLabel('Sign-in link').fill(`${server.baseUrl}/sign-in#guess`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This link is not one of ours').waitFor();
    await accessible(page);

    await page.getByLabel('Sign-in link').fill(server.signInLink);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Echo' }).waitFor();
    expect(await page.getByLabel('Outcome').inputValue()).toBe('failed');
    expect(page.url()).toContain('/console/gateway/apis/echo?tab=events&status=failed');
    signedIn = await page.context().storageState();
  });

  test('the APIs are listed with their numbers, and the search stands in the address', async () => {
    const { page, complaints } = await go('/console/gateway');
    const list = page.getByRole('list', { name: 'WebSocket APIs' });
    await list.getByRole('listitem').filter({ hasText: 'Echo' }).getByText('5 routes').waitFor();
    expect(await list.getByRole('listitem').count()).toBe(2);

    await page.getByLabel('Search by name or id').fill('lock');
    await list.getByRole('link', { name: 'Echo' }).waitFor({ state: 'detached' });
    expect(page.url()).toContain('search=lock');
    await page.reload();
    expect(await page.getByLabel('Search by name or id').inputValue()).toBe('lock');
    await page.getByLabel('Search by name or id').fill('nothing like it');
    await page.getByText('No API is called').waitFor();
    await accessible(page);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('link', { name: 'Echo' }).click();
    await page.getByRole('heading', { name: 'Echo', level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'WebSocket APIs', level: 1 }).waitFor();
    expect(complaints.join('\n')).toBe('');
  });

  test('an API tells its routes, its stages, and the line to connect with', async () => {
    const { page } = await go('/console/gateway/apis/echo');
    const routes = page.getByRole('list', { name: '5 routes' });
    await routes.getByRole('listitem').filter({ hasText: '$connect' }).getByText('Anybody may connect').waitFor();
    expect(await routes.getByRole('listitem').first().textContent()).toContain('$connect');
    await routes.getByRole('link', { name: 'hello' }).waitFor();
    await page.getByText(/npx wscat -c ws:\/\/localhost:\d+\/ws\/echo\/dev/).waitFor();
    await page.getByLabel('Stage', { exact: true }).selectOption('prod');
    await page
      .getByText(/\/ws\/echo\/prod/)
      .first()
      .waitFor();
    await page.getByText('50 a second, 100 at once').waitFor();
  });

  test('what a client says is answered, and an event says which route took it and why', async () => {
    const { page, complaints } = await go('/console/gateway/apis/echo?tab=client');
    await connect(page);
    await page.getByRole('button', { name: 'ping', exact: true }).click();
    await page.getByRole('button', { name: 'Send' }).click();
    await said(page, '{"type":"pong"}');
    await say(page, '{"action":"nobody"}');
    await said(page, '"message": "Forbidden"');
    await say(page, '{"action":"broken"}');
    await said(page, 'Internal server error');

    await accessible(page);
    await picture(page, 'console-talk');
    await page.getByRole('tab', { name: 'Events' }).click();
    const events = page.getByRole('list', { name: 'Events, the newest first' });
    const ping = events.getByRole('listitem').filter({ hasText: 'ping' }).first();
    await ping.getByText('$request.body.action is “ping”, and a route has that key.').waitFor();
    await ping.getByText('200').waitFor();
    await events.getByText('no route has that key, and there is no $default, so nobody took it').first().waitFor();
    await events
      .getByText(/The handler threw/)
      .first()
      .waitFor();

    await page.getByLabel('Outcome').selectOption('failed');
    await ping.waitFor({ state: 'detached' });
    expect(page.url()).toContain('status=failed');
    await page.getByLabel('Outcome').selectOption('');
    await page.getByLabel('Route').selectOption('none');
    expect(await events.getByRole('listitem').count()).toBeGreaterThan(0);
    expect(complaints.join('\n')).toBe('');
  });

  test('the tail can be paused, and what came meanwhile is there afterwards', async () => {
    const watching = await go('/console/gateway/apis/echo?tab=events');
    const talking = await go('/console/gateway/apis/echo?tab=client');
    await connect(talking.page);
    const events = watching.page.getByRole('list', { name: 'Events, the newest first' });
    await events.getByRole('listitem').first().waitFor();
    await watching.page.getByRole('button', { name: 'Pause' }).click();
    const before = await events.getByRole('listitem').count();
    await say(talking.page, '{"action":"ping"}');
    await said(talking.page, 'pong');
    await watching.page.getByRole('button', { name: /^Resume, \d+ new/ }).waitFor();
    expect(await events.getByRole('listitem').count()).toBe(before);
    await watching.page.getByRole('button', { name: /^Resume/ }).click();
    await expect.poll(() => events.getByRole('listitem').count()).toBeGreaterThan(before);
    await watching.page.getByRole('button', { name: 'Pause' }).waitFor();
  });

  test('a connection is listed and can be ended, and its client is told how', async () => {
    const client = await go('/console/gateway/apis/echo?tab=client&stage=prod');
    await connect(client.page);
    const { page } = await go('/console/gateway/apis/echo?tab=connections&stage=prod');
    const row = page.getByRole('list', { name: '1 open connection' }).getByRole('listitem');
    await row.getByText(/127\.0\.0\.1|::1/).waitFor();

    const button = row.getByRole('button', { name: /^Disconnect/ });
    await button.click();
    await page.getByRole('dialog').waitFor();
    await accessible(page);
    await picture(page, 'console-confirm');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => button.evaluate(element => element === document.activeElement)).toBe(true);

    await button.click();
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByText('Nobody is connected').waitFor();
    await client.page.getByText('Closed with code 1000').waitFor();
    await client.page.getByText(/It said “Connection Closed Normally”/).waitFor();
    await accessible(client.page);
  });

  test('a refused handshake says what browsers hide', async () => {
    const { page } = await go('/console/gateway/apis/locked?tab=client');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByText('The handshake was refused', { exact: true }).waitFor();
    await page.getByText('$connect answered 403, so the handshake was refused.').waitFor();
    await accessible(page);
    await picture(page, 'console-refused');
  });

  test('a function tells its state, its last failures and its log', async () => {
    const client = await go('/console/gateway/apis/echo?tab=client');
    await connect(client.page);
    for (const action of ['hello', 'broken']) await say(client.page, JSON.stringify({ action }));
    await said(client.page, '{"type":"hello"}');
    await said(client.page, 'Internal server error');

    const { page } = await go('/console/gateway/functions');
    const list = page.getByRole('list', { name: 'Functions' });
    await list.getByRole('listitem').filter({ hasText: 'broken' }).getByText('TypeError').waitFor();
    await picture(page, 'console-functions');
    await list.getByRole('link', { name: 'broken' }).click();
    await page.getByText('the handler was written to fail', { exact: true }).first().waitFor();
    await page.getByRole('link', { name: 'Functions' }).last().click();
    await list.getByRole('link', { name: 'hello' }).click();
    await page
      .getByRole('region', { name: 'The last lines' })
      .getByText(/hello from/)
      .waitFor();
    await page.getByLabel('Only lines with').fill('report');
    await expect
      .poll(() => page.getByRole('region', { name: 'The last lines' }).textContent())
      .toMatch(/^REPORT RequestId/);
  });

  const screens = {
    apis: ['/console/gateway', 'WebSocket APIs'],
    overview: ['/console/gateway/apis/echo', 'Echo'],
    connections: ['/console/gateway/apis/echo?tab=connections', 'Echo'],
    events: ['/console/gateway/apis/echo?tab=events', 'Echo'],
    client: ['/console/gateway/apis/echo?tab=client', 'Echo'],
    functions: ['/console/gateway/functions', 'Functions'],
    function: ['/console/gateway/functions/broken', 'broken'],
    nowhere: ['/console/gateway/apis/absent', 'absent'],
  } as const;

  for (const [size, options] of Object.entries({ desktop, phone }))
    for (const colorScheme of ['light', 'dark'] as const)
      test(`every screen is accessible and fits: ${size}, ${colorScheme}`, async () => {
        const other = await go('/console/gateway/apis/echo?tab=client');
        await connect(other.page);
        await say(other.page, '{"action":"ping"}');
        await say(other.page, '{"action":"nobody"}');
        await said(other.page, 'Forbidden');
        for (const [name, [path, heading]] of Object.entries(screens)) {
          const { page } = await go(path, { ...options, colorScheme });
          await page.getByRole('heading', { level: 1, name: heading }).waitFor();
          await settled(page, name);
          await accessible(page);
          await fits(page);
          await picture(page, `console-${name}-${size}-${colorScheme}`);
        }
      }, 120_000);

  test('everything fits a page of 320 pixels, text of twice the size, and lines from right to left', async () => {
    for (const [name, [path, heading]] of Object.entries(screens)) {
      const { page } = await go(path, { viewport: { width: 320, height: 640 } });
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await settled(page, name);
      await fits(page);
      await page.setViewportSize({ width: 640, height: 640 });
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '200%';
      });
      await fits(page);
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '';
        document.documentElement.dir = 'rtl';
      });
      await fits(page);
      await picture(page, `console-${name}-rtl`);
    }
  }, 120_000);

  test('it can be used from the keyboard alone', async () => {
    const { page } = await go('/console/gateway');
    await page.getByRole('link', { name: 'Echo' }).waitFor();
    await tabTo(page, 'Echo');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    await tabTo(page, 'Overview');
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight');
    await expect.poll(() => focused(page)).toBe('Test client');
    expect(page.url()).toContain('tab=client');
    await tabTo(page, 'Connect');
    await page.keyboard.press('Enter');
    await page.getByText('Connected', { exact: true }).first().waitFor();
    await tabTo(page, 'ping');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Message');
    await page.keyboard.press('Enter');
    await said(page, 'pong');
    await expect.poll(() => focused(page)).toBe('Message');
    await page.keyboard.press('Shift+Tab');
  });

  test('nothing moves for who asked for stillness', async () => {
    const { page } = await go('/console/gateway/apis/echo?tab=events', { reducedMotion: 'reduce' });
    await settled(page, 'events');
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  test('a server that does not answer is told of, and what was seen stays', async () => {
    const { page } = await go('/console/gateway');
    await page.getByRole('link', { name: 'Echo' }).waitFor();
    await page.route('**/console/api/**', route => route.abort());
    await page.getByText('The server cannot be reached').waitFor();
    await page.getByText(/Trying again in \d+ s|Trying…/).waitFor();
    await page.getByRole('link', { name: 'Echo' }).waitFor();
    await accessible(page);
    await picture(page, 'console-offline');
    await page.unroute('**/console/api/**');
    await page.getByRole('button', { name: 'Now' }).click();
    await page.getByText('The server cannot be reached').waitFor({ state: 'detached' });
  });

  test('the start page leads here', async () => {
    const { page } = await look('/');
    await page.getByRole('link', { name: /^Console/ }).click();
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
  });

  test('who signs out sees nothing more, in any window', async () => {
    const here = await go('/console/gateway');
    const there = await go('/console/gateway/apis/echo');
    await there.page.getByRole('heading', { name: 'Echo' }).waitFor();
    await here.page.getByRole('button', { name: 'Sign out' }).click();
    await here.page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    await there.page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    expect(await there.page.getByText('Echo').count()).toBe(0);
  });
});

async function connect(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Connected', { exact: true }).first().waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.getByLabel('Message').press('Enter');
}

async function said(page: Page, text: string): Promise<void> {
  await page.getByRole('region', { name: 'What was said' }).getByText(text).first().waitFor();
}

/** What a screen asks for has come. */
async function settled(page: Page, screen: string): Promise<void> {
  if (screen === 'events') await page.getByRole('list', { name: 'Events, the newest first' }).waitFor();
  else if (screen === 'connections')
    await page
      .getByText(/Last active|Nobody is connected/)
      .first()
      .waitFor();
  else if (screen === 'nowhere') await page.getByText('Not found').waitFor();
  else if (screen === 'function') await page.getByRole('heading', { name: 'How it runs' }).waitFor();
  else if (screen === 'functions') await page.getByRole('list', { name: 'Functions' }).waitFor();
  else if (screen === 'apis') await page.getByRole('list', { name: 'WebSocket APIs' }).waitFor();
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element instanceof HTMLTextAreaElement ? element.labels?.[0]?.textContent : undefined;
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim();
  });
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  throw new Error(`no amount of Tab reaches ${name}`);
}
