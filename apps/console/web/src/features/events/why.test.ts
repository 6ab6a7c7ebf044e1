import { expect, test } from 'vitest';
import type { GatewayEvent } from '../../session/types.ts';
import { failed, trouble, why } from './why.ts';

const event = (more: Partial<GatewayEvent>): GatewayEvent => ({
  at: '2026-11-22T10:00:00.000Z',
  type: 'MESSAGE',
  connectionId: 'c=',
  requestId: 'r=',
  outcome: 'DONE',
  durationMs: 1,
  expression: '$request.body.action',
  ...more,
});

test('a message says why its route took it', () => {
  expect(why(event({ reason: 'OWN', selected: 'join', routeKey: 'join' }))).toBe(
    '$request.body.action is “join”, and a route has that key.',
  );
  expect(why(event({ reason: 'DEFAULT', selected: 'leave', routeKey: '$default' }))).toBe(
    '$request.body.action is “leave”, and no route has that key, so $default took it.',
  );
  expect(why(event({ reason: 'NONE', selected: 'leave' }))).toBe(
    '$request.body.action is “leave”, and no route has that key, and there is no $default, so nobody took it.',
  );
});

test('a message without an action and one that names a lifecycle route say so', () => {
  expect(why(event({ reason: 'DEFAULT', selected: '' }))).toContain('no JSON object, or has no such member');
  expect(why(event({ reason: 'DEFAULT', selected: '$connect' }))).toContain('which no message can choose');
  expect(why(event({ outcome: 'THROTTLED' }))).toContain('under way');
});

test('the ends of a connection say what happened there', () => {
  expect(why(event({ type: 'CONNECT' }))).toContain('everybody is let in');
  expect(why(event({ type: 'DISCONNECT', closeCode: 1001, routeKey: '$disconnect' }))).toContain(
    '$disconnect was told',
  );
});

test('each outcome but success has words, and no code stands alone', () => {
  const outcomes = [
    'NOT_AUTHORIZED',
    'REFUSED',
    'NO_ROUTE',
    'THROTTLED',
    'NOT_VALID',
    'MALFORMED',
    'TIMED_OUT',
    'UNREACHABLE',
    'NOT_POSSIBLE',
    'GONE',
    'FAILED',
  ] as const;
  for (const outcome of outcomes) {
    const words = trouble(event({ outcome, status: 500, error: 'Internal server error' }));
    expect(words).toMatch(/^[A-Z$T].*\.”?\.?$/);
    expect(words).not.toContain(outcome);
    expect(failed(event({ outcome }))).toBe(true);
  }
  expect(trouble(event({ status: 200 }))).toBeNull();
  expect(failed(event({ status: 200 }))).toBe(false);
  expect(failed(event({ status: 500 }))).toBe(true);
});
