import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { accessible, launch, noBrowser, phone, picture } from '../browser.ts';
import { live, row, Show, visit } from './show.ts';
import { air, type Film, film } from './stream.ts';

describe.skipIf(noBrowser)(`The player${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  let made: Film | undefined;
  beforeAll(async () => {
    browser = await launch();
    made = await film(browser);
  });
  afterAll(() => browser?.close());

  const time = (page: Page) => page.locator('video').evaluate(v => (v as HTMLVideoElement).currentTime);
  async function watch(options = {}) {
    if (!made) throw new Error('this browser films nothing that HLS may carry');
    const show = new Show();
    const at = { down: false };
    show.inside = true;
    show.player = {
      kind: 'hls',
      url: 'https://stream.test/live.m3u8',
      captions: [{ lang: 'en', label: 'English', url: 'https://stream.test/en.vtt' }],
    };
    const context = await visit(browser, show, '/events/', options);
    await air(context.page.context(), made, at);
    await context.page.goto(context.page.url().replace('/events/', '/events/bells'));
    return { ...context, show, at };
  }
  const moves = async (page: Page) => {
    const from = await time(page);
    await expect.poll(() => time(page), { timeout: 15_000 }).toBeGreaterThan(from + 0.5);
  };

  test('begins without sound, and offers it in one press', async () => {
    const { page, complaints, close } = await watch();
    await moves(page);
    expect(await page.locator('video').evaluate(v => (v as HTMLVideoElement).muted)).toBe(true);
    await accessible(page);
    await picture(page, 'stream-desktop-light');
    await page.getByRole('button', { name: 'Turn on sound' }).first().click();
    expect(await page.locator('video').evaluate(v => (v as HTMLVideoElement).muted)).toBe(false);
    expect(await page.getByRole('button', { name: 'Turn off sound' }).count()).toBe(1);
    expect(complaints.join('\n')).toBe('');
    await close();
  });

  test('can be driven by keys, has captions, and finds back to live', async () => {
    const { page, close } = await watch();
    await moves(page);
    await page.locator('video').focus();
    await page.keyboard.press('c');
    await expect.poll(() => page.getByLabel('Captions').inputValue()).not.toBe('-1');
    await page.keyboard.press('k');
    await expect.poll(() => page.locator('video').evaluate(v => (v as HTMLVideoElement).paused)).toBe(true);
    await page.keyboard.press('m');
    expect(await page.locator('video').evaluate(v => (v as HTMLVideoElement).muted)).toBe(false);
    await page.keyboard.press('m');
    await page.getByRole('button', { name: 'Jump to live' }).click();
    await moves(page);
    await close();
  });

  test('asks again for a stream that broke off, while the chat goes on', async () => {
    const { page, show, at, close } = await watch();
    await moves(page);
    at.down = true;
    await page.getByText('The stream does not arrive just now').waitFor({ timeout: 25_000 });
    await live(page);
    show.say('still talking');
    await row(page, 'still talking').waitFor();
    at.down = false;
    await moves(page);
    await close();
  }, 90_000);

  test('a stream that broke off comes back with its sound, and paused where it was paused', async () => {
    const { page, at, close } = await watch();
    const video = page.locator('video');
    const waits = page.getByText('The stream does not arrive just now');
    await moves(page);
    await page.getByRole('button', { name: 'Turn on sound' }).first().click();
    at.down = true;
    await waits.waitFor({ timeout: 25_000 });
    at.down = false;
    await moves(page);
    expect(await video.evaluate(v => (v as HTMLVideoElement).muted)).toBe(false);
    await video.focus();
    await page.keyboard.press('k');
    at.down = true;
    await waits.waitFor({ timeout: 25_000 });
    at.down = false;
    await waits.waitFor({ state: 'detached', timeout: 25_000 });
    await page.waitForTimeout(1000);
    expect(await video.evaluate(v => (v as HTMLVideoElement).paused)).toBe(true);
    await close();
  }, 120_000);

  test('full screen is offered where there is one: the region, on an iPhone the video, else none', async () => {
    const page = async (script: () => void) => {
      const context = await browser.newContext({ locale: 'en-GB' });
      const show = new Show();
      show.inside = true;
      show.player = { kind: 'hls', url: 'https://stream.test/none.m3u8', captions: [] };
      await show.play(context);
      await context.addInitScript(script);
      const page = await context.newPage();
      await page.goto(`${inject('pagesUrl')}/events/bells`);
      await page.locator('video').waitFor();
      return page;
    };
    const button = { name: 'Full screen' };
    const none = await page(() => {
      Reflect.deleteProperty(Element.prototype, 'requestFullscreen');
    });
    expect(await none.getByRole('button', button).count()).toBe(0);
    await none.context().close();
    const iphone = await page(() => {
      Reflect.deleteProperty(Element.prototype, 'requestFullscreen');
      Object.assign(HTMLVideoElement.prototype, {
        webkitEnterFullscreen(this: HTMLVideoElement) {
          this.dataset.full = '';
        },
      });
    });
    await iphone.getByRole('button', button).click();
    expect(await iphone.locator('video[data-full]').count()).toBe(1);
    await iphone.context().close();
  });

  test('waits for a hand where stillness was asked for', async () => {
    const { page, close } = await watch({ reducedMotion: 'reduce', ...phone });
    await page.getByRole('button', { name: 'Play' }).first().waitFor({ timeout: 15_000 });
    await page.waitForTimeout(600);
    expect(await time(page)).toBe(0);
    await picture(page, 'stream-phone-light');
    await page.getByRole('button', { name: 'Play' }).first().click();
    await moves(page);
    await close();
  });

  test('another house’s player is in a box of its own', async () => {
    const show = new Show();
    show.inside = true;
    show.player = { kind: 'youtube', url: 'https://youtu.be/dQw4w9WgXcQ', captions: [] };
    const { page, close } = await visit(browser, show, '/events/');
    await page
      .context()
      .route('https://www.youtube-nocookie.com/**', route =>
        route.fulfill({ contentType: 'text/html', body: '<title>x</title><p>player' }),
      );
    await page.goto(page.url().replace('/events/', '/events/bells'));
    const frame = page.locator('iframe');
    await frame.waitFor();
    expect(await frame.getAttribute('src')).toContain('youtube-nocookie.com/embed/dQw4w9WgXcQ');
    expect(await frame.getAttribute('sandbox')).not.toContain('top-navigation');
    await close();
  });
});
