import {
  BadRequestException,
  ConflictException,
  CreateAppInstanceAdminCommand,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
  DeleteAppInstanceAdminCommand,
  DeleteAppInstanceCommand,
  DeleteAppInstanceUserCommand,
  DescribeAppInstanceAdminCommand,
  DescribeAppInstanceCommand,
  DescribeAppInstanceUserCommand,
  ForbiddenException,
  ListAppInstanceAdminsCommand,
  ListAppInstancesCommand,
  ListAppInstanceUsersCommand,
  paginateListAppInstanceAdmins,
  paginateListAppInstances,
  paginateListAppInstanceUsers,
  UpdateAppInstanceCommand,
  UpdateAppInstanceUserCommand,
} from '@aws-sdk/client-chime-sdk-identity';
import { DescribeChannelCommand, ListChannelMembershipsCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { identity, test } from '../lib/target.js';
import { all, as, unique, World } from '../lib/world.js';

const world = await World.create();
const send = (Command, input) => identity.send(new Command(input));

test('An app instance is created, described, updated, listed and deleted', async () => {
  const created = await send(CreateAppInstanceCommand, { Name: 'first name', Metadata: 'about it' });
  exactly(created, {
    AppInstanceArn: arn => /^arn:aws:chime:[a-z0-9-]+:\d{12}:app-instance\/[0-9a-f-]{36}$/.test(arn),
  });
  assert.equal(created.$metadata.httpStatusCode, 201);
  const { AppInstanceArn } = created;
  exactly(await send(DescribeAppInstanceCommand, { AppInstanceArn }), {
    AppInstance: {
      AppInstanceArn,
      Name: 'first name',
      Metadata: 'about it',
      CreatedTimestamp: aRecentDate,
      LastUpdatedTimestamp: aRecentDate,
    },
  });
  exactly(await send(UpdateAppInstanceCommand, { AppInstanceArn, Name: 'second name', Metadata: 'more' }), {
    AppInstanceArn,
  });
  const { AppInstance } = await send(DescribeAppInstanceCommand, { AppInstanceArn });
  assert.equal(AppInstance.Name, 'second name');
  assert.equal(AppInstance.Metadata, 'more');

  const listed = await all(paginateListAppInstances, identity, {}, 'AppInstances', 2);
  exactly(
    listed.find(app => app.AppInstanceArn === AppInstanceArn),
    { AppInstanceArn, Name: 'second name', Metadata: 'more' },
  );

  const deleted = await send(DeleteAppInstanceCommand, { AppInstanceArn });
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  await refused(send(DescribeAppInstanceCommand, { AppInstanceArn }), ForbiddenException, 'Forbidden', 403);
});

test('A user is created under the id that the caller chooses, described and updated', async () => {
  const id = `${unique('us-east-1:a.b_c')}@x9`.slice(-64).replace(/^[^A-Za-z0-9]+/, '');
  const created = await send(CreateAppInstanceUserCommand, {
    AppInstanceArn: world.arn,
    AppInstanceUserId: id,
    Name: 'Zo\u00eb \u4f60\u597d',
    Metadata: '{"k":1}',
  });
  exactly(created, { AppInstanceUserArn: world.userArn(id) });
  assert.equal(created.$metadata.httpStatusCode, 201);
  const { AppInstanceUserArn } = created;
  exactly(await send(DescribeAppInstanceUserCommand, { AppInstanceUserArn }), {
    AppInstanceUser: {
      AppInstanceUserArn,
      Name: 'Zo\u00eb \u4f60\u597d',
      Metadata: '{"k":1}',
      CreatedTimestamp: aRecentDate,
      LastUpdatedTimestamp: aRecentDate,
    },
  });
  exactly(await send(UpdateAppInstanceUserCommand, { AppInstanceUserArn, Name: 'other', Metadata: '' }), {
    AppInstanceUserArn,
  });
  const { AppInstanceUser } = await send(DescribeAppInstanceUserCommand, { AppInstanceUserArn });
  assert.equal(AppInstanceUser.Name, 'other');
});

test('All users are listed, in pages that neither repeat nor leave out', async () => {
  const app = (await send(CreateAppInstanceCommand, { Name: 'many' })).AppInstanceArn;
  const other = new World(app);
  const users = await other.users(...Array.from({ length: 11 }, (_, i) => `user-${i}`));
  for (const pageSize of [1, 4, 50]) {
    const listed = await all(
      paginateListAppInstanceUsers,
      identity,
      { AppInstanceArn: app },
      'AppInstanceUsers',
      pageSize,
    );
    assert.deepEqual(listed.map(user => user.AppInstanceUserArn).sort(), users.map(user => user.arn).sort());
    exactly(
      listed.find(user => user.Name === 'user-3'),
      { AppInstanceUserArn: users[3].arn, Name: 'user-3' },
    );
  }

  await send(DeleteAppInstanceCommand, { AppInstanceArn: app });
});

test('A user id that is taken is a conflict', async () => {
  const user = await world.user('taken');
  await refused(
    send(CreateAppInstanceUserCommand, { AppInstanceArn: world.arn, AppInstanceUserId: user.id, Name: 'again' }),
    ConflictException,
    'Conflict',
    409,
  );
});

test('What is created again with its token is created once', async () => {
  const user = {
    AppInstanceArn: world.arn,
    AppInstanceUserId: unique('u'),
    Name: 'n',
    ClientRequestToken: unique('t'),
  };
  const first = await send(CreateAppInstanceUserCommand, user);
  const again = await send(CreateAppInstanceUserCommand, user);
  assert.equal(again.AppInstanceUserArn, first.AppInstanceUserArn);
  await refused(send(CreateAppInstanceUserCommand, { ...user, Name: 'other' }), ConflictException, 'Conflict', 409);

  const app = { Name: unique('app'), ClientRequestToken: unique('t') };
  const { AppInstanceArn } = await send(CreateAppInstanceCommand, app);
  assert.equal((await send(CreateAppInstanceCommand, app)).AppInstanceArn, AppInstanceArn);
  await refused(send(CreateAppInstanceCommand, { ...app, Name: 'other' }), ConflictException, 'Conflict', 409);
  await send(DeleteAppInstanceCommand, { AppInstanceArn });
});

test('A list has pages of 1 to 50 items and knows its own tokens', async () => {
  const lists = [
    [ListAppInstancesCommand, {}],
    [ListAppInstanceUsersCommand, { AppInstanceArn: world.arn }],
    [ListAppInstanceAdminsCommand, { AppInstanceArn: world.arn }],
  ];
  for (const [Command, input] of lists) {
    await send(Command, { ...input, MaxResults: 50 });
    for (const wrong of [{ MaxResults: 51 }, { MaxResults: 0 }, { NextToken: 'garbage' }]) {
      await refused(send(Command, { ...input, ...wrong }), BadRequestException, 'BadRequest', 400);
    }
  }
});

test('A user id, a name and metadata keep to the limits of the model', async () => {
  const user = (more, id = unique('u')) =>
    send(CreateAppInstanceUserCommand, { AppInstanceArn: world.arn, AppInstanceUserId: id, Name: 'n', ...more });
  await user({}, `a${'b'.repeat(63 - 36)}${crypto.randomUUID()}`);
  await user({ Name: 'n'.repeat(100) });
  await user({ Metadata: 'm'.repeat(1024) });
  for (const wrong of [
    () => user({}, 'a'.repeat(65)),
    () => user({}, '-begins-wrong'),
    () => user({}, 'ends-wrong-'),
    () => user({}, 'has space'),
    () => user({ Name: '' }),
    () => user({ Name: '   ' }),
    () => user({ Name: 'n'.repeat(101) }),
    () => user({ Metadata: 'm'.repeat(1025) }),
  ]) {
    await refused(wrong(), BadRequestException, 'BadRequest', 400);
  }
});

test('A deleted user cannot act and leaves its channels', async () => {
  const [ann, bob] = await world.users('ann', 'bob');
  const ChannelArn = await world.channel(ann, [bob]);
  const deleted = await send(DeleteAppInstanceUserCommand, { AppInstanceUserArn: bob.arn });
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  await refused(
    send(DescribeAppInstanceUserCommand, { AppInstanceUserArn: bob.arn }),
    ForbiddenException,
    'Forbidden',
    403,
  );
  const error = await as(bob, DescribeChannelCommand, { ChannelArn }).then(
    () => assert.fail('a deleted user may not act'),
    reason => reason,
  );
  assert.equal(error.name, 'ForbiddenException');
  const { ChannelMemberships } = await as(ann, ListChannelMembershipsCommand, { ChannelArn });
  assert.deepEqual(
    ChannelMemberships.map(membership => membership.Member.Arn),
    [ann.arn],
  );
});

test('An administrator is promoted, described, listed and demoted', async () => {
  const user = await world.user('chief');
  const input = { AppInstanceArn: world.arn, AppInstanceAdminArn: user.arn };
  const created = await send(CreateAppInstanceAdminCommand, input);
  exactly(created, { AppInstanceAdmin: user.identity, AppInstanceArn: world.arn });
  assert.equal(created.$metadata.httpStatusCode, 201);
  await refused(send(CreateAppInstanceAdminCommand, input), ConflictException, 'Conflict', 409);
  exactly(await send(DescribeAppInstanceAdminCommand, input), {
    AppInstanceAdmin: { Admin: user.identity, AppInstanceArn: world.arn, CreatedTimestamp: aRecentDate },
  });
  const list = () =>
    all(paginateListAppInstanceAdmins, identity, { AppInstanceArn: world.arn }, 'AppInstanceAdmins', 1);
  exactly(
    (await list()).find(({ Admin }) => Admin.Arn === user.arn),
    { Admin: user.identity },
  );
  const deleted = await send(DeleteAppInstanceAdminCommand, input);
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  assert.ok(!(await list()).some(({ Admin }) => Admin.Arn === user.arn));
  await refused(send(DescribeAppInstanceAdminCommand, input), ForbiddenException, 'Forbidden', 403);
});

test('What does not exist is forbidden like what may not be seen', async () => {
  await refused(
    send(DescribeAppInstanceUserCommand, { AppInstanceUserArn: world.userArn('nobody') }),
    ForbiddenException,
    'Forbidden',
    403,
  );
});
