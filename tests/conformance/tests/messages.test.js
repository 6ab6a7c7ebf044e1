import {
  BadRequestException,
  ConflictException,
  DeleteChannelMembershipCommand,
  DeleteChannelMessageCommand,
  ForbiddenException,
  GetChannelMessageCommand,
  GetMessagingSessionEndpointCommand,
  ListChannelMessagesCommand,
  ListChannelsCommand,
  NotFoundException,
  RedactChannelMessageCommand,
  SendChannelMessageCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aMessageId, aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { messaging, ours, test } from '../lib/target.js';
import { as, join, say, unique, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob, cat, dan] = await world.users('ann', 'bob', 'cat', 'dan');
const admin = await world.admin('admin');
const forbidden = promise => refused(promise, ForbiddenException, 'Forbidden', 403);
const unknown = promise => refused(promise, NotFoundException, 'NotFound', 404);
const invalid = promise => refused(promise, BadRequestException, 'BadRequest', 400);
const get = (user, ChannelArn, MessageId) => as(user, GetChannelMessageCommand, { ChannelArn, MessageId });
const history = async (user, ChannelArn, more) =>
  (await as(user, ListChannelMessagesCommand, { ChannelArn, ...more })).ChannelMessages;

test('A message is sent, got and listed with everything it can have', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const sent = await as(ann, SendChannelMessageCommand, {
    ChannelArn,
    Content: 'Gr\u00fc\u00dfe \u{1f44b}\u0001"\\\n',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    Metadata: '{"m": true}',
    ContentType: 'text/plain',
    MessageAttributes: { mention: { StringValues: ['@bob', '@cat'] } },
    PushNotification: { Title: 'title', Body: 'body', Type: 'DEFAULT' },
  });
  assert.equal(sent.$metadata.httpStatusCode, 201);
  exactly(sent, { ChannelArn, MessageId: aMessageId, Status: { Value: 'SENT' } });
  const common = {
    MessageId: sent.MessageId,
    Content: 'Gr\u00fc\u00dfe \u{1f44b}\u0001"\\\n',
    Metadata: '{"m": true}',
    Type: 'STANDARD',
    CreatedTimestamp: aRecentDate,
    LastUpdatedTimestamp: aRecentDate,
    Sender: ann.identity,
    Redacted: false,
    Status: { Value: 'SENT' },
    MessageAttributes: { mention: { StringValues: ['@bob', '@cat'] } },
    ContentType: 'text/plain',
  };
  exactly(await get(bob, ChannelArn, sent.MessageId), {
    ChannelMessage: { ...common, ChannelArn, Persistence: 'PERSISTENT' },
  });
  exactly(await as(bob, ListChannelMessagesCommand, { ChannelArn }), { ChannelArn, ChannelMessages: [common] });
});

test('A message that is only text has no other members', async () => {
  const ChannelArn = await world.channel(ann);
  const MessageId = await say(ann, ChannelArn, 'plain');
  exactly((await get(ann, ChannelArn, MessageId)).ChannelMessage, {
    ChannelArn,
    MessageId,
    Content: 'plain',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    CreatedTimestamp: aRecentDate,
    LastUpdatedTimestamp: aRecentDate,
    Sender: ann.identity,
    Redacted: false,
    Status: { Value: 'SENT' },
  });
});

test('A persistent control message is kept, and one that is not persistent is not', async () => {
  const ChannelArn = await world.channel(ann);
  const kept = await say(ann, ChannelArn, 'kept', { Type: 'CONTROL' });
  const passing = [
    await say(ann, ChannelArn, 'typing', { Type: 'CONTROL', Persistence: 'NON_PERSISTENT' }),
    await say(ann, ChannelArn, 'passing', { Persistence: 'NON_PERSISTENT' }),
  ];
  assert.equal((await get(ann, ChannelArn, kept)).ChannelMessage.Type, 'CONTROL');
  assert.deepEqual(
    (await history(ann, ChannelArn)).map(message => message.MessageId),
    [kept],
  );
  for (const MessageId of passing) {
    exactly(MessageId, aMessageId);
    await unknown(get(ann, ChannelArn, MessageId));
  }
});

