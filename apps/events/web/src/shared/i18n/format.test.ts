import { expect, test } from 'vitest';
import { format } from './format.ts';

test('a text without places stays as it is, a number sign too', () => {
  expect(format('Song #1', {}, 'en')).toBe('Song #1');
});

test('what is filled in is isolated from its neighbours', () => {
  expect(format('{name} says', { name: 'x\u202Ey' }, 'en')).toBe('\u2068x\u202Ey\u2069 says');
});

test('numbers are counted and written by the language', () => {
  const fans = '{n, plural, =0 {nobody} one {# fan} other {# fans}}';
  expect(format(fans, { n: 0 }, 'en')).toBe('nobody');
  expect(format(fans, { n: 1 }, 'en')).toBe('1 fan');
  expect(format(fans, { n: 1200 }, 'en')).toBe('1,200 fans');
  const arabic = '{n, plural, zero {z} one {o} two {t} few {f} many {m} other {x}}';
  expect([0, 1, 2, 5, 12, 100].map(n => format(arabic, { n }, 'ar'))).toEqual(['z', 'o', 't', 'f', 'm', 'x']);
});

test('places may stand within choices', () => {
  const text = '{who, select, me {You} other {{name}}} wrote {n, plural, one {once} other {# times}}.';
  expect(format(text, { who: 'me', name: 'Mia', n: 2 }, 'en')).toBe('You wrote 2 times.');
  expect(format(text, { who: 'her', name: 'Mia', n: 1 }, 'en')).toBe('\u2068Mia\u2069 wrote once.');
});

test('a message that is not well formed is refused', () => {
  for (const wrong of ['{', '{name', '{n, plural, one {x}}', '{n, plural, other {x}', '{a b}'])
    expect(() => format(wrong, { n: 1, name: 'x', a: 'x' }, 'en')).toThrow();
  expect(() => format('{missing}', {}, 'en')).toThrow('missing');
});
