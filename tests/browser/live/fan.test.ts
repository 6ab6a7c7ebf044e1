import {
  ChimeSDKMessagingClient,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accessible, launch, noBrowser, phone, picture } from '../browser.ts';
import { type ChatPass, Fan } from './fans.ts';
import { type Client, type MadeShow, Stack } from './stack.ts';

const patient = { timeout: 20_000, interval: 200 };

/** Pages, app, provisioner and platform, all of them real, each process by itself. */
describe.skipIf(noBrowser)(`Fans at a real show${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let browser: Browser;
  let stack: Stack;
  let show: MadeShow;
  let moderator: Client;
  let used = 0;
  const open: Fan[] = [];

  const desk = (path: string) => `/events/api/desk/${show.id}/${path}`;
  const code = () => show.codes[used++] ?? '';
  const visit = async (options: BrowserContextOptions = {}) => {
    const fan = await Fan.open(browser, stack, show, options);
    open.push(fan);
    return fan;
  };
  const enter = async (name: string, options: BrowserContextOptions = {}) => (await visit(options)).enter(code(), name);
  const client = (pass: ChatPass) =>
    new ChimeSDKMessagingClient({ region: pass.region, endpoint: pass.endpoint, credentials: pass.credentials });
  const sayAs = (pass: ChatPass, text: string) =>
    client(pass).send(
      new SendChannelMessageCommand({
        ChannelArn: pass.channelArn,
        ChimeBearer: pass.userArn,
        Content: text,
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: crypto.randomUUID(),
      }),
    );
  const passOf = (fan: Fan) => {
    const pass = fan.passes.at(-1);
    if (!pass) throw new Error('the page was given no pass');
    return pass;
  };

  beforeAll(async () => {
    [browser, stack] = await Promise.all([launch(), Stack.start()]);
    show = await stack.show('Bells at night', 40);
    moderator = await stack.moderator(show);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });
  afterEach(async () => {
    const complaints = open.flatMap(f => f.complaints);
    await Promise.all(open.splice(0).map(f => f.close()));
    expect(complaints.join('\n')).toBe('');
  });

  test('a fan enters, takes a name and writes, and another sees it', async () => {
    const [ada, ben] = await Promise.all([enter('Ada'), enter('Ben', phone)]);
    await ada.say('hello from Ada');
    await Promise.all([ada.row('hello from Ada').waitFor(), ben.row('hello from Ada').waitFor()]);
    expect(await ben.row('hello from Ada').textContent()).toContain('Ada');
    await ben.say('and from Ben');
    await ada.row('and from Ben').waitFor();
    await ada.plays();
    await accessible(ada.page);
    await picture(ada.page, 'live-desktop');
    await picture(ben.page, 'live-phone');
  }, 60_000);

  test('the stream has captions that fit to what is seen', async () => {
    const ada = await enter('Ada Captions');
    await ada.plays();
    await ada.page.getByLabel('Captions').selectOption({ label: 'English' });
    await expect
      .poll(
        () =>
          ada.page.locator('video').evaluate(v =>
            [...(v as HTMLVideoElement).textTracks]
              .flatMap(track => [...(track.activeCues ?? [])])
              .map(cue => (cue as VTTCue).text)
              .join(),
          ),
        patient,
      )
      .not.toBe('');
  }, 60_000);

  test('what a moderator removes is gone at the fans, and stays gone', async () => {
    const [ada, ben] = await Promise.all([enter('Ada Two'), enter('Ben Two')]);
    await ada.say('a word too much');
    await ben.row('a word too much').waitFor();
    const id = await ben.idOf('a word too much');
    await moderator.must('POST', desk(`messages/${id}/remove`), {});
    for (const fan of [ada, ben]) {
      await fan.row('a word too much').waitFor({ state: 'detached' });
      expect(await fan.page.locator(`[data-id="${id}"]`).textContent()).toContain('Removed by a moderator');
    }
    // Once the time for taking it back is over, the platform itself has it no longer.
    await expect
      .poll(async () => {
        const { ChannelMessages = [] } = await client(passOf(ben)).send(
          new ListChannelMessagesCommand({ ChannelArn: passOf(ben).channelArn, ChimeBearer: passOf(ben).userArn }),
        );
        return ChannelMessages.find(m => m.MessageId === id)?.Redacted;
      }, patient)
      .toBe(true);
    await ben.page.reload();
    await ben.live();
    await ben.page.locator(`[data-id="${id}"]`).getByText('Removed by a moderator').waitFor();
  }, 60_000);

  test('a second device is asked, the first is told and stops, and what it held is worth nothing', async () => {
    const ticket = code();
    const first = await (await visit()).enter(ticket, 'Two devices');
    const old = passOf(first);
    await sayAs(old, 'while it is mine');
    const second = await visit(phone);
    await second.page.getByLabel('Ticket code').fill(ticket);
    await second.page.getByRole('button', { name: 'Enter' }).click();
    await second.page.getByText('This ticket is in use on another device').waitFor();
    // Asked, nothing has happened yet.
    await first.live();
    await second.page.getByRole('button', { name: 'Move to this device' }).click();
    await second.live();
    await first.page.getByRole('heading', { name: 'You’re on another device now' }).waitFor();
    expect(await first.page.locator('video').count()).toBe(0);
    await expect
      .poll(
        () =>
          sayAs(old, 'still mine?').then(
            () => 'sent',
            e => (e as Error).name,
          ),
        patient,
      )
      .toBe('AccessDeniedException');
    expect((await first.page.request.post(`${stack.baseUrl}/events/api/shows/${show.slug}/chat-pass`)).ok()).toBe(
      false,
    );
    await second.row('while it is mine').waitFor();
    expect(await second.row('still mine?').count()).toBe(0);

    await first.page.getByRole('button', { name: 'Move back here' }).click();
    await first.live();
    await second.page.getByRole('heading', { name: 'You’re on another device now' }).waitFor();
  }, 60_000);

  test('the platform ends the session of a device that does not do as it is told', async () => {
    const ticket = code();
    const first = await (await visit()).enter(ticket, 'Hard of hearing');
    first.deaf = true;
    await (await visit()).enter(ticket, '', { move: true });
    await expect.poll(() => first.ended.length, patient).toBeGreaterThan(0);
    // And nothing that the page does of itself brings it back.
    await expect.poll(() => first.page.locator('[data-state="live"]').count(), patient).toBe(0);
    expect(await first.page.locator('[data-state="live"]').count()).toBe(0);
  }, 60_000);

  test('tabs of one browser are one device', async () => {
    const ada = await enter('Many tabs');
    const tab = await ada.context.newPage();
    await tab.goto(ada.address);
    await tab.locator('[data-state="live"]').waitFor();
    await ada.say('in both tabs');
    await tab.locator('[data-id]').filter({ hasText: 'in both tabs' }).waitFor();
    await ada.live();
    expect(await ada.page.getByRole('heading', { name: 'another device' }).count()).toBe(0);
  }, 60_000);

  test('a message that is held waits, and appears when it is let pass; one that is refused says so', async () => {
    await moderator.must('PUT', desk('rules'), {
      words: [
        { text: 'discount', match: 'word', action: 'hold' },
        { text: 'rubbish', match: 'word', action: 'refuse' },
      ],
    });
    const [ada, ben] = await Promise.all([enter('Ada Held'), enter('Ben Held')]);
    const held = async () =>
      (await moderator.must<{ items: { messageId: string; text: string }[] }>('GET', desk('held'))).items;
    await ada.say('a discount for all');
    await ada.draft('a discount for all').getByText('Waiting for a moderator').waitFor();
    await ada.say('another discount');
    await ada.draft('another discount').getByText('Waiting for a moderator').waitFor();
    await expect.poll(async () => (await held()).map(i => i.text)).toEqual(['a discount for all', 'another discount']);
    expect(await ben.row('discount').count()).toBe(0);

    const [one, two] = await held();
    await moderator.must('POST', desk(`held/${one?.messageId}`), { decision: 'approve' });
    await Promise.all([ben.row('a discount for all').waitFor(), ada.row('a discount for all').waitFor()]);
    expect(await ada.draft('a discount for all').count()).toBe(0);

    await moderator.must('POST', desk(`held/${two?.messageId}`), { decision: 'refuse', reason: 'No selling here' });
    await ada.draft('another discount').getByText('not let pass').waitFor();
    await ada.draft('another discount').getByText('No selling here').waitFor();

    await ada.say('what rubbish');
    await ada.draft('what rubbish').getByText('It holds a word that is not welcome').waitFor();
    await picture(ada.page, 'live-held');
    expect(await ben.row('rubbish').count()).toBe(0);
    await moderator.must('PUT', desk('rules'), { words: [] });
  }, 60_000);

  test('a time-out is told with its reason, and is over when it is lifted', async () => {
    const ada = await enter('Too loud');
    await ada.say('loud');
    await ada.row('loud').waitFor();
    const { people } = await moderator.must<{ people: { number: number; nickname: string }[] }>('GET', desk('people'));
    const number = people.find(p => p.nickname === 'Too loud')?.number;
    await moderator.must('POST', desk(`people/${number}/timeout`), { seconds: 600, reason: 'Calm down' });
    await ada.page.getByText('A moderator asked you to pause. Calm down').waitFor();
    await moderator.must('POST', desk(`people/${number}/lift`));
    await ada.page.getByText('A moderator asked you to pause.').waitFor({ state: 'detached' });
    await ada.say('calm');
    await ada.row('calm').waitFor();
  }, 60_000);

  test('a browser that does not know the certificate writes and reads, and is told the one step that is missing', async () => {
    const ada = await visit({ ignoreHTTPSErrors: false });
    await ada.page.getByLabel('Ticket code').fill(code());
    await ada.page.getByRole('button', { name: 'Enter' }).click();
    await ada.page.getByLabel('Nickname').fill('Ada Careful');
    await ada.page.getByRole('button', { name: 'Use this name' }).click();
    const step = ada.page.getByRole('link', { name: 'Open the server’s page' });
    await step.waitFor();
    expect(await step.getAttribute('href')).toBe(`https://localhost:${stack.tlsPort}/healthz`);
    await ada.say('without a line');
    await ada.row('without a line').waitFor();
    await accessible(ada.page);
    await picture(ada.page, 'live-untrusted');
  }, 60_000);

  test('an address stays text, and a message as long as the event allows goes through', async () => {
    const [ada, ben] = await Promise.all([enter('Ada Text'), enter('Ben Text')]);
    const texts = ['see https://example.org/?a=1 <b>now</b>', '🔔'.repeat(300)];
    for (const text of texts) {
      await ada.say(text);
      await ben.row(text).waitFor();
    }
    expect(await ben.page.locator('[data-id] a, [data-id] b').count()).toBe(0);
    await ada.box.fill('👩‍👩‍👧'.repeat(61));
    await ada.page.getByText('5 characters too long').waitFor();
  }, 60_000);

  test('a fan reports a message, and the moderators have it with the reason', async () => {
    const [ada, ben] = await Promise.all([enter('Ada Report'), enter('Ben Report')]);
    await ada.say('buy my boots');
    await ben.row('buy my boots').waitFor();
    await ben.row('buy my boots').hover();
    await ben
      .row('buy my boots')
      .getByRole('button', { name: /Actions/ })
      .click();
    await ben.page.getByRole('menuitem', { name: 'Report' }).click();
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Report' }).click();
    await ben.page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect
      .poll(async () => {
        const { items } = await moderator.must<{ items: { text: string; why: string }[] }>('GET', desk('held'));
        return items.filter(i => i.text === 'buy my boots').map(i => i.why);
      })
      .toEqual(['reported']);
  }, 60_000);

  test('without its stream the chat goes on', async () => {
    const ada = await visit();
    await ada.context.route('**/events/test-card/**', route => route.abort('connectionrefused'));
    await ada.enter(code(), 'Blind');
    await ada.page.getByText('The stream does not arrive just now').waitFor({ timeout: 20_000 });
    await ada.say('I hear you');
    await ada.row('I hear you').waitFor();
    await ada.context.unroute('**/events/test-card/**');
    await ada.plays();
  }, 90_000);

  test('a place that is not made yet is prepared while the stream plays, and opens by itself', async () => {
    await stack.kill('provisioner');
    const late = await stack.show('Late bells', 2, { ready: false });
    const ada = await Fan.open(browser, stack, late);
    open.push(ada);
    await ada.page.getByLabel('Ticket code').fill(late.codes[0] ?? '');
    await ada.page.getByRole('button', { name: 'Enter' }).click();
    await ada.page.getByText('The chat is being made ready').waitFor();
    await ada.plays();
    await picture(ada.page, 'live-preparing');
    await stack.startProvisioner();
    await ada.page.getByLabel('Nickname').fill('Early bird');
    await ada.page.getByRole('button', { name: 'Use this name' }).click();
    await ada.live();
    await ada.say('first');
    await ada.row('first').waitFor();
  }, 120_000);

  test('when the chat server dies the stream plays on, and the chat comes back with what was missed', async () => {
    const [ada, ben] = await Promise.all([enter('Ada Outage'), enter('Ben Outage')]);
    await ada.say('before the outage');
    await ben.row('before the outage').waitFor();
    const pass = passOf(ben);
    await stack.kill('platform');
    await ada.page
      .getByText(/What you write waits here/)
      .first()
      .waitFor({ timeout: 30_000 });
    await ada.plays();
    await ada.say('written meanwhile');
    await ada.draft('written meanwhile').getByText('Waiting for the connection').waitFor();
    await ada.row('before the outage').waitFor();
    await picture(ada.page, 'live-chat-away');

    // Ada is away for longer than the server.
    await ada.withoutChat(true);
    await stack.startPlatform();
    for (const n of [1, 2, 3]) await sayAs(pass, `meanwhile ${n}`);
    const asked: string[] = [];
    ada.page.on('request', request => asked.push(request.url()));
    await ada.withoutChat(false);
    await ada.live();
    await ada.row('meanwhile 3').waitFor();
    await ada.page
      .getByText(/You missed 3 messages/)
      .first()
      .waitFor();
    expect(asked.some(url => url.includes('/messages?') && url.includes('not-before='))).toBe(true);
    await Promise.all([ada.row('written meanwhile').waitFor(), ben.row('written meanwhile').waitFor()]);
    await picture(ada.page, 'live-chat-back');
  }, 180_000);

  test('when the app itself dies too, the page waits and comes back by itself', async () => {
    const ada = await enter('Ada Patience');
    await stack.kill('events');
    await ada.page.getByText('Reconnecting to the event').waitFor({ timeout: 20_000 });
    await stack.startEvents();
    await ada.page.getByText('Reconnecting to the event').waitFor({ state: 'detached', timeout: 45_000 });
    await ada.say('after all');
    await ada.row('after all').waitFor();
  }, 120_000);
});