test('Content is limited in bytes: 4,096 of a standard message', async () => {
  const ChannelArn = await world.channel(ann);
  await say(ann, ChannelArn, 'x'.repeat(4096));
  await invalid(say(ann, ChannelArn, 'x'.repeat(4097)));
  await invalid(say(ann, ChannelArn, ''));
});

ours('Content is counted in UTF-8 bytes', 'AWS says 4 KB and not of what', async () => {
  const ChannelArn = await world.channel(ann);
  await say(ann, ChannelArn, '\u00e4'.repeat(2048));
  await invalid(say(ann, ChannelArn, '\u00e4'.repeat(2049)));
});

test('A control message has 30 bytes and no metadata', async () => {
  const ChannelArn = await world.channel(ann);
  await say(ann, ChannelArn, 'x'.repeat(30), { Type: 'CONTROL' });
  await invalid(say(ann, ChannelArn, 'x'.repeat(31), { Type: 'CONTROL' }));
  await invalid(say(ann, ChannelArn, 'x', { Type: 'CONTROL', Metadata: 'm' }));
});

test('Metadata has 1,024 characters', async () => {
  const ChannelArn = await world.channel(ann);
  await say(ann, ChannelArn, 'x', { Metadata: 'm'.repeat(1024) });
  await invalid(say(ann, ChannelArn, 'x', { Metadata: 'm'.repeat(1025) }));
});

test('What the model does not know is refused: types, persistence, two targets', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat]);
  await invalid(say(ann, ChannelArn, 'x', { Type: 'LOUD' }));
  await invalid(say(ann, ChannelArn, 'x', { Persistence: 'FOREVER' }));
  await invalid(say(ann, ChannelArn, 'x', { Target: [{ MemberArn: bob.arn }, { MemberArn: cat.arn }] }));
});

test('A targeted message exists for its sender and its target alone', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat]);
  const open = await say(ann, ChannelArn, 'for all');
  const MessageId = await say(bob, ChannelArn, 'for cat', { Target: [{ MemberArn: cat.arn }] });
  for (const person of [bob, cat]) {
    exactly((await get(person, ChannelArn, MessageId)).ChannelMessage.Target, [{ MemberArn: cat.arn }]);
    assert.deepEqual(
      (await history(person, ChannelArn)).map(message => message.MessageId),
      [MessageId, open],
    );
  }

  for (const person of [ann, admin]) {
    await unknown(get(person, ChannelArn, MessageId));
    assert.deepEqual(
      (await history(person, ChannelArn)).map(message => message.MessageId),
      [open],
    );
    await refused(
      as(person, RedactChannelMessageCommand, { ChannelArn, MessageId }),
      ForbiddenException,
      'Forbidden',
      403,
    );
  }
});

const lastFor = async (person, ChannelArn) => {
  const { Channels } = await as(person, ListChannelsCommand, { AppInstanceArn: world.arn, Privacy: 'PUBLIC' });
  return Channels.find(channel => channel.ChannelArn === ChannelArn).LastMessageTimestamp.getTime();
};

test('A targeted message does not move the last message of the channel for others', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat], { Privacy: 'PUBLIC' });
  await say(ann, ChannelArn, 'for all');
  const before = await lastFor(ann, ChannelArn);
  await say(bob, ChannelArn, 'for cat', { Target: [{ MemberArn: cat.arn }] });
  assert.equal(await lastFor(ann, ChannelArn), before);
  assert.equal(await lastFor(dan, ChannelArn), before);
});

test('A targeted message moves the last message of the channel for its sender and its target', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat], { Privacy: 'PUBLIC' });
  await say(ann, ChannelArn, 'for all');
  const before = await lastFor(ann, ChannelArn);
  await say(bob, ChannelArn, 'for cat', { Target: [{ MemberArn: cat.arn }] });
  assert.ok((await lastFor(cat, ChannelArn)) > before);
  assert.ok((await lastFor(bob, ChannelArn)) > before);
});

