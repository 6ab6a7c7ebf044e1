import { expect, test } from 'vitest';
import { bare, codeIn, grouped, typed } from './code.ts';

test('a code may be written in any way', () => {
  for (const text of [
    'abcd-efgh-jkmnp',
    'ABCDEFGHJKMNP',
    ' abcd efgh jkmnp ',
    'abcd–efgh—jkmnp',
    'ＡＢＣＤ.efgh_jkmnp\n',
  ])
    expect(grouped(text)).toBe('ABCD-EFGH-JKMNP');
  expect(bare('ab-cd')).toBe('ABCD');
});

test('it is grouped as far as it goes', () => {
  expect(grouped('')).toBe('');
  expect(grouped('abcd')).toBe('ABCD');
  expect(grouped('abcde')).toBe('ABCD-E');
  expect(grouped('abcdefghi')).toBe('ABCD-EFGH-I');
});

test('what is no code of ours is left alone', () => {
  expect(grouped('a-ticket-of-another-shop')).toBe('a-ticket-of-another-shop');
});

test('the caret stays behind the letter it stood behind', () => {
  expect(typed('abcde', 5)).toEqual({ text: 'ABCD-E', caret: 6 });
  expect(typed('ABCXD-E', 4)).toEqual({ text: 'ABCX-DE', caret: 4 });
  expect(typed('ABCD-', 5)).toEqual({ text: 'ABCD', caret: 4 });
  expect(typed('ABCD-E', 6)).toEqual({ text: 'ABCD-E', caret: 6 });
});

test('a link may bring it', () => {
  expect(codeIn('#code=ABCD-EFGH-JKMNP')).toBe('ABCD-EFGH-JKMNP');
  expect(codeIn('#ABCD-EFGH-JKMNP')).toBe('ABCD-EFGH-JKMNP');
  expect(codeIn('#code=ABCD%20EFGH')).toBe('ABCD EFGH');
  for (const hash of [
    '',
    '#',
    '#code=',
    '#top',
    '#code=%E0%A4%A',
    '#<script>alert(1)</script>',
    '#lost=ABCDEFGHJKMNP',
    '#lost=abcdefghijkl',
  ])
    expect(codeIn(hash)).toBeUndefined();
});
