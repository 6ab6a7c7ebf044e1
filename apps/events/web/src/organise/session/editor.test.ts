import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refusal } from '../../shared/http.ts';
import type { Definition, OrganisedShow } from '../../staff/session/types.ts';
import { type FieldName, halfTyped } from './definition.ts';
import { Editor, restMs } from './editor.ts';
import { sampleShow } from './sample.testing.ts';

/** A server that keeps one show, as the real one does. */
class Server {
  show_ = sampleShow();
  saves = 0;
  fail: Refusal | undefined;

  show = async (): Promise<OrganisedShow> => this.show_;

  /** Somebody else stores something. */
  other(part: Partial<OrganisedShow>): void {
    this.show_ = { ...this.show_, ...part, version: this.show_.version + 1 };
  }
  /** What happens while a request is under way. */
  meanwhile: (() => void) | undefined;

  save = async (definition: Definition, version: number): Promise<OrganisedShow> => {
    const meanwhile = this.meanwhile;
    this.meanwhile = undefined;
    meanwhile?.();
    if (this.fail) throw this.fail;
    if (version !== this.show_.version) throw new Refusal(409, 'Changed', { current: this.show_.version });
    this.saves++;
    this.show_ = { ...this.show_, ...definition, version: version + 1 };
    return this.show_;
  };
}

let server: Server;
let editor: Editor;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-12-05T18:45:00Z') });
  server = new Server();
  editor = new Editor(server, server.show_);
});
afterEach(() => {
  editor.stop();
  vi.useRealTimers();
});

const saving = () => editor.snapshot().saving;
const rest = () => vi.advanceTimersByTimeAsync(restMs);

test('typing is stored once it rests', async () => {
  editor.change({ title: 'N' });
  await vi.advanceTimersByTimeAsync(restMs / 2);
  editor.change({ title: 'Night' });
  expect(saving().is).toBe('waiting');
  await rest();
  expect(saving().is).toBe('saved');
  expect(server.saves).toBe(1);
  expect(server.show_.title).toBe('Night');
});

test('what somebody else changed elsewhere is joined without a question', async () => {
  server.show_ = { ...server.show_, artist: 'Ida Holm', version: 2 };
  editor.change({ title: 'Night' });
  await rest();
  expect(server.show_).toMatchObject({ title: 'Night', artist: 'Ida Holm', version: 3 });
  expect(editor.snapshot()).toMatchObject({ joined: true, values: { title: 'Night', artist: 'Ida Holm' } });
});

for (const keep of ['mine', 'theirs'] as const)
  test(`what both changed waits for a choice, and ${keep} can be kept`, async () => {
    server.show_ = { ...server.show_, title: 'Theirs', about: 'New', version: 2 };
    editor.change({ title: 'Mine' });
    await rest();
    expect(saving()).toMatchObject({ is: 'conflict', conflicts: [{ field: 'title', mine: 'Mine', theirs: 'Theirs' }] });
    expect(editor.snapshot().values.title).toBe('Mine');
    await editor.decide(new Set(keep === 'mine' ? ['title' as const] : []));
    expect(server.show_).toMatchObject({ title: keep === 'mine' ? 'Mine' : 'Theirs', about: 'New' });
    expect(saving().is).toBe('saved');
  });

test('without an answer it tries again, and nothing typed is lost', async () => {
  server.fail = new Refusal(0, 'Network');
  editor.change({ title: 'Night' });
  await rest();
  expect(saving().is).toBe('offline');
  editor.change({ title: 'Nights' });
  expect(editor.snapshot().values.title).toBe('Nights');
  server.fail = undefined;
  await vi.advanceTimersByTimeAsync(5000);
  expect(saving().is).toBe('saved');
  expect(server.show_.title).toBe('Nights');
});

