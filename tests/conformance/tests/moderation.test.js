import {
  ConflictException,
  CreateChannelBanCommand,
  CreateChannelModeratorCommand,
  DeleteChannelBanCommand,
  DeleteChannelModeratorCommand,
  DescribeChannelBanCommand,
  DescribeChannelMembershipCommand,
  DescribeChannelModeratorCommand,
  ForbiddenException,
  ListChannelBansCommand,
  ListChannelMessagesCommand,
  ListChannelModeratorsCommand,
  NotFoundException,
  paginateListChannelBans,
  paginateListChannelModerators,
  UpdateChannelCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { messaging, ours, test } from '../lib/target.js';
import { all, as, join, say, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob, cat, dan] = await world.users('ann', 'bob', 'cat', 'dan');
const admin = await world.admin('admin');
const forbidden = promise => refused(promise, ForbiddenException, 'Forbidden', 403);

test('A moderator is made, described, listed and unmade', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const input = { ChannelArn, ChannelModeratorArn: bob.arn };
  const created = await as(ann, CreateChannelModeratorCommand, input);
  exactly(created, { ChannelArn, ChannelModerator: bob.identity });
  assert.equal(created.$metadata.httpStatusCode, 201);
  await refused(as(ann, CreateChannelModeratorCommand, input), ConflictException, 'Conflict', 409);
  exactly(await as(ann, DescribeChannelModeratorCommand, input), {
    ChannelModerator: { Moderator: bob.identity, ChannelArn, CreatedTimestamp: aRecentDate, CreatedBy: ann.identity },
  });
  const list = () =>
    all(paginateListChannelModerators, messaging, { ChannelArn, ChimeBearer: ann.arn }, 'ChannelModerators', 1);
  exactly(
    (await list()).sort((a, b) => (a.Moderator.Name < b.Moderator.Name ? -1 : 1)),
    [{ Moderator: ann.identity }, { Moderator: bob.identity }],
  );
  await as(bob, UpdateChannelCommand, { ChannelArn, Name: 'by a moderator' });

  const deleted = await as(ann, DeleteChannelModeratorCommand, input);
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  exactly(await list(), [{ Moderator: ann.identity }]);
  await forbidden(as(bob, UpdateChannelCommand, { ChannelArn, Name: 'no longer' }));
  await refused(as(ann, DescribeChannelModeratorCommand, input), NotFoundException, 'NotFound', 404);
});

test('Moderators are the business of moderators and administrators alone', async () => {
  const ChannelArn = await world.channel(ann, [bob], { Privacy: 'PUBLIC' });
  for (const person of [bob, dan]) {
    await forbidden(as(person, CreateChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: bob.arn }));
    await forbidden(as(person, ListChannelModeratorsCommand, { ChannelArn }));
    await forbidden(as(person, DescribeChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: ann.arn }));
    await forbidden(as(person, DeleteChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: ann.arn }));
  }

  await as(admin, CreateChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: bob.arn });
});

test('A moderator who is no member cannot send', async () => {
  const ChannelArn = await world.channel(ann);
  await as(ann, CreateChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: bob.arn });
  await forbidden(say(bob, ChannelArn, 'I only keep order'));
  await forbidden(say(admin, ChannelArn, 'So do I'));
});

test('A ban is made, described, listed and lifted', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const input = { ChannelArn, MemberArn: bob.arn };
  const created = await as(ann, CreateChannelBanCommand, input);
  exactly(created, { ChannelArn, Member: bob.identity });
  assert.equal(created.$metadata.httpStatusCode, 201);
  exactly(await as(ann, DescribeChannelBanCommand, input), {
    ChannelBan: { Member: bob.identity, ChannelArn, CreatedTimestamp: aRecentDate, CreatedBy: ann.identity },
  });
  await as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: cat.arn });
  const list = () => all(paginateListChannelBans, messaging, { ChannelArn, ChimeBearer: ann.arn }, 'ChannelBans', 1);
  exactly(
    (await list()).sort((a, b) => (a.Member.Name < b.Member.Name ? -1 : 1)),
    [{ Member: bob.identity }, { Member: cat.identity }],
  );
  const lifted = await as(ann, DeleteChannelBanCommand, input);
  assert.equal(lifted.$metadata.httpStatusCode, 204);
  exactly(await list(), [{ Member: cat.identity }]);
  await refused(as(ann, DescribeChannelBanCommand, input), NotFoundException, 'NotFound', 404);
});

test('A banned user loses its membership at once, and has none after the ban is lifted', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: bob.arn });
  await forbidden(say(bob, ChannelArn, 'still here?'));
  await forbidden(as(bob, ListChannelMessagesCommand, { ChannelArn }));
  await as(ann, DeleteChannelBanCommand, { ChannelArn, MemberArn: bob.arn });
  await refused(
    as(ann, DescribeChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn }),
    NotFoundException,
    'NotFound',
    404,
  );
  await join(ann, ChannelArn, bob);
  await say(bob, ChannelArn, 'back again');
});

test('A banned user cannot be added, and cannot join a public channel', async () => {
  const ChannelArn = await world.channel(ann, [], { Privacy: 'PUBLIC', Mode: 'UNRESTRICTED' });
  await as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: bob.arn });
  await forbidden(join(ann, ChannelArn, bob));
  await forbidden(join(bob, ChannelArn, bob));
  await forbidden(join(admin, ChannelArn, bob));
});

test('Administrators and moderators of the channel cannot be banned', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await as(ann, CreateChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: bob.arn });
  await forbidden(as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: bob.arn }));
  await forbidden(as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: admin.arn }));
});

test('Bans are the business of moderators and administrators alone', async () => {
  const ChannelArn = await world.channel(ann, [bob], { Privacy: 'PUBLIC' });
  for (const person of [bob, dan]) {
    await forbidden(as(person, CreateChannelBanCommand, { ChannelArn, MemberArn: cat.arn }));
    await forbidden(as(person, ListChannelBansCommand, { ChannelArn }));
    await forbidden(as(person, DescribeChannelBanCommand, { ChannelArn, MemberArn: cat.arn }));
    await forbidden(as(person, DeleteChannelBanCommand, { ChannelArn, MemberArn: cat.arn }));
  }

  await as(admin, CreateChannelBanCommand, { ChannelArn, MemberArn: cat.arn });
});

ours('A second ban of the same user is a conflict', 'AWS documents no answer', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: bob.arn });
  await refused(
    as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: bob.arn }),
    ConflictException,
    'Conflict',
    409,
  );
});
