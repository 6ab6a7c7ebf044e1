import {
  ConflictException,
  DeleteAppInstanceUserCommand,
  DeregisterAppInstanceUserEndpointCommand,
  DescribeAppInstanceUserEndpointCommand,
  BadRequestException as IdentityBadRequest,
  ForbiddenException as IdentityForbidden,
  ListAppInstanceUserEndpointsCommand,
  RegisterAppInstanceUserEndpointCommand,
  ResourceLimitExceededException,
  UpdateAppInstanceUserEndpointCommand,
} from '@aws-sdk/client-chime-sdk-identity';
import {
  BadRequestException,
  CreateChannelBanCommand,
  DeleteChannelMembershipCommand,
  ForbiddenException,
  GetChannelMembershipPreferencesCommand,
  PutChannelMembershipPreferencesCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { identity, ours } from '../lib/target.js';
import { as, join, say, unique, World } from '../lib/world.js';

const world = await World.create();
const [ann, bob] = await world.users('ann', 'bob');
const send = (Command, input) => identity.send(new Command(input));

// Against AWS these would need a Pinpoint application with Apple's or Google's keys in it.
const pinpoint = 'AWS wants a Pinpoint application that exists';
const ResourceArn = 'arn:aws:mobiletargeting:us-east-1:123456789012:apps/0123456789abcdef';
const register = (user, more = {}) =>
  send(RegisterAppInstanceUserEndpointCommand, {
    AppInstanceUserArn: user.arn,
    Type: 'GCM',
    ResourceArn,
    EndpointAttributes: { DeviceToken: unique('token') },
    ...more,
  });

ours('An endpoint is registered, described, updated, listed and deregistered', pinpoint, async () => {
  const AppInstanceUserArn = ann.arn;
  const EndpointAttributes = { DeviceToken: unique('token'), VoipDeviceToken: unique('voip') };
  const registered = await register(ann, { Name: 'my phone', Type: 'APNS', EndpointAttributes });
  assert.equal(registered.$metadata.httpStatusCode, 201);
  const { EndpointId } = registered;
  exactly(registered, { AppInstanceUserArn, EndpointId });
  exactly(await send(DescribeAppInstanceUserEndpointCommand, { AppInstanceUserArn, EndpointId }), {
    AppInstanceUserEndpoint: {
      AppInstanceUserArn,
      EndpointId,
      Name: 'my phone',
      Type: 'APNS',
      ResourceArn,
      EndpointAttributes,
      CreatedTimestamp: aRecentDate,
      LastUpdatedTimestamp: aRecentDate,
      AllowMessages: 'ALL',
      EndpointState: { Status: 'ACTIVE' },
    },
  });
  exactly(await send(UpdateAppInstanceUserEndpointCommand, { AppInstanceUserArn, EndpointId, AllowMessages: 'NONE' }), {
    AppInstanceUserArn,
    EndpointId,
  });
  const { AppInstanceUserEndpoints } = await send(ListAppInstanceUserEndpointsCommand, { AppInstanceUserArn });
  exactly(
    AppInstanceUserEndpoints.find(endpoint => endpoint.EndpointId === EndpointId),
    {
      AppInstanceUserArn,
      EndpointId,
      Name: 'my phone',
      Type: 'APNS',
      AllowMessages: 'NONE',
      EndpointState: { Status: 'ACTIVE' },
    },
  );

  const gone = await send(DeregisterAppInstanceUserEndpointCommand, { AppInstanceUserArn, EndpointId });
  assert.equal(gone.$metadata.httpStatusCode, 204);
  const describe = send(DescribeAppInstanceUserEndpointCommand, { AppInstanceUserArn, EndpointId });
  await refused(describe, IdentityForbidden, 'Forbidden', 403);
});

ours('The same registration again is the same endpoint', pinpoint, async () => {
  const more = { EndpointAttributes: { DeviceToken: unique('token') }, ClientRequestToken: unique('token').slice(-40) };
  const first = await register(bob, more);
  assert.equal((await register(bob, more)).EndpointId, first.EndpointId);
  assert.equal((await register(bob, { ...more, ClientRequestToken: undefined })).EndpointId, first.EndpointId);
  await refused(register(bob, { ...more, Type: 'APNS' }), ConflictException, 'Conflict', 409);
});

ours('A user has ten endpoints at most, listed in pages, and they go with it', pinpoint, async () => {
  const user = await world.user('collector');
  for (let i = 0; i < 10; i++) {
    await register(user);
  }

  await refused(register(user), ResourceLimitExceededException, 'ResourceLimitExceeded', 400);
  const AppInstanceUserArn = user.arn;
  const first = await send(ListAppInstanceUserEndpointsCommand, { AppInstanceUserArn, MaxResults: 6 });
  const { NextToken } = first;
  const rest = await send(ListAppInstanceUserEndpointsCommand, { AppInstanceUserArn, MaxResults: 6, NextToken });
  assert.equal(
    new Set([...first.AppInstanceUserEndpoints, ...rest.AppInstanceUserEndpoints].map(e => e.EndpointId)).size,
    10,
  );
  await send(DeleteAppInstanceUserCommand, { AppInstanceUserArn });
  const list = send(ListAppInstanceUserEndpointsCommand, { AppInstanceUserArn });
  await refused(list, IdentityForbidden, 'Forbidden', 403);
});

ours('What is no endpoint is refused', pinpoint, async () => {
  for (const wrong of [
    { Type: 'ADM' },
    { ResourceArn: 'pinpoint' },
    { EndpointAttributes: { DeviceToken: 'a'.repeat(1601) } },
    { AllowMessages: 'SOME' },
    { Name: 'n'.repeat(1601) },
  ]) {
    await refused(register(ann, wrong), IdentityBadRequest, 'BadRequest', 400);
  }
});

const get = (user, ChannelArn, member = user) =>
  as(user, GetChannelMembershipPreferencesCommand, { ChannelArn, MemberArn: member.arn });
const put = (user, ChannelArn, PushNotifications, member = user) =>
  as(user, PutChannelMembershipPreferencesCommand, {
    ChannelArn,
    MemberArn: member.arn,
    Preferences: { PushNotifications },
  });
const open = 'AWS documents neither what Get answers before Put nor which rules it refuses';

ours('Preferences are what their member put, and end with the membership', open, async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const none = { ChannelArn, Member: bob.identity, Preferences: {} };
  exactly(await get(bob, ChannelArn), none);
  const PushNotifications = { AllowNotifications: 'FILTERED', FilterRule: '{"mention":["@bob"]}' };
  exactly(await put(bob, ChannelArn, PushNotifications), { ...none, Preferences: { PushNotifications } });
  exactly(await get(bob, ChannelArn), { ...none, Preferences: { PushNotifications } });

  for (const attempt of [get(ann, ChannelArn, bob), put(ann, ChannelArn, PushNotifications, bob)]) {
    await refused(attempt, ForbiddenException, 'Forbidden', 403);
  }

  await as(ann, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn });
  await refused(get(bob, ChannelArn), ForbiddenException, 'Forbidden', 403);
  await join(ann, ChannelArn, bob);
  exactly(await get(bob, ChannelArn), none);
  await as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: bob.arn });
  await refused(put(bob, ChannelArn, PushNotifications), ForbiddenException, 'Forbidden', 403);
});