test('a refusal is not tried again by itself', async () => {
  server.fail = new Refusal(401, 'SignInNeeded');
  editor.change({ title: 'Night' });
  await rest();
  expect(saving()).toMatchObject({ is: 'refused', refusal: { code: 'SignInNeeded' } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.saves).toBe(0);
});

test('what is at fault stays as it was typed', async () => {
  editor.change({ pictureUrl: 'no address', title: 'Night' });
  await rest();
  expect(server.show_).toMatchObject({ title: 'Night', pictureUrl: null });
  expect(editor.snapshot().values.pictureUrl).toBe('no address');
});

test('what is typed while a conflict waits is part of the choice', async () => {
  server.other({ title: 'Theirs', about: 'New' });
  editor.change({ title: 'Mine' });
  await rest();
  editor.change({ title: 'Mine, longer', artist: 'Ida Holm' });
  expect(saving()).toMatchObject({ is: 'conflict', conflicts: [{ mine: 'Mine, longer', theirs: 'Theirs' }] });
  await editor.decide(new Set(['title' as const]));
  expect(server.show_).toMatchObject({ title: 'Mine, longer', artist: 'Ida Holm', about: 'New' });
  expect(editor.snapshot().values).toMatchObject({ title: 'Mine, longer', artist: 'Ida Holm', about: 'New' });
});

test('typing what the other has stored ends the conflict', async () => {
  server.other({ title: 'Theirs' });
  editor.change({ title: 'Mine' });
  await rest();
  editor.change({ title: 'Theirs' });
  expect(saving().is).toBe('waiting');
  await rest();
  expect(saving().is).toBe('saved');
});

test('a second field in which both differ is put to a choice too, not overwritten', async () => {
  server.other({ title: 'Theirs', artist: 'Their artist' });
  editor.change({ title: 'Mine' });
  await rest();
  editor.change({ artist: 'My artist' });
  expect(saving()).toMatchObject({ conflicts: [{ field: 'title' }, { field: 'artist', theirs: 'Their artist' }] });
  await editor.decide(new Set(['artist' as const]));
  expect(server.show_).toMatchObject({ title: 'Theirs', artist: 'My artist' });
});

test('what is typed during the two round trips of a join is kept, to the letter', async () => {
  server.other({ artist: 'Ida Holm' });
  editor.change({ title: 'Night' });
  server.meanwhile = () => editor.change({ title: 'Night ', about: 'One\n' });
  await rest();
  expect(editor.snapshot().values).toMatchObject({ title: 'Night ', about: 'One\n', artist: 'Ida Holm' });
  await rest();
  expect(server.show_).toMatchObject({ title: 'Night', about: 'One\n', artist: 'Ida Holm' });
});

test('an act on the show brings what somebody else stored, and does not undo it', async () => {
  server.other({ artist: 'Ida Holm', state: 'published' });
  editor.became(server.show_);
  expect(editor.snapshot()).toMatchObject({ joined: true, values: { artist: 'Ida Holm' } });
  editor.change({ about: 'Mine' });
  await rest();
  expect(server.show_).toMatchObject({ artist: 'Ida Holm', about: 'Mine', version: 3 });
});

test('an act on the show while both changed the same field asks before anything is stored', async () => {
  editor.change({ title: 'Mine' });
  server.other({ title: 'Theirs' });
  editor.became(server.show_);
  expect(saving()).toMatchObject({ is: 'conflict', conflicts: [{ field: 'title' }] });
  await rest();
  expect(server.show_.title).toBe('Theirs');
});

test('an act whose answer is older than what is stored takes its state alone', async () => {
  const older = { ...server.show_, state: 'published' as const };
  editor.change({ title: 'Night' });
  await rest();
  editor.became(older);
  expect(editor.snapshot()).toMatchObject({
    show: { title: 'Night', version: 2, state: 'published' },
    saving: { is: 'saved' },
  });
});

test('a show that is over shows what is stored, and nothing is tried any more', async () => {
  editor.change({ title: 'Too late' });
  server.other({ state: 'ended' });
  editor.became(server.show_);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(editor.snapshot()).toMatchObject({ open: false, values: { title: 'Night bells' }, saving: { is: 'saved' } });
  expect(server.saves).toBe(0);
});

test('what was refused is tried again when somebody says so', async () => {
  server.fail = new Refusal(401, 'SignInNeeded');
  editor.change({ title: 'Night' });
  await rest();
  server.fail = undefined;
  await editor.retry();
  expect(saving().is).toBe('saved');
  expect(server.show_.title).toBe('Night');
});

test('a field at fault that somebody else changed is compared once it is whole', async () => {
  editor.change({ pictureUrl: 'https' });
  server.other({ pictureUrl: 'https://cdn.example/theirs.jpg' });
  editor.change({ about: 'Mine' });
  await rest();
  expect(editor.snapshot().values).toMatchObject({ pictureUrl: 'https', about: 'Mine' });
  editor.change({ pictureUrl: 'https://cdn.example/mine.jpg' });
  await rest();
  expect(saving()).toMatchObject({ is: 'conflict', conflicts: [{ field: 'pictureUrl' }] });
  expect(server.show_.pictureUrl).toBe('https://cdn.example/theirs.jpg');
});

test('a moment that is chosen in a conflict is that moment, whatever clock is chosen with it', async () => {
  editor.change({ zone: 'America/New_York', startsAt: '2026-12-05T20:00', doorsAt: '', endsAt: '2026-12-05T23:00' });
  server.other({ zone: 'Europe/London', startsAt: '2026-12-05T20:00:00Z' });
  await rest();
  expect(saving().is).toBe('conflict');
  await editor.decide(new Set(['startsAt' as const]));
  expect(server.show_.zone).toBe('Europe/London');
  expect(new Date(server.show_.startsAt ?? 0).toISOString()).toBe('2026-12-06T01:00:00.000Z');
  expect(editor.snapshot().values.startsAt).toBe('2026-12-06T01:00');
});

const times = () => [server.show_.zone, server.show_.startsAt, server.show_.doorsAt, server.show_.endsAt];

for (const [what, part] of [
  ['an emptied zone', { zone: '' }],
  ['a zone that is half typed', { zone: 'Europe/Be' }],
  ['a start that is half typed', { startsAt: halfTyped }],
  ['doors that are half typed', { doorsAt: halfTyped }],
  ['an end whose year is half typed', { endsAt: '0202-12-05T21:00' }],
] as const)
  for (const state of ['draft', 'published'] as const)
    test(`${what} stores no time of a show that is ${state}`, async () => {
      server.show_ = sampleShow({ state });
      editor = new Editor(server, server.show_);
      const before = times();
      editor.change(part, Object.keys(part)[0] as FieldName);
      editor.change({ about: 'Typed meanwhile' });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(times()).toEqual(before);
      expect(server.show_.about).toBe('Typed meanwhile');
      editor.leave();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(times()).toEqual(before);
    });

test('in a live show a time on its way, a zone and an address are stored once their field is left', async () => {
  server.show_ = sampleShow({ state: 'published' });
  editor = new Editor(server, server.show_);
  editor.change({ startsAt: '2026-01-05T20:00' }, 'startsAt');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(saving().is).toBe('typing');
  expect(server.saves).toBe(0);
  editor.change({ startsAt: '2026-12-05T20:15' }, 'startsAt');
  editor.leave('startsAt');
  await rest();
  expect(server.show_.startsAt).toBe('2026-12-05T19:15:00.000Z');
  editor.change({ 'player.url': 'https://cdn.example/li' }, 'player.url');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.show_.player.url).toBe('https://cdn.example/live.m3u8');
});

