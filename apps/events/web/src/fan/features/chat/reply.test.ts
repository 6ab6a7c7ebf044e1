import { expect, test } from 'vitest';
import { answered, metadataOf } from './reply.ts';

test('what names a message is read back', () => {
  expect(answered(metadataOf('0a1b-_Z'))).toBe('0a1b-_Z');
});

test.each([
  undefined,
  '',
  '{}',
  'null',
  '{"inReplyTo":""}',
  '{"inReplyTo":"a b"}',
  '{"inReplyTo":"a","name":"the artist"}',
  '{"inReplyTo":"<b>"}',
  `{"inReplyTo":"${'a'.repeat(129)}"}`,
  '{"inReplyTo":["a"]}',
])('%s names none', metadata => {
  expect(answered(metadata)).toBeUndefined();
});
