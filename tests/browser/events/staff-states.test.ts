import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessible, accessibleInTheDark, desktop, fits, launch, noBrowser, phone, picture } from '../browser.ts';
import { artist, mia } from './show.ts';
import { definition, empty, Staff, showId, staffVisit, working } from './staff.ts';

/** One state of a page: how the server stands, and what somebody does to get there. */
interface State {
  path: string;
  given?: (staff: Staff) => void;
  /** Waits for what is to be looked at, and does what leads there. */
  act: (page: Page, staff: Staff) => Promise<void>;
}

const organise = `/events/organise/${showId}`;
const desk = `/events/desk/${showId}`;
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();
const field = (page: Page, name: string | RegExp) => page.getByRole('textbox', { name }).first();

const sold = (staff: Staff) => {
  const names = ['Ada Byron', 'Noor Haddad', null, 'Jonas Weiß', 'Yuki Tanaka', 'מיכל לוי'];
  staff.tickets = names.map((holder, n) => ({
    number: n + 1,
    tier: n % 3 ? 'Standard' : 'Front',
    holder,
    state: (['entered', 'valid', 'valid', 'revoked', 'banned', 'entered'] as const)[n],
    enteredAt: n === 0 || n === 5 ? new Date().toISOString() : null,
    nickname: n === 0 ? 'Ada' : n === 5 ? 'Michal' : null,
    provisioned: n !== 2,
  }));
};

const busy = (staff: Staff) => {
  staff.change({ state: 'published', phase: 'live' });
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
  for (let n = 0; n < 20; n++)
    staff.chat.say(lines[n % 7] ?? '', mia.replace('t-mia', `t-${n % 7}`), people[n % 7] ?? '', false);
  staff.chat.say('Thank you all for being here.', artist, 'Ines Kolar', false);
  staff.chat.say('what a night', mia.replace('t-mia', 't-3'), 'Mika', false);
  staff.hold('is there a spoiler in the second half?', 'Lea', 11);
  staff.hold('cheap TICKETS at my page, write me', 'Sam', 12, {
    state: 'reported',
    why: 'reported',
    reports: 14,
    reasons: [
      { reason: 'spam', count: 9 },
      { reason: 'hurt', count: 2 },
      { reason: null, count: 1 },
      { reason: 'he writes the same to everybody here, again and again', count: 1 },
    ],
  });
  staff.hold('spoiler: the bell falls', 'Jonas', 13, { claimedBy: 'Ida' });
  for (const [n, name] of people.entries()) staff.person(n, name);
  staff.person(12, 'Sam B', { state: 'timeout', until: new Date(Date.now() + 600_000).toISOString(), here: false });
  staff.person(44, 'loud one', { state: 'banned', reason: 'Selling', removed: 7, here: false });
  staff.pin = { messageId: 'x', author: 'Ines Kolar', kind: 'artist', text: 'Requests until nine, please.' };
};

const onDesk = async (page: Page) => {
  await page.locator('[data-state="live"]').waitFor();
  await page.locator('[data-id]').filter({ hasText: 'what a night' }).waitFor();
};
const tab = async (page: Page, name: RegExp) => {
  const found = page.getByRole('tab', { name });
  if (await found.count()) await found.click();
};

