import {
  BatchCreateChannelMembershipCommand,
  CreateChannelBanCommand,
  CreateChannelModeratorCommand,
  DeleteChannelCommand,
  DeleteChannelMembershipCommand,
  DeleteChannelMessageCommand,
  DescribeChannelCommand,
  GetChannelMessageCommand,
  ListChannelMessagesCommand,
  RedactChannelMessageCommand,
  UpdateChannelCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { anIsoTime, assert, exactly } from '../lib/assert.js';
import { Fence, Listener } from '../lib/session.js';
import { ours, test } from '../lib/target.js';
import { as, join, say, unique, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob, cat, dan] = await world.users('ann', 'bob', 'cat', 'dan');
const admin = await world.admin('admin');
const fence = await Fence.create(world, ann, bob, cat, dan, admin);

// ann twice, because whoever sends on one device reads along on the other.
const sessions = {
  ann: await Listener.open(ann),
  ann2: await Listener.open(ann),
  bob: await Listener.open(bob),
  cat: await Listener.open(cat),
  dan: await Listener.open(dan),
  admin: await Listener.open(admin),
};

/** Does something and answers what each session got for it. */
async function during(action) {
  await Promise.all(Object.values(sessions).map(session => fence.frames(session)));
  for (const session of Object.values(sessions)) {
    session.mark();
  }

  await action();
  const got = {};
  for (const [name, session] of Object.entries(sessions)) {
    got[name] = await fence.frames(session);
  }

  return got;
}

/** Those named got one and the same frame, the others nothing. */
function onlyTo(got, names, type, messageType, payload) {
  for (const [name, frames] of Object.entries(got)) {
    if (!names.includes(name)) {
      assert.deepEqual(
        frames.map(frame => frame.type),
        [],
        `${name} should not hear of it`,
      );
      continue;
    }

    assert.deepEqual(
      frames.map(frame => frame.type),
      [type],
      `what ${name} got`,
    );
    const [{ headers, payload: text, body }] = frames;
    assert.equal(headers['x-amz-chime-event-type'], type);
    assert.equal(headers['x-amz-chime-message-type'], messageType);
    assert.ok(Object.values(headers).every(value => typeof value === 'string'));
    assert.equal(typeof text, 'string', 'the payload is text that holds JSON');
    exactly(body, payload, `${type} at ${name}`);
  }
}

const messagePayload = (ChannelArn, sender, more) => ({
  ChannelArn,
  MessageId: id => /^[-_a-zA-Z0-9]{1,128}$/.test(id),
  Content: 'hello',
  Type: 'STANDARD',
  CreatedTimestamp: anIsoTime,
  LastUpdatedTimestamp: anIsoTime,
  Sender: sender.identity,
  Redacted: false,
  Persistence: 'PERSISTENT',
  Status: { Value: 'SENT' },
  ...more,
});

const membershipPayload = (ChannelArn, invitedBy, member, Type = 'DEFAULT') => ({
  InvitedBy: invitedBy.identity,
  Type,
  Member: member.identity,
  ChannelArn,
  CreatedTimestamp: anIsoTime,
  LastUpdatedTimestamp: anIsoTime,
});

test('A session begins with SESSION_ESTABLISHED, which has no payload', async () => {
  const [first] = sessions.ann.frames.items;
  assert.equal(first.type, 'SESSION_ESTABLISHED');
  assert.equal(first.payload, null);
  assert.deepEqual(sessions.ann.states.items, ['connecting', 'started']);
});

ours('SESSION_ESTABLISHED is a SYSTEM event', 'AWS documents no message type', async () => {
  assert.equal(sessions.ann.frames.items[0].headers['x-amz-chime-message-type'], 'SYSTEM');
});

test('A message reaches every session of every member, the sender included, and nobody else', async () => {
  const channel = await world.channel(ann, [bob]);
  const got = await during(() => say(ann, channel, 'hello'));
  onlyTo(got, ['ann', 'ann2', 'bob'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', messagePayload(channel, ann));
});

test('A message arrives with everything it was sent with', async () => {
  const channel = await world.channel(ann, [bob]);
  const more = {
    Metadata: '{"a":"\u00e4"}',
    ContentType: 'text/x',
    MessageAttributes: { mention: { StringValues: ['@bob'] } },
  };
  const Content = 'Gr\u00fc\u00dfe \u{1f44b}\u0001"\\\n</script>';
  let MessageId;
  const got = await during(async () => {
    MessageId = await say(bob, channel, Content, more);
  });
  const payload = messagePayload(channel, bob, { MessageId, Content, ...more });
  onlyTo(got, ['ann', 'ann2', 'bob'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', payload);
  const [{ body }] = got.bob;
  const { ChannelMessage } = await as(bob, GetChannelMessageCommand, { ChannelArn: channel, MessageId });
  assert.equal(body.CreatedTimestamp, ChannelMessage.CreatedTimestamp.toISOString());
});

test('A control message that is not persistent reaches connected members and is never in history', async () => {
  const channel = await world.channel(ann, [bob]);
  const more = { Type: 'CONTROL', Persistence: 'NON_PERSISTENT' };
  const got = await during(() => say(bob, channel, 'hello', more));
  onlyTo(got, ['ann', 'ann2', 'bob'], 'CREATE_CHANNEL_MESSAGE', 'CONTROL', messagePayload(channel, bob, more));
  assert.deepEqual((await as(ann, ListChannelMessagesCommand, { ChannelArn: channel })).ChannelMessages, []);
});

test('A hidden member hears what is said', async () => {
  const channel = await world.channel(ann);
  await join(ann, channel, cat, 'HIDDEN');
  const got = await during(() => say(ann, channel, 'hello'));
  onlyTo(got, ['ann', 'ann2', 'cat'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', messagePayload(channel, ann));
});

test('Administrators and moderators who are no members hear nothing', async () => {
  const channel = await world.channel(ann, [bob], { Privacy: 'PUBLIC' });
  await as(ann, CreateChannelModeratorCommand, { ChannelArn: channel, ChannelModeratorArn: dan.arn });
  const got = await during(() => say(ann, channel, 'hello'));
  onlyTo(got, ['ann', 'ann2', 'bob'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', messagePayload(channel, ann));
});

test('A targeted message, its change, its redaction and its deletion reach sender and target alone', async () => {
  const channel = await world.channel(ann, [bob, cat]);
  const Target = [{ MemberArn: cat.arn }];
  const base = messagePayload(channel, bob, { Target });
  let MessageId;
  let got = await during(async () => {
    MessageId = await say(bob, channel, 'hello', { Target });
  });
  onlyTo(got, ['bob', 'cat'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', base);
  got = await during(() => as(bob, UpdateChannelMessageCommand, { ChannelArn: channel, MessageId, Content: 'new' }));
  onlyTo(got, ['bob', 'cat'], 'UPDATE_CHANNEL_MESSAGE', 'STANDARD', {
    ...base,
    MessageId,
    Content: 'new',
    LastEditedTimestamp: anIsoTime,
  });
  got = await during(() => as(bob, RedactChannelMessageCommand, { ChannelArn: channel, MessageId }));
  assert.deepEqual(
    Object.entries(got).flatMap(([name, frames]) => frames.map(frame => [name, frame.type])),
    [
      ['bob', 'REDACT_CHANNEL_MESSAGE'],
      ['cat', 'REDACT_CHANNEL_MESSAGE'],
    ],
  );
  got = await during(() => as(admin, DeleteChannelMessageCommand, { ChannelArn: channel, MessageId }));
  assert.deepEqual(
    Object.entries(got).flatMap(([name, frames]) => frames.map(frame => [name, frame.type])),
    [
      ['bob', 'DELETE_CHANNEL_MESSAGE'],
      ['cat', 'DELETE_CHANNEL_MESSAGE'],
    ],
  );
});

test('A changed message reaches all members whole, with the time of the change', async () => {
  const channel = await world.channel(ann, [bob]);
  const MessageId = await say(bob, channel, 'old', { Metadata: 'm' });
  const got = await during(() =>
    as(bob, UpdateChannelMessageCommand, { ChannelArn: channel, MessageId, Content: 'hello', Metadata: 'n' }),
  );
  onlyTo(
    got,
    ['ann', 'ann2', 'bob'],
    'UPDATE_CHANNEL_MESSAGE',
    'STANDARD',
    messagePayload(channel, bob, { MessageId, Metadata: 'n', LastEditedTimestamp: anIsoTime }),
  );
});

test('A redacted message reaches all members without what it said', async () => {
  const channel = await world.channel(ann, [bob]);
  const MessageId = await say(bob, channel, 'regretted', { Metadata: 'm' });
  const got = await during(() => as(ann, RedactChannelMessageCommand, { ChannelArn: channel, MessageId }));
  const { Content, ...rest } = messagePayload(channel, bob, { MessageId, Redacted: true });
  onlyTo(got, ['ann', 'ann2', 'bob'], 'REDACT_CHANNEL_MESSAGE', 'STANDARD', rest);
});

test('A deleted message reaches all members by its id, without what it said', async () => {
  const channel = await world.channel(ann, [bob]);
  const MessageId = await say(bob, channel, 'unlawful', { Metadata: 'm' });
  const got = await during(() => as(admin, DeleteChannelMessageCommand, { ChannelArn: channel, MessageId }));
  for (const [name, frames] of Object.entries(got)) {
    const expected = ['ann', 'ann2', 'bob'].includes(name) ? ['DELETE_CHANNEL_MESSAGE'] : [];
    assert.deepEqual(
      frames.map(frame => frame.type),
      expected,
      name,
    );
    for (const { body, headers, payload } of frames) {
      assert.equal(headers['x-amz-chime-message-type'], 'STANDARD');
      assert.equal(body.MessageId, MessageId);
      assert.equal(body.ChannelArn, channel);
      assert.ok(!payload.includes('unlawful') && !body.Metadata);
    }
  }
});

test('A changed channel reaches its members whole', async () => {
  const channel = await world.channel(ann, [bob], { Privacy: 'PUBLIC', Metadata: 'm' });
  const got = await during(() => as(ann, UpdateChannelCommand, { ChannelArn: channel, Name: 'renamed' }));
  onlyTo(got, ['ann', 'ann2', 'bob'], 'UPDATE_CHANNEL', 'SYSTEM', {
    Name: 'renamed',
    ChannelArn: channel,
    Mode: 'RESTRICTED',
    Privacy: 'PUBLIC',
    Metadata: 'm',
    CreatedBy: ann.identity,
    CreatedTimestamp: anIsoTime,
    LastUpdatedTimestamp: anIsoTime,
  });
  const { Channel } = await as(bob, DescribeChannelCommand, { ChannelArn: channel });
  assert.equal(got.bob[0].body.LastUpdatedTimestamp, Channel.LastUpdatedTimestamp.toISOString());
});

test('A deleted channel reaches those who were its members', async () => {
  const channel = await world.channel(ann, [bob]);
  const got = await during(() => as(ann, DeleteChannelCommand, { ChannelArn: channel }));
  for (const name of ['ann', 'ann2', 'bob']) {
    assert.deepEqual(
      got[name].map(frame => frame.type),
      ['DELETE_CHANNEL'],
    );
    assert.equal(got[name][0].headers['x-amz-chime-message-type'], 'SYSTEM');
    assert.equal(got[name][0].body.ChannelArn, channel);
  }

  for (const name of ['cat', 'dan', 'admin']) {
    assert.deepEqual(got[name], []);
  }
});

test('A new member reaches the members and itself', async () => {
  const channel = await world.channel(ann, [bob]);
  const got = await during(() => join(ann, channel, cat));
  onlyTo(
    got,
    ['ann', 'ann2', 'bob', 'cat'],
    'CREATE_CHANNEL_MEMBERSHIP',
    'SYSTEM',
    membershipPayload(channel, ann, cat),
  );
});

test('A removed member reaches the members and itself, and hears nothing after', async () => {
  const channel = await world.channel(ann, [bob, cat]);
  const got = await during(() => as(ann, DeleteChannelMembershipCommand, { ChannelArn: channel, MemberArn: cat.arn }));
  onlyTo(
    got,
    ['ann', 'ann2', 'bob', 'cat'],
    'DELETE_CHANNEL_MEMBERSHIP',
    'SYSTEM',
    membershipPayload(channel, ann, cat),
  );
  const after = await during(() => say(ann, channel, 'hello'));
  onlyTo(after, ['ann', 'ann2', 'bob'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', messagePayload(channel, ann));
});

test('A batch of members is one event, to the members and to the new ones', async () => {
  const channel = await world.channel(ann, [bob]);
  const got = await during(() =>
    as(ann, BatchCreateChannelMembershipCommand, {
      ChannelArn: channel,
      Type: 'DEFAULT',
      MemberArns: [cat.arn, bob.arn, dan.arn],
    }),
  );
  onlyTo(got, ['ann', 'ann2', 'bob', 'cat', 'dan'], 'BATCH_CREATE_CHANNEL_MEMBERSHIP', 'SYSTEM', {
    InvitedBy: ann.identity,
    Type: 'DEFAULT',
    Members: [cat.identity, dan.identity],
    ChannelArn: channel,
  });
  const after = await during(() => say(ann, channel, 'hello'));
  onlyTo(
    after,
    ['ann', 'ann2', 'bob', 'cat', 'dan'],
    'CREATE_CHANNEL_MESSAGE',
    'STANDARD',
    messagePayload(channel, ann),
  );
});

ours(
  'A hidden member is announced to nobody but itself, when it comes and when it goes',
  'AWS documents neither',
  async () => {
    const channel = await world.channel(ann, [bob]);
    let got = await during(() => join(ann, channel, cat, 'HIDDEN'));
    const payload = membershipPayload(channel, ann, cat, 'HIDDEN');
    onlyTo(got, ['cat'], 'CREATE_CHANNEL_MEMBERSHIP', 'SYSTEM', payload);
    got = await during(() => as(ann, DeleteChannelMembershipCommand, { ChannelArn: channel, MemberArn: cat.arn }));
    onlyTo(got, ['cat'], 'DELETE_CHANNEL_MEMBERSHIP', 'SYSTEM', payload);
  },
);

ours('A hidden batch is announced to each of the hidden members alone', 'AWS documents neither', async () => {
  const channel = await world.channel(ann, [bob]);
  const got = await during(() =>
    as(ann, BatchCreateChannelMembershipCommand, {
      ChannelArn: channel,
      Type: 'HIDDEN',
      MemberArns: [cat.arn, dan.arn],
    }),
  );
  for (const name of ['ann', 'ann2', 'bob', 'admin']) {
    assert.deepEqual(got[name], [], name);
  }

  for (const user of [cat, dan]) {
    assert.equal(got[user.name].length, 1);
    const text = got[user.name][0].payload;
    assert.ok(text.includes(user.arn) && !text.includes(user === cat ? dan.arn : cat.arn));
  }
});

test('A ban ends what the banned user hears at once, and shows as the end of its membership', async () => {
  const channel = await world.channel(ann, [bob, cat]);
  const got = await during(async () => {
    await as(ann, CreateChannelBanCommand, { ChannelArn: channel, MemberArn: cat.arn });
    await say(ann, channel, 'hello');
  });
  assert.deepEqual(
    got.cat.map(frame => frame.type),
    ['DELETE_CHANNEL_MEMBERSHIP'],
  );
  for (const name of ['ann', 'ann2', 'bob']) {
    assert.deepEqual(
      got[name].map(frame => frame.type),
      ['DELETE_CHANNEL_MEMBERSHIP', 'CREATE_CHANNEL_MESSAGE'],
    );
    exactly(got[name][0].body, membershipPayload(channel, ann, cat));
  }
});

test('A new channel and its moderators are announced to nobody but its members', async () => {
  const got = await during(async () => {
    const channel = await world.channel(ann, [], { Privacy: 'PUBLIC' });
    await as(ann, CreateChannelModeratorCommand, { ChannelArn: channel, ChannelModeratorArn: bob.arn });
  });
  for (const name of ['bob', 'cat', 'dan', 'admin']) {
    assert.deepEqual(got[name], [], name);
  }

  const types = new Set(got.ann.map(frame => frame.type));
  assert.ok(!types.has('CREATE_CHANNEL') && !types.has('CREATE_CHANNEL_MODERATOR'));
});

test('A send that is repeated with its token is announced once', async () => {
  const channel = await world.channel(ann, [bob]);
  const ClientRequestToken = unique('t');
  const got = await during(async () => {
    await say(ann, channel, 'hello', { ClientRequestToken });
    await say(ann, channel, 'hello', { ClientRequestToken });
  });
  onlyTo(got, ['ann', 'ann2', 'bob'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', messagePayload(channel, ann));
});

test('A session hears of channels that its user joins after it began', async () => {
  const channel = await world.channel(ann);
  await join(ann, channel, dan);
  const got = await during(() => say(ann, channel, 'hello'));
  onlyTo(got, ['ann', 'ann2', 'dan'], 'CREATE_CHANNEL_MESSAGE', 'STANDARD', messagePayload(channel, ann));
});
