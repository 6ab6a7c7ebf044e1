import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';

interface Chunk {
  file: string;
  src?: string;
  imports?: string[];
  dynamicImports?: string[];
}

const folder = inject('pagesFolder');
const manifest = JSON.parse(readFileSync(join(folder, 'events/manifest.json'), 'utf8')) as Record<string, Chunk>;

/** A chunk and everything it cannot do without. */
function needs(key: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || found.has(key)) return found;
  found.add(key);
  for (const next of chunk.imports ?? []) needs(next, found);
  return found;
}

const kilobytes = (keys: Iterable<string>) =>
  [...keys]
    .map(key => manifest[key]?.file ?? '')
    .filter(file => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0) / 1024;

const entry = needs('events/fan.html');
const without = (keys: Set<string>, known: Set<string>) => [...keys].filter(key => !known.has(key));

test('the landing page with its code field fits in 90 KB', () => {
  const size = kilobytes(entry);
  expect(size).toBeGreaterThan(10);
  expect(size, 'KB of gzipped scripts').toBeLessThanOrEqual(90);
});

test('the room and its chat come within 120 KB more', () => {
  const watch = needs('src/fan/app/WatchPage.tsx');
  const chat = needs('src/fan/features/chat/Chat.tsx');
  const size = kilobytes(without(new Set([...watch, ...chat]), entry));
  expect(size).toBeGreaterThan(10);
  expect(size, 'KB of gzipped scripts').toBeLessThanOrEqual(120);
});

test('the player is apart from the chat, and neither is in the entry', () => {
  const stream = needs('src/fan/features/player/Stream.tsx');
  const chat = needs('src/fan/features/chat/Chat.tsx');
  for (const part of ['src/fan/features/player/Stream.tsx', 'src/fan/features/chat/Chat.tsx']) {
    expect(manifest[part], part).toBeDefined();
    expect(entry.has(part)).toBe(false);
  }
  expect(chat.has('src/fan/features/player/Stream.tsx')).toBe(false);
  expect(stream.has('src/fan/features/chat/Chat.tsx')).toBe(false);
});

test('what only those need who lost their code is fetched for them', () => {
  for (const part of ['src/fan/features/lost/LostForm.tsx', 'src/fan/features/lost/LostLink.tsx']) {
    expect(manifest[part], part).toBeDefined();
    expect(entry.has(part), part).toBe(false);
  }
});

test('English comes with the page, other languages when they are chosen', () => {
  for (const code of ['ar', 'ja']) expect(entry.has(`src/shared/i18n/messages/${code}.ts`)).toBe(false);
});
