import {
  BadRequestException,
  CreateChannelModeratorCommand,
  DescribeChannelMembershipForAppInstanceUserCommand,
  DescribeChannelModeratedByAppInstanceUserCommand,
  ForbiddenException,
  ListChannelMembershipsForAppInstanceUserCommand,
  ListChannelsModeratedByAppInstanceUserCommand,
  paginateListChannelsModeratedByAppInstanceUser,
  paginateSearchChannels,
  SearchChannelsCommand,
  UpdateChannelReadMarkerCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { messaging, ours, test } from '../lib/target.js';
import { all, as, join, say, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob, cat] = await world.users('ann', 'bob', 'cat');
const admin = await world.admin('admin');
const pair = await world.channel(ann, [bob]);
const three = await world.channel(ann, [bob, cat]);

const search = (user, Operator, ...people) =>
  as(user, SearchChannelsCommand, { Fields: [{ Key: 'MEMBERS', Operator, Values: people.map(p => p.arn) }] });
const arnsOf = channels => channels.map(channel => channel.ChannelArn);

test('Channels are found by exactly their members, and by some of them', async () => {
  assert.deepEqual(arnsOf((await search(ann, 'EQUALS', ann, bob)).Channels), [pair]);
  assert.deepEqual(arnsOf((await search(bob, 'INCLUDES', ann, bob)).Channels).sort(), [pair, three].sort());
  assert.deepEqual(arnsOf((await search(cat, 'INCLUDES', ann)).Channels), [three]);
  assert.deepEqual((await search(cat, 'EQUALS', ann, bob)).Channels, []);
});

test('An administrator finds the channels of others', async () => {
  assert.deepEqual(arnsOf((await search(admin, 'EQUALS', ann, bob)).Channels), [pair]);
});

test('A search comes in pages', async () => {
  const found = await all(
    paginateSearchChannels,
    messaging,
    { ChimeBearer: bob.arn, Fields: [{ Key: 'MEMBERS', Operator: 'INCLUDES', Values: [ann.arn] }] },
    'Channels',
    1,
  );
  assert.deepEqual(arnsOf(found).sort(), [pair, three].sort());
});

ours('A search needs its bearer', 'the model and its note contradict each other', async () => {
  await refused(
    messaging.send(new SearchChannelsCommand({ Fields: [{ Key: 'MEMBERS', Operator: 'EQUALS', Values: [ann.arn] }] })),
    BadRequestException,
    'BadRequest',
    400,
  );
});

test('A read marker shows in the lists of whoever set it', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await join(ann, ChannelArn, cat, 'HIDDEN');
  await say(ann, ChannelArn, 'read me');
  for (const reader of [bob, cat]) {
    exactly(await as(reader, UpdateChannelReadMarkerCommand, { ChannelArn }), { ChannelArn });
    const { ChannelMembership } = await as(reader, DescribeChannelMembershipForAppInstanceUserCommand, {
      ChannelArn,
      AppInstanceUserArn: reader.arn,
    });
    assert.ok(aRecentDate(ChannelMembership.AppInstanceUserMembershipSummary.ReadMarkerTimestamp));
    assert.ok(
      ChannelMembership.AppInstanceUserMembershipSummary.ReadMarkerTimestamp >=
        ChannelMembership.ChannelSummary.LastMessageTimestamp,
    );
  }

  const { ChannelMemberships } = await as(ann, ListChannelMembershipsForAppInstanceUserCommand);
  const own = ChannelMemberships.find(m => m.ChannelSummary.ChannelArn === ChannelArn);
  assert.equal(own.AppInstanceUserMembershipSummary.ReadMarkerTimestamp, undefined);
  await refused(as(admin, UpdateChannelReadMarkerCommand, { ChannelArn }), ForbiddenException, 'Forbidden', 403);
});

test('A user lists and describes the channels it moderates', async () => {
  await as(ann, CreateChannelModeratorCommand, { ChannelArn: three, ChannelModeratorArn: cat.arn });
  const { Channels } = await as(cat, ListChannelsModeratedByAppInstanceUserCommand);
  assert.deepEqual(
    Channels.map(c => c.ChannelSummary.ChannelArn),
    [three],
  );
  const { Channel } = await as(cat, DescribeChannelModeratedByAppInstanceUserCommand, {
    ChannelArn: three,
    AppInstanceUserArn: cat.arn,
  });
  exactly(Channel, Channels[0]);
  const annS = await all(
    paginateListChannelsModeratedByAppInstanceUser,
    messaging,
    { ChimeBearer: admin.arn, AppInstanceUserArn: ann.arn },
    'Channels',
    1,
  );
  assert.ok(annS.length >= 3);
  await refused(
    as(bob, ListChannelsModeratedByAppInstanceUserCommand, { AppInstanceUserArn: ann.arn }),
    ForbiddenException,
    'Forbidden',
    403,
  );
});
