// The calls of the applications that AWS publishes for Chime messaging, in their order, with their parameters: the web chat
// (its backend and its pages), the mobile chat, telehealth and real-time collaboration. What they read without asking
// whether it is there is read here in the same way.

import {
  CreateAppInstanceAdminCommand,
  DeregisterAppInstanceUserEndpointCommand,
  DescribeAppInstanceUserCommand,
  DescribeAppInstanceUserEndpointCommand,
  ListAppInstanceUsersCommand,
  RegisterAppInstanceUserEndpointCommand,
  UpdateAppInstanceUserEndpointCommand,
} from '@aws-sdk/client-chime-sdk-identity';
import {
  AssociateChannelFlowCommand,
  BatchCreateChannelMembershipCommand,
  CreateChannelBanCommand,
  CreateChannelCommand,
  CreateChannelFlowCommand,
  CreateChannelMembershipCommand,
  CreateChannelModeratorCommand,
  DeleteChannelBanCommand,
  DeleteChannelCommand,
  DeleteChannelMembershipCommand,
  DescribeChannelCommand,
  DescribeChannelFlowCommand,
  DescribeChannelMembershipCommand,
  DisassociateChannelFlowCommand,
  GetChannelMembershipPreferencesCommand,
  GetChannelMessageCommand,
  ListChannelBansCommand,
  ListChannelFlowsCommand,
  ListChannelMembershipsCommand,
  ListChannelMembershipsForAppInstanceUserCommand,
  ListChannelMessagesCommand,
  ListChannelModeratorsCommand,
  ListChannelsCommand,
  ListChannelsModeratedByAppInstanceUserCommand,
  ListSubChannelsCommand,
  PutChannelMembershipPreferencesCommand,
  RedactChannelMessageCommand,
  SendChannelMessageCommand,
  UpdateChannelCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { assert } from '../lib/assert.js';
import { Listener } from '../lib/session.js';
import { identity, messaging, region, test } from '../lib/target.js';
import { as, unique, World } from '../lib/world.js';

const world = await World.create();
const account = world.arn.split(':')[4];
const lambda = `arn:aws:lambda:${region}:${account}:function:chat-processor`;

const metadata = text => JSON.parse(text || '{}');

test('The web chat: its pages load, talk, moderate and leave', async () => {
  const [ann, ben] = await world.users('ann', 'ben');
  const session = await Listener.open(ben, { prefetch: true });

  const { ChannelArn } = await as(ann, CreateChannelCommand, {
    AppInstanceArn: world.arn,
    Metadata: JSON.stringify({ ChannelType: 'PUBLIC_STANDARD' }),
    Mode: 'UNRESTRICTED',
    Name: 'lobby',
    Privacy: 'PUBLIC',
  });
  const { Channels: publics } = await as(ben, ListChannelsCommand, { AppInstanceArn: world.arn });
  const listed = publics.find(c => c.ChannelArn === ChannelArn);
  assert.equal(metadata(listed.Metadata).ChannelType, 'PUBLIC_STANDARD');
  await as(ben, CreateChannelMembershipCommand, { ChannelArn, MemberArn: ben.arn, Type: 'DEFAULT' });
  const joined = await session.next('CREATE_CHANNEL_MEMBERSHIP');
  assert.equal(joined.body.Member.Arn, ben.arn);

  const { ChannelMemberships } = await messaging.send(
    new ListChannelMembershipsForAppInstanceUserCommand({ ChimeBearer: ben.arn }),
  );
  for (const { ChannelSummary, AppInstanceUserMembershipSummary } of ChannelMemberships) {
    assert.equal(AppInstanceUserMembershipSummary.SubChannelId, undefined);
    const { Channel } = await as(ben, DescribeChannelCommand, { ChannelArn: ChannelSummary.ChannelArn });
    metadata(Channel.Metadata);
    assert.equal(Channel.ElasticChannelConfiguration, undefined);
    assert.ok(Channel.CreatedBy.Arn && Channel.CreatedTimestamp);
    // The page asks for the moderators of every channel and lives with a refusal.
    await as(ben, ListChannelModeratorsCommand, { ChannelArn }).catch(error => assert.equal(error.Code, 'Forbidden'));
  }

  const { Channels: moderated } = await as(ann, ListChannelsModeratedByAppInstanceUserCommand, {});
  assert.ok(moderated.some(m => m.ChannelSummary.ChannelArn === ChannelArn));

  const presence = { ChannelArn, Content: 'P|Auto|Online', Type: 'CONTROL', Persistence: 'NON_PERSISTENT' };
  await as(ann, SendChannelMessageCommand, presence);
  const seen = await session.next('CREATE_CHANNEL_MESSAGE');
  assert.deepEqual([seen.body.Content, seen.body.Persistence], [presence.Content, presence.Persistence]);
  const typing = { ...presence, Content: '{"Typing":"Indicator"}' };
  await as(ann, SendChannelMessageCommand, typing);

  const { MessageId } = await as(ann, SendChannelMessageCommand, {
    ChannelArn,
    Content: ' ',
    Metadata: JSON.stringify({ attachments: [{ fileKey: 'a', name: 'a.png', size: 1, type: 'image/png' }] }),
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
  });
  const { ChannelMessages } = await as(ben, ListChannelMessagesCommand, { ChannelArn, NextToken: '' });
  assert.deepEqual(
    ChannelMessages.map(m => [m.MessageId, m.Status.Value, m.Redacted]),
    [[MessageId, 'SENT', false]],
  );
  const { ChannelMessage } = await as(ann, GetChannelMessageCommand, { ChannelArn, MessageId });
  assert.equal(ChannelMessage.Sender.Name, 'ann');
  await as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId, Content: 'edited', Metadata: '' });
  await as(ann, RedactChannelMessageCommand, { ChannelArn, MessageId });

  // The web chat attaches the bearer to this call of the other service as well.
  const { AppInstanceUsers } = await identity.send(new ListAppInstanceUsersCommand({ AppInstanceArn: world.arn }));
  assert.ok(AppInstanceUsers.some(u => u.AppInstanceUserArn === ben.arn && u.Name === 'ben'));

  await as(ann, UpdateChannelCommand, { ChannelArn, Name: 'lounge', Mode: 'RESTRICTED', Metadata: listed.Metadata });
  await as(ann, CreateChannelBanCommand, { ChannelArn, MemberArn: ben.arn });
  const { ChannelBans } = await as(ann, ListChannelBansCommand, { ChannelArn, MaxResults: 50 });
  assert.deepEqual(
    ChannelBans.map(b => b.Member.Arn),
    [ben.arn],
  );
  await as(ann, DeleteChannelBanCommand, { ChannelArn, MemberArn: ben.arn });
  const { ChannelMemberships: left } = await as(ann, ListChannelMembershipsCommand, { ChannelArn });
  assert.deepEqual(
    left.map(m => m.Member.Arn),
    [ann.arn],
  );
  await as(ann, DeleteChannelMembershipCommand, { ChannelArn, MemberArn: ann.arn });
  await as(ann, DeleteChannelCommand, { ChannelArn });
});

