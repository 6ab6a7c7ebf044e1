import {
  BadRequestException,
  ListChannelBansCommand,
  ListChannelMembershipsCommand,
  ListChannelMembershipsForAppInstanceUserCommand,
  ListChannelMessagesCommand,
  ListChannelModeratorsCommand,
  ListChannelsCommand,
  paginateListChannelMessages,
} from '@aws-sdk/client-chime-sdk-messaging';
import { assert, refused } from '../lib/assert.js';
import { messaging, messagingClient, ours, tampered, test } from '../lib/target.js';
import { all, as, say, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob] = await world.users('ann', 'bob');
const invalid = promise => refused(promise, BadRequestException, 'BadRequest', 400);

/** 23 messages, the oldest first. */
const channel = await world.channel(ann, [bob]);
const ids = [];
for (let i = 0; i < 23; i++) {
  ids.push(await say(ann, channel, `${i}`));
}

const list = more => as(ann, ListChannelMessagesCommand, { ChannelArn: channel, ...more });
const everything = (more, pageSize) =>
  all(
    paginateListChannelMessages,
    messaging,
    { ChannelArn: channel, ChimeBearer: ann.arn, ...more },
    'ChannelMessages',
    pageSize,
  );
const idsOf = messages => messages.map(message => message.MessageId);

test('History comes newest first unless it is asked for the other way round', async () => {
  assert.deepEqual(idsOf((await list()).ChannelMessages), [...ids].reverse());
  assert.deepEqual(idsOf((await list({ SortOrder: 'DESCENDING' })).ChannelMessages), [...ids].reverse());
  assert.deepEqual(idsOf((await list({ SortOrder: 'ASCENDING' })).ChannelMessages), ids);
});

test('History is whole in pages of any size, in both orders', async () => {
  for (const pageSize of [1, 2, 7, 22, 23, 24, 50]) {
    assert.deepEqual(idsOf(await everything({ SortOrder: 'ASCENDING' }, pageSize)), ids);
    assert.deepEqual(idsOf(await everything({ SortOrder: 'DESCENDING' }, pageSize)), [...ids].reverse());
  }
});

test('There is a next page exactly while something is left', async () => {
  const first = await list({ MaxResults: 20 });
  assert.equal(first.ChannelMessages.length, 20);
  const second = await list({ MaxResults: 20, NextToken: first.NextToken });
  assert.equal(second.ChannelMessages.length, 3);
  assert.equal(second.NextToken, undefined);
  assert.equal((await list({ MaxResults: 23 })).NextToken, undefined);
});

test('An empty token is no token', async () => {
  assert.deepEqual(idsOf((await list({ NextToken: '' })).ChannelMessages), [...ids].reverse());
});

test('Messages that come while one pages do not disturb the pages', async () => {
  const ChannelArn = await world.channel(ann);
  const old = [];
  for (let i = 0; i < 6; i++) {
    old.push(await say(ann, ChannelArn, `${i}`));
  }

  const seen = [];
  let NextToken;
  do {
    const page = await as(ann, ListChannelMessagesCommand, { ChannelArn, MaxResults: 2, NextToken });
    seen.push(...idsOf(page.ChannelMessages));
    NextToken = page.NextToken;
    await say(ann, ChannelArn, 'in between');
  } while (NextToken);
  assert.deepEqual(seen, old.reverse());
});

test('Bounds in time name the moments of messages', async () => {
  const messages = await everything({ SortOrder: 'ASCENDING' });
  const from = messages[5].CreatedTimestamp;
  const to = messages[15].CreatedTimestamp;
  const within = messages.filter(({ CreatedTimestamp: at }) => at >= from && at <= to);
  const found = await everything({ SortOrder: 'ASCENDING', NotBefore: from, NotAfter: to }, 4);
  assert.deepEqual(idsOf(found), idsOf(within));
  const descending = await everything({ NotBefore: from, NotAfter: to }, 4);
  assert.deepEqual(idsOf(descending), idsOf(within).reverse());
});

