import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launch, noBrowser, phone } from '../browser.ts';
import { hostile } from './hostile.ts';
import { mia, type Visit } from './show.ts';
import { Staff, showId, staffVisit } from './staff.ts';

const organise = `/events/organise/${showId}`;
const desk = `/events/desk/${showId}`;

describe.skipIf(noBrowser)(`The staff’s journeys${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  const open: Visit[] = [];
  const go: typeof staffVisit = async (...args) => {
    const opened = await staffVisit(...args);
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

  test('a show is made and published from the keyboard alone', async () => {
    const staff = new Staff();
    staff.shows = [];
    const { page, complaints } = await go(browser, staff, '/events/organise');
    await page.getByText('No shows yet').waitFor();
    await tabTo(page, 'New show');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Title');
    await page.keyboard.type('Night bells');
    await page.keyboard.press('Enter');

    await tabTo(page, 'Artist');
    await page.keyboard.type('Mara Lind');
    await tabTo(page, 'Next: Time and zone');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Show starts');
    // The same day whether a browser asks for the day or the month first, and on either clock.
    await page.keyboard.type('12122031');
    await page.keyboard.press('Tab');
    await page.keyboard.type('0800PM');
    await tabTo(page, 'Show ends');
    await page.keyboard.type('12122031');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1000PM');
    const starts = await page.getByLabel('Show starts').inputValue();
    expect(starts).toContain('2031-12-12T');
    await tabTo(page, 'Next: The stream');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Address of the stream');
    await page.keyboard.type('https://cdn.example/live.m3u8');

    // Too early: the list says what is missing, and leads there.
    await tabTo(page, 'Publish');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Before you publish');
    await tabTo(page, 'Tickets planned');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    expect(await focused(page)).toBe('Tickets planned');
    await page.keyboard.type('500');

    await page.getByRole('heading', { name: 'Ready to publish' }).waitFor();
    await tabTo(page, 'Publish');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Published' }).waitFor();
    expect(staff.show).toMatchObject({
      state: 'published',
      title: 'Night bells',
      artist: 'Mara Lind',
      // On the clock of the browser, which in December is an hour ahead of UTC.
      zone: 'Europe/Berlin',
      startsAt: new Date(`${starts}+01:00`).toISOString(),
      tickets: { planned: 500 },
    });
    expect(complaints.join('\n')).toBe('');
  });

  test('hold, approve, ban and undo from the keyboard alone', async () => {
    const staff = new Staff();
    staff.hold('is there a spoiler?', 'Lea', 11);
    staff.hold('spoiler spoiler', 'Sam', 12);
    staff.person(12, 'Sam');
    const { page, complaints } = await go(browser, staff, desk);
    await page.locator('[data-state="live"]').waitFor();
    await page.locator('[data-held]').first().waitFor();
    // By Tab to the list; its first row is the one stop.
    await tabUntil(page, () => page.evaluate(() => document.activeElement?.hasAttribute('data-held') ?? false));
    await expect.poll(() => staff.claims.length).toBeGreaterThan(0);

    await page.keyboard.press('a');
    await toast(page, 'Approved what Lea wrote');
    await page.locator('[data-id]').filter({ hasText: 'is there a spoiler?' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('spoiler spoiler');

    await page.keyboard.press('t');
    await page.getByRole('heading', { name: 'Time-out for Sam' }).waitFor();
    await tabUntil(page, () => page.evaluate(() => (document.activeElement as HTMLInputElement).type === 'radio'));
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'Reason');
    await page.keyboard.type('Again and again');
    await page.keyboard.press('Enter');
    await toast(page, 'Banned Sam');
    expect(staff.calls.find(c => c.path.endsWith('/people/12/ban'))?.body).toMatchObject({ reason: 'Again and again' });
    expect(staff.people[0]).toMatchObject({ state: 'banned' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('spoiler spoiler');

    await page.keyboard.press('z');
    await expect.poll(() => staff.people[0]?.state).toBe('valid');
    expect(staff.log[0]).toMatchObject({ act: 'undo' });
    expect(complaints.join('\n')).toBe('');
  });

  test('letters can be switched off, and stay off', async () => {
    const staff = new Staff();
    staff.hold('is there a spoiler?', 'Lea', 11);
    const { page } = await go(browser, staff, desk);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('checkbox', { name: /Letters act/ }).uncheck();
    await page.keyboard.press('Escape');
    await page.locator('[data-held]').focus();
    await page.keyboard.press('a');
    await page.keyboard.press('r');
    expect(await page.locator('[data-held]').count()).toBe(1);
    expect(staff.calls.some(c => c.path.includes('/held/'))).toBe(false);
    await page.reload();
    await page.locator('[data-held]').focus();
    await page.keyboard.press('a');
    expect(await page.locator('[data-held]').count()).toBe(1);
  });

  test('a message that is removed where one reads is gone at once, and comes back by undo', async () => {
    const staff = new Staff();
    staff.chat.say('hello everyone', mia, 'Lea', false);
    const { page } = await go(browser, staff, desk);
    const row = page.locator('[data-id]').filter({ hasText: 'Lea' });
    await row.filter({ hasText: 'hello everyone' }).waitFor();
    await row.focus();
    await page.keyboard.press('r');
    await row.filter({ hasText: 'Removed by a moderator' }).waitFor();
    expect(await row.evaluate(r => r === document.activeElement)).toBe(true);
    await page.keyboard.press('z');
    await row.filter({ hasText: 'hello everyone' }).waitFor();
  });

  test('focus and place stay while messages and held ones flood in', async () => {
    const staff = new Staff();
    for (let n = 0; n < 60; n++) staff.chat.say(`line ${n}`, `${mia}${n % 5}`, `Fan ${n % 5}`, false);
    for (let n = 0; n < 5; n++) staff.hold(`held ${n}`, `Fan ${n}`, n + 1);
    const { page } = await go(browser, staff, desk);
    await page.locator('[data-state="live"]').waitFor();
    const row = page.locator('[data-id]').filter({ hasText: 'line 50' });
    await row.focus();
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    const place = () => row.evaluate(r => Math.round(r.getBoundingClientRect().top));
    const before = await place();
    for (let n = 0; n < 40; n++) {
      staff.chat.say(`flood ${n}`, `${mia}${n % 5}`, `Fan ${n % 5}`);
      staff.hold(`more ${n}`, 'Sam', 90, { at: new Date(Date.now() + n).toISOString() }, true);
      await new Promise(done => setTimeout(done, 50));
    }
    await page.locator('[data-held]').filter({ hasText: 'more 39' }).waitFor();
    expect(await row.evaluate(r => r === document.activeElement)).toBe(true);
    expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(1);
  });

  test('hostile texts stay texts', async () => {
    const staff = new Staff();
    for (const text of hostile) {
      staff.chat.say(text, mia, text.slice(0, 40), false);
      staff.hold(text, text.slice(0, 40), 9);
    }
    const { page, complaints } = await go(browser, staff, desk);
    await page.locator('[data-state="live"]').waitFor();
    await expect.poll(() => page.locator('[data-id]').count()).toBeGreaterThan(10);
    expect(await page.locator('[data-id] a, [data-held] a, [data-id] img, [data-held] img').count()).toBe(0);
    expect(complaints.join('\n')).toBe('');
  });

  test('two organisers: what both changed is put to a choice, and nothing is lost', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, organise);
    const title = page.getByRole('textbox', { name: 'Title' });
    await title.waitFor();
    staff.change({ title: 'Bells at noon', about: 'New words' });
    await title.fill('Bells by day');
    await page.getByRole('radio', { name: /Yours/ }).waitFor();
    expect(await title.inputValue()).toBe('Bells by day');
    await page.getByRole('radio', { name: /Theirs/ }).check();
    await page.getByRole('button', { name: 'Save my choice' }).click();
    await expect.poll(() => title.inputValue()).toBe('Bells at noon');
    expect(staff.show).toMatchObject({ title: 'Bells at noon', about: 'New words' });
  });

  test('a sign-in link is sent once, leaves no trace in the address, and leads a moderator to the desk', async () => {
    const staff = new Staff();
    staff.signedIn = false;
    staff.organiser = false;
    const { page } = await go(browser, staff, '/events/sign-in#good');
    await page.getByRole('heading', { name: /Bells at night/ }).waitFor();
    expect(page.url()).not.toContain('#');
    expect(staff.calls.filter(c => c.path === 'sign-in')).toHaveLength(1);
  });

  test('on a phone the desk is one pane with tabs', async () => {
    const staff = new Staff();
    staff.hold('is there a spoiler?', 'Lea', 11);
    const { page } = await go(browser, staff, desk, phone);
    await page.getByRole('tab', { name: 'Held 1' }).tap();
    await page.getByRole('button', { name: 'Approve what Lea wrote' }).tap();
    await page.getByText('Nothing waits').waitFor();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
  });
});

/** What was just done, as the eye sees it; the ear hears it from the announcer. */
const toast = (page: Page, text: string) => page.locator('[data-toast]').filter({ hasText: text }).waitFor();

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    const label = element?.labels?.[0]?.textContent;
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim();
  });
}

async function tabUntil(page: Page, there: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 90; n++) {
    if (await there()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('no amount of Tab reaches it');
}

function tabTo(page: Page, name: string): Promise<void> {
  return tabUntil(page, async () => (await focused(page)) === name);
}
