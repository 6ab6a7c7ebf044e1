import * as identityCommands from '@aws-sdk/client-chime-sdk-identity';
import * as messagingCommands from '@aws-sdk/client-chime-sdk-messaging';
import { assert, refused, refusedBefore } from '../lib/assert.js';
import { identityClient, messaging, messagingClient, ours, rootCredentials, test } from '../lib/target.js';
import { as, say, unique, World } from '../lib/world.js';

const {
  BadRequestException,
  ConflictException,
  CreateChannelCommand,
  DescribeChannelCommand,
  ForbiddenException,
  ListChannelsCommand,
  SendChannelMessageCommand,
} = messagingCommands;

const world = await World.create();
const [ann, bob] = await world.users('ann', 'bob');
const channel = await world.channel(ann);
const forbidden = promise => refused(promise, ForbiddenException, 'Forbidden', 403);
const invalid = promise => refused(promise, BadRequestException, 'BadRequest', 400);
const describe = client => as(ann, DescribeChannelCommand, { ChannelArn: channel }, client);

const why = 'AWS documents no names for what is refused in front of the service';

ours('An unsigned request is refused', why, async () => {
  const client = messagingClient({ signer: { sign: async request => request } });
  await refusedBefore(describe(client), 'MissingAuthenticationTokenException', 403);
});

