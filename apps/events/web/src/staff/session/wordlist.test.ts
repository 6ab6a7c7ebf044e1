import { expect, test } from 'vitest';
import type { WordRule } from './types.ts';
import { csvOfWords, join, rebase } from './wordlist.ts';

const rule = (text: string, action: WordRule['action'] = 'hold', match: WordRule['match'] = 'word'): WordRule => ({
  text,
  match,
  action,
});

test('what a file brings is added once, and changes the action of what is there', () => {
  const list = [rule('spoiler'), rule('scam', 'refuse')];
  const once = join(list, [rule('scam', 'mask'), rule('scam', 'hold', 'part'), rule('spoiler')]);
  expect(once).toEqual({
    words: [rule('spoiler'), rule('scam', 'mask'), rule('scam', 'hold', 'part')],
    added: 1,
    changed: 1,
    known: 1,
  });
  const again = join(once.words, once.words);
  expect(again).toEqual({ words: once.words, added: 0, changed: 0, known: 3 });
});

test('what one changed is done to what another stored meanwhile', () => {
  const base = [rule('a'), rule('b'), rule('c')];
  const mine = [rule('a'), rule('c', 'refuse'), rule('mine')];
  const theirs = [rule('a', 'mask'), rule('b'), rule('c'), rule('theirs')];
  expect(rebase(base, mine, theirs)).toEqual([rule('a', 'mask'), rule('c', 'refuse'), rule('theirs'), rule('mine')]);
  expect(rebase(base, base, theirs)).toEqual(theirs);
  expect(rebase(base, mine, base)).toEqual(mine);
});

test('a file of words runs in no spreadsheet', () => {
  const words = [
    rule('=HYPERLINK("x")'),
    rule('@everyone', 'refuse', 'part'),
    rule("'+1", 'mask', 'part'),
    rule('\\d{3},\\d', 'mask', 'regex'),
    rule('a;b'),
    rule('شتيمة'),
  ];
  // What the server reads of it is tested there, by the same text.
  expect(csvOfWords(words)).toBe(
    [
      '\uFEFFtext,match,action',
      `"'=HYPERLINK(""x"")",word,hold`,
      "'@everyone,part,refuse",
      "''+1,part,mask",
      '"\\d{3},\\d",regex,mask',
      '"a;b",word,hold',
      'شتيمة,word,hold',
      '',
    ].join('\r\n'),
  );
});
