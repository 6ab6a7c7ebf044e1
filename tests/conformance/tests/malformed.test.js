// What no SDK would send by itself, sent through one all the same: signed, and broken on the way out.

import {
  BadRequestException,
  ForbiddenException,
  GetChannelMessageCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { assert, refused } from '../lib/assert.js';
import { messagingClient, ours, tampered, test } from '../lib/target.js';
import { as, say, World } from '../lib/world.js';

const world = await World.create();
const ann = await world.user('ann');
const channel = await world.channel(ann);
const invalid = promise => refused(promise, BadRequestException, 'BadRequest', 400);

const sendBody = body => {
  const client = tampered(messagingClient({ maxAttempts: 1 }), request => {
    request.body = body;
    request.headers['content-length'] = `${Buffer.byteLength(body)}`;
  });
  const input = { ChannelArn: channel, Content: 'x', Type: 'STANDARD', Persistence: 'PERSISTENT' };
  return as(ann, SendChannelMessageCommand, input, client);
};

const valid = { Content: 'x', Type: 'STANDARD', Persistence: 'PERSISTENT', ClientRequestToken: 'token' };

test('Content keeps every character from 0 to 255', async () => {
  const Content = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
  const MessageId = await say(ann, channel, Content);
  const { ChannelMessage } = await as(ann, GetChannelMessageCommand, { ChannelArn: channel, MessageId });
  assert.equal(ChannelMessage.Content, Content);
});

test('Content keeps what is beyond the first plane, joined and right-to-left', async () => {
  const Content = '\u{1f469}\u200d\u{1f680} \u05e9\u05dc\u05d5\u05dd e\u0301 \ufeff \uffff \u2028';
  const MessageId = await say(ann, channel, Content);
  const { ChannelMessage } = await as(ann, GetChannelMessageCommand, { ChannelArn: channel, MessageId });
  assert.equal(ChannelMessage.Content, Content);
});

ours('A body that is no JSON object of the right types is invalid', 'AWS has names of its own for it', async () => {
  for (const body of [
    'not json',
    '',
    '[]',
    'null',
    '"text"',
    '{"Content":',
    '{} {}',
    JSON.stringify({ ...valid, Content: 5 }),
    JSON.stringify({ ...valid, Content: null }),
    JSON.stringify({ ...valid, Content: { a: 1 } }),
    JSON.stringify({ ...valid, MessageAttributes: [] }),
    JSON.stringify({ ...valid, MessageAttributes: { a: null } }).replace('null', '{"StringValues":[null]}'),
    JSON.stringify({ ...valid, Target: [null] }),
    JSON.stringify({ ...valid, Target: {} }),
    `{"Content":${'['.repeat(1000)}${']'.repeat(1000)}}`,
    '{"Content":"\\ud800","Type":"STANDARD","Persistence":"PERSISTENT","ClientRequestToken":"token"}',
    '{"Content":"\\x","Type":"STANDARD"}',
  ]) {
    await invalid(sendBody(body));
  }
});

test('Members that are not known are ignored', async () => {
  await sendBody(JSON.stringify({ ...valid, ClientRequestToken: 'unknown', Unknown: { deep: [1, 2] } }));
});

ours('A body beyond any legal one is refused by its size', 'AWS documents no answer', async () => {
  const error = await sendBody(JSON.stringify({ ...valid, Content: 'x'.repeat(300 * 1024) })).then(
    () => assert.fail('it was not refused'),
    reason => reason,
  );
  assert.equal(error.$metadata.httpStatusCode, 413);
});

test('Attributes of a message keep to 1 KB', async () => {
  const attributes = size => ({ MessageAttributes: { key: { StringValues: ['v'.repeat(500), 'v'.repeat(size)] } } });
  await say(ann, channel, 'x', attributes(500));
  await invalid(say(ann, channel, 'x', attributes(512 + 1)));
});

test('An id in the path may hold anything and finds nothing', async () => {
  for (const MessageId of ["'; drop table message; --", '../../x', 'a/b', '%2F', '\u00e4', 'x'.repeat(129), '*']) {
    const error = await as(ann, GetChannelMessageCommand, { ChannelArn: channel, MessageId }).then(
      () => assert.fail('it was found'),
      reason => reason,
    );
    assert.ok([400, 404].includes(error.$metadata.httpStatusCode), `${MessageId}: ${error.name}`);
  }
});

test('An ARN whose ids are strange is forbidden or invalid', async () => {
  for (const id of ['', '*', '?', "x' or '1'='1", '../x', 'a/b', '\u00e4', '%', 'x'.repeat(1600)]) {
    const ChannelArn = world.channelArn(id);
    const error = await as(ann, ListChannelMessagesCommand, { ChannelArn }).then(
      () => assert.fail(`${id} was found`),
      reason => reason,
    );
    assert.ok(
      error instanceof ForbiddenException || error instanceof BadRequestException,
      `${id}: ${error.name}: ${error.message}`,
    );
  }
});

ours('A selector that is not known is no operation', 'AWS documents no answer', async () => {
  const client = tampered(messagingClient({ maxAttempts: 1 }), request => {
    request.query.scope = 'everything';
  });
  const error = await as(ann, ListChannelMessagesCommand, { ChannelArn: channel }, client).then(
    () => assert.fail('it was answered'),
    reason => reason,
  );
  assert.ok([400, 404].includes(error.$metadata.httpStatusCode));
});
