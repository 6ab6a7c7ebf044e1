import { expect, test } from 'vitest';
import { codeIn } from '../code/code.ts';
import { tokenIn } from './link.ts';

test('a letter’s link is known by its #, and is never taken for a code', () => {
  const token = 'Q0aZ-_9'.repeat(6);
  expect(tokenIn(`#lost=${token}`)).toBe(token);
  expect(codeIn(`#lost=${token}`)).toBeUndefined();
  for (const hash of [
    '',
    '#',
    '#lost=',
    '#lost=short',
    `#lost=${token}<b>`,
    `#code=${token}`,
    `#lost=${'a'.repeat(101)}`,
  ])
    expect(tokenIn(hash)).toBeUndefined();
});
