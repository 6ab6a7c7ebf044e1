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
    await row.filter({ hasText: 'Removed by you' }).waitFor();
    expect(await row.evaluate(r => r === document.activeElement)).toBe(true);
    await page.keyboard.press('z');
    await row.filter({ hasText: 'hello everyone' }).waitFor();
    // By its button, which goes with the text.
    await page.keyboard.press('Tab');
    expect(await focused(page)).toContain('Remove');
    await page.keyboard.press('Enter');
    await row.filter({ hasText: 'Removed by you' }).waitFor();
    expect(await row.evaluate(r => r === document.activeElement)).toBe(true);
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

  test('a row that is held by keys stays where it is when more come than the list keeps', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, desk);
    await page.locator('[data-state="live"]').waitFor();
    const say = async (from: number, to: number) => {
      for (let n = from; n < to; n++) {
        staff.chat.say(`line ${n}`, `${mia}${n % 5}`, `Fan ${n % 5}`);
        if (n % 40 === 0) await new Promise(done => setTimeout(done, 30));
      }
      await expect.poll(() => text(page)).toContain(`line ${to - 1}`);
    };
    const text = (at: Page) => at.locator('[data-scroller]').innerText();
    await say(0, 560);
    await expect.poll(() => page.locator('[data-id]').count()).toBe(500);
    // All rows of one height: what goes above and comes below leaves the place of the scroller as it was.
    const row = page.locator('[data-id]').filter({ hasText: 'line 559' });
    await page.keyboard.press('Tab');
    await row.focus();
    const place = () => row.evaluate(r => r.getBoundingClientRect().top);
    const before = await place();
    await say(560, 900);
    expect(await row.evaluate(r => r === document.activeElement)).toBe(true);
    expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(1);
    await page.getByRole('button', { name: '340 new' }).click();
    await expect.poll(() => page.locator('[data-id]').count()).toBe(500);
    await say(900, 905);
    const last = page.locator('[data-id]').last();
    expect(await last.evaluate(r => r.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  });

  test('a list that a mouse points into stands still, and goes on when it leaves', async () => {
    const staff = new Staff();
    for (let n = 0; n < 60; n++) staff.chat.say(`line ${n}`, `${mia}${n % 5}`, `Fan ${n % 5}`, false);
    const { page } = await go(browser, staff, desk);
    await page.locator('[data-state="live"]').waitFor();
    const row = page.locator('[data-id]').filter({ hasText: 'line 57' });
    await row.hover();
    await page.mouse.move(300, 500);
    await row.hover();
    const before = await row.evaluate(r => r.getBoundingClientRect().top);
    for (let n = 0; n < 20; n++) {
      staff.chat.say(`flood ${n}`, `${mia}${n % 5}`, `Fan ${n % 5}`);
      await new Promise(done => setTimeout(done, 50));
    }
    await page.getByRole('button', { name: '20 new' }).waitFor();
    expect(await row.evaluate(r => r.getBoundingClientRect().top)).toBe(before);
    await page.mouse.move(300, 20);
    await page.locator('[data-id]').filter({ hasText: 'flood 19' }).waitFor();
    const last = page.locator('[data-id]').last();
    await expect.poll(() => last.evaluate(r => r.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  });

  test('what is being written, answered and looked for stays when a tablet is turned', async () => {
    const staff = new Staff();
    staff.chat.say('hello everyone', mia, 'Lea', false);
    staff.person(7, 'Lea');
    staff.person(8, 'Sam');
    const { page } = await go(browser, staff, desk, { viewport: { width: 1024, height: 768 } });
    const row = page.locator('[data-id]').filter({ hasText: 'hello everyone' });
    await row.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Answer' }).click();
    const box = page.getByRole('textbox', { name: 'Write a message' });
    await box.fill('good evening');
    await page.getByRole('searchbox', { name: 'Search people' }).fill('lea');
    await page.setViewportSize({ width: 768, height: 1024 });
    await page.getByRole('tab', { name: 'Live' }).waitFor();
    expect(await box.inputValue()).toBe('good evening');
    await page.getByText('Replying to').waitFor();
    await page.getByRole('tab', { name: 'People' }).click();
    expect(await page.getByRole('searchbox', { name: 'Search people' }).inputValue()).toBe('lea');
    await page.setViewportSize({ width: 1024, height: 768 });
    expect(await box.inputValue()).toBe('good evening');
    expect(staff.chat.sessions).toHaveLength(1);
  });

  test('a sanction that is refused keeps what was typed, and says why', async () => {
    const staff = new Staff();
    staff.hold('spoiler spoiler', 'Sam', 12);
    staff.next.set(`POST desk/${showId}/people/12/timeout`, [{ status: 503, body: { code: 'Unavailable' } }]);
    const { page } = await go(browser, staff, desk);
    await page.locator('[data-held]').focus();
    await page.keyboard.press('t');
    const reason = page.getByRole('textbox', { name: 'Reason' });
    await reason.fill('Again and again');
    await reason.press('Enter');
    await page.getByText('The server cannot do this just now').waitFor();
    expect(await reason.inputValue()).toBe('Again and again');
    await reason.press('Enter');
    await toast(page, 'Sam may not write for 5 minutes');
  });

  test('rules that were changed are not dropped by one Escape', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, desk);
    await page.getByRole('button', { name: 'Rules' }).click();
    await page.getByRole('button', { name: 'Add a word' }).click();
    await page.getByRole('textbox', { name: 'Word 1' }).fill('spoiler');
    await page.keyboard.press('Escape');
    await page.getByText('What you changed is not in force').waitFor();
    expect(await focused(page)).toBe('Go on changing');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('textbox', { name: 'Word 1' }).inputValue()).toBe('spoiler');
    await page.keyboard.press('Escape');
    await page.getByText('What you changed is not in force').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Rules' }).click();
    await page.getByRole('button', { name: 'Add a word' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Word 1' }).count()).toBe(0);
  });

  test('all that one fan wrote is removed at once, and comes back at once', async () => {
    const staff = new Staff();
    for (const said of ['buy now', 'buy here', 'cheap']) staff.chat.say(said, mia, 'Spam', false);
    staff.chat.say('hello everyone', `${mia}2`, 'Lea', false);
    const { page } = await go(browser, staff, desk);
    await page.locator('[data-id]').filter({ hasText: 'cheap' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Remove all 3 of theirs here' }).click();
    await toast(page, 'Removed 3 messages that Spam wrote');
    expect(await page.getByText('Removed by you').count()).toBe(3);
    await page.keyboard.press('z');
    await page.locator('[data-id]').filter({ hasText: 'buy now' }).waitFor();
    expect(await page.getByText('Removed by').count()).toBe(0);
  });

  test('whoever was sent away while the line was down is told, and nothing is tried any more', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, desk);
    await page.locator('[data-state="live"]').waitFor();
    staff.away = 4403;
    await staff.dropDesk();
    await page.getByText('You are not part of this show any more').waitFor();
    staff.away = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('You are not part of this show any more').waitFor({ state: 'hidden' });
  });

  test('a finger that rests on a row gets its menu', async () => {
    const staff = new Staff();
    staff.chat.say('hello everyone', mia, 'Lea', false);
    const { page } = await go(browser, staff, desk, phone);
    const row = page.locator('[data-id]').filter({ hasText: 'hello everyone' });
    await row.waitFor();
    await row.dispatchEvent('pointerdown', { pointerType: 'touch', clientX: 100, clientY: 300 });
    await page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
  });

  test('a press that was meant for what a colleague has just decided decides nothing else', async () => {
    const staff = new Staff();
    const first = staff.hold('spoiler', 'Lea', 11);
    staff.hold('another', 'Sam', 12);
    const { page } = await go(browser, staff, desk);
    await page.locator('[data-held]').nth(1).waitFor();
    await page.evaluate(() => {
      const approve = () =>
        [...document.querySelectorAll<HTMLElement>('[data-held] button')].find(b =>
          b.textContent?.startsWith('Approve'),
        );
      // As quick as a hand that is on its way already.
      new MutationObserver(() => approve()?.click()).observe(document.querySelector('[aria-label="Held"]') as Element, {
        childList: true,
      });
    });
    staff.held = staff.held.filter(h => h !== first);
    staff.tell({ t: 'decided', messageId: first.messageId, by: 'Ida', decision: 'refuse' });
    await expect.poll(() => page.locator('[data-held]').count()).toBe(1);
    await new Promise(done => setTimeout(done, 400));
    expect(staff.calls.filter(c => c.path.includes('/held/'))).toEqual([]);
    await page.getByRole('button', { name: 'Approve what Sam wrote' }).click();
    await toast(page, 'Approved what Sam wrote');
  });

  test('a message that a wrong word held passes, and the word holds nobody any more', async () => {
    const staff = new Staff();
    staff.rules = { ...staff.rules, words: [{ text: 'bell', match: 'word', action: 'hold' }] };
    staff.hold('the bell of our village', 'Lea', 11);
    staff.hold('spoiler spoiler', 'Sam', 12);
    const { page } = await go(browser, staff, desk);
    await page.getByRole('button', { name: 'Wrong word held what Lea wrote' }).click();
    await page.getByRole('button', { name: 'Take it off and let it pass' }).click();
    await toast(page, 'Approved what Lea wrote');
    expect(staff.rules).toMatchObject({ words: [], mode: 'open' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('spoiler spoiler');
  });

  test('the list of people does not move under the hand; that it is old is said', async () => {
    const staff = new Staff();
    staff.person(7, 'Lea');
    const { page } = await go(browser, staff, desk);
    const names = page.getByRole('list', { name: 'People' });
    await names.getByText('Lea').waitFor();
    staff.person(3, 'Sam');
    staff.numbers = { ...staff.numbers, present: 1285 };
    staff.tell({ t: 'numbers', ...staff.numbers });
    await page.getByText('Who is here has changed').waitFor();
    expect(await names.innerText()).not.toContain('Sam');
    await page.getByRole('button', { name: 'Show it' }).click();
    await names.getByText('Sam').waitFor();
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

  test('words for all shows: written, begun with a list, put in force, read at a desk that is open', async () => {
    const staff = new Staff();
    const { page: moderator } = await go(browser, staff, desk);
    await moderator.locator('[data-state="live"]').waitFor();
    await moderator.getByRole('button', { name: 'Rules' }).click();
    await moderator.getByText('There are no words for all shows.').waitFor();

    const { page, complaints } = await go(browser, staff, '/events/organise');
    await tabTo(page, 'Words for all shows');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Words for all shows' }).waitFor();
    await tabTo(page, 'Add a word');
    await page.keyboard.press('Enter');
    await page.getByLabel('Word 1', { exact: true }).fill('durian');
    await page.getByRole('button', { name: 'Add: Ticket codes' }).click();
    expect(await page.getByRole('button', { name: 'Added: Ticket codes' }).count()).toBe(1);
    expect(staff.common).toEqual([]);
    await tabTo(page, 'Put in force');
    await page.keyboard.press('Enter');
    await expect.poll(() => staff.common).toHaveLength(2);
    await page.getByText('Changed last by Ida Holm').waitFor();
    await moderator.getByText('Words for all shows: 2').click();
    await moderator.getByRole('dialog').getByText('durian').waitFor();
    expect(await moderator.getByRole('dialog').getByRole('textbox', { name: 'Word 1' }).count()).toBe(0);
    expect(complaints.join('\n')).toBe('');
  });

  test('what a moderator changes in the rules leaves what another put in force meanwhile', async () => {
    const staff = new Staff();
    const { page } = await go(browser, staff, desk);
    await page.getByRole('button', { name: 'Rules' }).click();
    await page.getByLabel('Slow mode').selectOption('30');
    const theirs = [{ text: 'spoiler', match: 'word', action: 'hold' }];
    staff.rules = { ...staff.rules, words: theirs };
    staff.tell({ t: 'rules', ...staff.rules });
    await page.getByRole('button', { name: 'Put in force' }).click();
    await expect.poll(() => staff.rules).toMatchObject({ slowSeconds: 30, words: theirs });
    expect(staff.calls.findLast(c => c.method === 'PUT')?.body).toEqual({ slowSeconds: 30 });
  });

  test('why fans report something is read in the queue, and grows while one looks', async () => {
    const staff = new Staff();
    const item = staff.hold('buy here', 'Sam', 12, {
      state: 'reported',
      why: 'reported',
      reports: 1,
      reasons: [{ reason: 'spam', count: 1 }],
    });
    const { page } = await go(browser, staff, desk);
    const list = page.getByRole('list', { name: 'Reasons of the reports' });
    await list.getByText('Advertising or repetition').waitFor();
    expect(await list.getByRole('listitem').allTextContents()).toEqual(['Advertising or repetition × 1by 1 fan']);
    staff.tell({
      t: 'reports',
      messageId: item.messageId,
      reports: 30,
      reasons: [
        { reason: 'spam', count: 20 },
        { reason: '<img src=x onerror=alert(1)>', count: 2 },
      ],
    });
    await list.getByText('<img src=x onerror=alert(1)>').waitFor();
    await list.getByText('and 8 more').waitFor();
    await page.getByText('Reported by 30 fans').waitFor();
    expect(await page.locator('[data-held] img').count()).toBe(0);
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
