import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessible, fits, launch, noBrowser, phone, picture } from '../browser.ts';
import { hostile } from './hostile.ts';
import { artist, live, mia, row, Show, type Visit, visit } from './show.ts';

describe.skipIf(noBrowser)(`A fan${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  let show: Show;
  let open: Visit[];
  const go = async (...args: Parameters<typeof visit> extends [unknown, ...infer R] ? R : never) => {
    const made = await visit(browser, ...args);
    open.push(made);
    return made.page;
  };

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(() => {
    show = new Show();
    open = [];
  });
  afterEach(async () => {
    const complaints = open.flatMap(v => v.complaints);
    await Promise.all(open.map(v => v.close()));
    expect(complaints.join('\n')).toBe('');
  });

  const token = 'Q0aZ-_9x'.repeat(5);
  const box = (page: Page) => page.getByRole('textbox', { name: 'Write a message' });
  const write = async (page: Page, text: string) => {
    await box(page).fill(text);
    await box(page).press('Enter');
  };
  const focused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return '';
      const label =
        element instanceof HTMLElement && 'labels' in element ? (element as HTMLInputElement).labels?.[0] : null;
      return (element?.getAttribute('aria-label') ?? label?.textContent ?? element?.textContent ?? '').trim();
    });
  const tabTo = async (page: Page, name: RegExp) => {
    for (let n = 0; n < 60; n++) {
      await page.keyboard.press('Tab');
      if (name.test(await focused(page))) return;
    }
    throw new Error(`no amount of Tab reaches ${name}`);
  };
  const enterRoom = async (options = {}) => {
    show.inside = true;
    const page = await go(show, '/events/bells', options);
    await live(page);
    return page;
  };

  test('comes in by code, chooses a name, sends, reacts, opens a menu and reports, by keys alone', async () => {
    show.nickname = null;
    const page = await go(show);
    await tabTo(page, /^Ticket code$/);
    await page.keyboard.type('abcdefghjkmnp');
    expect(await page.getByLabel('Ticket code').inputValue()).toBe('ABCD-EFGH-JKMNP');
    await page.keyboard.press('Enter');
    await page.getByLabel('Nickname').waitFor();
    await tabTo(page, /^Nickname$/);
    await page.keyboard.type('Mia');
    await page.keyboard.press('Enter');
    await live(page);
    const said = show.say('a message to look at', `${mia}9`, 'Jonas');
    await row(page, 'a message to look at').waitFor();
    await tabTo(page, /^Write a message$/);
    await page.keyboard.type('hello from the keys');
    await page.keyboard.press('Enter');
    await row(page, 'hello from the keys').waitFor();
    expect(await focused(page)).toBe('Write a message');

    // The list's one stop is the row where the fan was last; arrows go on from there.
    const passed: string[] = [];
    while (passed.length < 6 && !passed.at(-1)?.includes('a message to look at')) {
      await page.keyboard.press('Shift+Tab');
      passed.push(await focused(page));
    }
    expect(passed.at(-1), passed.join(' < ')).toContain('a message to look at');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toContain('hello from the keys');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toContain('a message to look at');
    await page.keyboard.press('Shift+F10');
    await expect.poll(() => focused(page)).toBe('Reply');
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toContain('a message to look at');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Reply');
    await page.keyboard.press('r');
    await expect.poll(() => focused(page)).toBe('Report');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Report this message' }).waitFor();
    await tabTo(page, /^Report$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(show.reports).toEqual([{ messageId: said.MessageId, reason: 'spam' }]);
    await expect.poll(() => focused(page)).toContain('a message to look at');

    await page.getByRole('button', { name: /Applause/ }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => show.reacted).toEqual([{ t: 'react', k: 0, n: 1 }]);
  });

  test('a code in the link fills the field and leaves the address', async () => {
    const page = await go(show, '/events/bells#code=abcd-efgh-jkmnp');
    await expect.poll(() => page.getByLabel('Ticket code').inputValue()).toBe('ABCD-EFGH-JKMNP');
    expect(page.url()).not.toContain('#');
    // A link opened in the tab that is open already.
    await page.evaluate(() => {
      location.hash = '#pqrs-tvwx-yz234';
    });
    await expect.poll(() => page.getByLabel('Ticket code').inputValue()).toBe('PQRS-TVWX-YZ234');
    expect(page.url()).not.toContain('#');
  });

  test('who is inside already does not keep the code of a link in the address', async () => {
    show.inside = true;
    const page = await go(show, '/events/bells#code=abcd-efgh-jkmnp');
    await live(page);
    expect(page.url()).not.toContain('#');
    await page.evaluate(() => {
      location.hash = '#lost=ABCDEFGHJKMNP';
    });
    await page.waitForTimeout(200);
    expect(page.url()).toContain('#lost=ABCDEFGHJKMNP');
  });

  test('the focus comes with the fan: into the room, to the composer, and from a message sent again', async () => {
    show.nickname = null;
    show.nickRefusals = [{ status: 400, body: { code: 'NicknameRefused', why: 'word' } }];
    const page = await go(show);
    await page.getByLabel('Ticket code').fill('abcdefghjkmnp');
    await page.keyboard.press('Enter');
    await page.getByLabel('Nickname').waitFor();
    await expect.poll(() => focused(page)).toContain('Bells at night');
    await page.getByLabel('Nickname').fill('Mia');
    await page.getByRole('button', { name: 'Use this name' }).click();
    await page.getByRole('alert').filter({ hasText: 'a word that is not welcome' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Nickname');
    await page.keyboard.press('Enter');
    await live(page);
    await expect.poll(() => focused(page)).toBe('Write a message');
    show.flow = 'deny';
    await page.keyboard.type('buy now');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect.poll(() => focused(page)).toBe('Write a message');
  });

  test('who lost a code asks for a letter, by keys alone', async () => {
    const page = await go(show);
    await tabTo(page, /^Lost your code\?$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('E-mail address');
    await page.keyboard.type('mia');
    await page.keyboard.press('Enter');
    await page.getByText('This is no complete e-mail address').first().waitFor();
    expect(await focused(page)).toBe('E-mail address');
    await page.keyboard.type('@example.org ');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('mia@example.org').waitFor();
    expect(show.lostAsked).toEqual([{ act: 'ask', body: { email: 'mia@example.org', language: 'en' } }]);
    // What stands in the code's field is not touched by any of it.
    await page.getByLabel('Ticket code').fill('abcd');
    await page.getByRole('button', { name: 'Lost your code?' }).click();
    expect(await page.getByLabel('E-mail address').count()).toBe(0);
    expect(await page.getByLabel('Ticket code').inputValue()).toBe('ABCD');
  });

  test('a letter’s link changes nothing until it is asked to, and then lets in with one press', async () => {
    const page = await go(show, `/events/bells#lost=${token}`);
    await page.getByRole('heading', { name: 'A new code for your ticket' }).waitFor();
    await page.getByText('Mia Lindqvist').waitFor();
    expect(new Set(show.lostAsked.map(a => a.act))).toEqual(new Set(['open']));
    await page.reload();
    await page.getByText('Mia Lindqvist').waitFor();
    expect(show.lostAsked.map(a => a.act)).not.toContain('reissue');
    await tabTo(page, /^Show my new code$/);
    await page.keyboard.press('Enter');
    await page.getByText('WXYZ-2345-6789A').waitFor();
    // Spent, so that nobody copies it.
    expect(page.url()).not.toContain('#');
    const pages = new Set(show.lostAsked.map(a => a.body.page));
    expect(pages.size).toBe(1);
    expect(show.lostAsked.at(-1)).toEqual({ act: 'reissue', body: { token, page: [...pages][0], number: 17 } });
    await expect.poll(() => focused(page)).toBe('Enter');
    await page.keyboard.press('Enter');
    await live(page);
  });

  test('an answer that the line lost is asked for once more, by the same page', async () => {
    show.lostRefusals = [undefined];
    const page = await go(show, `/events/bells#lost=${token}`);
    await page.getByRole('button', { name: 'Show my new code' }).click();
    await page.getByText('The server cannot be reached').waitFor();
    await page.getByRole('button', { name: 'Show my new code' }).click();
    await page.getByText('WXYZ-2345-6789A').waitFor();
    const asked = show.lostAsked.filter(a => a.act === 'reissue');
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
  });

  test('a link that is over leads to another letter', async () => {
    show.lostDead = 'LinkUsed';
    const page = await go(show, `/events/bells#lost=${token}`);
    await page.getByText('This link has been used already').waitFor();
    await page.getByRole('button', { name: 'Ask for another letter' }).click();
    await expect.poll(() => focused(page)).toBe('E-mail address');
    expect(page.url()).not.toContain('#');
  });

  test('where no letters leave, none is offered', async () => {
    show.lostCodes = false;
    const page = await go(show);
    await page.getByLabel('Ticket code').waitFor();
    expect(await page.getByText('Lost your code?').count()).toBe(0);
  });

  test('too many tries are counted down, and what was typed stays', async () => {
    show.refusals = [{ status: 429, body: { code: 'TooMany', retryAfter: 3 } }];
    const page = await go(show);
    await page.getByLabel('Ticket code').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText(/try again in [23] seconds/).waitFor();
    await page.getByText('You can try again now').waitFor({ timeout: 6000 });
    expect(await page.getByLabel('Ticket code').inputValue()).toBe('WRON-G');
    await page.keyboard.press('Enter');
    await live(page);
  });

  test('a ticket in use elsewhere is moved only when asked', async () => {
    show.refusals = [{ status: 409, body: { code: 'OnAnotherDevice', device: 'Firefox on Windows' } }];
    const page = await go(show);
    await page.getByLabel('Ticket code').fill('abcdefghjkmnp');
    await page.keyboard.press('Enter');
    await page.getByText(/Firefox.* on .*Windows/).waitFor();
    await page.getByRole('button', { name: 'Move to this device' }).click();
    await live(page);
  });

  test('a replaced device says why, stops, does not come back by itself, and moves back when asked', async () => {
    const page = await go(show);
    await page.getByLabel('Ticket code').fill('abcdefghjkmnp');
    await page.keyboard.press('Enter');
    await live(page);
    const lines = show.devices.length;
    show.tell({ t: 'moved' });
    await page.getByRole('heading', { name: 'You’re on another device now' }).waitFor();
    await page.waitForTimeout(1500);
    expect(show.devices.length).toBe(lines);
    expect(await page.locator('video, textarea, iframe').count()).toBe(0);
    await page.getByRole('button', { name: 'Move back here' }).click();
    await live(page);
  });

  test('a page that was refused while it slept asks why, and says that it moved', async () => {
    const page = await enterRoom();
    show.inside = false;
    show.elsewhere = true;
    show.refusing = true;
    await show.dropDevice(1001);
    await page.getByRole('heading', { name: 'You’re on another device now' }).waitFor();
    expect(await page.locator('video, textarea, iframe').count()).toBe(0);
  });

  test('a banned fan stays out after a reload, and is in again on the same page once that is undone', async () => {
    const page = await enterRoom();
    show.banned = { reason: 'Advertising', until: null };
    show.tell({ t: 'banned', ...show.banned });
    await show.dropDevice(4403);
    await page.getByRole('heading', { name: 'You were removed from this event' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'You were removed from this event' }).waitFor();
    await page.getByText('The reason given: \u2068Advertising\u2069').waitFor();
    expect(show.devices.length).toBe(0);
    expect(await page.locator('video, textarea, iframe').count()).toBe(0);
    await page.getByRole('button', { name: 'Look again' }).click();
    await expect.poll(() => page.locator('[data-announcer]').textContent()).toContain('nothing has changed');
    show.banned = null;
    await page.getByRole('button', { name: 'Look again' }).click();
    await live(page);

    // And without a hand.
    show.banned = { reason: 'Again', until: null };
    show.tell({ t: 'banned', ...show.banned });
    await show.dropDevice(4403);
    await page.getByText('The reason given: \u2068Again\u2069').waitFor();
    show.banned = null;
    await live(page);
  }, 60_000);

  test('a door that is busy when the page is loaded again is asked again, and no code is', async () => {
    show.inside = true;
    show.meRefusal = { status: 503, body: { code: 'Unavailable' } };
    const page = await go(show);
    await page.getByText('The page tries again by itself.').waitFor();
    expect(await page.getByLabel('Ticket code').count()).toBe(0);
    show.meRefusal = undefined;
    await live(page);
  });

  test('a change of the show reaches who is inside, and tears nothing that did not change', async () => {
    show.present = 3;
    show.player = { kind: 'youtube', url: 'https://youtu.be/dQw4w9WgXcQ', captions: [] };
    const page = await enterRoom();
    await page
      .context()
      .route('https://www.youtube-nocookie.com/**', route =>
        route.fulfill({ contentType: 'text/html', body: '<title>x</title><p>player' }),
      );
    await box(page).fill('half a sentence');
    await page.locator('iframe').evaluate(frame => frame.setAttribute('data-kept', ''));
    show.about = 'Tonight an hour longer.';
    show.tell({ t: 'show' });
    await page.getByText('Tonight an hour longer.').waitFor();
    expect(await page.locator('iframe[data-kept]').count()).toBe(1);
    show.player = { kind: 'youtube', url: 'https://youtu.be/AAAAAAAAAAA', captions: [] };
    show.tell({ t: 'show' });
    await page.locator('iframe[src*="AAAAAAAAAAA"]').waitFor();
    expect(await box(page).inputValue()).toBe('half a sentence');
    expect(show.devices.length).toBe(1);
  });

  test('a show that is put off takes its fans back to the waiting room', async () => {
    show.present = 3;
    const page = await enterRoom();
    show.phase = 'announced';
    show.tell({ t: 'show' });
    show.tell({ t: 'phase', phase: 'announced' });
    await page.getByText('You’re in.').waitFor();
    await page.waitForTimeout(2500);
    expect(await page.getByText('You’re in.').isVisible()).toBe(true);
    await page.getByRole('timer').filter({ hasText: '2 days' }).waitFor();
  });

  test('the chat that was sent away, and the one behind a new name, lose nothing', async () => {
    for (let n = 0; n < 40; n++) show.say(`said ${n}`, `${mia}${n % 5}`, `Fan ${n % 5}`, false);
    const page = await enterRoom();
    await row(page, 'said 39').waitFor();
    await row(page, 'said 39').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Hide this person for me' }).click();
    await row(page, 'said 39').waitFor({ state: 'detached' });
    await page.locator('[data-scroller]').evaluate(e => e.scrollTo({ top: 300 }));
    await page.waitForTimeout(200);
    const place = await page.locator('[data-scroller]').evaluate(e => e.scrollTop);
    await box(page).fill('half a sentence');
    const sessions = show.sessions.length;

    await page.getByRole('button', { name: 'Hide chat' }).click();
    await box(page).waitFor({ state: 'hidden' });
    await fits(page);
    show.say('while it was away', `${mia}1`, 'Fan 1');
    await page.getByRole('button', { name: 'Show chat' }).click();
    expect(await box(page).inputValue()).toBe('half a sentence');
    await page.getByRole('button', { name: '1 new message' }).waitFor();
    expect(await page.locator('[data-scroller]').evaluate(e => e.scrollTop)).toBeCloseTo(place, -1);
    expect(await row(page, 'said 39').count()).toBe(0);

    await page.getByRole('button', { name: 'Chat settings' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await page.getByLabel('Nickname').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => focused(page)).toBe('Write a message');
    expect(await box(page).inputValue()).toBe('half a sentence');
    expect(await row(page, 'said 39').count()).toBe(0);
    expect(show.sessions.length).toBe(sessions);
  });

  test('what was taken down before the chat came is not in it', async () => {
    const bad = show.say('taken down already', mia, 'Lea', false);
    show.say('still there', mia, 'Lea', false);
    show.removed = [bad.MessageId];
    const page = await enterRoom();
    await row(page, 'still there').waitFor();
    expect(await page.getByText('taken down already').count()).toBe(0);
    expect(await page.getByText('Removed by a moderator').count()).toBe(1);
  });

  test('the device’s line comes back after a break', async () => {
    const page = await enterRoom();
    await show.dropDevice(1012);
    await expect.poll(() => show.devices.length, { timeout: 8000 }).toBe(1);
    show.tell({ t: 'present', n: 7 });
    await page.getByText('7 people here').waitFor();
  });

  test('a flood moves neither focus nor place, and is counted, not read', async () => {
    for (let n = 0; n < 40; n++) show.say(`before ${n}`, mia, 'Lea', false);
    const page = await enterRoom();
    const kept = row(page, 'before 35');
    await kept.focus();
    const before = await kept.boundingBox();
    await page.evaluate(() => {
      const changes: { at: number; text: string }[] = [];
      Object.assign(globalThis, { changes });
      const region = document.querySelector('[data-announcer]');
      if (region)
        new MutationObserver(() => changes.push({ at: performance.now(), text: region.textContent ?? '' })).observe(
          region,
          {
            childList: true,
          },
        );
    });
    for (let n = 0; n < 200; n++) {
      show.say(`flood ${n}`, `${mia}${n % 40}`, `Fan ${n % 40}`);
      await page.waitForTimeout(100);
    }
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('before 35');
    const after = await kept.boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);
    const changes = await page.evaluate(
      () => (globalThis as unknown as { changes: { at: number; text: string }[] }).changes,
    );
    expect(changes.length).toBeGreaterThan(1);
    for (let n = 1; n < changes.length; n++)
      expect((changes[n]?.at ?? 0) - (changes[n - 1]?.at ?? 0)).toBeGreaterThan(2900);
    expect(changes.at(-1)?.text).toMatch(/^\d+ new messages$/);
    expect(changes.map(c => c.text).join()).not.toContain('before');
    await page.getByRole('button', { name: /\d+ new messages/ }).click();
    await row(page, 'flood 199').waitFor();
  }, 60_000);

  test('at the end of the list one stays there, whatever arrives', async () => {
    for (let n = 0; n < 40; n++) show.say(`before ${n}`, mia, 'Lea', false);
    const page = await enterRoom();
    const gap = () => page.locator('[data-scroller]').evaluate(e => e.scrollHeight - e.scrollTop - e.clientHeight);
    for (let n = 0; n < 30; n++) {
      show.say(`${n} ${'long '.repeat(n * 3)}`);
      await page.waitForTimeout(60);
    }
    await row(page, '29 long').waitFor();
    await expect.poll(gap).toBeLessThan(4);
  });

  test('reading back is never yanked, and older pages keep the place', async () => {
    for (let n = 0; n < 160; n++)
      show.say(`old ${n} ${'word '.repeat(n % 13)}`, `${mia}${n % 3}`, `Fan ${n % 3}`, false);
    const page = await enterRoom();
    const scroller = page.locator('[data-scroller]');
    await row(page, 'old 159').waitFor();
    await scroller.hover();
    await page.mouse.wheel(0, -1200);
    await page.waitForTimeout(400);
    const held = await page.evaluate(() => {
      const box = document.querySelector('[data-scroller]')?.getBoundingClientRect();
      const found = [...document.querySelectorAll<HTMLElement>('[data-id]')].find(
        e => box && e.getBoundingClientRect().top > box.top + 40,
      );
      return { id: found?.dataset.id, y: found?.getBoundingClientRect().top ?? 0 };
    });
    for (let n = 0; n < 20; n++) {
      show.say(`new ${n} ${'word '.repeat(n)}`);
      await page.waitForTimeout(50);
    }
    await page.waitForTimeout(400);
    const there = () => page.locator(`[data-id="${held.id}"]`).evaluate(e => e.getBoundingClientRect().top);
    expect(Math.abs((await there()) - held.y)).toBeLessThan(2);
    const first = page.locator('[data-id="m-000000"]');
    for (let n = 0; n < 60 && (await first.count()) === 0; n++) {
      await page.mouse.wheel(0, -700);
      await page.waitForTimeout(120);
    }
    await first.waitFor({ timeout: 5000 });
  });

  test('only what can be seen is in the page, and its place is told', async () => {
    for (let n = 0; n < 300; n++) show.say(`live ${n}`, mia, 'Lea', false);
    const page = await enterRoom();
    for (let n = 0; n < 40; n++) {
      show.say(`more ${n} of forty`, mia);
      await page.waitForTimeout(130);
    }
    await row(page, 'more 39 of forty').waitFor();
    const rows = page.getByRole('list', { name: 'Messages' }).getByRole('listitem');
    expect(await rows.count()).toBeLessThan(60);
    const last = row(page, 'more 39 of forty');
    expect(await last.getAttribute('aria-posinset')).toBe(await last.getAttribute('aria-setsize'));
  }, 60_000);

  test('what people write stays text', async () => {
    const page = await enterRoom();
    for (const [n, text] of hostile.entries()) show.say(text, `${mia}${n}`, n % 3 === 0 ? text.slice(0, 24) : 'Lea');
    show.tell({
      t: 'pin',
      pin: { messageId: 'p', author: '<b>x</b>', kind: 'fan', text: 'https://example.com <img src=x>' },
    });
    const list = page.getByRole('list', { name: 'Messages' });
    await row(page, '@Mia <b').waitFor();
    await page
      .getByRole('button', { name: 'Show all' })
      .or(page.locator('nothing'))
      .first()
      .click({ timeout: 1500 })
      .catch(() => {});
    expect(hostile.length).toBeGreaterThanOrEqual(30);
    const scroller = page.locator('[data-scroller]');
    const seen = new Set<string>();
    for (let n = 0; n < 30; n++) {
      for (const text of await list.locator('[data-id] > p[dir]').allTextContents()) seen.add(text);
      expect(
        await page
          .locator('section a, [data-scroller] :is(a, img, b, i, script, iframe, style, input, svg[onload])')
          .count(),
      ).toBe(0);
      await scroller.evaluate(e => e.scrollBy(0, -200));
      await page.waitForTimeout(60);
    }
    for (const text of hostile) expect([...seen], text).toContain(text);
  });

  test('a nickname that turns its direction turns nothing beside it', async () => {
    const page = await enterRoom();
    show.say('plain text', mia, 'abc\u202Edef');
    const time = row(page, 'plain text').locator('time');
    await time.waitFor();
    const [name, at] = await Promise.all([row(page, 'plain text').locator('bdi').boundingBox(), time.boundingBox()]);
    expect((at?.x ?? 0) > (name?.x ?? 0)).toBe(true);
    expect(await time.textContent()).toMatch(/^\d/);
  });

  test('what was written while the line was down goes out once each, in order', async () => {
    const page = await enterRoom();
    show.chatDown = true;
    await show.dropChat(1000);
    for (const text of ['first', 'second', 'third']) await write(page, text);
    await page.locator('[data-draft]').nth(2).waitFor();
    show.chatDown = false;
    await row(page, 'third').waitFor({ timeout: 15_000 });
    expect(show.log.map(m => m.Content)).toEqual(['first', 'second', 'third']);
    await expect.poll(() => page.locator('[data-draft]').count()).toBe(0);
  });

  test('a drop is filled and counted', async () => {
    show.say('before', mia, 'Lea', false);
    const page = await enterRoom();
    await row(page, 'before').waitFor();
    show.chatDown = true;
    await show.dropChat(1000);
    for (let n = 0; n < 70; n++) show.say(`gap ${n}`, mia, 'Lea', false);
    show.chatDown = false;
    await page.getByText('You missed 70 messages').first().waitFor({ timeout: 15_000 });
    await row(page, 'gap 69').waitFor();
  });

  test('a held message waits in its place and then takes it', async () => {
    show.flow = 'hold';
    const page = await enterRoom();
    await write(page, 'look at this');
    await page.getByText('Waiting for a moderator to look at it').first().waitFor();
    const { token } = show.sent[0] ?? { token: '' };
    const held = show.held(token);
    if (held) show.approve(held);
    await row(page, 'look at this').waitFor();
    expect(await page.locator('[data-draft]').count()).toBe(0);
  });

  test('a refused message keeps its text for another try', async () => {
    show.flow = 'deny';
    const page = await enterRoom();
    await write(page, 'buy now');
    await page.getByText('No selling here.').first().waitFor();
    await page.getByRole('button', { name: 'Write it anew' }).click();
    expect(await box(page).inputValue()).toBe('buy now');
    expect(await page.locator('[data-draft]').count()).toBe(0);
  });

  test('a removal takes the text out of the page within half a second, in place', async () => {
    const page = await enterRoom();
    const said = show.say('a bad word');
    await row(page, 'a bad word').waitFor();
    const at = Date.now();
    show.tell({ t: 'removed', messageId: said.MessageId });
    await page.locator(`[data-id="${said.MessageId}"]`, { hasText: 'Removed by a moderator' }).waitFor();
    expect(Date.now() - at).toBeLessThan(500);
    expect(await page.content()).not.toContain('a bad word');
    show.tell({ t: 'restored', messageId: said.MessageId });
    await row(page, 'a bad word').waitFor();
  });

  test('slow mode counts down and keeps what is written', async () => {
    show.slowSeconds = 3;
    const page = await enterRoom();
    await write(page, 'one');
    await box(page).fill('two');
    await box(page).press('Enter');
    expect(await box(page).inputValue()).toBe('two');
    await page.getByRole('button', { name: 'Send', exact: true }).click({ timeout: 6000 });
    await row(page, 'two').waitFor();
  });

  test('a running time-out is known after a reload, counts down, and lets go by itself', async () => {
    const page = await enterRoom();
    show.timeout = { reason: 'Calm down', until: new Date(Date.now() + 8000).toISOString() };
    await page.reload();
    await page.getByText('A moderator asked you to pause. Calm down').waitFor();
    await box(page).fill('may I?');
    await box(page).press('Enter');
    expect(await box(page).inputValue()).toBe('may I?');
    expect(await page.getByRole('button', { name: /^You can send again in/ }).count()).toBe(1);
    expect(show.sent).toEqual([]);
    show.timeout = null;
    await page.getByRole('button', { name: 'Send', exact: true }).click({ timeout: 12_000 });
    await row(page, 'may I?').waitFor();
    expect(await page.getByText('A moderator asked you to pause').count()).toBe(0);
  });

  test('Enter that ends a composition sends nothing', async () => {
    const page = await enterRoom();
    await box(page).fill('にほ');
    await box(page).evaluate(e =>
      e.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }),
      ),
    );
    await page.waitForTimeout(200);
    expect(show.sent).toEqual([]);
    expect(await box(page).inputValue()).toBe('にほ');
    await box(page).fill('one');
    await box(page).press('Shift+Enter');
    expect(await box(page).inputValue()).toBe('one\n');
  });

  test('a mention is marked, heard within two seconds, and off means silence', async () => {
    const page = await enterRoom();
    show.say('@Mia wave!', mia, 'Jonas');
    await page.locator('[data-announcer]', { hasText: 'mentions you' }).waitFor({ state: 'attached', timeout: 2000 });
    expect(await row(page, 'wave!').locator('mark').textContent()).toBe('@Mia');
    await page.getByRole('button', { name: 'Chat settings' }).click();
    await page.getByRole('radio', { name: 'Nothing' }).check();
    await page.keyboard.press('Escape');
    await page.waitForTimeout(400);
    const before = await page.locator('[data-announcer]').textContent();
    show.say('from the stage', artist);
    show.say('@Mia again', mia);
    await row(page, '@Mia again').waitFor();
    await page.waitForTimeout(3500);
    expect(await page.locator('[data-announcer]').textContent()).toBe(before);
  });

  test('an answer quotes what it answers, leads there, and calls whom it answers', async () => {
    const page = await enterRoom();
    const asked = show.say('what comes next?', artist, 'Ines');
    await row(page, 'what comes next?').hover();
    await row(page, 'what comes next?')
      .getByRole('button', { name: /^Actions/ })
      .click();
    await page.getByRole('menuitem', { name: 'Reply' }).click();
    await page.getByText('Replying to').waitFor();
    await expect.poll(() => focused(page)).toBe('Write a message');
    await page.keyboard.press('Escape');
    expect(await page.getByText('Replying to').count()).toBe(0);
    await row(page, 'what comes next?').press('Enter');
    await page.getByRole('menuitem', { name: 'Reply' }).click();
    await write(page, 'the bells!');
    await expect
      .poll(() => show.sent.at(-1))
      .toMatchObject({ text: 'the bells!', metadata: `{"inReplyTo":"${asked.MessageId}"}` });
    expect(await page.getByText('Replying to').count()).toBe(0);
    await row(page, 'the bells!')
      .getByRole('button', { name: /what comes next\?/ })
      .click();
    await expect.poll(() => focused(page)).toContain('what comes next?');

    const own = show.log.at(-1)?.MessageId ?? '';
    show.say('<b>yes</b>', mia, 'Jonas', true, `{"inReplyTo":"${own}"}`);
    show.say('forged', mia, 'Jonas', true, `{"inReplyTo":"${own}","text":"the artist said so"}`);
    await page.locator('[data-announcer]', { hasText: 'replies to you' }).waitFor({ state: 'attached' });
    await row(page, '<b>yes</b>')
      .getByRole('button', { name: /You the bells!/ })
      .waitFor();
    expect(await row(page, 'forged').getByText('the artist said so').count()).toBe(0);
    await accessible(page);
    await picture(page, 'answer');
  });

  test('a person is hidden for oneself, and comes back', async () => {
    const page = await enterRoom();
    show.say('noisy', `${mia}1`, 'Noisy');
    show.say('calm', `${mia}2`, 'Calm');
    await row(page, 'noisy').hover();
    await row(page, 'noisy')
      .getByRole('button', { name: /Actions/ })
      .click();
    await page.getByRole('menuitem', { name: 'Hide this person for me' }).click();
    await row(page, 'noisy').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Chat settings' }).click();
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.keyboard.press('Escape');
    await row(page, 'noisy').waitFor();
  });

  test('a long press opens the menu', async () => {
    const page = await enterRoom(phone);
    show.say('press me');
    await row(page, 'press me').waitFor();
    await row(page, 'press me').dispatchEvent('pointerdown', { pointerType: 'touch', clientX: 80, clientY: 400 });
    await page.getByRole('menu').waitFor();
  });

  test('a storm of reactions raises few, and none where stillness was asked for', async () => {
    const storm = () => {
      for (let n = 0; n < 12; n++) show.tell({ t: 'reactions', counts: [9000, 200, 20, 0, 3, 800] });
    };
    const page = await enterRoom();
    storm();
    await page.getByRole('button', { name: /Applause.*108,000/ }).waitFor();
    const rising = await page.locator('[data-rising] > span').count();
    expect(rising).toBeGreaterThan(3);
    expect(rising).toBeLessThanOrEqual(24);
    await page.getByLabel('Floating').uncheck();
    expect(await page.locator('[data-rising]').count()).toBe(0);

    show = new Show();
    const still = await enterRoom({ reducedMotion: 'reduce' });
    storm();
    await still.getByRole('button', { name: /Applause.*108,000/ }).waitFor();
    expect(await still.evaluate(() => document.getAnimations().length)).toBe(0);
    expect(await still.locator('[data-rising]').count()).toBe(0);
  });

  test('pause stops what moves', async () => {
    const page = await enterRoom();
    show.say('first');
    await row(page, 'first').waitFor();
    await page.getByRole('button', { name: 'Pause the chat' }).click();
    show.say('second');
    await page.getByText('1 new message').waitFor();
    expect(await row(page, 'second').count()).toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await row(page, 'second').waitFor();
  });

  test('the reading view holds still text of every message', async () => {
    for (let n = 0; n < 45; n++) show.say(`said ${n}`, mia, 'Lea', false);
    const page = await enterRoom();
    await page.getByRole('button', { name: 'Reading view' }).click();
    const view = page.getByRole('region', { name: 'Reading view' });
    expect(await view.getByRole('listitem').count()).toBe(45);
    show.say('later');
    await page.waitForTimeout(400);
    expect(await view.getByRole('listitem').count()).toBe(45);
    await view.getByRole('button', { name: 'Back to live' }).click();
    await row(page, 'later').waitFor();
  });

  test('a pinned message is put away once, and a new one comes', async () => {
    show.pin = { messageId: 'p1', author: 'Tom', kind: 'moderator', text: 'Be kind' };
    const page = await enterRoom();
    await page.getByRole('complementary', { name: 'Pinned' }).getByText('Be kind').waitFor();
    await page.getByRole('button', { name: 'Put the pinned message away' }).click();
    show.tell({ t: 'pin', pin: show.pin });
    await page.waitForTimeout(200);
    expect(await page.getByRole('complementary').count()).toBe(0);
    show.tell({ t: 'pin', pin: { messageId: 'p2', author: 'Tom', kind: 'moderator', text: 'Encore at ten' } });
    await page.getByRole('complementary').getByText('Encore at ten').waitFor();
  });

  test('the stream’s page lives without the chat, and the chat without the player', async () => {
    show.inside = true;
    const blocked = await go(show, '/events/');
    await blocked.route(/assets\/Chat-/, route => route.abort());
    await blocked.goto(blocked.url().replace('/events/', '/events/bells'));
    await blocked.getByText('The chat stopped').waitFor();
    await blocked.getByRole('button', { name: /Applause/ }).waitFor();

    show.player = { kind: 'hls', url: 'https://stream.test/x.m3u8', captions: [] };
    await blocked.unroute(/assets\/Chat-/);
    await blocked.getByRole('button', { name: 'Try again' }).click();
    await live(blocked);
    await blocked.route(/assets\/Stream-/, route => route.abort());
    await blocked.reload();
    await blocked.getByText('The player stopped').waitFor();
    await live(blocked);
    show.say('still here');
    await row(blocked, 'still here').waitFor();
    for (const seen of open) seen.complaints.length = 0;
  });

  test('the chat server gone, the stream stays and the text waits', async () => {
    show.inside = true;
    show.chatDown = true;
    const page = await go(show);
    await page.locator('[data-state="offline"]').waitFor();
    await page.getByRole('button', { name: /Applause/ }).waitFor();
    await page.getByText('What you write waits here.').waitFor();
    show.chatDown = false;
    await page
      .getByRole('button', { name: 'Now' })
      .click({ timeout: 1000 })
      .catch(() => {});
    await live(page);
  });

  test('the doors open by themselves', async () => {
    show.inside = true;
    show.phase = 'announced';
    const page = await go(show);
    await page.getByText('You’re in.').waitFor();
    await expect.poll(() => show.devices.length).toBe(1);
    show.phase = 'doors';
    show.tell({ t: 'phase', phase: 'doors' });
    await live(page);
    await page.getByText('The show starts in').waitFor();
  });

  test('who waits at the door has what lies behind it before it opens', async () => {
    show.inside = true;
    show.phase = 'announced';
    const page = await go(show, '/events/');
    // Each page waits a while of its own; this one the shortest.
    await page.addInitScript(() => {
      Math.random = () => 0;
    });
    const scripts: string[] = [];
    page.on('request', request => scripts.push(new URL(request.url()).pathname));
    await page.goto(page.url().replace('/events/', '/events/bells'));
    await page.getByText('You’re in.').waitFor();
    const has = (name: string) => scripts.some(path => path.includes(`/${name}-`));
    expect(has('WatchPage') || has('Chat')).toBe(false);
    await expect.poll(() => has('WatchPage') && has('Chat'), { timeout: 8000 }).toBe(true);
    const before = scripts.filter(path => path.endsWith('.js')).length;
    show.phase = 'doors';
    show.tell({ t: 'phase', phase: 'doors' });
    await live(page);
    expect(scripts.filter(path => path.endsWith('.js')).length).toBe(before);
  });

  test('F6 goes from region to region', async () => {
    const page = await enterRoom();
    show.say('a row to stand on');
    await row(page, 'a row to stand on').waitFor();
    await box(page).focus();
    const regions = new Set<string>();
    for (let n = 0; n < 6; n++) {
      await page.keyboard.press('F6');
      regions.add(await focused(page));
    }
    expect([...regions].some(r => r.includes('a row to stand on'))).toBe(true);
    expect([...regions].some(r => r.includes('Applause'))).toBe(true);
    expect([...regions]).toContain('Write a message');
  });

  test('the language can be changed without losing what is written', async () => {
    const page = await enterRoom();
    await box(page).fill('half a sentence');
    await page.getByLabel('Language').selectOption('ar');
    await expect.poll(() => page.evaluate(() => document.documentElement.dir)).toBe('rtl');
    expect(await page.locator('textarea').inputValue()).toBe('half a sentence');
  });

  test('fits a page of 320 pixels, text of twice the size, and a phone on its side', async () => {
    for (let n = 0; n < 8; n++) show.say(`said ${n}`, mia, 'Lea', false);
    const narrow = await go(show, '/events/bells', { viewport: { width: 320, height: 640 } });
    await narrow.getByLabel('Ticket code').waitFor();
    await fits(narrow);
    show.inside = true;
    await narrow.reload();
    await live(narrow);
    await fits(narrow);
    await picture(narrow, 'room-320');
    expect(await box(narrow).isVisible()).toBe(true);

    const large = await enterRoom({ viewport: { width: 1280, height: 900 } });
    await large.evaluate(() => {
      document.documentElement.style.fontSize = '200%';
    });
    await fits(large);
    await picture(large, 'room-large-text');

    const side = await enterRoom({ ...phone, viewport: { width: 844, height: 390 } });
    await fits(side);
    await picture(side, 'room-side');
    const [screen, text] = await Promise.all([
      side.locator('[data-region]').nth(1).boundingBox(),
      box(side).boundingBox(),
    ]);
    expect((screen?.x ?? 0) + (screen?.width ?? 0)).toBeLessThanOrEqual((text?.x ?? 0) + 1);
  });

  test('on a phone the picture is on top and the composer in sight, with a keyboard open too', async () => {
    for (let n = 0; n < 30; n++) show.say(`said ${n}`, mia, 'Lea', false);
    const page = await enterRoom(phone);
    const composer = async () => (await box(page).boundingBox()) ?? { y: 0, height: 0 };
    expect((await composer()).y + (await composer()).height).toBeLessThanOrEqual(844);
    await page.setViewportSize({ width: 390, height: 480 });
    await expect.poll(async () => (await composer()).y + (await composer()).height).toBeLessThanOrEqual(480);
    expect(await row(page, 'said 29').isVisible()).toBe(true);
  });
});
