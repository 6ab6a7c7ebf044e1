import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launch, live, noBrowser, row, say, unique, type Visit, visit, windowOf } from '../browser.ts';

describe.skipIf(noBrowser)(`Two people on the start page${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  let ada: Visit;
  let ben: Visit;
  const adas = () => windowOf(ada.page, 'Ada');
  const bens = () => windowOf(ben.page, 'Ben');

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    [ada, ben] = await Promise.all([visit(browser, '/?as=ada'), visit(browser, '/?as=ben')]);
    await Promise.all([live(adas()), live(bens())]);
  });
  afterEach(async () => {
    const complaints = [...ada.complaints, ...ben.complaints];
    await Promise.all([ada.close(), ben.close()]);
    expect(complaints.join('\n')).toBe('');
  });

  test('what one says the other sees, once, and back', async () => {
    const [hello, answer] = [unique('Hello Ben'), unique('Hello Ada')];
    await say(adas(), hello);
    await row(bens(), hello).waitFor();
    await say(bens(), answer);
    await row(adas(), answer).waitFor();
    for (const window of [adas(), bens()])
      for (const text of [hello, answer]) expect(await row(window, text).count()).toBe(1);
  });

  test('an edit and a removal reach the other', async () => {
    const [first, second] = [unique('A typpo'), unique('A typo')];
    await say(adas(), first);
    await row(bens(), first).waitFor();

    await row(adas(), first).hover();
    await row(adas(), first).getByRole('button', { name: 'Edit' }).click();
    await adas().getByRole('textbox', { name: 'Edit message' }).fill(second);
    await adas().getByRole('button', { name: 'Save' }).click();
    await row(bens(), `${second} (edited)`).waitFor();
    expect(await row(bens(), first).count()).toBe(0);

    await row(adas(), second).hover();
    await row(adas(), second).getByRole('button', { name: 'Remove' }).click();
    await adas().getByRole('group', { name: 'Remove this message' }).getByRole('button', { name: 'Remove' }).click();
    await bens().getByText('This message was removed').last().waitFor();
    await row(bens(), second).waitFor({ state: 'detached' });
    expect(await ben.page.content()).not.toContain(second);
  });

  test('nobody is offered to change what another said', async () => {
    const text = unique('Mine alone');
    await say(adas(), text);
    await row(bens(), text).hover();
    expect(await row(bens(), text).getByRole('button').count()).toBe(0);
  });

  test('a cut line is drawn, and what was said meanwhile is there on return', async () => {
    const text = unique('While you were away');
    await ben.sockets.at(-1)?.close({ code: 1012, reason: 'restart' });
    await bens().getByText('Reconnecting', { exact: true }).waitFor();
    await say(adas(), text);
    await live(bens());
    await row(bens(), text).waitFor();
    expect(await row(bens(), text).count()).toBe(1);
  });

  test('a line the client gives up on is drawn as offline and comes back by itself', async () => {
    await ben.sockets.at(-1)?.close({ code: 1000 });
    await bens().getByText('Offline', { exact: true }).waitFor();
    await live(bens());
  });

  test('a session the server ends for good says so and waits for the person', async () => {
    await ben.sockets.at(-1)?.close({ code: 4003, reason: 'kicked' });
    await bens().getByText('Ended', { exact: true }).waitFor();
    await bens().getByRole('button', { name: 'Start again' }).click();
    await live(bens());
  });

  test('what looks like markup or a link stays text', async () => {
    const hostile = [
      '<img src=x onerror=alert(1)>',
      'https://example.com/?q=1',
      'javascript:alert(1)',
      '[click](https://example.com)',
      '&lt;b&gt;bold&lt;/b&gt;',
      'www.example.com',
    ].map(unique);
    for (const text of hostile) {
      await say(adas(), text);
      await row(bens(), text).waitFor();
    }
    expect(await bens().getByRole('list').locator('a, img, b, script').count()).toBe(0);
  });

  test('text from right to left keeps to itself', async () => {
    const text = unique('שלום לכולם');
    const reversing = unique('plain \u202E desrever');
    await say(adas(), text);
    await say(adas(), reversing);
    await row(bens(), reversing).waitFor();
    const direction = await bens()
      .getByText(text)
      .evaluate(element => getComputedStyle(element).direction);
    expect(direction).toBe('rtl');
    const time = row(bens(), reversing).locator('time');
    if (await time.isVisible()) expect(await time.evaluate(e => getComputedStyle(e).direction)).toBe('ltr');
  });

  test('a flood moves neither focus nor place, and is counted instead of read', async () => {
    const anchor = unique('Keep me');
    await say(bens(), anchor);
    await row(bens(), anchor).focus();
    await ben.page.evaluate(() => {
      const changes: number[] = [];
      Object.assign(globalThis, { changes });
      const region = document.querySelector('[data-announcer]');
      if (region) new MutationObserver(() => changes.push(performance.now())).observe(region, { childList: true });
    });
    const last = unique('the last');
    for (let n = 0; n < 25; n++) {
      await say(adas(), n < 24 ? unique(`${n}`) : last);
    }
    await row(bens(), last).waitFor();
    expect(await ben.page.evaluate(() => document.activeElement?.textContent)).toContain(anchor);
    const changes = await ben.page.evaluate(() => (globalThis as unknown as { changes: number[] }).changes);
    for (let n = 1; n < changes.length; n++) expect((changes[n] ?? 0) - (changes[n - 1] ?? 0)).toBeGreaterThan(2900);
  });

  test('what the other says is announced', async () => {
    const text = unique('Say this aloud');
    await say(adas(), text);
    await ben.page.locator('[data-announcer]', { hasText: `Ada: ${text}` }).waitFor({ state: 'attached' });
    expect(await ada.page.locator('[data-announcer]').textContent()).toBe('');
  });

  test('older messages come on demand and the place is kept', async () => {
    for (let n = 0; n < 35; n++) await say(adas(), unique(`History ${n}`));
    await ben.page.reload();
    await live(bens());
    const older = bens().getByRole('button', { name: 'Older messages' });
    const rows = bens().getByRole('listitem');
    const shown = await rows.count();
    const first = bens().locator(`[data-id="${await rows.first().getAttribute('data-id')}"]`);
    await older.scrollIntoViewIfNeeded();
    // Its foot, because the row loses its name and day once it follows older ones.
    const foot = () => first.evaluate(element => element.getBoundingClientRect().bottom);
    const before = await foot();
    await older.click();
    await expect.poll(() => rows.count()).toBeGreaterThan(shown);
    expect(Math.abs((await foot()) - before)).toBeLessThan(2);
  });
});
