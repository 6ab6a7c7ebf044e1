// A server of this file's own, because it is stopped: on the authority of the run's server, which this process trusts.

import { cp, mkdir } from 'node:fs/promises';
import { join as path } from 'node:path';
import nodeTest from 'node:test';
import { CreateAppInstanceCommand, CreateAppInstanceUserCommand } from '@aws-sdk/client-chime-sdk-identity';
import {
  CreateChannelCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import WebSocket from 'ws';
import { assert } from '../lib/assert.js';
import { removeFolder, Server, temporaryFolder } from '../lib/server.js';
import { Listener } from '../lib/session.js';
import { identityClient, isAws, messagingClient, ours, server as shared } from '../lib/target.js';
import { as, unique } from '../lib/world.js';

const why = 'AWS cannot be restarted';
let data;
let server;
let messaging;
let ann;
let channel;

if (!isAws) {
  data = await temporaryFolder();
  await mkdir(path(data, 'tls'), { mode: 0o700 });
  await cp(path(shared.data, 'tls'), path(data, 'tls'), { recursive: true });
  server = await Server.start({ data });
  const settings = { endpoint: server.http, credentials: await server.credentials() };
  messaging = messagingClient(settings);
  const identity = identityClient(settings);
  const { AppInstanceArn } = await identity.send(new CreateAppInstanceCommand({ Name: 'restarted' }));
  const { AppInstanceUserArn } = await identity.send(
    new CreateAppInstanceUserCommand({ AppInstanceArn, AppInstanceUserId: 'ann', Name: 'ann' }),
  );
  ann = { arn: AppInstanceUserArn, name: 'ann' };
  const input = { AppInstanceArn, Name: 'c', Mode: 'RESTRICTED', Privacy: 'PRIVATE' };
  channel = (await as(ann, CreateChannelCommand, input, messaging)).ChannelArn;
}

nodeTest.after(async () => {
  await server?.stop();
  if (data) {
    await removeFolder(data);
  }
});

const send = (Content, more) =>
  as(
    ann,
    SendChannelMessageCommand,
    { ChannelArn: channel, Content, Type: 'STANDARD', Persistence: 'PERSISTENT', ...more },
    messaging,
  );
const history = async () =>
  (
    await as(ann, ListChannelMessagesCommand, { ChannelArn: channel, SortOrder: 'ASCENDING' }, messaging)
  ).ChannelMessages.map(message => message.MessageId);

async function restart(signal) {
  const { port, tlsPort } = server;
  const ended = await server.stop(signal);
  server = await Server.start({ data, port, tlsPort });
  return ended;
}

ours('A server that is asked to stop says 1001, and the client comes back by itself', why, async () => {
  const listener = await Listener.open(ann, { client: messaging });
  const before = (await send('before')).MessageId;
  await listener.next('CREATE_CHANNEL_MESSAGE', channel, frame => frame.body.MessageId === before);

  const ended = await restart('SIGTERM');
  assert.deepEqual(ended, { code: 0, signal: null });
  const [close] = listener.closes.items;
  assert.equal(close.code, 1001);
  await listener.states.until(states => states.at(-1) === 'started' && states.length > 2, 'the session to come back');
  assert.deepEqual(listener.states.items, ['connecting', 'started', 'reconnecting', 'started']);

  const after = (await send('after')).MessageId;
  await listener.next('CREATE_CHANNEL_MESSAGE', channel, frame => frame.body.MessageId === after);
  assert.deepEqual((await history()).slice(-2), [before, after]);
  listener.stop();
});

ours('What was acknowledged survives a server that is killed', why, async () => {
  const acknowledged = [];
  const listener = await Listener.open(ann, { client: messaging });
  const token = unique('t');
  const sends = Array.from({ length: 50 }, async (_, i) => {
    acknowledged.push((await send(`${i}`)).MessageId);
  });
  const repeated = (await send('once', { ClientRequestToken: token })).MessageId;
  await Promise.allSettled(sends);
  const { signal } = await restart('SIGKILL');
  assert.equal(signal, 'SIGKILL');
  const kept = new Set(await all());
  assert.ok(acknowledged.length > 0);
  assert.ok(acknowledged.every(id => kept.has(id)));

  // The retry of a client that saw no answer is still the same message.
  assert.equal((await send('once', { ClientRequestToken: token })).MessageId, repeated);
  await listener.states.until(
    states => states.filter(state => state === 'started').length > 1,
    'the session to come back',
  );
  listener.stop();
});

async function all() {
  const ids = [];
  let NextToken;
  do {
    const page = await as(ann, ListChannelMessagesCommand, { ChannelArn: channel, NextToken }, messaging);
    ids.push(...page.ChannelMessages.map(message => message.MessageId));
    NextToken = page.NextToken;
  } while (NextToken);
  return ids;
}

ours('A token of a page is good after a restart', why, async () => {
  await send('one');
  await send('two');
  const first = await as(ann, ListChannelMessagesCommand, { ChannelArn: channel, MaxResults: 1 }, messaging);
  await restart('SIGTERM');
  const second = await as(
    ann,
    ListChannelMessagesCommand,
    { ChannelArn: channel, MaxResults: 1, NextToken: first.NextToken },
    messaging,
  );
  assert.equal(second.ChannelMessages.length, 1);
  assert.notEqual(second.ChannelMessages[0].MessageId, first.ChannelMessages[0].MessageId);
});

ours('What is not a WebSocket gets a plain answer at the address of sessions', why, async () => {
  const answer = await fetch(`${server.http}/connect`);
  assert.equal(answer.status, 400);
  const socket = new WebSocket(`wss://localhost:${server.tlsPort}/connect`);
  const code = await new Promise((resolve, reject) => {
    socket.on('close', resolve);
    socket.on('error', reject);
  });
  assert.equal(code, 4401);
});