test('A target must belong to the channel', async () => {
  const ChannelArn = await world.channel(ann);
  const error = await say(ann, ChannelArn, 'for nobody', { Target: [{ MemberArn: dan.arn }] }).then(
    () => assert.fail('a message to no member'),
    reason => reason,
  );
  assert.ok([400, 403].includes(error.$metadata.httpStatusCode), `${error.name}`);
});

test('The sender updates a message, and nobody else', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat]);
  const MessageId = await say(bob, ChannelArn, 'first', { Metadata: 'm' });
  const updated = await as(bob, UpdateChannelMessageCommand, {
    ChannelArn,
    MessageId,
    Content: 'second',
    Metadata: 'n',
    ContentType: 'text/x',
  });
  assert.equal(updated.$metadata.httpStatusCode, 200);
  exactly(updated, { ChannelArn, MessageId, Status: { Value: 'SENT' } });
  const { ChannelMessage } = await get(cat, ChannelArn, MessageId);
  assert.equal(ChannelMessage.Content, 'second');
  assert.equal(ChannelMessage.Metadata, 'n');
  assert.equal(ChannelMessage.ContentType, 'text/x');
  exactly(ChannelMessage.LastEditedTimestamp, aRecentDate);
  assert.ok(ChannelMessage.LastUpdatedTimestamp >= ChannelMessage.CreatedTimestamp);
  for (const person of [ann, cat, admin, dan]) {
    await forbidden(as(person, UpdateChannelMessageCommand, { ChannelArn, MessageId, Content: 'theirs' }));
  }
});

test('An update keeps to the limits of a new message', async () => {
  const ChannelArn = await world.channel(ann);
  const MessageId = await say(ann, ChannelArn, 'x');
  await as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId, Content: 'y'.repeat(4096) });
  await invalid(as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId, Content: 'y'.repeat(4097) }));
  await invalid(
    as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId, Content: 'y', Metadata: 'm'.repeat(1025) }),
  );
  const control = await say(ann, ChannelArn, 'x', { Type: 'CONTROL' });
  await invalid(as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId: control, Content: 'y'.repeat(31) }));
});

test('A redacted message stays in its place without content and metadata', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const before = await say(ann, ChannelArn, 'before');
  const MessageId = await say(bob, ChannelArn, 'regretted', {
    Metadata: 'm',
    MessageAttributes: { a: { StringValues: ['v'] } },
  });
  const after = await say(ann, ChannelArn, 'after');
  const redacted = await as(bob, RedactChannelMessageCommand, { ChannelArn, MessageId });
  assert.equal(redacted.$metadata.httpStatusCode, 200);
  exactly(redacted, { ChannelArn, MessageId });
  const { ChannelMessage } = await get(ann, ChannelArn, MessageId);
  assert.equal(ChannelMessage.Redacted, true);
  assert.ok(!ChannelMessage.Content && !ChannelMessage.Metadata);
  exactly(ChannelMessage.Sender, bob.identity);
  exactly(ChannelMessage.Status, { Value: 'SENT' });
  const messages = await history(ann, ChannelArn, { SortOrder: 'ASCENDING' });
  assert.deepEqual(
    messages.map(message => message.MessageId),
    [before, MessageId, after],
  );
  assert.ok(!messages[1].Content && !messages[1].Metadata && messages[1].Redacted);
});

test('Members redact their own messages, moderators and administrators those of all', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat]);
  const ids = [await say(bob, ChannelArn, '1'), await say(bob, ChannelArn, '2')];
  await forbidden(as(cat, RedactChannelMessageCommand, { ChannelArn, MessageId: ids[0] }));
  await as(ann, RedactChannelMessageCommand, { ChannelArn, MessageId: ids[0] });
  await as(admin, RedactChannelMessageCommand, { ChannelArn, MessageId: ids[1] });
});

ours('A redacted message cannot be updated', 'AWS documents no answer', async () => {
  const ChannelArn = await world.channel(ann);
  const MessageId = await say(ann, ChannelArn, 'x');
  await as(ann, RedactChannelMessageCommand, { ChannelArn, MessageId });
  await refused(
    as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId, Content: 'y' }),
    ConflictException,
    'Conflict',
    409,
  );
});

