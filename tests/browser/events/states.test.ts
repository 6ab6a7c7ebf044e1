import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessible, accessibleInTheDark, desktop, fits, launch, noBrowser, phone, picture } from '../browser.ts';
import { artist, live, mia, moderator, row, Show, visit } from './show.ts';

/** One state of a page: how the server stands, and what a fan does to get there. */
interface State {
  path?: string;
  given?: (show: Show) => void;
  act?: (page: Page, show: Show) => Promise<void>;
}

const code = 'abcd efgh jkmnp';
const codeField = (page: Page) => page.locator('input[dir="ltr"]');

async function enter(page: Page): Promise<void> {
  await codeField(page).fill(code);
  await page.keyboard.press('Enter');
}

const emailField = (page: Page) => page.locator('input[type="email"]');
/** What a letter brings. */
const letter = `/events/bells#lost=${'Q0aZ-_9x'.repeat(5)}`;

async function openLost(page: Page): Promise<void> {
  await page.locator('button[aria-expanded]').click();
  await emailField(page).waitFor();
}

function talk(show: Show): void {
  const people = ['Lea', 'Jonas', 'Noor', 'Mika', 'Élodie', 'Sam', 'Yuki'];
  const lines = [
    'good evening from Ghent',
    'the sound is wonderful tonight',
    'is that the old tower clock in the back?',
    'greetings from Osaka, it is four in the morning here and I would not miss it for anything in the world',
    '👏👏👏',
    'can you play the one from last year',
    'hello everyone',
  ];
  for (let n = 0; n < 21; n++) show.say(lines[n % 7] ?? '', `${mia}${n % 7}`, people[n % 7] ?? '', false);
  show.say('And once more, because it is quiet now', `${mia}3`, 'Mika', false);
  show.say('Thank you all for being here. The next piece is for everyone who is up late.', artist, 'x', false);
  show.say('@Mia did you see the bell ringers wave?', `${mia}1`, 'Jonas', false);
  show.say('Please keep it friendly, the queue is short tonight.', moderator, 'x', false);
}

const inside = (show: Show) => {
  show.inside = true;
  talk(show);
};
const acting = (act: (page: Page, show: Show) => Promise<void>) => async (page: Page, show: Show) => {
  await live(page);
  await row(page, 'queue is short').waitFor();
  await act(page, show);
};
const box = (page: Page) => page.locator('textarea');
const write = async (page: Page, text: string) => {
  await box(page).fill(text);
  await box(page).press('Enter');
};
const noop = async () => {};