const states: Record<string, State> = {
  'sign-in-used': { path: '/events/sign-in#old', act: page => page.getByText('used already').waitFor() },
  'signed-out': {
    path: '/events/organise',
    given: s => {
      s.signedIn = false;
    },
    act: page => heading(page, 'You are not signed in'),
  },
  'signed-out-openid': {
    path: '/events/organise',
    given: s => {
      s.signedIn = false;
      s.openId = 'login.example.org';
    },
    act: page => page.getByRole('link', { name: 'Sign in with login.example.org' }).waitFor(),
  },
  'sign-in-not-allowed': {
    path: '/events/sign-in?why=NotAllowed',
    act: page => page.getByText('This account may not organise shows').waitFor(),
  },
  'shows-empty': {
    path: '/events/organise',
    given: s => {
      s.shows = [];
    },
    act: page => page.getByText('No shows yet').waitFor(),
  },
  shows: {
    path: '/events/organise',
    given: s => {
      s.change({ state: 'published', phase: 'live' });
      s.shows.push(
        { ...definition(), id: 'two', title: 'Strings in the morning', state: 'draft', artist: 'Quartet of the North' },
        { ...definition(), ...empty(), id: 'three', title: '', state: 'draft' },
        { ...definition(), id: 'four', title: 'Matinée', state: 'ended', phase: 'ended' },
      );
    },
    act: page => page.getByText('Strings in the morning').waitFor(),
  },
  'shows-failed': {
    path: '/events/organise',
    given: s => {
      s.down = true;
    },
    act: page => button(page, 'Try again').waitFor(),
  },
  'shows-new': {
    path: '/events/organise',
    act: async page => {
      await button(page, 'New show').click();
      await button(page, 'Make the show').click();
      await page.getByText('Give the show a title').waitFor();
    },
  },
  words: {
    path: '/events/organise/words',
    given: s => {
      s.commonVersion = 2;
      s.common = [
        { text: 'cheap tickets', match: 'part', action: 'refuse' },
        { text: '\\d{3}-\\d{4}', match: 'regex', action: 'mask' },
        { text: 'شتيمة', match: 'word', action: 'hold' },
      ];
    },
    act: async page => {
      await button(page, /^Add: Ticket codes/).click();
      await page.getByText('Not in force yet', { exact: true }).waitFor();
    },
  },
  'words-empty': {
    path: '/events/organise/words',
    act: page => page.getByText('Nobody has written one yet').waitFor(),
  },
  'words-file': {
    path: '/events/organise/words',
    act: async page => {
      await button(page, 'Import a file').waitFor();
      await page.locator('[data-words]').setInputFiles({
        name: 'words.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('text,match,action\r\nspoiler,word,hold\r\nhalf a line\r\n'),
      });
      await page.getByText('Line 3 has fewer columns').waitFor();
    },
  },
  'words-changed': {
    path: '/events/organise/words',
    act: async (page, staff) => {
      await button(page, 'Add a word').click();
      await field(page, 'Word 1').fill('mine');
      staff.common = [{ text: 'theirs', match: 'word', action: 'hold' }];
      staff.commonVersion = 7;
      await button(page, 'Put in force').click();
      await page.getByText('Somebody else changed the list').waitFor();
    },
  },
  'words-failed': {
    path: '/events/organise/words',
    given: s => {
      s.next.set('GET organise/words', [{ status: 503, body: { code: 'Unavailable' } }]);
    },
    act: page => button(page, 'Try again').waitFor(),
  },
  'show-missing': { path: '/events/organise/none', act: page => page.getByText('This show is not here').waitFor() },
  'form-event': { path: organise, act: page => heading(page, 'Ready to publish') },
  'form-time': { path: `${organise}#time`, act: page => heading(page, 'Time and zone') },
  'form-time-twice': {
    path: `${organise}#time`,
    act: async page => {
      await page.getByLabel('Show starts').fill('2031-10-26T01:30');
      await page.getByText('comes twice').waitFor();
    },
  },
  'form-time-half': {
    path: `${organise}#time`,
    given: s => {
      s.change({ state: 'published' });
    },
    act: async page => {
      await page.getByLabel('Show starts').focus();
      await page.keyboard.press('Backspace');
      await page.getByLabel('Show ends').focus();
      await page.getByText('Finish the date and the time').first().waitFor();
    },
  },
  'form-refused': {
    path: organise,
    act: async (page, staff) => {
      await field(page, 'Title').waitFor();
      staff.signedIn = false;
      await field(page, 'Title').fill('Bells by day');
      await page.getByText('Not saved: you are not signed in any more').waitFor();
    },
  },
  'form-stream': {
    path: `${organise}#stream`,
    act: async page => {
      await button(page, 'Add captions').click();
      await page.getByLabel('Language').waitFor();
    },
  },
  'form-tickets': { path: `${organise}#tickets`, act: page => heading(page, 'Tickets') },
  'form-chat': { path: `${organise}#chat`, act: page => heading(page, 'Chat and moderators') },
  'form-lacking': {
    path: organise,
    given: s => {
      s.shows = [{ ...definition(), ...empty() }];
    },
    act: async page => {
      await button(page, 'Publish').click();
      await page.locator('[aria-invalid]').first().waitFor();
    },
  },
  'form-inside': {
    path: organise,
    act: async page => {
      await page.getByRole('radio', { name: 'Inside' }).check();
      await page.getByText('good evening from Ghent').waitFor();
    },
  },
  'form-offline': {
    path: organise,
    act: async (page, staff) => {
      await field(page, 'Title').waitFor();
      staff.down = true;
      await field(page, 'Title').fill('Bells by day');
      await page.getByText('Not saved: no answer').waitFor();
    },
  },
  'form-conflict': {
    path: organise,
    act: async (page, staff) => {
      await field(page, 'Title').waitFor();
      staff.change({ title: 'Bells at noon' });
      await field(page, 'Title').fill('Bells by day');
      await page.getByText('Somebody else changed the same while').waitFor();
    },
  },
  'form-published': {
    path: organise,
    given: s => {
      s.change({ state: 'published' });
    },
    act: page => heading(page, 'Published'),
  },
  'form-ended': {
    path: organise,
    given: s => {
      s.change({ state: 'ended', phase: 'ended' });
    },
    act: page => heading(page, 'This show is over'),
  },
  'tickets-empty': { path: `${organise}/tickets`, act: page => page.getByText('No tickets yet').waitFor() },
  tickets: { path: `${organise}/tickets`, given: sold, act: page => page.getByText('Ada Byron').waitFor() },
  'tickets-letters': {
    path: `${organise}/tickets`,
    given: staff => {
      sold(staff);
      staff.letters = {
        sent: 41,
        waiting: 2,
        failed: 3,
        failedAt: '2026-11-21T19:40:00Z',
        why: 'The mail server said 550 (MailboxUnavailable).',
      };
    },
    act: page => page.getByText('3 letters could not be delivered').waitFor(),
  },
  'tickets-made': {
    path: `${organise}/tickets`,
    given: sold,
    act: async page => {
      await field(page, 'How many').fill('24');
      await button(page, 'Make codes').click();
      await heading(page, '24 new codes');
    },
  },
  'tickets-sheet': {
    path: `${organise}/tickets`,
    act: async page => {
      await field(page, 'How many').fill('6');
      await button(page, 'Make codes').click();
      await button(page, 'Print sheet').click();
      await page.getByRole('img', { name: /QR/ }).first().waitFor();
    },
  },
  'tickets-imported': {
    path: `${organise}/tickets`,
    act: async page => {
      await page.locator('#csv').setInputFiles({
        name: 'sold.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('holder,email,tier,reference\nAda,a@example.com,Standard,1\n'),
      });
      await page.getByText('Line 3').waitFor();
    },
  },
  'tickets-shop': {
    path: `${organise}/tickets`,
    act: async page => {
      await button(page, 'Make a key').click();
      await page.getByText('k3y-of-the-shop').waitFor();
    },
  },
  'tickets-key-back': {
    path: `${organise}/tickets`,
    given: s => {
      s.keys = [
        { id: '0a1b2c3d4e5f', madeAt: '2031-01-05T10:00:00Z', usedAt: '2031-01-06T10:00:00Z' },
        { id: '9a8b7c6d5e4f', madeAt: '2031-01-05T11:00:00Z', usedAt: null },
      ];
    },
    act: async page => {
      await button(page, 'Take back key 0a1b2c3d4e5f').click();
      await heading(page, 'Take back key 0a1b2c3d4e5f?');
    },
  },
  'tickets-pages': {
    path: `${organise}/tickets`,
    given: s => {
      s.tickets = Array.from({ length: 250 }, (_, n) => ({
        number: n + 1,
        tier: 'Standard',
        holder: null,
        state: 'valid',
        enteredAt: null,
        nickname: null,
        provisioned: true,
      }));
    },
    act: async page => {
      await button(page, 'Next').click();
      await page.getByText('Page 2, numbers 101 to 200').waitFor();
    },
  },
  'tickets-unanswered': {
    path: `${organise}/tickets`,
    act: async (page, staff) => {
      await field(page, 'How many').fill('24');
      staff.next.set(`POST organise/shows/${showId}/tickets`, [{ status: 503, body: { code: 'Unavailable' } }]);
      await button(page, 'Make codes').click();
      await page.getByText('No answer came for 24 new codes').waitFor();
    },
  },
  'tickets-put-away': {
    path: `${organise}/tickets`,
    act: async page => {
      await field(page, 'How many').fill('24');
      await button(page, 'Make codes').click();
      await heading(page, '24 new codes');
      await button(page, 'Put away').click();
      await heading(page, 'Put them away without saving?');
    },
  },
  'codes-at-risk': {
    path: `${organise}/tickets`,
    act: async page => {
      await field(page, 'How many').fill('24');
      await button(page, 'Make codes').click();
      await heading(page, '24 new codes');
      await page.getByRole('link', { name: 'Team' }).click();
      await page.getByText('24 codes are not saved yet').waitFor();
    },
  },
  'tickets-revoke': {
    path: `${organise}/tickets`,
    given: sold,
    act: async page => {
      await button(page, 'What to do with ticket 2').click();
      await page.getByRole('menuitem', { name: 'Revoke' }).click();
      await heading(page, 'Revoke ticket 2?');
    },
  },
  'team-empty': { path: `${organise}/team`, act: page => page.getByText('Nobody is invited yet').waitFor() },
  team: {
    path: `${organise}/team`,
    given: s => {
      s.team = [
        { id: 's1', name: 'Ines Kolar', kind: 'artist' },
        { id: 's2', name: 'Tom', kind: 'moderator' },
      ];
    },
    act: async page => {
      await field(page, 'Name').fill('Rosa');
      await button(page, 'Make the link').click();
      await page.getByText('Send this to').waitFor();
    },
  },
  progress: { path: `${organise}/progress`, act: page => heading(page, /^Ready by/) },
  'progress-late': {
    path: `${organise}/progress`,
    given: s => {
      s.progress = working({ inTime: false, readyAt: new Date(Date.now() + 9_000_000).toISOString() });
    },
    act: page => page.getByText('after the doors open').waitFor(),
  },
  'progress-paused': {
    path: `${organise}/progress`,
    given: s => {
      s.progress = working({ state: 'paused', failures: [], failed: 0 });
    },
    act: page => button(page, 'Go on').waitFor(),
  },
  'progress-idle': {
    path: `${organise}/progress`,
    given: s => {
      s.progress = working({ planned: 0, made: 0, failed: 0, state: 'idle', failures: [], readyAt: null });
    },
    act: page => page.getByText('It begins when you publish').waitFor(),
  },
  'progress-lost': {
    path: `${organise}/progress`,
    act: async (page, staff) => {
      await heading(page, /^Ready by/);
      staff.down = true;
      await page.getByText('No answer just now').waitFor();
    },
  },
  'after-none': { path: `${organise}/after`, act: page => page.getByText('begins with the first message').waitFor() },
  'after-clear': {
    path: `${organise}/after`,
    given: s => {
      s.change({ state: 'ended', phase: 'ended' });
      s.archive = {
        state: 'closed',
        messages: 18_412,
        removed: 37,
        firstAt: '2031-11-21T19:30:12Z',
        lastAt: '2031-11-21T22:09:40Z',
        head: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        verified: true,
      };
    },
    act: async page => {
      await field(page, /Write the title/).fill('Bells');
      await button(page, 'Clear away').click();
      await page.getByText('This is not the title').waitFor();
    },
  },
  desk: { path: desk, given: busy, act: onDesk },
  'desk-held': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      await tab(page, /^Held/);
      await page.locator('[data-held]').first().focus();
    },
  },
  'desk-people': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      await tab(page, /^People/);
      await page.getByText('loud one').waitFor();
    },
  },
  'desk-quiet': {
    path: desk,
    act: async page => {
      await page.getByText('Nobody has said anything yet').waitFor();
      await tab(page, /^Held/);
      await page.getByText('Nothing waits').waitFor();
    },
  },
  'desk-row': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      await page.locator('[data-id]').filter({ hasText: 'what a night' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Remove message' }).waitFor();
    },
  },
  'desk-touched': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      const row = page.locator('[data-id]').filter({ hasText: 'what a night' });
      const touch = await page.evaluate(() => matchMedia('(hover: none)').matches);
      if (touch) await row.tap({ position: { x: 60, y: 20 } });
      else await row.hover();
      await row.getByRole('button', { name: /^Time-out/ }).waitFor();
      // Wholly in view, though it has grown.
      await expect
        .poll(() =>
          row.evaluate(
            r =>
              r.getBoundingClientRect().bottom <= (r.closest('[data-scroller]')?.getBoundingClientRect().bottom ?? 0),
          ),
        )
        .toBe(true);
    },
  },
  'desk-one-author': {
    path: desk,
    given: s => {
      busy(s);
      for (let n = 0; n < 3; n++) s.hold(`spoiler number ${n}`, 'Lea', 11);
    },
    act: async page => {
      await onDesk(page);
      await tab(page, /^Held/);
      await button(page, /Refuse all 4/).waitFor();
      // The panes scroll, and the page does not.
      expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
    },
  },
  'desk-rules-dropped': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      await button(page, 'Rules').click();
      await page.getByRole('checkbox', { name: /first message/ }).check();
      await page.keyboard.press('Escape');
      await page.getByText('What you changed is not in force').waitFor();
    },
  },
  'desk-sent-away': {
    path: desk,
    given: busy,
    act: async (page, staff) => {
      await onDesk(page);
      staff.away = 4401;
      await staff.dropDesk();
      await page.getByText('You are signed out of this desk').waitFor();
    },
  },
  'desk-removed': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      await page.locator('[data-id]').filter({ hasText: 'what a night' }).focus();
      await page.keyboard.press('r');
      await page.locator('[data-toast]').filter({ hasText: 'Removed what Mika wrote' }).waitFor();
      await page.getByText('Removed by you').waitFor();
    },
  },
  'desk-sanction': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      await tab(page, /^Held/);
      await page.locator('[data-held]').first().focus();
      await page.keyboard.press('t');
      await page.getByRole('radio', { name: /^Ban/ }).check();
      await heading(page, 'Ban Lea?');
    },
  },
  'desk-rules': {
    path: desk,
    given: s => {
      busy(s);
      s.rules = {
        slowSeconds: 10,
        mode: 'open',
        holdFirst: false,
        words: [{ text: 'spoiler', match: 'word', action: 'hold' }],
        commonWords: true,
      };
      s.common = [
        { text: 'cheap tickets', match: 'part', action: 'refuse' },
        { text: '\\d{3}-\\d{4}', match: 'regex', action: 'mask' },
      ];
    },
    act: async page => {
      await onDesk(page);
      await button(page, 'Rules').click();
      await page.getByText('Words for all shows: 2').click();
      await field(page, 'Try a text').fill('cheap tickets');
      await button(page, 'Try').click();
      await page.getByText('It would be refused').waitFor();
      await page.getByText('(for all shows)').waitFor();
    },
  },
  'desk-log': {
    path: desk,
    given: s => {
      busy(s);
      const at = new Date().toISOString();
      const line = { at, number: 44, messageId: null, reason: null, until: null, undone: false, undoable: false };
      s.log = [
        { ...line, id: 4, by: 'Tom', act: 'ban', reason: 'Selling', undoable: true },
        { ...line, id: 3, by: '', act: 'over', number: 9 },
        { ...line, id: 2, by: 'Ida Holm', act: 'rules', number: null, undone: true },
        { ...line, id: 1, by: 'Ida Holm', act: 'remove', number: 7 },
      ];
    },
    act: async page => {
      await onDesk(page);
      await button(page, 'Log').click();
      await page.getByText('changed the rules').waitFor();
    },
  },
  'desk-settings': {
    path: desk,
    given: busy,
    act: async page => {
      await onDesk(page);
      await button(page, 'Settings').click();
      await page.getByText('Letters act').waitFor();
    },
  },
  'desk-organiser': {
    path: desk,
    given: s => {
      busy(s);
      s.seat = false;
    },
    act: page => page.getByText('You have no seat in this chat').waitFor(),
  },
  'desk-lost': {
    path: desk,
    given: busy,
    act: async (page, staff) => {
      await onDesk(page);
      staff.down = true;
      await staff.dropDesk();
      await page.getByText('Reconnecting. What you decide').waitFor();
    },
  },
  'desk-ended': {
    path: desk,
    given: busy,
    act: async (page, staff) => {
      await onDesk(page);
      await staff.dropDesk(4410);
      await page.getByText('The show is over').waitFor();
    },
  },
  'desk-closed': {
    path: desk,
    given: s => {
      s.signedIn = false;
    },
    act: page => heading(page, 'This desk is closed to you'),
  },
};

const only = process.env.STATES?.split(',');
const ways: Record<string, BrowserContextOptions> = { desktop, phone };

describe.skipIf(noBrowser)(`The staff’s pages in every state${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  for (const [name, state] of Object.entries(states))
    for (const [way, options] of Object.entries(ways))
      test.skipIf(only && !only.includes(name))(`${name}, ${way}: accessible, and within the page`, async () => {
        const staff = new Staff();
        state.given?.(staff);
        const { page, complaints, close } = await staffVisit(browser, staff, state.path, {
          ...options,
          colorScheme: 'light',
          reducedMotion: 'reduce',
        });
        try {
          await state.act(page, staff);
          await picture(page, `${name}-${way}-light`);
          await accessible(page);
          await fits(page);
          if (way === 'desktop') {
            await page.evaluate(() => {
              document.documentElement.dir = 'rtl';
            });
            await picture(page, `${name}-${way}-rtl`);
            await accessible(page);
            await fits(page);
            await page.evaluate(() => {
              document.documentElement.dir = 'ltr';
            });
          }
          await accessibleInTheDark(page);
          await picture(page, `${name}-${way}-dark`);
          expect(complaints.join('\n')).toBe('');
        } finally {
          await close();
        }
      });
});