test('The web chat: a public elastic channel', async () => {
  const [ann, ben] = await world.users('ann', 'ben');
  const { ChannelArn } = await as(ann, CreateChannelCommand, {
    AppInstanceArn: world.arn,
    Metadata: JSON.stringify({ ChannelType: 'PUBLIC_ELASTIC' }),
    Mode: 'RESTRICTED',
    Name: 'arena',
    Privacy: 'PUBLIC',
    ElasticChannelConfiguration: {
      MaximumSubChannels: 2,
      TargetMembershipsPerSubChannel: 2,
      MinimumMembershipPercentage: 40,
    },
  });
  const { SubChannelId } = await as(ben, CreateChannelMembershipCommand, {
    ChannelArn,
    MemberArn: ben.arn,
    Type: 'DEFAULT',
  });
  assert.ok(SubChannelId.length > 8);
  const { ChannelMemberships } = await as(ben, ListChannelMembershipsForAppInstanceUserCommand, {});
  assert.equal(ChannelMemberships[0].AppInstanceUserMembershipSummary.SubChannelId, SubChannelId);
  const { SubChannels } = await as(ann, ListSubChannelsCommand, { ChannelArn });
  assert.deepEqual(SubChannels, [{ SubChannelId, MembershipCount: 1 }]);
  await as(ben, SendChannelMessageCommand, {
    ChannelArn,
    SubChannelId,
    Content: 'hello',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
  });
  const { ChannelMessages } = await as(ben, ListChannelMessagesCommand, { ChannelArn, SubChannelId });
  assert.equal(ChannelMessages[0].Content, 'hello');
  const { ChannelMemberships: members } = await as(ben, ListChannelMembershipsCommand, { ChannelArn, SubChannelId });
  assert.deepEqual(
    members.map(m => m.Member.Arn),
    [ben.arn],
  );
  await as(ann, DeleteChannelCommand, { ChannelArn });
});