const states: Record<string, State> = {
  list: { path: '/events/' },
  'list-empty': {
    path: '/events/',
    given: s => {
      s.missing = true;
    },
  },
  'list-failed': {
    path: '/events/',
    given: s => {
      s.down = true;
    },
  },
  'landing-announced': {
    given: s => {
      s.phase = 'announced';
    },
  },
  'landing-without-doors': {
    given: s => {
      s.phase = 'announced';
      s.doors = false;
    },
    act: async page => {
      await page.getByRole('timer').waitFor();
      expect(await page.locator('main').textContent()).not.toContain('NaN');
    },
  },
  'landing-live': {},
  'landing-ended': {
    given: s => {
      s.phase = 'ended';
    },
  },
  'landing-elsewhere': {
    given: s => {
      s.elsewhere = true;
    },
  },
  'code-empty': { act: page => page.locator('button[type="submit"]').click() },
  'code-unknown': {
    given: s => {
      s.refusals = [{ status: 404, body: { code: 'UnknownCode' } }];
    },
    act: async page => {
      await enter(page);
      await page.locator('input[aria-invalid]').waitFor();
    },
  },
  'code-too-many': {
    given: s => {
      s.refusals = [{ status: 429, body: { code: 'TooMany', retryAfter: 42 } }];
    },
    act: async page => {
      await enter(page);
      await page.locator('input[aria-invalid]').waitFor();
    },
  },
  'code-on-another-device': {
    given: s => {
      const since = '2026-11-21T19:40:00Z';
      s.refusals = [{ status: 409, body: { code: 'OnAnotherDevice', since, device: 'Chrome on Android' } }];
    },
    act: async page => {
      await enter(page);
      await page.getByText(/Chrome.*Android/).waitFor();
    },
  },
  'lost-form': { act: page => openLost(page) },
  'lost-no-address': {
    act: async page => {
      await openLost(page);
      await emailField(page).fill('mia');
      await page.keyboard.press('Enter');
      await page.locator('input[type="email"][aria-invalid]').waitFor();
    },
  },
  'lost-asked': {
    act: async page => {
      await openLost(page);
      await emailField(page).fill('mia.lindqvist.of.the.north@a-rather-long-name.example.org');
      await page.keyboard.press('Enter');
      await page.getByRole('status').getByText('a-rather-long-name').waitFor();
    },
  },
  'lost-too-many': {
    given: s => {
      s.lostRefusals = [{ status: 429, body: { code: 'TooMany', retryAfter: 3400 } }];
    },
    act: async page => {
      await openLost(page);
      await emailField(page).fill('mia@example.org');
      await page.keyboard.press('Enter');
      await page.locator('input[type="email"][aria-invalid]').waitFor();
    },
  },
  'lost-link': { path: letter, act: page => page.getByText('Mia Lindqvist').waitFor() },
  'lost-tickets': {
    path: letter,
    given: s => {
      s.lostTickets = [
        ...s.lostTickets,
        { number: 18, tier: 'Front row, left', holder: null, state: 'valid', reason: null, until: null },
        {
          number: 19,
          tier: 'Standard',
          holder: 'سارة الخطيب',
          state: 'revoked',
          reason: 'Paid back on 12 November',
          until: null,
        },
        { number: 20, tier: 'Standard', holder: 'Jonas', state: 'banned', reason: null, until: '2026-12-24T20:00:00Z' },
      ];
    },
    act: page => page.getByText('Jonas').waitFor(),
  },
  'lost-code': {
    path: letter,
    act: async page => {
      await page.locator('li button').click();
      await page.getByText('WXYZ-2345-6789A').waitFor();
      await page.getByRole('img').waitFor();
    },
  },
  'lost-refused': {
    path: letter,
    given: s => {
      s.lostRefusals = [{ status: 503, body: { code: 'Unavailable' } }];
    },
    act: async page => {
      await page.locator('li button').click();
      await page.locator('li [role="alert"]').getByText(/./).waitFor();
    },
  },
  'lost-expired': {
    path: letter,
    given: s => {
      s.lostDead = 'LinkExpired';
    },
    act: page => page.locator('main [role="alert"] button').waitFor(),
  },
  missing: {
    given: s => {
      s.missing = true;
    },
  },
  unreachable: {
    given: s => {
      s.down = true;
    },
  },
  waiting: {
    given: s => {
      s.inside = true;
      s.phase = 'announced';
      s.nickname = null;
      s.nickRefusals = [
        { status: 409, body: { code: 'NicknameTaken', suggestions: ['Mia2', 'MiaBell', 'Mia_Ghent'] } },
      ];
    },
    act: async page => {
      await page.locator('form input').fill('Mia');
      await page.locator('form button[type="submit"]').click();
      await page.getByText('MiaBell').waitFor();
    },
  },
  'waiting-without-doors': {
    given: s => {
      s.inside = true;
      s.phase = 'announced';
      s.doors = false;
    },
    act: async page => {
      await page.getByRole('timer').waitFor();
      expect(await page.locator('main').textContent()).not.toContain('NaN');
    },
  },
  doors: {
    given: s => {
      inside(s);
      s.phase = 'doors';
    },
    act: acting(noop),
  },
  room: {
    given: s => {
      inside(s);
      s.pin = {
        messageId: 'p',
        author: 'Tom',
        kind: 'moderator',
        text: 'Requests close at nine. Be kind to each other.',
      };
    },
    act: acting(async (page, show) => {
      show.tell({ t: 'removed', messageId: show.log[20]?.MessageId });
      show.tell({ t: 'reactions', counts: [214, 96, 12, 3, 0, 41] });
      await write(page, 'So beautiful');
      await row(page, 'So beautiful').waitFor();
    }),
  },
  'room-empty': {
    given: s => {
      s.inside = true;
    },
    act: page => live(page),
  },
  'room-no-chat': {
    given: s => {
      s.inside = true;
      s.hasChat = false;
    },
    act: page => page.locator('h1').waitFor(),
  },
  'room-no-name': {
    given: s => {
      s.inside = true;
      s.nickname = null;
    },
    act: page => page.locator('section form input').waitFor(),
  },
  'chat-preparing': {
    given: s => {
      s.inside = true;
      s.chat = 'preparing';
    },
    act: page => page.locator('section h2').first().waitFor(),
  },
  'chat-off': {
    given: s => {
      s.inside = true;
      s.chat = 'off';
    },
    act: page => page.locator('section h2').first().waitFor(),
  },
  'banned-before': {
    given: s => {
      s.inside = true;
      s.banned = { reason: 'Advertising', until: new Date(Date.now() + 3_600_000).toISOString() };
    },
    act: page => page.getByText('Advertising').waitFor(),
  },
  revoked: {
    given: s => {
      s.meRefusal = { status: 403, body: { code: 'Revoked', reason: 'Sold twice', until: null } };
    },
    act: page => page.getByText('Sold twice').waitFor(),
  },
  'door-down': {
    given: s => {
      s.meRefusal = { status: 503, body: { code: 'Unavailable' } };
    },
  },
  'chat-down': {
    given: s => {
      s.inside = true;
      s.chatDown = true;
    },
    act: page => page.locator('[data-state="offline"]').getByRole('button').first().waitFor(),
  },
  held: {
    given: s => {
      inside(s);
      s.flow = 'hold';
    },
    act: acting(async page => {
      await write(page, 'look at my shop example.com');
      await page.locator('[data-draft="held"]').waitFor();
    }),
  },
  refused: {
    given: s => {
      inside(s);
      s.flow = 'deny';
    },
    act: acting(async page => {
      await write(page, 'buy now, only today');
      await page.locator('[data-draft="refused"]').getByText('No selling here').waitFor();
    }),
  },
  slow: {
    given: s => {
      inside(s);
      s.slowSeconds = 20;
    },
    act: acting(async page => {
      await write(page, 'one');
      await box(page).fill('two, a little later');
      await page.locator('button[aria-disabled="true"][type="submit"]').waitFor();
    }),
  },
  'emoji-only': {
    given: s => {
      inside(s);
      s.mode = 'emoji';
    },
    act: acting(async page => {
      await write(page, 'words');
      await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
    }),
  },
  'staff-only': {
    given: s => {
      inside(s);
      s.mode = 'staff';
    },
    act: acting(noop),
  },
  'too-long': {
    given: inside,
    act: acting(async page => {
      await box(page).fill(`${'la '.repeat(170)}!`);
    }),
  },
  offline: {
    given: inside,
    act: acting(async (page, show) => {
      show.chatDown = true;
      await show.dropChat(1000);
      await write(page, 'This waits for the line');
      await page.locator('[data-draft="waiting"]').waitFor();
      await page
        .getByText('What you write waits here')
        .or(page.getByText('ما تكتبه ينتظر هنا'))
        .waitFor({ timeout: 8000 });
      const gap = () => page.locator('[data-scroller]').evaluate(e => e.scrollHeight - e.scrollTop - e.clientHeight);
      await expect.poll(gap).toBeLessThan(4);
    }),
  },
  missed: {
    given: inside,
    act: acting(async (page, show) => {
      show.chatDown = true;
      await show.dropChat(1000);
      await page.locator('[data-state="offline"]').waitFor();
      for (let n = 0; n < 12; n++) show.say(`while you were away ${n}`, `${mia}${n}`, `Fan ${n}`, false);
      show.chatDown = false;
      await live(page);
      await row(page, 'while you were away 11').waitFor();
    }),
  },
  unseen: {
    given: inside,
    act: acting(async (page, show) => {
      await page.locator('[data-scroller]').evaluate(e => e.scrollTo({ top: 0 }));
      await page.waitForTimeout(200);
      for (let n = 0; n < 4; n++) show.say(`new below ${n}`);
      show.say('@Mia look up');
      await page.locator('[data-scroller] + div button').nth(1).waitFor();
    }),
  },
  flood: {
    given: inside,
    act: acting(async (page, show) => {
      for (let n = 0; n < 90; n++) {
        show.say(`quick ${n}`, `${mia}${n % 30}`, `Fan ${n % 30}`);
        await page.waitForTimeout(25);
      }
      await page.locator('[data-sampling]').waitFor();
    }),
  },
  paused: {
    given: inside,
    act: acting(async (page, show) => {
      await page.locator('[data-state] header button').first().click();
      show.say('this waits');
      await page.waitForTimeout(400);
    }),
  },
  reading: {
    given: inside,
    act: acting(async page => {
      await page.locator('[data-state] header button').nth(1).click();
      await page.locator('section[tabindex="0"]').waitFor();
    }),
  },
  menu: {
    given: inside,
    act: acting(async page => {
      await row(page, 'did you see').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menu').waitFor();
    }),
  },
  report: {
    given: inside,
    act: acting(async page => {
      await row(page, 'did you see').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem').nth(3).click();
      await page.getByRole('dialog').waitFor();
    }),
  },
  renaming: {
    given: inside,
    act: acting(async page => {
      await page.locator('[data-state] header button').nth(2).click();
      await page.locator('dialog p + button').first().click();
      await page.locator('section form input').waitFor();
    }),
  },
  'device-down': {
    given: inside,
    act: acting(async (page, show) => {
      show.refusing = true;
      await show.dropDevice(1012);
      await page
        .locator('main span[role="status"] + span + button, main span[role="status"] + button')
        .first()
        .waitFor();
    }),
  },
  settings: {
    given: inside,
    act: acting(async page => {
      await page.locator('[data-state] header button').nth(2).click();
      await page.getByRole('dialog').waitFor();
    }),
  },
  'player-refused': {
    given: s => {
      inside(s);
      s.player = { kind: 'iframe', url: 'https://evil.example/', captions: [] };
    },
    act: acting(noop),
  },
  'player-waiting': {
    given: s => {
      inside(s);
      s.player = { kind: 'hls', url: 'https://stream.test/none.m3u8', captions: [] };
    },
    act: acting(async page => {
      await page.locator('section p[role="status"]').waitFor();
    }),
  },
  moved: {
    given: inside,
    act: acting(async (page, show) => {
      show.tell({ t: 'moved' });
      await show.dropDevice(4003);
      await page.locator('main[class] section[role="alert"] h1').waitFor();
    }),
  },
  banned: {
    given: inside,
    act: acting(async (page, show) => {
      show.banned = { reason: 'Advertising, again and again', until: null };
      show.tell({ t: 'banned', ...show.banned });
      await show.dropDevice(4403);
      await page.locator('section[role="alert"] h1').waitFor();
    }),
  },
  ended: {
    given: inside,
    act: acting(async (page, show) => {
      show.phase = 'ended';
      show.tell({ t: 'phase', phase: 'ended' });
      await page.locator('#ended').waitFor();
    }),
  },
};

const only = process.env.STATES?.split(',');
const shown = Object.entries(states).filter(([name]) => !only || only.includes(name));

describe.skipIf(noBrowser)(`Every state of the fan's pages${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const views: Record<string, BrowserContextOptions> = {
    desktop,
    phone,
    rtl: { ...phone, locale: 'ar-EG' },
  };

  for (const [name, state] of shown)
    for (const [view, options] of Object.entries(views))
      test(`${name}, ${view}`, async () => {
        const show = new Show();
        state.given?.(show);
        const { page, complaints, close } = await visit(browser, show, state.path, {
          ...options,
          colorScheme: 'light',
        });
        try {
          // Only the words of a moment ago fade in.
          await page.locator('h1').first().waitFor({ state: 'attached' });
          await state.act?.(page, show);
          await page.waitForTimeout(200);
          expect(await page.evaluate(() => document.documentElement.dir)).toBe(view === 'rtl' ? 'rtl' : 'ltr');
          await picture(page, `${name}-${view}-light`);
          await accessible(page);
          await fits(page);
          await accessibleInTheDark(page);
          await picture(page, `${name}-${view}-dark`);
          expect(complaints.join('\n')).toBe('');
        } finally {
          await close();
        }
      });
});
