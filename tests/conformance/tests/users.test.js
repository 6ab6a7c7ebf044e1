import nodeTest from 'node:test';
import { GetMessagingSessionEndpointCommand } from '@aws-sdk/client-chime-sdk-messaging';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteConflictException,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  EntityAlreadyExistsException,
  GetPolicyVersionCommand,
  GetUserCommand,
  LimitExceededException,
  ListAccessKeysCommand,
  ListEntitiesForPolicyCommand,
  NoSuchEntityException,
  paginateListPolicies,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { assert, refusedBefore } from '../lib/assert.js';
import { Role } from '../lib/role.js';
import { iam, iamClient, messagingClient, ours, sts, stsClient, test } from '../lib/target.js';
import { eventually } from '../lib/wait.js';
import { unique } from '../lib/world.js';

const account = (await sts.send(new GetCallerIdentityCommand({}))).Account;
const allow = (...Action) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

const undo = [];
nodeTest.after(async () => {
  for (const command of undo.reverse()) {
    await iam.send(command).catch(error => assert.ok(error instanceof NoSuchEntityException, error));
  }
});

async function newUser() {
  const UserName = unique('conformance').slice(0, 64);
  const { User } = await iam.send(new CreateUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'red' }] }));
  undo.push(new DeleteUserCommand({ UserName }));
  return User;
}

async function newKey({ UserName }) {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId } = AccessKey;
  undo.push(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  return { accessKeyId: AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

async function newPolicy(document) {
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: unique('conformance').slice(0, 64), PolicyDocument: document }),
  );
  undo.push(new DeletePolicyCommand({ PolicyArn: Policy.Arn }));
  return Policy.Arn;
}

async function attach({ UserName }, PolicyArn) {
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  undo.push(new DetachUserPolicyCommand({ UserName, PolicyArn }));
}

const refused = (promise, type) =>
  promise.then(
    () => assert.fail('it was taken'),
    error => assert.ok(error instanceof type, `${error.name}: ${error.message}`),
  );

test('A user is made once and read as it was made', async () => {
  const made = await newUser();
  const { User } = await iam.send(new GetUserCommand({ UserName: made.UserName }));
  assert.equal(User.Arn, `arn:aws:iam::${account}:user/${made.UserName}`);
  assert.match(User.UserId, /^AIDA[A-Z0-9]{12,}$/);
  assert.deepEqual(User.Tags, [{ Key: 'team', Value: 'red' }]);
  assert.ok(User.CreateDate instanceof Date);
  await refused(
    iam.send(new CreateUserCommand({ UserName: made.UserName.toUpperCase() })),
    EntityAlreadyExistsException,
  );
  await refused(iam.send(new GetUserCommand({ UserName: unique('nobody').slice(0, 64) })), NoSuchEntityException);
});

test('A user signs with its key while the key is active', async () => {
  const user = await newUser();
  const credentials = await newKey(user);
  const client = stsClient({ credentials });
  const whoami = () => client.send(new GetCallerIdentityCommand({}));
  const identity = await eventually(whoami, answer => answer, 'the new key to work');
  assert.equal(identity.Arn, user.Arn);
  assert.equal(identity.UserId, user.UserId);

  const set = Status =>
    iam.send(new UpdateAccessKeyCommand({ UserName: user.UserName, AccessKeyId: credentials.accessKeyId, Status }));
  await set('Inactive');
  await eventually(whoami, (_, error) => error?.name === 'InvalidClientTokenId', 'the key to be switched off');
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: user.UserName }));
  assert.deepEqual(
    AccessKeyMetadata.map(key => [key.AccessKeyId, key.Status]),
    [[credentials.accessKeyId, 'Inactive']],
  );
  await set('Active');
  await eventually(whoami, answer => answer?.Arn === user.Arn, 'the key to be switched on');
});

test('A user has two keys at most, and goes only when they are gone', async () => {
  const user = await newUser();
  await newKey(user);
  await newKey(user);
  await refused(iam.send(new CreateAccessKeyCommand({ UserName: user.UserName })), LimitExceededException);
  await refused(iam.send(new DeleteUserCommand({ UserName: user.UserName })), DeleteConflictException);
});

