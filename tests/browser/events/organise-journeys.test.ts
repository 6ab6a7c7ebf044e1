import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launch, noBrowser } from '../browser.ts';
import type { Visit } from './show.ts';
import { Staff, showId, staffVisit } from './staff.ts';

const organise = `/events/organise/${showId}`;
const tickets = `organise/shows/${showId}/tickets`;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe.skipIf(noBrowser)(`What an organiser does cannot be lost${noBrowser ? ` (${noBrowser})` : ''}`, () => {
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

  test('a zone that is retyped and a date that is half typed store no time of a live show', async () => {
    const staff = new Staff();
    staff.change({ state: 'published', phase: 'live' });
    const before = { ...staff.show };
    const { page, complaints } = await go(browser, staff, `${organise}#time`);
    await page.getByLabel('Time zone').fill('');
    await page.waitForTimeout(1200);
    await page.getByLabel('Show starts').focus();
    await page.keyboard.press('Backspace');
    await page.waitForTimeout(1200);
    await page.getByLabel('Show ends').focus();
    await page.getByText('Choose a zone of the list').first().waitFor();
    await page.waitForTimeout(1200);
    expect(staff.calls.filter(c => c.method === 'PUT')).toEqual([]);
    await page.getByLabel('Time zone').fill(String(before.zone));
    await page.getByLabel('Show starts').fill('2031-12-12T20:30');
    await page.getByLabel('Show ends').fill('2031-12-12T23:00');
    await page.getByLabel('Doors open').fill('2031-12-12T20:00');
    await page.getByLabel('Time zone').focus();
    await expect.poll(() => staff.show.version).toBeGreaterThan(Number(before.version));
    expect(String(staff.show.startsAt)).toMatch(/^2031-12-1[123]T/);
    expect(complaints.join('\n')).toBe('');
  });

  test('codes are kept beside those that come later, on every page, until they are saved', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, `${organise}/tickets`);
    for (const count of ['24', '6']) {
      await page.getByLabel('How many').fill(count);
      await button(page, 'Make codes').click();
      await page.getByRole('heading', { name: count === '24' ? '24 new codes' : '30 new codes' }).waitFor();
    }
    await page.getByRole('link', { name: 'Team' }).click();
    await page.getByText('30 codes are not saved yet').waitFor();
    await page.getByRole('link', { name: 'Shows' }).first().click();
    await page.getByRole('link', { name: /To the codes of/ }).click();
    await page.getByRole('heading', { name: '30 new codes' }).waitFor();

    // The browser asks before the window goes.
    let asked = 0;
    page.on('dialog', dialog => {
      asked++;
      void dialog.dismiss();
    });
    await page.evaluate(() => setTimeout(() => location.assign('/events/'), 0));
    await expect.poll(() => asked).toBe(1);
    await button(page, 'Sign out').click();
    await page.getByRole('heading', { name: 'Sign out without the codes?' }).waitFor();
    await button(page, 'Stay').click();

    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save as CSV' }).click();
    expect((await saved).suggestedFilename()).toContain('codes.csv');
    await button(page, 'Put away').click();
    await page.getByRole('heading', { name: '30 new codes' }).waitFor({ state: 'detached' });
  });

  test('without an answer the same codes are asked for once more, and made once', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, `${organise}/tickets`);
    await page.getByLabel('How many').fill('24');
    staff.next.set(`POST ${tickets}`, [{ status: 503, body: { code: 'Unavailable' } }]);
    await button(page, 'Make codes').dblclick();
    await page.getByText('No answer came for 24 new codes').waitFor();
    await button(page, 'Ask again').click();
    await page.getByRole('heading', { name: '24 new codes' }).waitFor();
    const asked = staff.calls
      .filter(c => c.method === 'POST' && c.path === tickets)
      .map(c => (c.body as { batch: string }).batch);
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(1);
  });

  test('an invitation that is pressed twice is one', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, `${organise}/team`);
    await button(page, 'Make the link').click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
    await page.keyboard.type('Rosa');
    await button(page, 'Make the link').dblclick();
    await page.getByText('Send this to').waitFor();
    expect(staff.team.map(m => m.name)).toEqual(['Rosa']);
  });

  test('a key is made once, and taken back', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, `${organise}/tickets`);
    await button(page, 'Make a key').dblclick();
    await page.getByText('k3y-of-the-shop').waitFor();
    expect(staff.keys).toHaveLength(1);
    await page.getByRole('button', { name: /^Take back key/ }).click();
    await button(page, 'Take the key back').click();
    await expect.poll(() => staff.keys).toEqual([]);
    await page.getByText('k3y-of-the-shop').waitFor({ state: 'detached' });
  });

  test('a hundred tickets are a page, and the page that is looked at is what becomes ready', async () => {
    const staff = new Staff();
    staff.change({ state: 'published', phase: 'announced' });
    staff.tickets = Array.from({ length: 250 }, (_, n) => ({
      number: n + 1,
      tier: 'Standard',
      holder: null,
      state: 'valid',
      enteredAt: null,
      nickname: null,
      provisioned: n !== 149,
    }));
    const { page } = await go(browser, staff, `${organise}/tickets`);
    await page.getByText('Page 1, numbers 1 to 100').waitFor();
    await button(page, 'Next').click();
    const waiting = page.getByRole('row').filter({ hasText: 'being made ready' });
    await waiting.waitFor();
    expect(await page.getByRole('row').count()).toBe(101);
    staff.tickets = staff.tickets.map(t => ({ ...t, provisioned: true }));
    await waiting.waitFor({ state: 'detached' });
    const asked = staff.calls.length;
    await page.waitForTimeout(3500);
    expect(staff.calls.length).toBe(asked);
    await button(page, 'Next').click();
    await page.getByText('Page 3, numbers 201 to 250').waitFor();
    await button(page, 'First').click();
    await page.getByText('Page 1, numbers 1 to 100').waitFor();
  });

  test('whoever is signed out while writing signs in beside it, and nothing is lost', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, organise);
    await page.getByLabel('Title').waitFor();
    staff.signedIn = false;
    await page.getByLabel('Title').fill('Bells by day');
    await page.getByText('Not saved: you are not signed in any more').waitFor();
    staff.signedIn = true;
    await button(page, 'Try again').click();
    await page.getByText(/^Saved \d\d:\d\d/).waitFor();
    expect(staff.show.title).toBe('Bells by day');
  });

  test('numbers that are not answered for want of a sign-in say so', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, `${organise}/progress`);
    await page.getByRole('heading', { name: /^Ready by/ }).waitFor();
    staff.signedIn = false;
    await page.getByText(/You are not signed in any more\..* These are the last numbers/).waitFor();
    staff.signedIn = true;
    await page.getByText('These are the last numbers').waitFor({ state: 'detached' });
  });

  test('a file without an answer is sent again by its name', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, `${organise}/tickets`);
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();
    staff.next.set(`POST ${tickets}/import`, [{ status: 503, body: { code: 'Unavailable' } }]);
    await page.locator('#csv').setInputFiles({
      name: 'sold.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('holder,email,tier,reference\nAda,a@example.com,Standard,1\n'),
    });
    await page.getByText('No answer came for the file sold.csv').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Ask again');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '2 new codes' }).waitFor();
    expect(staff.calls.filter(c => c.path === `${tickets}/import`)).toHaveLength(2);
  });

  test('a new show begins on the clock of the browser', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, '/events/organise', { timezoneId: 'Australia/Lord_Howe' });
    await button(page, 'New show').click();
    await page.getByText('Lord Howe (Australia/Lord_Howe)').waitFor();
    await page.getByRole('dialog').getByLabel('Title').fill('Far away');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Far away' }).first().waitFor();
    expect(staff.show).toMatchObject({ title: 'Far away', zone: 'Australia/Lord_Howe' });
  });
});
