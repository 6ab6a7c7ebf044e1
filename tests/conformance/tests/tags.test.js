import {
  BadRequestException,
  DeleteAppInstanceUserCommand,
  ForbiddenException,
  ListTagsForResourceCommand,
  ResourceLimitExceededException,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-chime-sdk-identity';
import {
  CreateChannelCommand,
  DescribeChannelCommand,
  ListTagsForResourceCommand as ListChannelTagsCommand,
  SendChannelMessageCommand,
  TagResourceCommand as TagChannelCommand,
  UntagResourceCommand as UntagChannelCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { assert, refused, refusedBefore } from '../lib/assert.js';
import { Role } from '../lib/role.js';
import { identity, messaging, messagingClient, test } from '../lib/target.js';
import { eventually } from '../lib/wait.js';
import { as, unique, World } from '../lib/world.js';

const world = await World.create();
const ann = await world.user('ann', { Tags: [{ Key: 'given', Value: 'at creation' }] });
const send = (Command, input) => identity.send(new Command(input));
const byKey = (a, b) => (a.Key < b.Key ? -1 : 1);
const tagsOf = async ResourceARN => (await send(ListTagsForResourceCommand, { ResourceARN })).Tags.sort(byKey);

// Which of the two names AWS gives the no of a policy is not documented.
const denied = promise => refusedBefore(promise, ['AccessDeniedException', 'ForbiddenException'], 403);

test('Tags are set, replaced, listed and removed, by either service', async () => {
  const tagged = await send(TagResourceCommand, { ResourceARN: ann.arn, Tags: [{ Key: 'team', Value: 'red' }] });
  assert.equal(tagged.$metadata.httpStatusCode, 204);
  await send(TagResourceCommand, {
    ResourceARN: ann.arn,
    Tags: [
      { Key: 'team', Value: 'blue' },
      { Key: 'Zo\u00eb /+=:@', Value: '\u4f60' },
    ],
  });
  assert.deepEqual(await tagsOf(ann.arn), [
    { Key: 'Zo\u00eb /+=:@', Value: '\u4f60' },
    { Key: 'given', Value: 'at creation' },
    { Key: 'team', Value: 'blue' },
  ]);
  const untagged = await send(UntagResourceCommand, { ResourceARN: ann.arn, TagKeys: ['team', 'absent'] });
  assert.equal(untagged.$metadata.httpStatusCode, 204);
  assert.equal((await tagsOf(ann.arn)).length, 2);

  const channel = await world.channel(ann);
  await messaging.send(new TagChannelCommand({ ResourceARN: channel, Tags: [{ Key: 'k', Value: 'v' }] }));
  const listed = await messaging.send(new ListChannelTagsCommand({ ResourceARN: channel }));
  assert.deepEqual(listed.Tags, [{ Key: 'k', Value: 'v' }]);
  await messaging.send(new UntagChannelCommand({ ResourceARN: channel, TagKeys: ['k'] }));
  assert.deepEqual(await tagsOf(channel), []);
});

test('A resource has at most fifty tags, and none of AWS', async () => {
  const numbered = (from, count) => Array.from({ length: count }, (_, i) => ({ Key: `k${from + i}`, Value: 'v' }));
  const ResourceARN = (await world.user('bob')).arn;
  await send(TagResourceCommand, { ResourceARN, Tags: numbered(0, 50) });
  await refused(
    send(TagResourceCommand, { ResourceARN, Tags: numbered(50, 1) }),
    ResourceLimitExceededException,
    'ResourceLimitExceeded',
    400,
  );
  await refused(
    send(TagResourceCommand, { ResourceARN, Tags: [{ Key: 'aws:mine', Value: 'v' }] }),
    BadRequestException,
    'BadRequest',
    400,
  );
});

test('What is not there has no tags', async () => {
  const user = await world.user('gone');
  await send(TagResourceCommand, { ResourceARN: user.arn, Tags: [{ Key: 'k', Value: 'v' }] });
  await send(DeleteAppInstanceUserCommand, { AppInstanceUserArn: user.arn });
  await refused(tagsOf(user.arn), ForbiddenException, 'Forbidden', 403);
});

test('A channel is open to whom its tag admits', async () => {
  const [open, closed] = [await world.channel(ann), await world.channel(ann)];
  await send(TagResourceCommand, { ResourceARN: open, Tags: [{ Key: 'team', Value: 'red' }] });
  const role = await Role.create({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'chime:*', Resource: `${world.arn}/user/*` },
      {
        Effect: 'Allow',
        Action: 'chime:*',
        Resource: `${world.arn}/channel/*`,
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
      },
    ],
  });
  const client = messagingClient({ credentials: await role.assume({}) });
  const describe = ChannelArn => as(ann, DescribeChannelCommand, { ChannelArn }, client);
  await eventually(
    () => describe(open),
    found => found,
    'the role to be allowed',
  );
  const message = { Content: 'x', Type: 'STANDARD', Persistence: 'PERSISTENT' };
  await as(ann, SendChannelMessageCommand, { ChannelArn: open, ...message }, client);
  await denied(describe(closed));
  await denied(as(ann, SendChannelMessageCommand, { ChannelArn: closed, ...message }, client));
});

test('A policy may let nothing be created without its tag', async () => {
  const role = await Role.create({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'chime:CreateChannel',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } },
      },
    ],
  });
  const client = messagingClient({ credentials: await role.assume({}) });
  const create = Tags => as(ann, CreateChannelCommand, { AppInstanceArn: world.arn, Name: unique('c'), Tags }, client);
  const { ChannelArn } = await eventually(
    () => create([{ Key: 'team', Value: 'red' }]),
    found => found,
    'the role to be allowed',
  );
  assert.deepEqual(await tagsOf(ChannelArn), [{ Key: 'team', Value: 'red' }]);
  await denied(create([{ Key: 'team', Value: 'blue' }]));
  await denied(create(undefined));
});
