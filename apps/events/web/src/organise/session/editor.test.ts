import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refusal } from '../../shared/http.ts';
import type { Definition, OrganisedShow } from '../../staff/session/types.ts';
import { Editor, restMs } from './editor.ts';
import { sampleShow } from './sample.testing.ts';

/** A server that keeps one show, as the real one does. */
class Server {
  show_ = sampleShow();
  saves = 0;
  fail: Refusal | undefined;

  show = async (): Promise<OrganisedShow> => this.show_;
  save = async (definition: Definition, version: number): Promise<OrganisedShow> => {
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
  vi.useFakeTimers();
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