ours('Both bounds in time are inclusive', 'AWS documents neither', async () => {
  const messages = await everything({ SortOrder: 'ASCENDING' });
  const at = messages[11].CreatedTimestamp;
  const same = messages.filter(({ CreatedTimestamp }) => CreatedTimestamp.getTime() === at.getTime());
  assert.deepEqual(idsOf(await everything({ SortOrder: 'ASCENDING', NotBefore: at, NotAfter: at })), idsOf(same));
  const later = messages.find(({ CreatedTimestamp }) => CreatedTimestamp > at);
  if (later) {
    const after = new Date(at.getTime() + 1);
    const found = await everything({ SortOrder: 'ASCENDING', NotBefore: after });
    assert.equal(found[0].MessageId, later.MessageId);
  }
});

test('Bounds that hold nothing give an empty page', async () => {
  const messages = await everything({ SortOrder: 'ASCENDING' });
  const early = new Date(messages[0].CreatedTimestamp.getTime() - 60_000);
  const page = await list({ NotAfter: early });
  assert.deepEqual(page.ChannelMessages, []);
  assert.equal(page.NextToken, undefined);
});

const lists = [
  [ListChannelsCommand, { AppInstanceArn: world.arn }],
  [ListChannelMembershipsCommand, { ChannelArn: channel }],
  [ListChannelMembershipsForAppInstanceUserCommand, {}],
  [ListChannelMessagesCommand, { ChannelArn: channel }],
  [ListChannelModeratorsCommand, { ChannelArn: channel }],
  [ListChannelBansCommand, { ChannelArn: channel }],
];

test('A page of any list has 1 to 50 items', async () => {
  for (const [Command, input] of lists) {
    await as(ann, Command, { ...input, MaxResults: 50 });
    for (const MaxResults of [0, -1, 51]) {
      await invalid(as(ann, Command, { ...input, MaxResults }));
    }
  }
});

test('Messages for others leave no trace in the pages', async () => {
  const [cat, dan] = await world.users('cat', 'dan');
  const ChannelArn = await world.channel(ann, [cat, dan]);
  const open = [];
  for (let i = 0; i < 4; i++) {
    open.push(await say(ann, ChannelArn, 'for all'));
    await say(ann, ChannelArn, 'for cat', { Target: [{ MemberArn: cat.arn }] });
    await say(ann, ChannelArn, 'for cat again', { Target: [{ MemberArn: cat.arn }] });
  }

  const read = (reader, pageSize) =>
    all(
      paginateListChannelMessages,
      messaging,
      { ChannelArn, ChimeBearer: reader.arn, SortOrder: 'ASCENDING' },
      'ChannelMessages',
      pageSize,
    );
  for (const pageSize of [1, 2, 3, 50]) {
    assert.deepEqual(idsOf(await read(dan, pageSize)), open);
    assert.equal((await read(cat, pageSize)).length, 12);
  }
});

test('A page without a size has 50 items', async () => {
  const ChannelArn = await world.channel(ann);
  await Promise.all(Array.from({ length: 51 }, (_, i) => say(ann, ChannelArn, `${i}`)));
  const page = await as(ann, ListChannelMessagesCommand, { ChannelArn });
  assert.equal(page.ChannelMessages.length, 50);
  assert.ok(page.NextToken);
});

test('A token that was never given is refused', async () => {
  for (const NextToken of ['garbage', 'A'.repeat(48), '\u00e4', 'x'.repeat(2049)]) {
    for (const [Command, input] of lists) {
      await invalid(as(ann, Command, { ...input, NextToken }));
    }
  }
});

ours("Another list's token is refused", 'AWS documents no answer', async () => {
  const { NextToken } = await list({ MaxResults: 2 });
  assert.ok(NextToken);
  await invalid(as(ann, ListChannelMembershipsCommand, { ChannelArn: channel, NextToken }));
  await invalid(as(bob, ListChannelMessagesCommand, { ChannelArn: channel, NextToken }));
  await invalid(list({ SortOrder: 'ASCENDING', NextToken }));
  const other = await world.channel(ann);
  await invalid(as(ann, ListChannelMessagesCommand, { ChannelArn: other, NextToken }));
});

test('What is no number and no time is refused', async () => {
  for (const [name, value] of [
    ['max-results', 'many'],
    ['not-before', 'yesterday'],
    ['sort-order', 'SIDEWAYS'],
  ]) {
    const client = tampered(messagingClient(), request => {
      request.query[name] = value;
    });
    await invalid(as(ann, ListChannelMessagesCommand, { ChannelArn: channel }, client));
  }
});
