import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { format } from './format.ts';
import { match } from './language.ts';
import { ar } from './messages/ar.ts';
import { late } from './messages/en.late.ts';
import { en as early } from './messages/en.ts';
import { ja } from './messages/ja.ts';

const en = { ...early, ...late };
const all: Record<string, Record<string, string>> = { en, ar, ja };

/** The places of a message, found by filling it with a number. */
function places(message: string, language: string): string[] {
  const asked = new Set<string>();
  for (const n of [0, 1, 2, 3, 5, 11, 100, 1234]) {
    const params = new Proxy<Record<string, string | number>>(
      {},
      {
        get: (_, name) => {
          asked.add(String(name));
          return name === 'n' || name === 'm' ? n : 'x';
        },
      },
    );
    expect(format(message, params, language), message).not.toMatch(/^$|[{}]|undefined/);
  }
  // "day" and "days" need no number to be said, nor do languages without a plural.
  return [...asked].filter(name => name !== 'n').sort();
}

for (const [language, messages] of Object.entries(all)) {
  test(`${language} has every message, and none that is not used`, () => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
  });

  test(`${language} fills every message, for every number, and has the places that English has`, () => {
    for (const [key, message] of Object.entries(messages))
      expect(places(message, language), key).toEqual(places(en[key as keyof typeof en], 'en'));
  });

  test(`${language} counts with the forms its grammar has`, () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, message] of Object.entries(messages))
      for (const form of message.matchAll(/\b(zero|one|two|few|many|other) \{/g)) expect(forms, key).toContain(form[1]);
  });
}

test('the reader’s first language that we have is taken', () => {
  expect(match(['de-AT', 'ja-JP', 'en'])).toBe('ja');
  expect(match(['AR-eg'])).toBe('ar');
  expect(match(['', 'xx'])).toBe('en');
  expect(match([])).toBe('en');
});

/** A file and all that it fetches at once, without which it does not begin. */
function atOnce(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file) || !existsSync(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/^(?:import|\} from)(?! type)[^;]*?'(\.[^']+\.tsx?)';$/gm))
    if (path) atOnce(join(dirname(file), path), found);
  return found;
}

test('no page begins with a word that comes later', () => {
  const first = atOnce(join(import.meta.dirname, '../../fan/app/main.tsx'));
  expect(first.size).toBeGreaterThan(10);
  for (const file of first) {
    expect(file).not.toMatch(/late\.ts$/);
    for (const [, said = ''] of readFileSync(file, 'utf8').matchAll(/\bt\(([^()]*)/g))
      for (const [, key] of said.replaceAll(/[!=]== '\w+'/g, '').matchAll(/'(\w+)'/g))
        expect(Object.keys(late), `${key} in ${file}`).not.toContain(key);
  }
});

test('whatever has words that come later brings them', () => {
  for (const root of [
    'fan/app/WatchPage.tsx',
    'fan/features/waiting/WaitingRoom.tsx',
    'fan/features/ended/Ended.tsx',
    'fan/features/lost/LostForm.tsx',
    'fan/features/lost/LostLink.tsx',
    'desk/app/main.tsx',
    'organise/app/main.tsx',
  ])
    expect(
      [...atOnce(join(import.meta.dirname, '../..', root))].some(f => f.endsWith('i18n/late.ts')),
      root,
    ).toBe(true);
});
