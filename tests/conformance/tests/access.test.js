import { DescribeAppInstanceUserCommand } from '@aws-sdk/client-chime-sdk-identity';
import {
  DescribeChannelCommand,
  GetMessagingSessionEndpointCommand,
  ListChannelMembershipsForAppInstanceUserCommand,
  ListChannelMessagesCommand,
  RedactChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  GetRolePolicyCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { assert, exactly, refusedBefore } from '../lib/assert.js';
import { Role } from '../lib/role.js';
import { iam, identityClient, messagingClient, ours, sts, stsClient, test } from '../lib/target.js';
import { eventually } from '../lib/wait.js';
import { as, say, unique, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob] = await world.users('ann', 'bob');
const channel = await world.channel(ann, [bob]);
const account = (await sts.send(new GetCallerIdentityCommand({}))).Account;

// Which of the two names AWS gives the no of a policy is not documented; ours is held by a sentence of its own.
const denied = promise => refusedBefore(promise, ['AccessDeniedException', 'ForbiddenException'], 403);

/** May act as the user whose id the session is tagged with, and as nobody else. */
const ownUser = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'chime:GetMessagingSessionEndpoint', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'chime:*',
      Resource: [`${world.arn}/user/\${aws:PrincipalTag/UserId}`, `${world.arn}/channel/*`],
    },
  ],
};
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'chime:*', Resource: '*' }] };

const clientFor = credentials => messagingClient({ credentials });
const describe = (user, client) => as(user, DescribeChannelCommand, { ChannelArn: channel }, client);

test('The caller is told who it is', async () => {
  const answer = await sts.send(new GetCallerIdentityCommand({}));
  exactly(answer, {
    Account: id => /^\d{12}$/.test(id),
    Arn: arn => arn.startsWith(`arn:aws:iam::${account}:`) || arn.startsWith(`arn:aws:sts::${account}:`),
    UserId: id => id.length > 0,
  });
});

test('A role is created, described and deleted', async () => {
  const RoleName = unique('conformance').slice(0, 64);
  const trust = Role.trust(account);
  const { Role: created } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(trust),
      Description: 'for a test',
      Tags: [{ Key: 'k', Value: 'v' }],
    }),
  );
  assert.equal(created.RoleName, RoleName);
  assert.equal(created.Arn, `arn:aws:iam::${account}:role/${RoleName}`);
  assert.equal(created.Path, '/');
  assert.match(created.RoleId, /^AROA[A-Z0-9]{12,}$/);
  assert.ok(created.CreateDate instanceof Date);
  await assert.rejects(
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) })),
    EntityAlreadyExistsException,
  );

  const { Role: found } = await iam.send(new GetRoleCommand({ RoleName }));
  assert.deepEqual(JSON.parse(decodeURIComponent(found.AssumeRolePolicyDocument)), trust);
  assert.deepEqual(found.Tags, [{ Key: 'k', Value: 'v' }]);
  assert.equal(found.MaxSessionDuration, 3600);

  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: JSON.stringify(everything) }));
  const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'p' }));
  assert.deepEqual(JSON.parse(decodeURIComponent(policy.PolicyDocument)), everything);
  await assert.rejects(
    iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'q', PolicyDocument: '{"Statement":' })),
    MalformedPolicyDocumentException,
  );

  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  await assert.rejects(iam.send(new GetRoleCommand({ RoleName })), NoSuchEntityException);
});

test('A session knows who it is and how long it lasts', async () => {
  const role = await Role.create(everything);
  const answer = await role.assumeRaw({ RoleSessionName: 'morning', DurationSeconds: 900 });
  exactly(answer, {
    Credentials: {
      AccessKeyId: id => /^ASIA[A-Z0-9]{16}$/.test(id),
      SecretAccessKey: secret => secret.length >= 20,
      SessionToken: token => token.length > 0,
      Expiration: date => Math.abs(date.getTime() - Date.now() - 900_000) < 60_000,
    },
    AssumedRoleUser: {
      AssumedRoleId: id => /^AROA[A-Z0-9]+:morning$/.test(id),
      Arn: `arn:aws:sts::${account}:assumed-role/${role.name}/morning`,
    },
  });
  const me = stsClient({ credentials: Role.credentials(answer) });
  const caller = await me.send(new GetCallerIdentityCommand({}));
  assert.equal(caller.Arn, answer.AssumedRoleUser.Arn);
  assert.equal(caller.UserId, answer.AssumedRoleUser.AssumedRoleId);
});

