import {
  BadRequestException,
  BatchCreateChannelMembershipCommand,
  ConflictException,
  CreateChannelMembershipCommand,
  DeleteChannelMembershipCommand,
  DescribeChannelMembershipCommand,
  DescribeChannelMembershipForAppInstanceUserCommand,
  ForbiddenException,
  ListChannelMembershipsCommand,
  ListChannelMembershipsForAppInstanceUserCommand,
  NotFoundException,
  paginateListChannelMemberships,
  paginateListChannelMembershipsForAppInstanceUser,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, aSentence, assert, exactly, refused } from '../lib/assert.js';
import { messaging, ours, test } from '../lib/target.js';
import { all, as, join, say, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob, cat, dan] = await world.users('ann', 'bob', 'cat', 'dan');
const admin = await world.admin('admin');

const membersOf = async (ChannelArn, more = {}, bearer = ann, pageSize = 50) =>
  (
    await all(
      paginateListChannelMemberships,
      messaging,
      { ChannelArn, ChimeBearer: bearer.arn, ...more },
      'ChannelMemberships',
      pageSize,
    )
  ).map(({ Member }) => Member);

const sorted = arns => [...arns].sort();

test('A member is added, described, listed and removed', async () => {
  const ChannelArn = await world.channel(ann);
  const created = await join(ann, ChannelArn, bob);
  exactly(created, { ChannelArn, Member: bob.identity });
  assert.equal(created.$metadata.httpStatusCode, 201);
  exactly(await as(ann, DescribeChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn }), {
    ChannelMembership: {
      InvitedBy: ann.identity,
      Type: 'DEFAULT',
      Member: bob.identity,
      ChannelArn,
      CreatedTimestamp: aRecentDate,
      LastUpdatedTimestamp: aRecentDate,
    },
  });
  exactly(
    (await membersOf(ChannelArn)).sort((a, b) => (a.Name < b.Name ? -1 : 1)),
    [ann.identity, bob.identity],
  );

  const deleted = await as(ann, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn });
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  await refused(
    as(ann, DescribeChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn }),
    NotFoundException,
    'NotFound',
    404,
  );
});

test('A list of members says which channel it is of', async () => {
  const ChannelArn = await world.channel(ann);
  exactly(await as(ann, ListChannelMembershipsCommand, { ChannelArn }), {
    ChannelArn,
    ChannelMemberships: [{ Member: ann.identity }],
  });
});

test('All members are listed, in pages that neither repeat nor leave out', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat, dan]);
  for (const pageSize of [1, 2, 3, 4, 50]) {
    const members = await membersOf(ChannelArn, {}, ann, pageSize);
    assert.deepEqual(sorted(members.map(member => member.Arn)), sorted([ann, bob, cat, dan].map(user => user.arn)));
  }
});

test('Who is a member already cannot be added again', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await refused(join(ann, ChannelArn, bob), ConflictException, 'Conflict', 409);
});

test('Who does not exist cannot be added', async () => {
  const ChannelArn = await world.channel(ann);
  await refused(
    as(ann, CreateChannelMembershipCommand, { ChannelArn, MemberArn: world.userArn('nobody'), Type: 'DEFAULT' }),
    NotFoundException,
    'NotFound',
    404,
  );
});

test('A membership without a type is a default one', async () => {
  const ChannelArn = await world.channel(ann);
  await as(ann, CreateChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn });
  const { ChannelMembership } = await as(ann, DescribeChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn });
  assert.equal(ChannelMembership.Type, 'DEFAULT');
});

test('In a restricted channel members add nobody, in an unrestricted one they do', async () => {
  const restricted = await world.channel(ann, [bob]);
  await refused(join(bob, restricted, cat), ForbiddenException, 'Forbidden', 403);
  const open = await world.channel(ann, [bob], { Mode: 'UNRESTRICTED' });
  await join(bob, open, cat);
  const { ChannelMembership } = await as(ann, DescribeChannelMembershipCommand, {
    ChannelArn: open,
    MemberArn: cat.arn,
  });
  exactly(ChannelMembership.InvitedBy, bob.identity);
});

test('Anyone joins a public channel alone, and nobody a private one', async () => {
  const open = await world.channel(ann, [], { Privacy: 'PUBLIC', Mode: 'UNRESTRICTED' });
  await join(bob, open, bob);
  await say(bob, open, 'here I am');
  const closed = await world.channel(ann, [], { Mode: 'UNRESTRICTED' });
  await refused(join(bob, closed, bob), ForbiddenException, 'Forbidden', 403);
});

test('An administrator adds members to a channel that it does not belong to', async () => {
  const ChannelArn = await world.channel(ann);
  await join(admin, ChannelArn, bob);
  exactly((await membersOf(ChannelArn)).map(member => member.Name).sort(), ['ann', 'bob']);
});

test('Everyone may leave, and in a restricted channel only moderators remove others', async () => {
  const ChannelArn = await world.channel(ann, [bob, cat]);
  await refused(
    as(bob, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: cat.arn }),
    ForbiddenException,
    'Forbidden',
    403,
  );
  await as(bob, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn });
  await refused(as(bob, ListChannelMembershipsCommand, { ChannelArn }), ForbiddenException, 'Forbidden', 403);
});

ours('Removing who is no member changes nothing', 'AWS documents no answer', async () => {
  const ChannelArn = await world.channel(ann);
  const deleted = await as(ann, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn });
  assert.equal(deleted.$metadata.httpStatusCode, 204);
});

