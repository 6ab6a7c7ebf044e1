import { writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desktop, launch, noBrowser } from '../browser.ts';
import { Client, type MadeShow, Stack } from './stack.ts';

/** Where the table goes. Measured only where it is asked for: a test that measures beside others measures them. */
const out = process.env.FIGURES;
const why = noBrowser || (out ? false : 'FIGURES names no file');
const [entries, messages, removals] = (process.env.FIGURES_COUNTS ?? '24,100,50').split(',').map(Number) as [
  number,
  number,
  number,
];

interface Row {
  name: string;
  goal: number | undefined;
  ms: number[];
}

/** How quick it is, in a real browser against what `./run` starts. Prints, and holds nobody to a number. */
describe.skipIf(why)(`How quick a show is${why ? ` (${why})` : ''}`, () => {
  let browser: Browser;
  let stack: Stack;
  let show: MadeShow;
  let used = 0;
  const rows: Row[] = [];

  beforeAll(async () => {
    [browser, stack] = await Promise.all([launch(), Stack.start(true)]);
    show = await stack.show('Measured bells', 100 + entries);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    if (rows.length > 0) await report(rows, browser);
  });

  const api = (path: string) => `/events/api/shows/${show.slug}/${path}`;
  const landing = async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...desktop });
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(`${stack.baseUrl}/events/${show.slug}`);
    await page.getByLabel('Ticket code').waitFor();
    return page;
  };
  /** A ticket whose holder chose a name before, on a device that was left. */
  const named = async (name: string) => {
    const code = show.codes[used++] ?? '';
    const before = new Client(stack.baseUrl);
    await before.must('POST', api('enter'), { code });
    await before.must('PUT', api('nickname'), { nickname: name });
    await before.must('POST', api('leave'));
    return code;
  };
  /** Until one can write; `ready` comes with the first message besides. */
  const enter = async (page: Page, code: string) => {
    await page.getByLabel('Ticket code').fill(code);
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.locator('[data-state="live"]').getByRole('textbox', { name: 'Write a message' }).waitFor();
  };

  test('from the code to the chat', async () => {
    // Something to draw: a first page of history.
    const speaker = await landing();
    await enter(speaker, await named('Speaker'));
    for (let n = 0; n < 12; n++) await say(speaker, `history ${n}`, n < 4 ? 100 : 1100);
    await speaker.context().close();

    const cold: number[] = [];
    const again: number[] = [];
    const fresh: number[] = [];
    for (let n = 0; n < entries; n++) {
      const page = await landing();
      await enter(page, await named(`Fan ${n}`));
      await page.waitForFunction(() => 'ready' in marks());
      cold.push(await page.evaluate(() => marks().ready - marks().submitted));
      await page.reload();
      await page.waitForFunction(() => 'ready' in marks());
      again.push(await page.evaluate(() => marks().ready - performance.timeOrigin));
      await page.context().close();
    }
    for (let n = 0; n < entries; n++) {
      const page = await landing();
      await page.getByLabel('Ticket code').fill(show.codes[used++] ?? '');
      await page.getByRole('button', { name: 'Enter' }).click();
      const field = page.getByLabel('Nickname');
      await field.waitFor();
      const asked = await page.evaluate(() => marks().asked - marks().submitted);
      await field.fill(`New ${n}`);
      await page.getByRole('button', { name: 'Use this name' }).click();
      await page.waitForFunction(() => 'ready' in marks());
      fresh.push(asked + (await page.evaluate(() => marks().ready - marks().chosen)));
      await page.context().close();
    }
    rows.push({ name: 'code to chat, empty cache', goal: 1500, ms: cold });
    rows.push({ name: 'code to name, and name to chat, together', goal: 1500, ms: fresh });
    rows.push({ name: 'reload to chat', goal: undefined, ms: again });
    expect(cold).toHaveLength(entries);
  }, 900_000);

  test('from a message to the screen, and from its removal until it is gone', async () => {
    const speakers: Page[] = [];
    for (const name of ['One', 'Two', 'Three']) {
      const page = await landing();
      await enter(page, await named(name));
      speakers.push(page);
    }
    const reader = await landing();
    await enter(reader, await named('Reader'));
    const arrived: number[] = [];
    for (let n = 0; n < messages; n++) {
      const page = speakers[n % speakers.length] as Page;
      const text = `measured ${n} of ${messages}`;
      await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
      const [at] = await Promise.all([seen(reader, text), page.keyboard.press('Enter')]);
      const sent = await page.evaluate(() => marks().sent);
      arrived.push(at - sent);
      // As fast as the rules let three people talk.
      await reader.waitForTimeout(350);
    }
    rows.push({ name: 'message to screen', goal: 250, ms: arrived });

    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...desktop });
    const desk = await context.newPage();
    await desk.goto(
      stack.baseUrl +
        new URL(show.moderatorLink, stack.baseUrl).pathname +
        new URL(show.moderatorLink, stack.baseUrl).hash,
    );
    await desk.waitForURL('**/events/desk/**');
    const gone: number[] = [];
    const ids = await reader.evaluate(() =>
      [...document.querySelectorAll('[data-id]')].map(row => row.getAttribute('data-id') ?? ''),
    );
    const wanted: string[] = ids.slice(-8);
    for (let n = 0; n < removals; n++) {
      let id = wanted.pop();
      if (!id) {
        const page = speakers[n % speakers.length] as Page;
        const text = `to be removed ${n}`;
        await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
        await Promise.all([seen(reader, text), page.keyboard.press('Enter')]);
        id = (await reader.locator('[data-id]').filter({ hasText: text }).getAttribute('data-id')) ?? '';
        await reader.waitForTimeout(350);
      }
      const [at, sent] = await Promise.all([
        removed(reader, id),
        desk.evaluate(async path => {
          const from = performance.timeOrigin + performance.now();
          await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
          return from;
        }, `/events/api/desk/${show.id}/messages/${id}/remove`),
      ]);
      gone.push(at - sent);
    }
    rows.push({ name: 'removal to gone', goal: 500, ms: gone });
    expect(gone).toHaveLength(removals);
  }, 900_000);

  async function say(page: Page, text: string, pause: number) {
    await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
    await page.keyboard.press('Enter');
    await page.waitForTimeout(pause);
  }
});

