// A server of this file's own, which is told where its processors are, and a processor that calls back with the SDK.

import { createHmac } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join as path } from 'node:path';
import nodeTest from 'node:test';
import { CreateAppInstanceCommand, CreateAppInstanceUserCommand } from '@aws-sdk/client-chime-sdk-identity';
import {
  AssociateChannelFlowCommand,
  ChannelFlowCallbackCommand,
  ConflictException,
  CreateChannelCommand,
  CreateChannelFlowCommand,
  CreateChannelMembershipCommand,
  DeleteChannelFlowCommand,
  DescribeChannelCommand,
  DescribeChannelFlowCommand,
  DisassociateChannelFlowCommand,
  ForbiddenException,
  GetChannelMessageCommand,
  GetChannelMessageStatusCommand,
  ListChannelFlowsCommand,
  ListChannelMessagesCommand,
  ListChannelsAssociatedWithChannelFlowCommand,
  NotFoundException,
  SendChannelMessageCommand,
  UpdateChannelFlowCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, anIsoTime, aSentence, assert, exactly, refused } from '../lib/assert.js';
import { removeFolder, Server, temporaryFolder } from '../lib/server.js';
import { Listener } from '../lib/session.js';
import { identityClient, isAws, messagingClient, ours, server as shared } from '../lib/target.js';
import { Watched } from '../lib/wait.js';
import { as, unique } from '../lib/world.js';

const why = 'its processors are Lambda functions';

/** What the processor does with a message is written in the message. */
const calls = new Watched();
const decide = {
  allow: {},
  modify: { Content: 'm***fy', Metadata: 'seen' },
  deny: null,
};

let data;
let server;
let processor;
let messaging;
let app;
let ann;
let bob;

async function take(request, response) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }

  const body = Buffer.concat(chunks);
  const event = JSON.parse(body);
  calls.push({ event, body, headers: request.headers });
  response.writeHead(202).end();
  const { ChannelArn, MessageId, Content } = event.ChannelMessage;
  if (Content in decide) {
    const changes = decide[Content];
    await messaging.send(
      new ChannelFlowCallbackCommand({
        ChannelArn,
        CallbackId: event.CallbackId,
        DeleteResource: changes === null,
        ChannelMessage: { MessageId, ...changes },
      }),
    );
  }
}

if (!isAws) {
  processor = createServer((request, response) => void take(request, response));
  await new Promise(resolve => processor.listen(0, '127.0.0.1', resolve));
  data = await temporaryFolder();
  await mkdir(path(data, 'tls'), { mode: 0o700 });
  await cp(path(shared.data, 'tls'), path(data, 'tls'), { recursive: true });
  await writeFile(
    path(data, 'settings.json'),
    JSON.stringify({
      FlowEndpoints: `moderate=http://127.0.0.1:${processor.address().port}/, gone=http://127.0.0.1:1/`,
    }),
  );
  server = await Server.start({ data });
  const settings = { endpoint: server.http, credentials: await server.credentials() };
  messaging = messagingClient(settings);
  const identity = identityClient(settings);
  app = (await identity.send(new CreateAppInstanceCommand({ Name: 'flows' }))).AppInstanceArn;
  [ann, bob] = await Promise.all(
    ['ann', 'bob'].map(async name => {
      const { AppInstanceUserArn } = await identity.send(
        new CreateAppInstanceUserCommand({ AppInstanceArn: app, AppInstanceUserId: name, Name: name }),
      );
      return { arn: AppInstanceUserArn, name, identity: { Arn: AppInstanceUserArn, Name: name } };
    }),
  );
}

nodeTest.after(async () => {
  processor?.close();
  processor?.closeAllConnections();
  await server?.stop();
  if (data) {
    await removeFolder(data);
  }
});

