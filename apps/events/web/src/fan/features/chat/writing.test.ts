import { expect, test } from 'vitest';
import { fault, mention, mentions, onlyEmoji, parts, room } from './writing.ts';

test('knows a text of emoji alone', () => {
  for (const text of ['👏', '👏👏 🔔', '👩🏽‍🎤', '🇯🇵', '1️⃣', '❤️']) expect(onlyEmoji(text), text).toBe(true);
  for (const text of ['', ' ', 'a', '👏 a', '1', '123', '#', '😀!']) expect(onlyEmoji(text), text).toBe(false);
});

test('counts what is left in the unit that runs out first', () => {
  expect(room('hello', 500)).toEqual({ left: 495, unit: 'characters', tell: false });
  expect(room('x'.repeat(495), 500)).toEqual({ left: 5, unit: 'characters', tell: true });
  expect(room('👏'.repeat(1000), 4096)).toEqual({ left: 96, unit: 'bytes', tell: true });
  expect(room('👏', 500).left).toBe(499);
});

test('says why a text cannot go', () => {
  expect(fault(' ', 'open', 500)).toBe('empty');
  expect(fault('x'.repeat(501), 'open', 500)).toBe('long');
  expect(fault('hello', 'emoji', 500)).toBe('emoji');
  expect(fault('👏', 'emoji', 500)).toBeUndefined();
  expect(fault('hello', 'staff', 500)).toBe('staff');
  expect(fault('hello', 'tier', 500)).toBeUndefined();
});

test('a mention is a whole word, in any case', () => {
  expect(mentions('hi @MIA!', 'Mia')).toBe(true);
  expect(mentions('@mia', 'Mia')).toBe(true);
  for (const text of ['mia', 'x@mia', '@miau', '@@mia', 'a@mia.example'])
    expect(mentions(text, 'Mia'), text).toBe(false);
  expect(mentions('@mia', null)).toBe(false);
  expect(mentions('مرحبا @ليلى', 'ليلى')).toBe(true);
});

test('the marked parts add up to the text', () => {
  const text = '@Mia and @mia, not @miau';
  const cut = parts(text, 'Mia');
  expect(cut.map(p => p.text).join('')).toBe(text);
  expect(cut.filter(p => p.called).map(p => p.text)).toEqual(['@Mia', '@mia']);
  expect(
    parts('İstanbul @Mia', 'Mia')
      .map(p => p.text)
      .join(''),
  ).toBe('İstanbul @Mia');
});

test('a mention is put behind what is written already', () => {
  expect(mention('', 'Mia')).toBe('@Mia ');
  expect(mention('thanks', 'Mia')).toBe('thanks @Mia ');
  expect(mention('thanks ', 'Mia')).toBe('thanks @Mia ');
});
