import { expect, test } from 'vitest';
import { tokenOf } from './signIn.ts';

test.each([
  ['http://localhost:4580/sign-in#abc-_1', 'abc-_1'],
  ['  http://localhost:4580/sign-in#abc \n', 'abc'],
  ['abc', 'abc'],
  ['#abc', 'abc'],
  ['http://localhost:4580/sign-in#', ''],
  ['', ''],
])('the token of %j is %j', (link, token) => {
  expect(tokenOf(link)).toBe(token);
});
