import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  accessible,
  desktop,
  fits,
  launch,
  live,
  noBrowser,
  phone,
  picture,
  row,
  say,
  unique,
  type Visit,
  visit,
  windowOf,
} from '../browser.ts';

describe.skipIf(noBrowser)(`The start page${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  const open: Visit[] = [];
  const go: typeof visit = async (...args) => {
    const opened = await visit(...args);
    open.push(opened);
    return opened;
  };

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all(open.splice(0).map(v => v.close()));
  });

  const sizes = { desktop, phone };
  for (const size of ['desktop', 'phone'] as const)
    for (const colorScheme of ['light', 'dark'] as const)
      test(`is accessible and fits: ${size}, ${colorScheme}`, async () => {
        const { page, complaints } = await go(browser, '/', { ...sizes[size], colorScheme });
        await live(windowOf(page, 'Ada'));
        await live(windowOf(page, 'Ben'));
        const text = unique('A message to look at');
        await say(windowOf(page, 'Ada'), text);
        await row(windowOf(page, 'Ben'), text).waitFor();
        await row(windowOf(page, 'Ada'), text).focus();
        await accessible(page);
        await fits(page);
        await picture(page, `start-${size}-${colorScheme}`);

        await row(windowOf(page, 'Ada'), text).getByRole('button', { name: 'Remove' }).click();
        await accessible(page);
        await windowOf(page, 'Ada').getByRole('button', { name: 'Keep' }).click();
        await row(windowOf(page, 'Ada'), text).getByRole('button', { name: 'Edit' }).click();
        await accessible(page);
        await picture(page, `edit-${size}-${colorScheme}`);
        expect(complaints.join('\n')).toBe('');
      });

  for (const path of ['/?as=ada', '/sign-in'])
    test(`${path} is accessible and fits`, async () => {
      for (const size of [desktop, phone])
        for (const colorScheme of ['light', 'dark'] as const) {
          const { page } = await go(browser, path, { ...size, colorScheme });
          await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
          if (path !== '/sign-in') await live(windowOf(page, 'Ada'));
          else await page.getByText('You are not signed in').waitFor();
          await accessible(page);
          await fits(page);
        }
    });

  test('fits a page of 320 pixels and text of twice the size', async () => {
    const { page } = await go(browser, '/', { viewport: { width: 320, height: 640 } });
    await live(windowOf(page, 'Ada'));
    await fits(page);
    const wide = await go(browser, '/', { viewport: { width: 640, height: 640 } });
    await live(windowOf(wide.page, 'Ada'));
    await wide.page.evaluate(() => {
      document.documentElement.style.fontSize = '200%';
    });
    await fits(wide.page);
  });

  test('can be used from the keyboard alone', async () => {
    const { page } = await go(browser, '/?as=ada');
    const ada = windowOf(page, 'Ada');
    await live(ada);
    const [first, second] = [unique('By keys'), unique('By keys again')];

    await tabTo(page, 'Write as Ada');
    await page.keyboard.type(first);
    await page.keyboard.press('Enter');
    await row(ada, first).waitFor();

    await page.keyboard.press('ArrowUp');
    await expect.poll(() => focused(page)).toBe('Edit message');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(second);
    await page.keyboard.press('Enter');
    await row(ada, `${second} (edited)`).waitFor();

    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain(second);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Edit');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Remove');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain(second);

    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain(second);
  });

  test('the clients’ tabs follow the arrows', async () => {
    const { page } = await go(browser, '/');
    await page.getByRole('tab', { name: 'AWS CLI' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tabpanel').textContent()).toContain('import boto3');
    await page.keyboard.press('End');
    expect(await page.getByRole('tabpanel').textContent()).toContain('--aws-sigv4');
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tabpanel').textContent()).toContain('AWS_ENDPOINT_URL');
  });

  test('copying says so', async () => {
    const { page } = await go(browser, '/', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'Copy lines for AWS CLI' }).click();
    await page.locator('[data-announcer]', { hasText: 'Copied' }).waitFor({ state: 'attached' });
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('AWS_ENDPOINT_URL');
  });

  test('nothing moves for who asked for stillness', async () => {
    const { page } = await go(browser, '/', { reducedMotion: 'reduce' });
    await live(windowOf(page, 'Ada'));
    await say(windowOf(page, 'Ada'), unique('Still'));
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  test('the chosen theme is kept', async () => {
    const { page } = await go(browser, '/', { colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole('radio', { name: 'Dark' }).check();
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('radio', { name: 'Dark', checked: true }).waitFor();
    expect(await ground()).toBe(dark);
  });

  test('a certificate that is not trusted is one calm step, and history works already', async () => {
    const { page } = await go(browser, '/', { ignoreHTTPSErrors: false });
    await page.getByText('One step: trust the local certificate').waitFor();
    await accessible(page);
    await picture(page, 'untrusted');
    const text = unique('Without a session');
    await say(windowOf(page, 'Ada'), text);
    await row(windowOf(page, 'Ada'), text).waitFor();
    const link = await page.getByRole('link', { name: 'Open this page with TLS' }).getAttribute('href');

    const secure = await go(browser, '/', { ignoreHTTPSErrors: true });
    await secure.page.goto(link ?? '');
    await live(windowOf(secure.page, 'Ada'));
    await row(windowOf(secure.page, 'Ada'), text).waitFor();
  });

  test('the operator’s link works once', async context => {
    const link = inject('signInLink');
    if (!link) context.skip('SIGN_IN_LINK is not set');
    const { page } = await go(browser, link.slice(new URL(link).origin.length));
    await page.getByRole('heading', { name: 'For the operator' }).waitFor();
    expect(page.url()).not.toContain('#');
    await accessible(page);
    await picture(page, 'operator');

    const other = await go(browser, link.slice(new URL(link).origin.length));
    await other.page.getByText('This link has been used already').waitFor();
    await other.page.getByRole('link', { name: 'To the start page' }).click();
    expect(await other.page.getByRole('heading', { name: 'For the operator' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'For the operator' }).waitFor({ state: 'detached' });
  });
});

type Page = Visit['page'];

function focused(page: Page): Promise<string | undefined> {
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