test('Only an administrator deletes a message, and then it is gone', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const MessageId = await say(bob, ChannelArn, 'x');
  const targeted = await say(bob, ChannelArn, 'y', { Target: [{ MemberArn: ann.arn }] });
  for (const person of [ann, bob]) {
    await forbidden(as(person, DeleteChannelMessageCommand, { ChannelArn, MessageId }));
  }

  const deleted = await as(admin, DeleteChannelMessageCommand, { ChannelArn, MessageId });
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  await as(admin, DeleteChannelMessageCommand, { ChannelArn, MessageId: targeted });
  await unknown(get(bob, ChannelArn, MessageId));
  assert.deepEqual(await history(bob, ChannelArn), []);
});

test('Strangers read a public channel and no private one, and send to neither', async () => {
  const open = await world.channel(ann, [], { Privacy: 'PUBLIC' });
  const closed = await world.channel(ann);
  const inOpen = await say(ann, open, 'x');
  const inClosed = await say(ann, closed, 'x');
  assert.equal((await history(bob, open)).length, 1);
  await get(bob, open, inOpen);
  await forbidden(say(bob, open, 'x'));
  await forbidden(history(bob, closed));
  await forbidden(get(bob, closed, inClosed));
  await forbidden(say(bob, closed, 'x'));
});

test('Who has left neither reads nor sends', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await as(bob, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn });
  await forbidden(say(bob, ChannelArn, 'x'));
  await forbidden(history(bob, ChannelArn));
});

test('A message that does not exist is not found', async () => {
  const ChannelArn = await world.channel(ann);
  await unknown(get(ann, ChannelArn, 'a'.repeat(32)));
  await unknown(get(ann, ChannelArn, 'nothing-like-it'));
  await forbidden(as(ann, RedactChannelMessageCommand, { ChannelArn, MessageId: 'a'.repeat(32) }));
});

test('A message of one channel is not found in another', async () => {
  const [one, other] = [await world.channel(ann), await world.channel(ann)];
  await unknown(get(ann, other, await say(ann, one, 'x')));
});

test('A send that is repeated with its token is one message', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const ClientRequestToken = unique('t').slice(0, 64);
  const first = await say(ann, ChannelArn, 'once', { ClientRequestToken });
  assert.equal(await say(ann, ChannelArn, 'once', { ClientRequestToken }), first);
  assert.equal((await history(ann, ChannelArn)).length, 1);
  // Tokens of two senders have nothing to do with each other.
  assert.notEqual(await say(bob, ChannelArn, 'once', { ClientRequestToken }), first);
});

test('A token that comes with another message is a conflict', async () => {
  const ChannelArn = await world.channel(ann);
  const ClientRequestToken = unique('t');
  await say(ann, ChannelArn, 'one', { ClientRequestToken });
  await refused(say(ann, ChannelArn, 'two', { ClientRequestToken }), ConflictException, 'Conflict', 409);
});

test('Two sends with one token at the same moment are one message', async () => {
  const ChannelArn = await world.channel(ann);
  const ClientRequestToken = unique('t');
  const ids = await Promise.all(Array.from({ length: 8 }, () => say(ann, ChannelArn, 'x', { ClientRequestToken })));
  assert.equal(new Set(ids).size, 1);
  assert.equal((await history(ann, ChannelArn)).length, 1);
});

test('The endpoint of sessions is a bare host, with a port where it needs one', async () => {
  const answer = await messaging.send(new GetMessagingSessionEndpointCommand({}));
  exactly(answer, { Endpoint: { Url: url => /^[a-z0-9.-]+(:\d+)?$/.test(url) } });
});

test('A member whose membership is new reads what was said before', async () => {
  const ChannelArn = await world.channel(ann);
  const MessageId = await say(ann, ChannelArn, 'before you came');
  await join(ann, ChannelArn, bob);
  assert.deepEqual(
    (await history(bob, ChannelArn)).map(message => message.MessageId),
    [MessageId],
  );
});
