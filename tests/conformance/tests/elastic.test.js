import {
  BadRequestException,
  BatchCreateChannelMembershipCommand,
  CreateChannelCommand,
  CreateChannelModeratorCommand,
  DeleteChannelMembershipCommand,
  DeleteChannelMessageCommand,
  DescribeChannelCommand,
  DescribeChannelMembershipCommand,
  ForbiddenException,
  GetChannelMessageCommand,
  ListChannelMembershipsCommand,
  ListChannelMembershipsForAppInstanceUserCommand,
  ListChannelMessagesCommand,
  ListSubChannelsCommand,
  NotFoundException,
  paginateListSubChannels,
  RedactChannelMessageCommand,
  ResourceLimitExceededException,
  UpdateChannelCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { Fence, Listener } from '../lib/session.js';
import { messaging, ours, test } from '../lib/target.js';
import { all, as, join, say, unique, World } from '../lib/world.js';

// One elastic channel an app instance is the default quota, so each has a world of its own.
const configuration = (MaximumSubChannels, TargetMembershipsPerSubChannel) => ({
  MaximumSubChannels,
  TargetMembershipsPerSubChannel,
  MinimumMembershipPercentage: 40,
});

async function elastic(most, target, more = {}) {
  const world = await World.create();
  const ann = await world.user('ann');
  const { ChannelArn } = await as(ann, CreateChannelCommand, {
    AppInstanceArn: world.arn,
    Name: unique('elastic'),
    ElasticChannelConfiguration: configuration(most, target),
    ...more,
  });
  return { world, ann, ChannelArn };
}

const subsOf = async (moderator, ChannelArn) =>
  (await as(moderator, ListSubChannelsCommand, { ChannelArn })).SubChannels.map(sub => sub.SubChannelId);

test('An elastic channel is created for moderators alone, described with its configuration, and keeps it', async () => {
  const { ann, ChannelArn } = await elastic(3, 4);
  const { Channel } = await as(ann, DescribeChannelCommand, { ChannelArn });
  exactly(Channel.ElasticChannelConfiguration, configuration(3, 4));
  assert.equal(Channel.Mode, 'RESTRICTED');
  await refused(
    as(ann, UpdateChannelCommand, { ChannelArn, Name: 'n', Mode: 'UNRESTRICTED' }),
    BadRequestException,
    'BadRequest',
    400,
  );
  const { ChannelMemberships } = await as(ann, ListChannelMembershipsCommand, { ChannelArn });
  assert.deepEqual(ChannelMemberships, []);
});

test('Members are placed, named with their sub-channel, and refused when everything is full', async () => {
  const { world, ann, ChannelArn } = await elastic(2, 2);
  const people = await world.users('p1', 'p2', 'p3', 'p4', 'p5');
  for (const person of people.slice(0, 4)) {
    const created = await join(ann, ChannelArn, person);
    exactly(created, { ChannelArn, Member: person.identity, SubChannelId: id => /^[-_a-zA-Z0-9]{8,128}$/.test(id) });
  }

  await refused(join(ann, ChannelArn, people[4]), ResourceLimitExceededException, 'ResourceLimitExceeded', 400);
  const subs = await all(paginateListSubChannels, messaging, { ChannelArn, ChimeBearer: ann.arn }, 'SubChannels', 1);
  assert.deepEqual(
    subs.map(sub => sub.MembershipCount),
    [2, 2],
  );
  await refused(as(people[0], ListSubChannelsCommand, { ChannelArn }), ForbiddenException, 'Forbidden', 403);

  const { ChannelMemberships } = await as(people[0], ListChannelMembershipsForAppInstanceUserCommand);
  const { SubChannelId, ...summary } = ChannelMemberships[0].AppInstanceUserMembershipSummary;
  exactly(summary, { Type: 'DEFAULT' });
  const described = await as(people[0], DescribeChannelMembershipCommand, {
    ChannelArn,
    MemberArn: people[0].arn,
    SubChannelId,
  });
  exactly(described.ChannelMembership, {
    InvitedBy: ann.identity,
    Type: 'DEFAULT',
    Member: people[0].identity,
    ChannelArn,
    CreatedTimestamp: aRecentDate,
    LastUpdatedTimestamp: aRecentDate,
    SubChannelId,
  });
  const roster = await as(people[0], ListChannelMembershipsCommand, { ChannelArn, SubChannelId });
  assert.equal(roster.ChannelMemberships.length, 2);
});

test('A message lives in one sub-channel, through its whole life', async () => {
  const { world, ann, ChannelArn } = await elastic(2, 2);
  const admin = await world.admin('admin');
  const people = await world.users('p1', 'p2', 'p3');
  for (const person of people) {
    await join(ann, ChannelArn, person);
  }

  const places = await Promise.all(
    people.map(async person => {
      const { ChannelMembership } = await as(ann, DescribeChannelMembershipCommand, {
        ChannelArn,
        MemberArn: person.arn,
      });
      return { person, SubChannelId: ChannelMembership.SubChannelId };
    }),
  );
  const [here, there] = [places[0], places.find(place => place.SubChannelId !== places[0].SubChannelId)];
  const at = { ChannelArn, SubChannelId: here.SubChannelId };
  const MessageId = await say(here.person, ChannelArn, 'here', { SubChannelId: here.SubChannelId });

  const got = await as(here.person, GetChannelMessageCommand, { ...at, MessageId });
  assert.equal(got.ChannelMessage.SubChannelId, here.SubChannelId);
  const listed = await as(here.person, ListChannelMessagesCommand, at);
  assert.equal(listed.SubChannelId, here.SubChannelId);
  assert.deepEqual(
    listed.ChannelMessages.map(message => message.MessageId),
    [MessageId],
  );
  await refused(as(there.person, GetChannelMessageCommand, { ...at, MessageId }), ForbiddenException, 'Forbidden', 403);
  await refused(as(there.person, ListChannelMessagesCommand, at), ForbiddenException, 'Forbidden', 403);
  const elsewhere = await as(there.person, ListChannelMessagesCommand, {
    ChannelArn,
    SubChannelId: there.SubChannelId,
  });
  assert.deepEqual(elsewhere.ChannelMessages, []);
  await refused(say(here.person, ChannelArn, 'nowhere'), BadRequestException, 'BadRequest', 400);

  const updated = await as(here.person, UpdateChannelMessageCommand, { ...at, MessageId, Content: 'edited' });
  assert.equal(updated.SubChannelId, here.SubChannelId);
  const redacted = await as(here.person, RedactChannelMessageCommand, { ...at, MessageId });
  exactly(redacted, { ...at, MessageId });
  await as(admin, DeleteChannelMessageCommand, { ...at, MessageId });
  assert.deepEqual((await as(here.person, ListChannelMessagesCommand, at)).ChannelMessages, []);
});

test('A moderator names its sub-channels, hears each, and loses all when it is none any more', async () => {
  const { world, ann, ChannelArn } = await elastic(2, 2);
  const mod = await world.user('mod');
  for (const person of await world.users('p1', 'p2', 'p3')) {
    await join(ann, ChannelArn, person);
  }

  await as(ann, CreateChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: mod.arn });
  await refused(join(ann, ChannelArn, mod), BadRequestException, 'BadRequest', 400);
  const subs = await subsOf(ann, ChannelArn);
  const batch = await as(ann, BatchCreateChannelMembershipCommand, {
    ChannelArn,
    Type: 'DEFAULT',
    MemberArns: [mod.arn],
    SubChannelId: subs[0],
  });
  assert.equal(batch.BatchChannelMemberships.SubChannelId, subs[0]);
  await as(mod, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: mod.arn, SubChannelId: subs[0] });
  await refused(
    as(ann, DescribeChannelMembershipCommand, { ChannelArn, MemberArn: mod.arn, SubChannelId: subs[0] }),
    NotFoundException,
    'NotFound',
    404,
  );
});