test('The web chat: its backend makes an admin and a flow, and its page puts the flow on a channel', async () => {
  const [admin, ann] = await world.users('admin', 'ann');
  await identity.send(new CreateAppInstanceAdminCommand({ AppInstanceArn: world.arn, AppInstanceAdminArn: admin.arn }));
  const { ChannelFlowArn } = await messaging.send(
    new CreateChannelFlowCommand({
      AppInstanceArn: world.arn,
      Name: 'profanity',
      Processors: [
        {
          Name: 'processor',
          ExecutionOrder: 1,
          FallbackAction: 'ABORT',
          Configuration: { Lambda: { ResourceArn: lambda, InvocationType: 'ASYNC' } },
        },
      ],
    }),
  );
  const ChannelArn = await world.channel(ann);
  const { ChannelFlows } = await messaging.send(new ListChannelFlowsCommand({ AppInstanceArn: world.arn }));
  assert.ok(ChannelFlows.some(f => f.ChannelFlowArn === ChannelFlowArn && f.Processors.length === 1));
  await as(ann, AssociateChannelFlowCommand, { ChannelArn, ChannelFlowArn });
  const { Channel } = await as(ann, DescribeChannelCommand, { ChannelArn });
  assert.equal(Channel.ChannelFlowArn, ChannelFlowArn);
  const { ChannelFlow } = await messaging.send(new DescribeChannelFlowCommand({ ChannelFlowArn }));
  assert.equal(ChannelFlow.Processors[0].FallbackAction, 'ABORT');
  await as(ann, DisassociateChannelFlowCommand, { ChannelArn, ChannelFlowArn });
});