/** Milliseconds since 1970, as every page of this machine counts them. */
interface Marks {
  submitted: number;
  asked: number;
  chosen: number;
  ready: number;
  sent: number;
}

declare function marks(): Marks;

/** In the page: notes when somebody acted, and when what they waited for was drawn. */
function watch() {
  const found: Partial<Marks> = {};
  Object.assign(globalThis, { marks: () => found });
  const now = () => performance.timeOrigin + performance.now();
  addEventListener(
    'submit',
    event => {
      if ((event.target as Element).querySelector('[autocomplete="nickname"]')) found.chosen = now();
      else if ((event.target as Element).querySelector('textarea')) found.sent = now();
      else found.submitted = now();
    },
    true,
  );
  addEventListener(
    'keydown',
    event => {
      if (event.key === 'Enter' && event.target instanceof HTMLTextAreaElement) found.sent = now();
    },
    true,
  );
  const look = () => {
    if (!found.asked && document.querySelector('[autocomplete="nickname"]')) found.asked = now();
    if (
      !found.ready &&
      document.querySelector('[data-state="live"]') &&
      document.querySelector('[data-id]') &&
      document.querySelector('textarea:not([disabled])')
    )
      found.ready = now();
    // Once for each picture that is drawn.
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** When the text was drawn. */
function seen(page: Page, text: string): Promise<number> {
  return page.evaluate(
    wanted =>
      new Promise<number>(done => {
        const look = () => {
          const there = [...document.querySelectorAll('[data-id]')].some(row => row.textContent?.includes(wanted));
          if (there) done(performance.timeOrigin + performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    text,
  );
}

function removed(page: Page, id: string): Promise<number> {
  return page.evaluate(
    wanted =>
      new Promise<number>((done, fail) => {
        if (!document.querySelector(`[data-id="${wanted}"]`)) fail(new Error('it is not on the screen'));
        const look = () => {
          const row = document.querySelector(`[data-id="${wanted}"]`);
          if (!row || row.textContent?.includes('Removed by a moderator'))
            done(performance.timeOrigin + performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    id,
  );
}

async function report(rows: Row[], browser: Browser): Promise<void> {
  const at = (ms: number[], part: number) => {
    const sorted = [...ms].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
  };
  const lines = rows.map(
    ({ name, goal, ms }) =>
      `| ${name} | ${ms.length} | ${at(ms, 0.5).toFixed(0)} | ${at(ms, 0.95).toFixed(0)} | ${Math.max(...ms).toFixed(0)} | ${goal ?? ''} |`,
  );
  const cores = cpus();
  const text = `${cores.length} cores (${cores[0]?.model.trim()}), Linux ${release()}, Node ${process.version}, Chromium ${browser.version()}, ${new Date().toISOString().slice(0, 16)}Z.

| from ... to | times | p50 ms | p95 ms | most ms | goal p95 ms |
| --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
  process.stdout.write(`\n${text}\n`);
  if (out && out !== '-') await writeFile(out, text);
}