ours(
  'Whoever is moved is told where, alone, and hears the new place from then on',
  'who is moved is our choice',
  async () => {
    const { world, ann, ChannelArn } = await elastic(2, 2);
    const people = await world.users('p1', 'p2', 'p3');
    const fence = await Fence.create(world, ...people);
    const listeners = await Promise.all(people.map(person => Listener.open(person)));
    for (const person of people) {
      await join(ann, ChannelArn, person);
    }

    const frames = await Promise.all(listeners.map(listener => fence.frames(listener)));
    const moves = frames.map(heard => heard.filter(frame => frame.type === 'UPDATE_CHANNEL_MEMBERSHIP'));
    assert.equal(moves.flat().length, 1);
    const [moved] = moves.flat();
    const who = people[moves.findIndex(heard => heard.length === 1)];
    assert.equal(moved.headers['x-amz-chime-message-type'], 'SYSTEM');
    exactly(moved.body.Member, who.identity);
    for (const listener of listeners) {
      listener.mark();
    }

    const { SubChannelId } = moved.body;
    await say(who, ChannelArn, 'from the new place', { SubChannelId });
    const heard = await Promise.all(listeners.map(listener => fence.frames(listener)));
    for (const [index, person] of people.entries()) {
      const { ChannelMembership } = await as(ann, DescribeChannelMembershipCommand, {
        ChannelArn,
        MemberArn: person.arn,
      });
      const here = ChannelMembership.SubChannelId === SubChannelId;
      assert.deepEqual(
        heard[index].map(frame => frame.body.Content),
        here ? ['from the new place'] : [],
        person.name,
      );
    }

    for (const listener of listeners) {
      listener.stop();
    }
  },
);