const processorOf = (name, FallbackAction) => ({
  Name: 'processor',
  ExecutionOrder: 1,
  FallbackAction,
  Configuration: {
    Lambda: { ResourceArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`, InvocationType: 'ASYNC' },
  },
});

async function flow(name, FallbackAction = 'ABORT', more = {}) {
  const input = { AppInstanceArn: app, Name: unique('flow'), Processors: [processorOf(name, FallbackAction)], ...more };
  return (await messaging.send(new CreateChannelFlowCommand(input))).ChannelFlowArn;
}

async function channel(ChannelFlowArn) {
  const input = { AppInstanceArn: app, Name: 'c', Mode: 'RESTRICTED', Privacy: 'PRIVATE' };
  const { ChannelArn } = await as(ann, CreateChannelCommand, input, messaging);
  await as(ann, CreateChannelMembershipCommand, { ChannelArn, MemberArn: bob.arn, Type: 'DEFAULT' }, messaging);
  if (ChannelFlowArn) {
    await as(ann, AssociateChannelFlowCommand, { ChannelArn, ChannelFlowArn }, messaging);
  }

  return ChannelArn;
}

const send = (ChannelArn, Content, more) =>
  as(
    ann,
    SendChannelMessageCommand,
    { ChannelArn, Content, Type: 'STANDARD', Persistence: 'PERSISTENT', ...more },
    messaging,
  );
const get = (user, ChannelArn, MessageId) => as(user, GetChannelMessageCommand, { ChannelArn, MessageId }, messaging);
const status = (ChannelArn, MessageId) => as(ann, GetChannelMessageStatusCommand, { ChannelArn, MessageId }, messaging);
const history = async (user, ChannelArn) =>
  (await as(user, ListChannelMessagesCommand, { ChannelArn }, messaging)).ChannelMessages.map(
    message => message.Content,
  );
const callOf = MessageId =>
  calls.until(all => all.find(call => call.event.ChannelMessage.MessageId === MessageId), `the call for ${MessageId}`);
const listeners = () => Promise.all([ann, bob].map(user => Listener.open(user, { client: messaging })));

ours('A flow is made, described, listed, changed, associated, taken away and deleted', why, async () => {
  const ChannelFlowArn = await flow('moderate', 'CONTINUE', { Name: 'first', Tags: [{ Key: 'k', Value: 'v' }] });
  const Processors = [processorOf('moderate', 'CONTINUE')];
  exactly((await messaging.send(new DescribeChannelFlowCommand({ ChannelFlowArn }))).ChannelFlow, {
    ChannelFlowArn,
    Name: 'first',
    Processors,
    CreatedTimestamp: aRecentDate,
    LastUpdatedTimestamp: aRecentDate,
  });
  exactly(await messaging.send(new UpdateChannelFlowCommand({ ChannelFlowArn, Name: 'second', Processors })), {
    ChannelFlowArn,
  });
  const listed = await messaging.send(new ListChannelFlowsCommand({ AppInstanceArn: app }));
  exactly(
    listed.ChannelFlows.find(one => one.ChannelFlowArn === ChannelFlowArn),
    { ChannelFlowArn, Name: 'second', Processors },
  );

  const ChannelArn = await channel();
  const associated = await as(ann, AssociateChannelFlowCommand, { ChannelArn, ChannelFlowArn }, messaging);
  assert.equal(associated.$metadata.httpStatusCode, 200);
  assert.equal(
    (await as(bob, DescribeChannelCommand, { ChannelArn }, messaging)).Channel.ChannelFlowArn,
    ChannelFlowArn,
  );
  exactly(await messaging.send(new ListChannelsAssociatedWithChannelFlowCommand({ ChannelFlowArn })), {
    Channels: [{ ChannelArn, Name: 'c', Mode: 'RESTRICTED', Privacy: 'PRIVATE' }],
  });
  const conflict = promise => refused(promise, ConflictException, 'Conflict', 409);
  await conflict(as(ann, AssociateChannelFlowCommand, { ChannelArn, ChannelFlowArn }, messaging));
  await conflict(messaging.send(new DeleteChannelFlowCommand({ ChannelFlowArn })));
  await refused(
    as(bob, DisassociateChannelFlowCommand, { ChannelArn, ChannelFlowArn }, messaging),
    ForbiddenException,
    'Forbidden',
    403,
  );
  await as(ann, DisassociateChannelFlowCommand, { ChannelArn, ChannelFlowArn }, messaging);
  await refused(
    as(ann, DisassociateChannelFlowCommand, { ChannelArn, ChannelFlowArn }, messaging),
    NotFoundException,
    'NotFound',
    404,
  );
  await messaging.send(new DeleteChannelFlowCommand({ ChannelFlowArn }));
});

ours('A message that is let pass reaches everyone, its sender learns that it waits', why, async () => {
  const ChannelArn = await channel(await flow('moderate'));
  const [atAnn, atBob] = await listeners();
  const sent = await send(ChannelArn, 'allow');
  const { MessageId } = sent;
  exactly(sent, { ChannelArn, MessageId, Status: { Value: 'PENDING' } });
  const pending = await atAnn.next('PENDING_CREATE_CHANNEL_MESSAGE', ChannelArn);
  assert.deepEqual(pending.body.Status, { Value: 'PENDING' });
  assert.equal(pending.headers['x-amz-chime-message-type'], 'STANDARD');
  for (const listener of [atAnn, atBob]) {
    const created = await listener.next('CREATE_CHANNEL_MESSAGE', ChannelArn);
    exactly(created.body, {
      ChannelArn,
      MessageId,
      Content: 'allow',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      CreatedTimestamp: anIsoTime,
      LastUpdatedTimestamp: anIsoTime,
      Sender: ann.identity,
      Redacted: false,
      Status: { Value: 'SENT' },
    });
  }

  assert.deepEqual(
    atBob.since.map(frame => frame.type).filter(type => type.endsWith('CHANNEL_MESSAGE')),
    ['CREATE_CHANNEL_MESSAGE'],
  );
  exactly(await status(ChannelArn, MessageId), { Status: { Value: 'SENT' } });
  const { event, body, headers } = await callOf(MessageId);
  exactly(event, {
    EventType: 'CHANNEL_MESSAGE_EVENT',
    CallbackId: id => id.length >= 32 && id.length <= 64,
    ChannelMessage: {
      MessageId,
      ChannelArn,
      Content: 'allow',
      Sender: ann.identity,
      Persistence: 'PERSISTENT',
      Type: 'STANDARD',
      CreatedTimestamp: anIsoTime,
    },
  });
  const secret = (await readFile(path(data, 'webhook-secret'), 'utf8')).trim();
  const signature = headers['x-carillon-signature'];
  const [, seconds] = /^t=(\d+),v1=/.exec(signature);
  const signed = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  assert.equal(signature, `t=${seconds},v1=${signed}`);
});

ours('A message is changed, or denied', why, async () => {
  const ChannelArn = await channel(await flow('moderate'));
  const [atAnn, atBob] = await listeners();
  const changed = await send(ChannelArn, 'modify');
  const created = await atBob.next('CREATE_CHANNEL_MESSAGE', ChannelArn);
  assert.deepEqual([created.body.Content, created.body.Metadata], ['m***fy', 'seen']);

  const denied = await send(ChannelArn, 'deny');
  const told = await atAnn.next('DENIED_CREATE_CHANNEL_MESSAGE', ChannelArn);
  assert.deepEqual([told.body.MessageId, told.body.Status.Value], [denied.MessageId, 'DENIED']);
  await refused(get(ann, ChannelArn, denied.MessageId), NotFoundException, 'NotFound', 404);
  assert.deepEqual(await history(bob, ChannelArn), ['m***fy']);

  await as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId: changed.MessageId, Content: 'allow' }, messaging);
  await atAnn.next('PENDING_UPDATE_CHANNEL_MESSAGE', ChannelArn);
  assert.equal((await atBob.next('UPDATE_CHANNEL_MESSAGE', ChannelArn)).body.Content, 'allow');
  await as(ann, UpdateChannelMessageCommand, { ChannelArn, MessageId: changed.MessageId, Content: 'deny' }, messaging);
  await atAnn.next('DENIED_UPDATE_CHANNEL_MESSAGE', ChannelArn);
  assert.deepEqual(await history(bob, ChannelArn), ['allow']);
});

ours('A message that waits is there for its sender alone, and a second callback is a conflict', why, async () => {
  const ChannelArn = await channel(await flow('moderate'));
  const { MessageId } = await send(ChannelArn, 'wait');
  const { event } = await callOf(MessageId);
  const own = (await get(ann, ChannelArn, MessageId)).ChannelMessage;
  assert.deepEqual([own.Content, own.Status.Value], ['wait', 'PENDING']);
  await refused(get(bob, ChannelArn, MessageId), NotFoundException, 'NotFound', 404);
  assert.deepEqual(await history(ann, ChannelArn), []);
  const callback = () =>
    messaging.send(
      new ChannelFlowCallbackCommand({
        ChannelArn,
        CallbackId: event.CallbackId,
        DeleteResource: false,
        ChannelMessage: { MessageId, Content: event.ChannelMessage.Content },
      }),
    );
  exactly(await callback(), { ChannelArn, CallbackId: event.CallbackId });
  await refused(callback(), ConflictException, 'Conflict', 409);

  // An SDK makes a CallbackId up where a processor forgets it.
  await refused(
    messaging.send(new ChannelFlowCallbackCommand({ ChannelArn, ChannelMessage: { MessageId } })),
    ForbiddenException,
    'Forbidden',
    403,
  );
  assert.deepEqual(await history(bob, ChannelArn), ['wait']);
});

ours('What becomes of a message whose processor cannot be called is the fallback', why, async () => {
  const [atAnn, atBob] = await listeners();
  const aborting = await channel(await flow('gone', 'ABORT'));
  const failed = await send(aborting, 'allow');
  const told = await atAnn.next('FAILED_CREATE_CHANNEL_MESSAGE', aborting);
  exactly(told.body.Status, { Value: 'FAILED', Detail: aSentence });
  exactly(await status(aborting, failed.MessageId), { Status: { Value: 'FAILED', Detail: aSentence } });
  assert.equal((await get(ann, aborting, failed.MessageId)).ChannelMessage.Status.Value, 'FAILED');
  assert.deepEqual(await history(ann, aborting), []);

  const continuing = await channel(await flow('gone', 'CONTINUE'));
  const passed = await send(continuing, 'deny');
  assert.equal((await atBob.next('CREATE_CHANNEL_MESSAGE', continuing)).body.MessageId, passed.MessageId);
  assert.deepEqual(await history(bob, continuing), ['deny']);
});

ours('CONTROL messages do not wait', why, async () => {
  const ChannelArn = await channel(await flow('moderate'));
  assert.equal(
    (await send(ChannelArn, 'typing', { Type: 'CONTROL', Persistence: 'NON_PERSISTENT' })).Status.Value,
    'SENT',
  );
});