ours('A signature by another secret is refused', why, async () => {
  const credentials = { ...rootCredentials, secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  await refusedBefore(describe(messagingClient({ credentials, maxAttempts: 1 })), 'InvalidSignatureException', 403);
});

ours('A key that nobody has is refused', why, async () => {
  const credentials = { ...rootCredentials, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
  await refusedBefore(describe(messagingClient({ credentials })), 'UnrecognizedClientException', 403);
});

ours('A token that nobody gave is refused', why, async () => {
  const credentials = { ...rootCredentials, sessionToken: 'made up' };
  await refusedBefore(describe(messagingClient({ credentials })), 'UnrecognizedClientException', 403);
});

ours('A clock that is six minutes off is refused', why, async () => {
  for (const systemClockOffset of [-6 * 60_000, 6 * 60_000]) {
    const client = messagingClient({ systemClockOffset, maxAttempts: 1 });
    await refusedBefore(describe(client), 'InvalidSignatureException', 403);
  }
});

test('A clock that is off by hours is put right by the date of the refusal', async () => {
  await describe(messagingClient({ systemClockOffset: -5 * 3600_000 }));
});

test('A bad signature is refused, however it is named', async () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  const error = await describe(messagingClient({ credentials, maxAttempts: 1 })).then(
    () => assert.fail('it was not refused'),
    reason => reason,
  );
  assert.ok([401, 403].includes(error.$metadata.httpStatusCode));
});

test('Who does not exist cannot act', async () => {
  await forbidden(as({ arn: world.userArn('nobody') }, DescribeChannelCommand, { ChannelArn: channel }));
});

test('Who acts must be named', async () => {
  await invalid(messaging.send(new DescribeChannelCommand({ ChannelArn: channel })));
  await invalid(as({ arn: 'not-an-arn' }, DescribeChannelCommand, { ChannelArn: channel }));
});

test('A user of another app instance is a stranger', async () => {
  const other = await World.create();
  const foreigner = await other.user('foreigner');
  await forbidden(as(foreigner, DescribeChannelCommand, { ChannelArn: channel }));
  await forbidden(as(foreigner, ListChannelsCommand, { AppInstanceArn: world.arn }));
  await forbidden(
    as(foreigner, CreateChannelCommand, {
      AppInstanceArn: world.arn,
      Name: 'x',
      Mode: 'RESTRICTED',
      Privacy: 'PRIVATE',
    }),
  );
});

test('A channel that does not exist is forbidden, like one that may not be seen', async () => {
  const absent = await forbidden(as(bob, DescribeChannelCommand, { ChannelArn: world.channelArn('absent') }));
  const hidden = await forbidden(as(bob, DescribeChannelCommand, { ChannelArn: channel }));
  assert.equal(absent.message, hidden.message);
  await forbidden(say(ann, world.channelArn('absent'), 'x'));
});

test('What is no ARN is invalid, and an ARN from elsewhere forbidden', async () => {
  await invalid(as(ann, DescribeChannelCommand, { ChannelArn: 'not-an-arn' }));
  await forbidden(as(ann, DescribeChannelCommand, { ChannelArn: ann.arn }));
  await forbidden(
    as(ann, DescribeChannelCommand, {
      ChannelArn: channel.replace(/:\d{12}:/, ':210987654321:'),
    }),
  );
});

test('A channel id that is taken is a conflict', async () => {
  const input = {
    AppInstanceArn: world.arn,
    Name: 'x',
    Mode: 'RESTRICTED',
    Privacy: 'PRIVATE',
    ChannelId: unique('c'),
  };
  await as(ann, CreateChannelCommand, input);
  await refused(as(ann, CreateChannelCommand, input), ConflictException, 'Conflict', 409);
});

test('A channel that is created again with its token is one channel', async () => {
  const ClientRequestToken = unique('t');
  const input = { AppInstanceArn: world.arn, Mode: 'RESTRICTED', Privacy: 'PRIVATE', ClientRequestToken };
  const first = await as(ann, CreateChannelCommand, { ...input, Name: 'one' });
  const again = await as(ann, CreateChannelCommand, { ...input, Name: 'one' });
  assert.equal(again.ChannelArn, first.ChannelArn);
  await refused(as(ann, CreateChannelCommand, { ...input, Name: 'two' }), ConflictException, 'Conflict', 409);
});

test('Limits of the model are held against what the SDK lets through', async () => {
  const create = more =>
    as(ann, CreateChannelCommand, {
      AppInstanceArn: world.arn,
      Name: 'x',
      Mode: 'RESTRICTED',
      Privacy: 'PRIVATE',
      ...more,
    });
  await create({ Name: 'n'.repeat(256), Metadata: 'm'.repeat(1024) });
  for (const wrong of [
    { Name: '' },
    { Name: 'n'.repeat(257) },
    { Name: 'bell\u0007' },
    { Metadata: 'm'.repeat(1025) },
    { Mode: 'HALF_OPEN' },
    { Privacy: 'SECRET' },
    { ChannelId: '-x' },
    { ChannelId: 'x'.repeat(65) },
    { ClientRequestToken: 'x' },
    { ClientRequestToken: 'x'.repeat(65) },
    { ClientRequestToken: 'not/allowed' },
    { MemberArns: Array.from({ length: 11 }, (_, i) => world.userArn(`u${i}`)) },
    { MemberArns: ['not-an-arn'] },
  ]) {
    await invalid(create(wrong));
  }
});

test('Everything that is wrong with a request is named by its refusal', async () => {
  const error = await invalid(
    as(ann, SendChannelMessageCommand, { ChannelArn: channel, Content: 'x', Type: 'LOUD', Persistence: 'LONG' }),
  );
  assert.match(error.message, /type/);
  assert.match(error.message, /persistence/);
});

ours('An operation that is not there says so', 'AWS has it', async () => {
  const client = messagingClient();
  const elsewhere = next => args => {
    args.request.path += '/nowhere';
    return next(args);
  };
  client.middlewareStack.add(elsewhere, { step: 'build' });
  await refusedBefore(describe(client), 'UnknownOperationException', 404);
});

// The SDKs' own lists of commands, so that none can be forgotten.
const input = {
  AppInstanceArn: `${world.arn}x`,
  AppInstanceUserArn: `${world.arn}x/user/u`,
  AppInstanceAdminArn: `${world.arn}x/user/u`,
  AppInstanceBotArn: `${world.arn}x/bot/b`,
  ChannelArn: `${world.arn}x/channel/c`,
  ChannelFlowArn: `${world.arn}x/channel-flow/f`,
  ChannelModeratorArn: `${world.arn}x/user/u`,
  MemberArn: `${world.arn}x/user/u`,
  ResourceARN: `${world.arn}x`,
  ChimeBearer: `${world.arn}x/user/u`,
  MessageId: 'm',
  EndpointId: 'e',
};
const refusals = new Set(['BadRequestException', 'ForbiddenException', 'NotFoundException']);
const known = {
  messaging: { commands: messagingCommands, client: messagingClient() },
  identity: { commands: identityCommands, client: identityClient() },
};

for (const [service, { commands, client }] of Object.entries(known)) {
  test(`Every command of the ${service} client is answered`, async () => {
    const names = Object.keys(commands).filter(name => name.endsWith('Command') && name !== '$Command');
    for (const name of names) {
      const error = await client.send(new commands[name](input)).then(
        () => null,
        reason => reason,
      );
      assert.ok(!error || refusals.has(error.name), `${name}: ${error?.name}: ${error?.message}`);
    }

    assert.ok(names.length >= 30);
  });
}