test('A session tagged with a user acts as that user alone', async () => {
  const role = await Role.create(ownUser);
  const client = clientFor(await role.assume({ Tags: [{ Key: 'UserId', Value: bob.id }] }));
  await eventually(
    () => describe(bob, client),
    answer => answer,
    'the new role to work',
  );
  await as(bob, ListChannelMembershipsForAppInstanceUserCommand, {}, client);
  await client.send(new GetMessagingSessionEndpointCommand({}));

  await denied(describe(ann, client));
  await denied(as(ann, ListChannelMessagesCommand, { ChannelArn: channel }, client));
  const identity = identityClient({ credentials: client.config.credentials });
  await identity.send(new DescribeAppInstanceUserCommand({ AppInstanceUserArn: bob.arn }));
  await denied(identity.send(new DescribeAppInstanceUserCommand({ AppInstanceUserArn: ann.arn })));
});

test('Without the tag the same session acts as nobody', async () => {
  const role = await Role.create(ownUser);
  const client = clientFor(await role.assume({}));
  await eventually(
    () => client.send(new GetMessagingSessionEndpointCommand({})),
    answer => answer,
    'the new role to work',
  );
  await denied(describe(bob, client));
});

test('A session policy narrows what the role may do and never widens it', async () => {
  const role = await Role.create(ownUser);
  const readOnly = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['chime:DescribeChannel', 'chime:ListChannelMessages'], Resource: '*' }],
  };
  const client = clientFor(
    await role.assume({ Tags: [{ Key: 'UserId', Value: bob.id }], Policy: JSON.stringify(readOnly) }),
  );
  await eventually(
    () => describe(bob, client),
    answer => answer,
    'the new role to work',
  );
  await denied(describe(ann, client));
  await denied(client.send(new GetMessagingSessionEndpointCommand({})));
  await denied(as(bob, ListChannelMembershipsForAppInstanceUserCommand, {}, client));
});

test('What is denied stays denied, whatever else allows it', async () => {
  const role = await Role.create({
    Version: '2012-10-17',
    Statement: [
      ...everything.Statement,
      { Effect: 'Deny', Action: 'chime:RedactChannelMessage', Resource: `${world.arn}/channel/*` },
    ],
  });
  const client = clientFor(await role.assume({ Policy: JSON.stringify(everything) }));
  await eventually(
    () => describe(bob, client),
    answer => answer,
    'the new role to work',
  );
  const MessageId = await say(bob, channel, 'to redact');
  await denied(as(bob, RedactChannelMessageCommand, { ChannelArn: channel, MessageId }, client));
});

test('The policy gates what may be asked, and the role of the bearer what is granted', async () => {
  const role = await Role.create(everything);
  const client = clientFor(await role.assume({}));
  const stranger = await world.user('stranger');
  await eventually(
    () => describe(bob, client),
    answer => answer,
    'the new role to work',
  );
  await refusedBefore(describe(stranger, client), 'ForbiddenException', 403);
});

ours('A policy says AccessDenied, and a role Forbidden', 'AWS documents one name for both', async () => {
  const role = await Role.create(ownUser);
  const client = clientFor(await role.assume({ Tags: [{ Key: 'UserId', Value: bob.id }] }));
  const error = await refusedBefore(describe(ann, client), 'AccessDeniedException', 403);
  assert.equal(error.Code, 'AccessDenied');
  assert.match(error.message, /is not authorized to perform: chime:DescribeChannel on resource: /);
  const hidden = await world.channel(ann);
  await refusedBefore(as(bob, DescribeChannelCommand, { ChannelArn: hidden }, client), 'ForbiddenException', 403);
});

test('A policy that changes counts for the sessions that there are', async () => {
  const role = await Role.create(everything);
  const client = clientFor(await role.assume({}));
  await eventually(
    () => describe(bob, client),
    answer => answer,
    'the new role to work',
  );
  await role.put({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'chime:*', Resource: '*' }] });
  await eventually(
    () => describe(bob, client),
    (_, error) => error?.$metadata?.httpStatusCode === 403,
    'the new policy to count',
  );
});

ours('A deleted role ends its credentials', 'AWS lets them live on and denies everything', async () => {
  const role = await Role.create(everything);
  const client = clientFor(await role.assume({}));
  await describe(bob, client);
  await role.delete();
  await refusedBefore(describe(bob, client), 'UnrecognizedClientException', 403);
  // A new role of the same name is another role.
  await role.recreate(everything);
  await refusedBefore(describe(bob, client), 'UnrecognizedClientException', 403);
});

test('A role that trusts nobody here cannot be assumed', async () => {
  const role = await Role.create(everything, Role.trust(account, { StringEquals: { 'sts:ExternalId': 'secret' } }));
  const error = await role.assumeRaw({}).then(
    () => assert.fail('it was assumed'),
    reason => reason,
  );
  assert.equal(error.name, 'AccessDenied');
  assert.equal(error.$metadata.httpStatusCode, 403);
});

test('A role that does not exist cannot be assumed', async () => {
  const error = await sts
    .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/${unique('none')}`, RoleSessionName: 'none' }))
    .then(
      () => assert.fail('it was assumed'),
      reason => reason,
    );
  assert.equal(error.name, 'AccessDenied');
});