test('The mobile chat: its device is registered, its preferences are kept, its pages are of twenty', async () => {
  const [ann, ben] = await world.users('ann', 'ben');
  const ChannelArn = await world.channel(ann, [ben]);
  const ResourceArn = `arn:aws:mobiletargeting:${region}:${account}:apps/0123456789abcdef0123456789abcdef`;
  const AppInstanceUserArn = ben.arn;
  const { EndpointId } = await identity.send(
    new RegisterAppInstanceUserEndpointCommand({
      AppInstanceUserArn,
      Type: 'GCM',
      ResourceArn,
      EndpointAttributes: { DeviceToken: unique('token') },
      AllowMessages: 'ALL',
    }),
  );
  const { AppInstanceUserEndpoint } = await identity.send(
    new DescribeAppInstanceUserEndpointCommand({ AppInstanceUserArn, EndpointId }),
  );
  assert.equal(AppInstanceUserEndpoint.EndpointState.Status, 'ACTIVE');
  await identity.send(
    new UpdateAppInstanceUserEndpointCommand({ AppInstanceUserArn, EndpointId, AllowMessages: 'NONE' }),
  );
  const { AppInstanceUser } = await identity.send(new DescribeAppInstanceUserCommand({ AppInstanceUserArn }));
  assert.equal(AppInstanceUser.Name, 'ben');

  const FilterRule = JSON.stringify({ mention: ['@ben'] });
  await as(ben, PutChannelMembershipPreferencesCommand, {
    ChannelArn,
    MemberArn: ben.arn,
    Preferences: { PushNotifications: { AllowNotifications: 'FILTERED', FilterRule } },
  });
  const { Preferences } = await as(ben, GetChannelMembershipPreferencesCommand, { ChannelArn, MemberArn: ben.arn });
  assert.deepEqual(Preferences.PushNotifications, { AllowNotifications: 'FILTERED', FilterRule });

  await as(ann, SendChannelMessageCommand, {
    ChannelArn,
    Content: encodeURIComponent('hello @ben'),
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    PushNotification: { Title: 'ann', Body: 'hello', Type: 'DEFAULT' },
    MessageAttributes: { mention: { StringValues: ['@ben'] } },
  });
  const { ChannelMessages } = await as(ben, ListChannelMessagesCommand, { ChannelArn, MaxResults: 20 });
  assert.deepEqual(ChannelMessages[0].MessageAttributes.mention.StringValues, ['@ben']);
  await as(ben, ListChannelMembershipsForAppInstanceUserCommand, { MaxResults: 20 });
  await identity.send(new DeregisterAppInstanceUserEndpointCommand({ AppInstanceUserArn, EndpointId }));
});

test('Telehealth: a visit is a public restricted channel, its people come in one batch with its creator', async () => {
  const [doctor, patient] = await world.users('doctor', 'patient');
  const { ChannelArn } = await as(doctor, CreateChannelCommand, {
    AppInstanceArn: world.arn,
    ChannelId: unique('visit'),
    Mode: 'RESTRICTED',
    Privacy: 'PUBLIC',
    Name: 'visit',
    Metadata: JSON.stringify({ appointmentTime: 'now' }),
  });
  const { BatchChannelMemberships, Errors } = await as(doctor, BatchCreateChannelMembershipCommand, {
    ChannelArn,
    MemberArns: [doctor.arn, patient.arn],
    Type: 'DEFAULT',
  });
  assert.deepEqual(
    BatchChannelMemberships.Members.map(m => m.Arn),
    [patient.arn],
  );
  assert.deepEqual(
    Errors.map(e => [e.MemberArn, e.ErrorCode]),
    [[doctor.arn, 'Conflict']],
  );
  await as(doctor, CreateChannelModeratorCommand, { ChannelArn, ChannelModeratorArn: patient.arn });
  await as(doctor, UpdateChannelCommand, { ChannelArn, Name: 'visit', Mode: 'RESTRICTED', Metadata: '{}' });
  const { ChannelMembership } = await as(patient, DescribeChannelMembershipCommand, {
    ChannelArn,
    MemberArn: doctor.arn,
  });
  assert.equal(ChannelMembership.Type, 'DEFAULT');
  const { Status } = await as(patient, SendChannelMessageCommand, {
    ChannelArn,
    Content: 'good morning',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
  });
  assert.equal(Status.Value, 'SENT');
});

test('Real-time collaboration: every code point up to 255 comes back as it went', async () => {
  const [ann] = await world.users('ann');
  const ChannelArn = await world.channel(ann);
  const Content = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
  const { MessageId } = await as(ann, SendChannelMessageCommand, {
    ChannelArn,
    Content,
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
  });
  const { ChannelMessage } = await as(ann, GetChannelMessageCommand, { ChannelArn, MessageId });
  assert.equal(ChannelMessage.Content, Content);
});
