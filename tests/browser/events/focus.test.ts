import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desktop, launch, noBrowser, phone } from '../browser.ts';
import { artist, live, mia, Show, visit } from './show.ts';
import { Staff, showId, staffVisit } from './staff.ts';

/** What is wrong with what has the focus: out of sight, covered, or not to be told from what has none. Empty for nothing. */
const wrong = () => {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || focused === document.body) return '';
  const name = `${focused.tagName.toLowerCase()} "${(focused.getAttribute('aria-label') ?? focused.innerText ?? '').trim().slice(0, 40)}"`;
  // A control that is drawn by its label, as the choice of a theme is, is where its label is.
  const label = focused instanceof HTMLInputElement ? focused.closest('label') : null;
  const drawn = label ?? focused;
  const box = drawn.getBoundingClientRect();
  const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
  const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
  if (right - left < 1 || bottom - top < 1) return `${name} is out of sight`;
  const places = [0.1, 0.5, 0.9].flatMap(x =>
    [0.1, 0.5, 0.9].map(y => [left + (right - left) * x, top + (bottom - top) * y]),
  );
  const seen = places.some(([x, y]) => {
    const there = document.elementFromPoint(x ?? 0, y ?? 0);
    return there !== null && (drawn.contains(there) || there.contains(drawn));
  });
  if (!seen) return `${name} is covered`;
  const marked = [focused, label, focused.parentElement].some(
    e =>
      e &&
      [undefined, '::after'].some(part => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e, part);
        return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
      }),
  );
  return marked ? '' : `${name} does not show that it has the focus`;
};

/** Goes through the page by Tab, until the focus has been where it began, at most so many steps. */
async function walk(page: Page, most = 80): Promise<{ steps: number; faults: string[] }> {
  const faults = new Set<string>();
  await page.evaluate(() => {
    (globalThis as { been?: Set<Element> }).been = new Set();
  });
  for (let steps = 1; steps <= most; steps++) {
    await page.keyboard.press('Tab');
    const fault = await page.evaluate(wrong);
    if (fault) faults.add(fault);
    const again = await page.evaluate(() => {
      const { been } = globalThis as unknown as { been: Set<Element> };
      const focused = document.activeElement;
      if (!focused || focused === document.body) return been.size > 0;
      if (been.has(focused)) return true;
      been.add(focused);
      return false;
    });
    if (again) return { steps, faults: [...faults] };
  }
  return { steps: most, faults: [...faults] };
}

const places: Record<
  string,
  (browser: Browser, options: BrowserContextOptions) => Promise<{ page: Page; close(): Promise<void> }>
> = {
  landing: async (browser, options) => {
    const opened = await visit(browser, new Show(), '/events/bells', options);
    await opened.page.locator('h1').first().waitFor();
    return opened;
  },
  room: async (browser, options) => {
    const show = new Show();
    show.inside = true;
    for (let n = 0; n < 30; n++) show.say(`line ${n}`, `${mia}${n % 5}`, 'Jonas', false);
    show.say('Thank you all.', artist, 'Ines', false);
    const opened = await visit(browser, show, '/events/bells', options);
    await live(opened.page);
    return opened;
  },
  shows: async (browser, options) => {
    const opened = await staffVisit(browser, new Staff(), '/events/organise', options);
    await opened.page.getByRole('heading').first().waitFor();
    return opened;
  },
  ...Object.fromEntries(
    ['event', 'time', 'stream', 'tickets', 'chat'].map(step => [
      `form, ${step}`,
      async (browser: Browser, options: BrowserContextOptions) => {
        const opened = await staffVisit(browser, new Staff(), `/events/organise/${showId}/${step}`, options);
        await opened.page.getByRole('heading').first().waitFor();
        return opened;
      },
    ]),
  ),
  desk: async (browser, options) => {
    const staff = new Staff();
    staff.change({ state: 'published', phase: 'live' });
    for (let n = 0; n < 20; n++) staff.chat.say(`line ${n}`, mia, 'Jonas', false);
    staff.hold('is there a spoiler?', 'Lea', 11);
    staff.person(3, 'Noor');
    const opened = await staffVisit(browser, staff, `/events/desk/${showId}`, options);
    await opened.page.locator('[data-state="live"]').waitFor();
    return opened;
  },
};

describe.skipIf(noBrowser)(`Whatever has the focus can be seen${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  for (const [name, open] of Object.entries(places))
    for (const [way, options] of Object.entries({ desktop, phone }))
      test(`${name}, ${way}`, async () => {
        const { page, close } = await open(browser, { ...options, reducedMotion: 'reduce' });
        try {
          const { steps, faults } = await walk(page);
          expect(faults).toEqual([]);
          // More than the page itself, and an end.
          expect(steps).toBeGreaterThan(3);
          expect(steps).toBeLessThan(80);
        } finally {
          await close();
        }
      });
});
