import {
  CreateChannelCommand,
  DeleteChannelCommand,
  DescribeChannelCommand,
  ForbiddenException,
  ListChannelsCommand,
  paginateListChannels,
  UpdateChannelCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { messaging, ours, test } from '../lib/target.js';
import { all, as, say, unique, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob] = await world.users('ann', 'bob');
const admin = await world.admin('admin');

test('A channel is created with everything it can have, and described so', async () => {
  const id = unique('all.of@it_');
  const created = await as(ann, CreateChannelCommand, {
    AppInstanceArn: world.arn,
    ChannelId: id,
    Name: 'Caf\u00e9 \u{1f980}\ttabbed',
    Mode: 'UNRESTRICTED',
    Privacy: 'PUBLIC',
    Metadata: '{"a": "\u00e4"}',
    Tags: [{ Key: 'team', Value: 'one' }],
  });
  exactly(created, { ChannelArn: world.channelArn(id) });
  assert.equal(created.$metadata.httpStatusCode, 201);

  const { Channel, ...rest } = await as(bob, DescribeChannelCommand, { ChannelArn: created.ChannelArn });
  exactly(rest, {});
  exactly(Channel, {
    Name: 'Caf\u00e9 \u{1f980}\ttabbed',
    ChannelArn: created.ChannelArn,
    Mode: 'UNRESTRICTED',
    Privacy: 'PUBLIC',
    Metadata: '{"a": "\u00e4"}',
    CreatedBy: ann.identity,
    CreatedTimestamp: aRecentDate,
    LastUpdatedTimestamp: aRecentDate,
  });
});

ours('A channel without mode and privacy is restricted and private', 'AWS documents no default', async () => {
  const { ChannelArn } = await as(ann, CreateChannelCommand, { AppInstanceArn: world.arn, Name: 'plain' });
  const { Channel } = await as(ann, DescribeChannelCommand, { ChannelArn });
  assert.equal(Channel.Mode, 'RESTRICTED');
  assert.equal(Channel.Privacy, 'PRIVATE');
  assert.equal(Channel.Metadata, undefined);
});

test('A channel gets its own id when the caller names none', async () => {
  const first = await world.channel(ann);
  const second = await world.channel(ann);
  assert.notEqual(first, second);
  assert.match(first.slice(world.channelArn('').length), /^[A-Za-z0-9]([A-Za-z0-9:\-_.@]{0,62}[A-Za-z0-9])?$/);
});

test('A channel shows when its last message came', async () => {
  const ChannelArn = await world.channel(ann);
  const before = await as(ann, DescribeChannelCommand, { ChannelArn });
  assert.equal(before.Channel.LastMessageTimestamp, undefined);
  await say(ann, ChannelArn, 'hello');
  const after = await as(ann, DescribeChannelCommand, { ChannelArn });
  exactly(after.Channel.LastMessageTimestamp, aRecentDate);
});

test('An update changes name, mode and metadata and leaves privacy and creation alone', async () => {
  const ChannelArn = await world.channel(ann, [], { Privacy: 'PUBLIC', Metadata: 'old' });
  const { Channel: before } = await as(ann, DescribeChannelCommand, { ChannelArn });
  const updated = await as(ann, UpdateChannelCommand, {
    ChannelArn,
    Name: 'new name',
    Mode: 'UNRESTRICTED',
    Metadata: 'new',
  });
  exactly(updated, { ChannelArn });
  const { Channel: after } = await as(ann, DescribeChannelCommand, { ChannelArn });
  exactly(after, {
    ...before,
    Name: 'new name',
    Mode: 'UNRESTRICTED',
    Metadata: 'new',
    CreatedTimestamp: date => date.getTime() === before.CreatedTimestamp.getTime(),
    LastUpdatedTimestamp: date => date >= before.LastUpdatedTimestamp,
  });
});

test('A deleted channel is gone for everyone', async () => {
  const ChannelArn = await world.channel(ann, [bob], { Privacy: 'PUBLIC' });
  const deleted = await as(ann, DeleteChannelCommand, { ChannelArn });
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  for (const person of [ann, bob, admin]) {
    await refused(as(person, DescribeChannelCommand, { ChannelArn }), ForbiddenException, 'Forbidden', 403);
  }

  const listed = await all(
    paginateListChannels,
    messaging,
    { AppInstanceArn: world.arn, Privacy: 'PUBLIC', ChimeBearer: ann.arn },
    'Channels',
  );
  assert.ok(!listed.some(channel => channel.ChannelArn === ChannelArn));
});

test('Public channels are listed for everyone, in pages that neither repeat nor leave out', async () => {
  const arns = [];
  for (let i = 0; i < 7; i++) {
    arns.push(await world.channel(ann, [], { Privacy: 'PUBLIC', Metadata: `number ${i}` }));
  }

  const hidden = await world.channel(ann);
  for (const pageSize of [1, 3, 50]) {
    const input = { AppInstanceArn: world.arn, Privacy: 'PUBLIC', ChimeBearer: bob.arn };
    const listed = await all(paginateListChannels, messaging, input, 'Channels', pageSize);
    const found = listed.map(channel => channel.ChannelArn);
    assert.equal(new Set(found).size, found.length, 'no channel comes twice');
    assert.ok(arns.every(arn => found.includes(arn)));
    assert.ok(!found.includes(hidden));
    exactly(
      listed.find(channel => channel.ChannelArn === arns[3]),
      {
        Name: name => typeof name === 'string',
        ChannelArn: arns[3],
        Mode: 'RESTRICTED',
        Privacy: 'PUBLIC',
        Metadata: 'number 3',
      },
    );
  }
});

test('A list without a privacy is the list of the public channels', async () => {
  const open = await world.channel(ann, [], { Privacy: 'PUBLIC' });
  const listed = await all(
    paginateListChannels,
    messaging,
    { AppInstanceArn: world.arn, ChimeBearer: bob.arn },
    'Channels',
  );
  assert.ok(listed.some(channel => channel.ChannelArn === open));
  assert.ok(listed.every(channel => channel.Privacy === 'PUBLIC'));
});

test('Private channels are listed for administrators alone', async () => {
  const ChannelArn = await world.channel(ann);
  const input = { AppInstanceArn: world.arn, Privacy: 'PRIVATE' };
  const listed = await all(paginateListChannels, messaging, { ...input, ChimeBearer: admin.arn }, 'Channels');
  assert.ok(listed.some(channel => channel.ChannelArn === ChannelArn));
  await refused(as(ann, ListChannelsCommand, input), ForbiddenException, 'Forbidden', 403);
});

test('Members and moderators that are named at creation are there', async () => {
  const cat = await world.user('cat');
  const ChannelArn = await world.channel(ann, [], { MemberArns: [bob.arn], ModeratorArns: [cat.arn] });
  await say(bob, ChannelArn, 'a member may send');
  await as(cat, UpdateChannelCommand, { ChannelArn, Name: 'a moderator may rename' });
});

test('Only moderators and administrators update and delete a channel', async () => {
  const ChannelArn = await world.channel(ann, [bob], { Privacy: 'PUBLIC' });
  const stranger = await world.user('stranger');
  for (const person of [bob, stranger]) {
    await refused(as(person, UpdateChannelCommand, { ChannelArn, Name: 'mine' }), ForbiddenException, 'Forbidden', 403);
    await refused(as(person, DeleteChannelCommand, { ChannelArn }), ForbiddenException, 'Forbidden', 403);
  }

  await as(admin, UpdateChannelCommand, { ChannelArn, Name: 'by the administrator' });
  await as(admin, DeleteChannelCommand, { ChannelArn });
});

test('A stranger sees a public channel and no private one', async () => {
  const open = await world.channel(ann, [], { Privacy: 'PUBLIC' });
  const closed = await world.channel(ann);
  await as(bob, DescribeChannelCommand, { ChannelArn: open });
  await refused(as(bob, DescribeChannelCommand, { ChannelArn: closed }), ForbiddenException, 'Forbidden', 403);
});
