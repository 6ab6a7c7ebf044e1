import { expect, test } from 'vitest';
import { cell } from '../../staff/session/csv.ts';
import { addressOf, csvOf, mailOf, whyFile, whyLine } from './codes.ts';

test('a file of codes holds what a spreadsheet may do with it', () => {
  expect(cell('=1+1')).toBe("'=1+1");
  for (const sign of '=+-@＝＋－＠')
    for (const before of ['', '\t', '\r', '\n', ' ', '\u00a0', '\ufeff', '\0']) {
      const made = cell(`${before}${sign}cmd|x!A1`);
      expect(made.replace(/^"/, ''), JSON.stringify(before + sign)).toMatch(/^'/);
    }
  expect(cell('\tplain')).toBe('"\'\tplain"');
  for (const plain of ['VIP', 'front-left', 'a=b', '5+1', '前＝', '']) expect(cell(plain)).toBe(plain);
  expect(cell('front; left')).toBe('"front; left"');
  expect(cell('front, left "A"')).toBe('"front, left ""A"""');
  expect(csvOf([{ number: 7, code: 'ABCD-EFGH-JKMNP', tier: 'front, left' }], c => `https://x/#${c}`)).toBe(
    'number,tier,code,address\r\n7,"front, left",ABCD-EFGH-JKMNP,https://x/#ABCD-EFGH-JKMNP\r\n',
  );
});

test('the code stands behind the hash', () => {
  expect(addressOf('https://x.example', 'night-bells', 'ABCD')).toBe('https://x.example/events/night-bells#ABCD');
});

test('a mail says when only if it is known', () => {
  const mail = {
    title: 'Night bells',
    artist: '',
    when: undefined,
    doors: undefined,
    address: 'https://x',
    code: 'ABCD',
  };
  expect(mailOf(mail)).not.toContain('When');
  expect(mailOf({ ...mail, when: 'Sat', doors: '19:30' })).toContain('When: Sat, doors 19:30');
});

test('every reason that the server has for a line or a file has its words', () => {
  for (const why of ['columns', 'reference', 'tier', 'code', 'formula', 'letters', 'long', 'twice', 'quotes'])
    expect(whyLine(why)).not.toBe(why);
  for (const why of ['header', 'lines', 'encoding', 'length']) expect(whyFile(why)).toBeDefined();
  expect(whyFile(undefined)).toBeUndefined();
});