test('a live show loses nothing that it has to have, and another kind of player waits for its address', async () => {
  server.show_ = sampleShow({ state: 'published' });
  editor = new Editor(server, server.show_);
  const before = server.show_;
  editor.change({ title: ' ', artist: '', startsAt: '', endsAt: '', 'tickets.tiers': '', 'tickets.planned': '' });
  editor.change({ 'player.kind': 'youtube' });
  await rest();
  expect(server.show_).toBe(before);
  editor.change({ 'player.url': 'https://youtu.be/dQw4w9WgXcQ' });
  await rest();
  expect(server.show_.player).toMatchObject({ kind: 'youtube', url: 'https://youtu.be/dQw4w9WgXcQ' });
});

test('a live show is not ended by moving its end into the past', async () => {
  server.show_ = sampleShow({ state: 'published' });
  editor = new Editor(server, server.show_);
  editor.change({ endsAt: '2026-12-05T19:40', startsAt: '2026-12-05T19:00', doorsAt: '' });
  await rest();
  expect(server.saves).toBe(0);
});

test('a moment keeps its seconds as long as nobody touches it', async () => {
  server.show_ = sampleShow({ startsAt: '2026-12-05T19:00:42Z' });
  editor = new Editor(server, server.show_);
  editor.change({ about: 'New' });
  await rest();
  expect(server.show_.startsAt).toBe('2026-12-05T19:00:42Z');
});
