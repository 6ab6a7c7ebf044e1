// What AWS has not, through its own clients: they must not notice, and may be made to use it.

import { Readable } from 'node:stream';
import { DescribeAppInstanceCommand } from '@aws-sdk/client-chime-sdk-identity';
import {
  DescribeChannelCommand,
  GetMessagingSessionEndpointCommand,
  ListChannelMembershipsForAppInstanceUserCommand,
  ListChannelsCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { assert } from '../lib/assert.js';
import { identity, identityClient, messaging, messagingClient, ours, tampered } from '../lib/target.js';
import { as, say, unique, World } from '../lib/world.js';

const why = 'AWS has nothing like it';
const world = await World.create();
const [ann, bob] = await world.users('ann', 'bob');

/** A client that keeps the text of each answer, before the SDK reads it. */
function overheard(client, instead) {
  const heard = { client, text: '' };
  client.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const chunks = [];
      for await (const chunk of result.response.body) {
        chunks.push(chunk);
      }

      heard.text = Buffer.concat(chunks).toString();
      result.response.body = Readable.from([Buffer.from(instead ?? heard.text)]);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return heard;
}

ours('Counts are there and the SDK does not see them', why, async () => {
  const ChannelArn = await world.channel(ann, [bob]);
  await say(ann, ChannelArn, 'one');
  const members = answer => Object.keys(answer).filter(name => name !== '$metadata');

  const channel = overheard(messagingClient());
  const described = await as(ann, DescribeChannelCommand, { ChannelArn }, channel.client);
  assert.deepEqual(members(described), ['Channel']);
  assert.ok(!members(described.Channel).some(name => name.startsWith('x-')));
  assert.deepEqual(JSON.parse(channel.text)['x-carillon'], {
    MemberCount: 2,
    HiddenMemberCount: 0,
    MessageCount: 1,
  });

  const app = overheard(identityClient());
  const instance = await app.client.send(new DescribeAppInstanceCommand({ AppInstanceArn: world.arn }));
  assert.deepEqual(members(instance), ['AppInstance']);
  assert.equal(JSON.parse(app.text)['x-carillon'].UserCount, 2);
  assert.deepEqual(members(await identity.send(new DescribeAppInstanceCommand({ AppInstanceArn: world.arn }))), [
    'AppInstance',
  ]);
});

ours('A parameter in the query sorts lists by the last message', why, async () => {
  const channels = [];
  for (let i = 0; i < 3; i++) {
    channels.push(await world.channel(ann, [], { Privacy: 'PUBLIC' }));
  }

  await say(ann, channels[1], 'latest');
  const sorting = tampered(messagingClient(), request => {
    request.query['x-carillon-sort'] = 'last-message';
  });
  const listed = (await as(ann, ListChannelsCommand, { AppInstanceArn: world.arn, MaxResults: 2 }, sorting)).Channels;
  assert.deepEqual(
    listed.map(c => c.ChannelArn),
    [channels[1], channels[2]],
  );
  const mine = await as(ann, ListChannelMembershipsForAppInstanceUserCommand, { MaxResults: 3 }, sorting);
  assert.deepEqual(
    mine.ChannelMemberships.map(m => m.ChannelSummary.ChannelArn),
    [channels[1], channels[2], channels[0]],
  );
  const unsorted = (await as(ann, ListChannelsCommand, { AppInstanceArn: world.arn }, messaging)).Channels;
  assert.deepEqual(
    unsorted.map(c => c.ChannelArn),
    channels,
  );
});

ours("A bulk request signed by the SDK's signer does many things at once", why, async () => {
  const ChannelArn = await world.channel(ann);
  const lines = [];
  for (let i = 0; i < 1200; i++) {
    const AppInstanceUserId = unique('fan');
    lines.push(
      {
        Reference: `user ${i}`,
        Operation: 'CreateAppInstanceUser',
        Request: { AppInstanceArn: world.arn, AppInstanceUserId, Name: 'Fan', ClientRequestToken: unique('t') },
      },
      {
        Reference: `seat ${i}`,
        Operation: 'CreateChannelMembership',
        Request: { ChannelArn, MemberArn: world.userArn(AppInstanceUserId), Type: 'DEFAULT', ChimeBearer: ann.arn },
      },
    );
  }

  const body = lines.map(line => `${JSON.stringify(line)}\n`).join('');
  assert.ok(body.length > 256 * 1024);
  const heard = overheard(
    tampered(messagingClient(), request => {
      request.method = 'POST';
      request.path = '/carillon/bulk';
      request.query = {};
      request.body = body;
      request.headers['content-type'] = 'application/x-ndjson';
      request.headers['content-length'] = `${Buffer.byteLength(body)}`;
    }),
    '{}',
  );
  await heard.client.send(new GetMessagingSessionEndpointCommand({}));

  const answers = heard.text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const results = answers.filter(answer => answer.Line);
  assert.deepEqual(
    results.map(result => result.Reference),
    lines.map(line => line.Reference),
  );
  assert.ok(results.every(result => result.Status === 201));
  assert.equal(answers.at(-1).Finished.Succeeded, lines.length);
  assert.ok(answers.some(answer => answer.Progress));
});