ours('The rules of the developer guide are taken and what is no rule is not', open, async () => {
  const ChannelArn = await world.channel(ann);
  const filter = FilterRule => put(ann, ChannelArn, { AllowNotifications: 'FILTERED', FilterRule });
  for (const rule of [
    '{"mention":["Bob"]}',
    '{"type":[{"anything-but": ["Room"]}]}',
    '{"type":[{"anything-but": ["Room"]}],"mention":["Bob"]}',
    '{"$or":[{"mention":["Bob"]},{"type":[{"anything-but": ["Room"]}]}]}',
  ]) {
    assert.equal((await filter(rule)).Preferences.PushNotifications.FilterRule, rule);
  }

  for (const rule of [undefined, 'mention', '{}', '{"a":"b"}', `{"a":["${'x'.repeat(2048)}"]}`]) {
    await refused(filter(rule), BadRequestException, 'BadRequest', 400);
  }
});

ours('A message may ask for a push', 'pushes are not what this test sees', async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  const PushNotification = { Title: 'Ann', Body: 'says\nhello', Type: 'DEFAULT' };
  const MessageAttributes = { mention: { StringValues: ['@bob'] } };
  await say(ann, ChannelArn, 'hello', { PushNotification, MessageAttributes });
  const tooLong = { ...PushNotification, Title: 't'.repeat(51) };
  await refused(
    as(ann, SendChannelMessageCommand, {
      ChannelArn,
      Content: 'hello',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      PushNotification: tooLong,
    }),
    BadRequestException,
    'BadRequest',
    400,
  );
});
