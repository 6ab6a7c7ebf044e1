import {
  DescribeAppInstanceUserCommand,
  ForbiddenException,
  GetAppInstanceRetentionSettingsCommand,
  PutAppInstanceRetentionSettingsCommand,
  PutAppInstanceUserExpirationSettingsCommand,
} from '@aws-sdk/client-chime-sdk-identity';
import {
  BadRequestException as MessagingBadRequestException,
  DescribeChannelCommand,
  ListChannelMessagesCommand,
  ForbiddenException as MessagingForbiddenException,
  PutChannelExpirationSettingsCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { assert, exactly, refused } from '../lib/assert.js';
import { identity, messaging, ours, test } from '../lib/target.js';
import { as, join, say, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob] = await world.users('ann', 'bob');
const send = (Command, input) => identity.send(new Command(input));
const inThirtyDays = value =>
  value instanceof Date && Math.abs(value.getTime() - Date.now() - 30 * 86_400_000) < 10 * 60_000;

test('Retention is put, read and switched off again', async () => {
  const AppInstanceArn = world.arn;
  exactly(
    (await send(GetAppInstanceRetentionSettingsCommand, { AppInstanceArn })).AppInstanceRetentionSettings ?? {},
    {},
  );
  const AppInstanceRetentionSettings = { ChannelRetentionSettings: { RetentionDays: 5475 } };
  const expected = { AppInstanceRetentionSettings, InitiateDeletionTimestamp: inThirtyDays };
  exactly(
    await send(PutAppInstanceRetentionSettingsCommand, { AppInstanceArn, AppInstanceRetentionSettings }),
    expected,
  );
  exactly(await send(GetAppInstanceRetentionSettingsCommand, { AppInstanceArn }), expected);
  const channel = await world.channel(ann);
  await say(ann, channel, 'new');
  const { ChannelMessages } = await as(ann, ListChannelMessagesCommand, { ChannelArn: channel });
  assert.equal(ChannelMessages.length, 1);
  exactly(await send(PutAppInstanceRetentionSettingsCommand, { AppInstanceArn, AppInstanceRetentionSettings: {} }), {
    AppInstanceRetentionSettings: {},
  });
});

test('Retention of an app instance that is not there is refused', async () => {
  const AppInstanceArn = `${world.arn.slice(0, -1)}x`;
  await refused(send(GetAppInstanceRetentionSettingsCommand, { AppInstanceArn }), ForbiddenException, 'Forbidden', 403);
});

test('Expiration settings of a user are put and removed', async () => {
  const AppInstanceUserArn = bob.arn;
  const ExpirationSettings = { ExpirationDays: 7, ExpirationCriterion: 'CREATED_TIMESTAMP' };
  exactly(await send(PutAppInstanceUserExpirationSettingsCommand, { AppInstanceUserArn, ExpirationSettings }), {
    AppInstanceUserArn,
    ExpirationSettings,
  });
  const { AppInstanceUser } = await send(DescribeAppInstanceUserCommand, { AppInstanceUserArn });
  exactly(AppInstanceUser.ExpirationSettings, ExpirationSettings);
  exactly(await send(PutAppInstanceUserExpirationSettingsCommand, { AppInstanceUserArn }), { AppInstanceUserArn });
  const after = await send(DescribeAppInstanceUserCommand, { AppInstanceUserArn });
  assert.equal(after.AppInstanceUser.ExpirationSettings, undefined);
});

test('Expiration settings of a channel are put and removed by those who moderate it', async () => {
  const ChannelArn = await world.channel(ann);
  await join(ann, ChannelArn, bob);
  const ExpirationSettings = { ExpirationDays: 7, ExpirationCriterion: 'LAST_MESSAGE_TIMESTAMP' };
  exactly(await as(ann, PutChannelExpirationSettingsCommand, { ChannelArn, ExpirationSettings }), {
    ChannelArn,
    ExpirationSettings,
  });
  const { Channel } = await as(ann, DescribeChannelCommand, { ChannelArn });
  exactly(Channel.ExpirationSettings, ExpirationSettings);
  await refused(
    as(bob, PutChannelExpirationSettingsCommand, { ChannelArn }),
    MessagingForbiddenException,
    'Forbidden',
    403,
  );
  exactly(await as(ann, PutChannelExpirationSettingsCommand, { ChannelArn }), { ChannelArn });
});

ours('Expiration settings of a channel need a bearer', 'its note calls mandatory what the model does not', async () => {
  const ChannelArn = await world.channel(ann);
  const ExpirationSettings = { ExpirationDays: 7, ExpirationCriterion: 'CREATED_TIMESTAMP' };
  await refused(
    messaging.send(new PutChannelExpirationSettingsCommand({ ChannelArn, ExpirationSettings })),
    MessagingBadRequestException,
    'BadRequest',
    400,
  );
});
