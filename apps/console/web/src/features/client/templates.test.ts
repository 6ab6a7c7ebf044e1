import { expect, test } from 'vitest';
import { templates } from './templates.ts';

const two = `\${request.body.service}/\${request.body.action}`;
const one = (expression: string, key: string) => templates(expression, [key])[0]?.text;

test('a message names its route as the expression wants it', () => {
  expect(one('$request.body.action', 'join')).toBe('{"action":"join"}');
  expect(one('request.body.action', 'join')).toBe('{"action":"join"}');
  expect(one('$request.body.meta.kind', 'join')).toBe('{"meta":{"kind":"join"}}');
  expect(one(two, 'chat/join')).toBe('{"service":"chat","action":"join"}');
  expect(one('v1.$request.body.action', 'v1.join')).toBe('{"action":"join"}');
});

test('lifecycle routes have none, and $default takes what names nothing', () => {
  expect(templates('$request.body.action', ['$connect', '$disconnect', '$default'])).toEqual([
    { routeKey: '$default', text: '{"message":"hello"}' },
  ]);
});

test('a route that no message can choose has none', () => {
  expect(one('v1.$request.body.action', 'join')).toBeUndefined();
  expect(one(two, 'join')).toBeUndefined();
});
