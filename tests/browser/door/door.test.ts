import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { accessible, desktop, fits, launch, noBrowser, phone, unique, type Visit, visit } from '../browser.ts';

interface Face {
  name: string;
  path: string;
  about: string;
}

/** The sample event of a whole server, by the door's own rules: codes, devices, names, reactions. */
describe.skipIf(noBrowser)(`A fan at the sample event${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  let path: string;
  let codes: string[];
  const open: Visit[] = [];
  const go = async (to: string, options = {}) => {
    const opened = await visit(browser, to, { locale: 'en-GB', ...options });
    open.push(opened);
    return opened.page;
  };

  beforeAll(async () => {
    browser = await launch();
    const status = (await (await fetch(`${inject('baseUrl')}/start/status`)).json()) as { faces: Face[] };
    const face = status.faces.find(f => /^\/events\/[^/]+#/.test(f.path));
    if (!face) throw new Error('the start page names no sample event');
    path = face.path.split('#')[0] ?? '';
    codes = [...`${face.path} ${face.about}`.matchAll(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z*~$=]{5}/g)].map(m => m[0]);
    codes = [...new Set(codes)];
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all(open.splice(0).map(v => v.close()));
  });

  const enter = async (page: Page, code: string) => {
    await page.getByLabel('Ticket code').fill(code);
    await page.getByRole('button', { name: 'Enter' }).click();
  };
  const inside = (page: Page) => page.getByRole('region', { name: 'Chat', exact: true }).waitFor();

  test('the list leads to the event, and both are accessible', async () => {
    const page = await go('/events/', desktop);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await accessible(page);
    await page
      .getByRole('link', { name: /To the event/ })
      .first()
      .click();
    await page.getByLabel('Ticket code').waitFor();
    await accessible(page);
    await fits(page);
  });

  test('a code that is none is refused in words, and stays in the field', async () => {
    const page = await go(path);
    await enter(page, '0000-0000-00000');
    await page.getByText('This code is not known here').waitFor();
    expect(await page.getByLabel('Ticket code').inputValue()).toBe('0000-0000-00000');
  });

  test('a code lets in once, moves when asked, and moves back', async () => {
    const [code = ''] = codes;
    const first = await go(`${path}#${code}`);
    await expect.poll(() => first.getByLabel('Ticket code').inputValue()).toBe(code);
    await first.getByRole('button', { name: 'Enter' }).click();
    await inside(first);

    const second = await go(path, phone);
    await enter(second, code.toLowerCase().replaceAll('-', ' '));
    await second.getByText('This ticket is in use on another device').waitFor();
    await second.getByRole('button', { name: 'Move to this device' }).click();
    await inside(second);
    await first.getByRole('heading', { name: 'You’re on another device now' }).waitFor();
    await first.getByRole('button', { name: 'Move back here' }).click();
    await inside(first);
    await second.getByRole('heading', { name: 'You’re on another device now' }).waitFor();
  });

  test('a reload stays inside, and tabs of one browser do not fight', async () => {
    const page = await go(path);
    await enter(page, codes[1] ?? '');
    await inside(page);
    await page.reload();
    await inside(page);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await inside(other);
    await page.waitForTimeout(1000);
    await inside(page);
  });

  test('reactions of one are counted for the other', async () => {
    const [one, two] = [await go(path), await go(path)];
    await enter(one, codes[0] ?? '');
    await one
      .getByRole('button', { name: 'Move to this device' })
      .click({ timeout: 3000 })
      .catch(() => {});
    await enter(two, codes[1] ?? '');
    await two
      .getByRole('button', { name: 'Move to this device' })
      .click({ timeout: 3000 })
      .catch(() => {});
    await Promise.all([inside(one), inside(two)]);
    const tap = one.getByRole('group', { name: 'Reactions' }).getByRole('button').first();
    await expect.poll(() => tap.getAttribute('aria-disabled')).toBe('false');
    await tap.click();
    await two
      .getByRole('group', { name: 'Reactions' })
      .getByRole('button', { name: /so far/ })
      .first()
      .waitFor();
  });

  // The rules of the chat are asked of the app itself, on the port that the server happened to get.
  test('what one says the other reads', async () => {
    const [one, two] = [await go(path), await go(path)];
    for (const [page, code] of [
      [one, codes[0]],
      [two, codes[1]],
    ] as const) {
      await enter(page, code ?? '');
      await page
        .getByRole('button', { name: 'Move to this device' })
        .click({ timeout: 3000 })
        .catch(() => {});
      await inside(page);
      const nickname = page.getByLabel('Nickname');
      const box = page.getByRole('textbox', { name: 'Write a message' });
      await nickname.or(box).first().waitFor();
      if (await nickname.isVisible()) {
        await nickname.fill(unique('Fan').replace(' ', ''));
        await nickname.press('Enter');
      }
      await page.locator('[data-state="live"]').waitFor({ timeout: 20_000 });
    }
    const text = unique('good evening');
    const box = one.getByRole('textbox', { name: 'Write a message' });
    await box.fill(text);
    await box.press('Enter');
    await two.locator('[data-id]').filter({ hasText: text }).waitFor({ timeout: 15_000 });
  });

  test('a name is one’s own, and another who wants it is offered others', async () => {
    const name = unique('Mia').replace(' ', '');
    const [one, two] = [await go(path), await go(path)];
    for (const [page, code] of [
      [one, codes[0]],
      [two, codes[1]],
    ] as const) {
      await enter(page, code ?? '');
      await page
        .getByRole('button', { name: 'Move to this device' })
        .click({ timeout: 3000 })
        .catch(() => {});
      await inside(page);
    }
    const answers = await Promise.all(
      [one, two].map(page =>
        page.evaluate(
          async ([to, nickname]) => {
            const response = await fetch(`/events/api/shows${to}/nickname`, {
              method: 'PUT',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ nickname }),
            });
            return { status: response.status, body: (await response.json()) as { suggestions?: string[] } };
          },
          [path.replace('/events', ''), name],
        ),
      ),
    );
    expect(answers.map(a => a.status).sort()).toEqual([200, 409]);
    expect(answers.find(a => a.status === 409)?.body.suggestions?.length).toBeGreaterThan(0);
  });
});