test('A hidden member is listed only among the hidden, and only for moderators', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await join(ann, ChannelArn, cat, 'HIDDEN');
  assert.deepEqual((await membersOf(ChannelArn)).map(member => member.Name).sort(), ['ann', 'bob']);
  exactly(await membersOf(ChannelArn, { Type: 'HIDDEN' }), [cat.identity]);
  assert.deepEqual((await membersOf(ChannelArn, { Type: 'DEFAULT' })).map(member => member.Name).sort(), [
    'ann',
    'bob',
  ]);
  await refused(
    as(bob, ListChannelMembershipsCommand, { ChannelArn, Type: 'HIDDEN' }),
    ForbiddenException,
    'Forbidden',
    403,
  );
  const { ChannelMembership } = await as(ann, DescribeChannelMembershipCommand, { ChannelArn, MemberArn: cat.arn });
  assert.equal(ChannelMembership.Type, 'HIDDEN');
});

test('Only moderators and administrators add hidden members', async () => {
  const ChannelArn = await world.channel(ann, [bob], { Mode: 'UNRESTRICTED' });
  await refused(join(bob, ChannelArn, cat, 'HIDDEN'), ForbiddenException, 'Forbidden', 403);
  await join(admin, ChannelArn, cat, 'HIDDEN');
});

test('A hidden member cannot send', async () => {
  const ChannelArn = await world.channel(ann);
  await join(ann, ChannelArn, cat, 'HIDDEN');
  await refused(say(cat, ChannelArn, 'boo'), ForbiddenException, 'Forbidden', 403);
});

test('A batch adds who can be added and reports the others one by one', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const answer = await as(ann, BatchCreateChannelMembershipCommand, {
    ChannelArn,
    Type: 'DEFAULT',
    MemberArns: [cat.arn, bob.arn, world.userArn('nobody'), dan.arn],
  });
  assert.equal(answer.$metadata.httpStatusCode, 200);
  exactly(answer, {
    BatchChannelMemberships: {
      InvitedBy: ann.identity,
      Type: 'DEFAULT',
      Members: [cat.identity, dan.identity],
      ChannelArn,
    },
    Errors: [
      { MemberArn: bob.arn, ErrorCode: 'Conflict', ErrorMessage: aSentence },
      { MemberArn: world.userArn('nobody'), ErrorCode: 'NotFound', ErrorMessage: aSentence },
    ],
  });
  assert.equal((await membersOf(ChannelArn)).length, 4);
});

test('Who is named twice in a batch joins once', async () => {
  const ChannelArn = await world.channel(ann);
  const answer = await as(ann, BatchCreateChannelMembershipCommand, { ChannelArn, MemberArns: [bob.arn, bob.arn] });
  exactly(answer.BatchChannelMemberships.Members, [bob.identity]);
  assert.ok((answer.Errors ?? []).length <= 1);
  assert.equal((await membersOf(ChannelArn)).length, 2);
});

test('A batch of nobody new adds nobody', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const answer = await as(ann, BatchCreateChannelMembershipCommand, { ChannelArn, MemberArns: [bob.arn] });
  assert.equal(answer.Errors.length, 1);
  assert.equal((await membersOf(ChannelArn)).length, 2);
});

test('A batch takes 100 members and not one more', async () => {
  const ChannelArn = await world.channel(ann);
  const nobodies = Array.from({ length: 101 }, (_, i) => world.userArn(`nobody-${i}`));
  const answer = await as(ann, BatchCreateChannelMembershipCommand, { ChannelArn, MemberArns: nobodies.slice(1) });
  assert.equal(answer.Errors.length, 100);
  await refused(
    as(ann, BatchCreateChannelMembershipCommand, { ChannelArn, MemberArns: nobodies }),
    BadRequestException,
    'BadRequest',
    400,
  );
});

test('A user lists the channels it belongs to, with what it is in each', async () => {
  const eve = await world.user('eve');
  const first = await world.channel(ann, [eve], { Name: 'first', Metadata: 'm' });
  const second = await world.channel(ann, [], { Name: 'second' });
  await join(ann, second, eve, 'HIDDEN');
  const list = (bearer, more, pageSize = 1) =>
    all(
      paginateListChannelMembershipsForAppInstanceUser,
      messaging,
      { ChimeBearer: bearer.arn, ...more },
      'ChannelMemberships',
      pageSize,
    );
  const described = [
    {
      ChannelSummary: { Name: 'first', ChannelArn: first, Mode: 'RESTRICTED', Privacy: 'PRIVATE', Metadata: 'm' },
      AppInstanceUserMembershipSummary: { Type: 'DEFAULT' },
    },
    {
      ChannelSummary: { Name: 'second', ChannelArn: second, Mode: 'RESTRICTED', Privacy: 'PRIVATE' },
      AppInstanceUserMembershipSummary: { Type: 'HIDDEN' },
    },
  ];
  const byName = (a, b) => (a.ChannelSummary.Name < b.ChannelSummary.Name ? -1 : 1);
  exactly((await list(eve)).sort(byName), described);
  exactly((await list(eve, { AppInstanceUserArn: eve.arn }, 50)).sort(byName), described);
  exactly((await list(admin, { AppInstanceUserArn: eve.arn })).sort(byName), described);
  await refused(
    as(ann, ListChannelMembershipsForAppInstanceUserCommand, { AppInstanceUserArn: eve.arn }),
    ForbiddenException,
    'Forbidden',
    403,
  );

  const input = { ChannelArn: first, AppInstanceUserArn: eve.arn };
  exactly(await as(eve, DescribeChannelMembershipForAppInstanceUserCommand, input), {
    ChannelMembership: described[0],
  });
  exactly(await as(admin, DescribeChannelMembershipForAppInstanceUserCommand, input), {
    ChannelMembership: described[0],
  });
  await refused(
    as(ann, DescribeChannelMembershipForAppInstanceUserCommand, input),
    ForbiddenException,
    'Forbidden',
    403,
  );
});