test('A managed policy counts for whom it is attached to, in its default version', async () => {
  const user = await newUser();
  const client = messagingClient({ credentials: await newKey(user) });
  const endpoint = () => client.send(new GetMessagingSessionEndpointCommand({}));
  const PolicyArn = await newPolicy(allow('chime:GetMessagingSessionEndpoint'));
  await attach(user, PolicyArn);
  await eventually(endpoint, answer => answer, 'the policy to count');

  const { PolicyVersion } = await iam.send(
    new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow('chime:ListChannels'), SetAsDefault: true }),
  );
  undo.push(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
  assert.equal(PolicyVersion.VersionId, 'v2');
  assert.equal(PolicyVersion.IsDefaultVersion, true);
  await eventually(endpoint, (_, error) => error?.$metadata?.httpStatusCode === 403, 'the new version to count');

  const read = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
  assert.equal(decodeURIComponent(read.PolicyVersion.Document), allow('chime:GetMessagingSessionEndpoint'));
  const { PolicyUsers } = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
  assert.deepEqual(PolicyUsers, [{ UserName: user.UserName, UserId: user.UserId }]);
  await refused(iam.send(new DeletePolicyCommand({ PolicyArn })), DeleteConflictException);
  await refused(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' })), DeleteConflictException);
});

test('Policies of AWS are listed and can be attached', async () => {
  const arns = [];
  for await (const page of paginateListPolicies({ client: iam, pageSize: 100 }, { Scope: 'AWS' })) {
    arns.push(...page.Policies.map(policy => policy.Arn));
  }

  assert.ok(arns.includes('arn:aws:iam::aws:policy/AmazonChimeSDK'));
  const user = await newUser();
  await attach(user, 'arn:aws:iam::aws:policy/AmazonChimeReadOnly');
  const client = messagingClient({ credentials: await newKey(user) });
  await eventually(
    () => client.send(new GetMessagingSessionEndpointCommand({})),
    answer => answer,
    'the policy to count',
  );
});

test('Managed policies of a session narrow what a role may do', async () => {
  const role = await Role.create(JSON.parse(allow('chime:*')));
  const session = async PolicyArn =>
    messagingClient({ credentials: await role.assume({ PolicyArns: [{ arn: PolicyArn }] }) });
  const reading = await session('arn:aws:iam::aws:policy/AmazonChimeReadOnly');
  await eventually(
    () => reading.send(new GetMessagingSessionEndpointCommand({})),
    answer => answer,
    'the role to work',
  );
  const streaming = await session('arn:aws:iam::aws:policy/AmazonKinesisFullAccess');
  await eventually(
    () => streaming.send(new GetMessagingSessionEndpointCommand({})),
    (_, error) => error?.$metadata?.httpStatusCode === 403,
    'the filter to count',
  );
});

test('A role that names a user is taken on by that user', async () => {
  const [user, other] = [await newUser(), await newUser()];
  const keys = [await newKey(user), await newKey(other)];
  const role = await eventually(
    () =>
      Role.create(JSON.parse(allow('chime:*')), {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: user.Arn }, Action: 'sts:AssumeRole' }],
      }),
    made => made,
    'the user to be known',
  );
  const assume = credentials =>
    stsClient({ credentials }).send(new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'conformance' }));
  await eventually(
    () => assume(keys[0]),
    answer => answer?.Credentials,
    'the trust to count',
  );
  await eventually(
    () => assume(keys[1]),
    (_, error) => error?.name === 'AccessDenied',
    'the other key to work',
  );
});

test('A session token is the user for a while, and not in IAM', async () => {
  const user = await newUser();
  await attach(user, 'arn:aws:iam::aws:policy/AdministratorAccess');
  const client = stsClient({ credentials: await newKey(user) });
  const answer = await eventually(
    () => client.send(new GetSessionTokenCommand({ DurationSeconds: 900 })),
    found => found,
    'the new key to work',
  );
  const credentials = Role.credentials(answer);
  const identity = await stsClient({ credentials }).send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Arn, user.Arn);
  await refusedBefore(iamClient({ credentials }).send(new GetUserCommand({})), 'InvalidClientTokenId', 403);
});

ours('A deleted key ends at once', 'AWS takes a moment', async () => {
  const user = await newUser();
  const credentials = await newKey(user);
  const client = stsClient({ credentials });
  await client.send(new GetCallerIdentityCommand({}));
  await iam.send(new DeleteAccessKeyCommand({ UserName: user.UserName, AccessKeyId: credentials.accessKeyId }));
  await refusedBefore(client.send(new GetCallerIdentityCommand({})), 'InvalidClientTokenId', 403);
});
