import { DeleteAppInstanceUserCommand } from '@aws-sdk/client-chime-sdk-identity';
import { GetMessagingSessionEndpointCommand } from '@aws-sdk/client-chime-sdk-messaging';
import DefaultSigV4Module from 'amazon-chime-sdk-js/build/sigv4/DefaultSigV4.js';
import WebSocket from 'ws';
import { assert } from '../lib/assert.js';
import { Role } from '../lib/role.js';
import { Fence, Listener } from '../lib/session.js';
import { identity, messaging, messagingClient, ours, test } from '../lib/target.js';
import { deadline, eventually } from '../lib/wait.js';
import { say, World } from '../lib/world.js';

const DefaultSigV4 = DefaultSigV4Module.default;
const world = await World.create();
const { Url: endpointUrl } = (await messaging.send(new GetMessagingSessionEndpointCommand({}))).Endpoint;

/** The close code with which the server refused a session that never began. */
async function refusal(user, options) {
  const listener = new Listener(user, options);
  const close = await listener.start().then(
    () => assert.fail('the session began'),
    reason => reason,
  );
  assert.ok(close.code, `${close}`);
  assert.deepEqual(listener.frames.items, []);
  return close.code;
}

test('A wrong signature is told after the upgrade, by 4401', async () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  const client = messagingClient({ credentials });
  assert.equal(await refusal(await world.user('ann'), { client, endpointUrl }), 4401);
});

test('A user who does not exist has no session: 4401', async () => {
  assert.equal(await refusal({ arn: world.userArn('nobody'), name: 'nobody' }), 4401);
  assert.equal(await refusal({ arn: world.arn, name: 'the app instance' }), 4401);
  assert.equal(await refusal({ arn: 'nobody', name: 'a bare id' }), 4401);
});

test('A session opened with the rights of one user is not that of another: 4401', async () => {
  const [ann, bob] = await world.users('ann', 'bob');
  const role = await Role.create({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'chime:GetMessagingSessionEndpoint', Resource: '*' },
      { Effect: 'Allow', Action: 'chime:Connect', Resource: `${world.arn}/user/\${aws:PrincipalTag/UserId}` },
    ],
  });
  const client = messagingClient({ credentials: await role.assume({ Tags: [{ Key: 'UserId', Value: ann.id }] }) });
  const listener = await eventually(
    () => Listener.open(ann, { client }),
    opened => opened,
    'the new role to work',
  );
  assert.equal(await refusal(bob, { client }), 4401);
  listener.stop();
});

test('A session with temporary credentials hears like any other', async () => {
  const ann = await world.user('ann');
  const role = await Role.create({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'chime:*', Resource: '*' }],
  });
  const client = messagingClient({ credentials: await role.assume({}) });
  const listener = await eventually(
    () => Listener.open(ann, { client }),
    opened => opened,
    'the new role to work',
  );
  const channel = await world.channel(ann);
  const MessageId = await say(ann, channel, 'x');
  await listener.next('CREATE_CHANNEL_MESSAGE', channel, frame => frame.body.MessageId === MessageId);
  listener.stop();
});

ours(
  'An eleventh session of a user is refused with 4003, and the ten go on',
  'AWS documents the number and no code',
  async () => {
    const ann = await world.user('ann');
    const ten = await Promise.all(Array.from({ length: 10 }, () => Listener.open(ann)));
    assert.equal(await refusal(ann), 4003);
    const channel = await world.channel(ann);
    await say(ann, channel, 'x');
    await Promise.all(ten.map(listener => listener.next('CREATE_CHANNEL_MESSAGE', channel)));

    // One that ends makes room for another.
    ten[0].stop();
    await ten[0].stopped();
    const another = await eventually(
      () => Listener.open(ann),
      opened => opened,
      'room for another session',
    );
    for (const listener of [...ten.slice(1), another]) {
      listener.stop();
    }
  },
);

ours(
  'When a user is deleted its sessions end with 4003, and the client stays away',
  'AWS documents no code',
  async () => {
    const [ann, bob] = await world.users('ann', 'bob');
    const channel = await world.channel(ann, [bob]);
    const [first, second, other] = [await Listener.open(bob), await Listener.open(bob), await Listener.open(ann)];
    await identity.send(new DeleteAppInstanceUserCommand({ AppInstanceUserArn: bob.arn }));
    assert.equal((await first.stopped()).stopped, 4003);
    assert.equal((await second.stopped()).stopped, 4003);
    const { body } = await other.next('DELETE_CHANNEL_MEMBERSHIP', channel);
    assert.equal(body.Member.Arn, bob.arn);
    assert.equal(await refusal(bob), 4401);
    other.stop();
  },
);

ours(
  'When an app instance is deleted the sessions of its users end with 4003',
  'AWS deletes in its own time',
  async () => {
    const doomed = await World.create();
    const ann = await doomed.user('ann');
    const listener = await Listener.open(ann);
    await doomed.delete();
    assert.equal((await listener.stopped()).stopped, 4003);
  },
);

test('Who comes new is never taken for who was deleted', async () => {
  for (let generation = 0; generation < 5; generation++) {
    const former = await World.create();
    const ghost = await former.user('ghost');
    await identity.send(new DeleteAppInstanceUserCommand({ AppInstanceUserArn: ghost.arn }));
    await former.delete();
    const next = await World.create();
    const listener = await Listener.open(await next.user('newcomer'));
    assert.deepEqual(listener.since, []);
    listener.stop();
    await listener.stopped();
    await next.delete();
  }
});

test('A client that stops is stopped, and hears nothing after', async () => {
  const ann = await world.user('ann');
  const fence = await Fence.create(world, ann);
  const [leaving, staying] = [await Listener.open(ann), await Listener.open(ann)];
  leaving.stop();
  await leaving.stopped();
  leaving.mark();
  await fence.frames(staying);
  assert.deepEqual(leaving.since, []);
  staying.stop();
});

// The client's own signer, and a socket of ours, for what the client never does.

async function signedUrl(user, host = endpointUrl) {
  const query = new Map([
    ['userArn', [user.arn]],
    ['sessionId', ['session']],
  ]);
  return new DefaultSigV4(messaging).signURL('GET', 'wss', 'chime', host, '/connect', '', query);
}

/** The code with which a socket is closed. */
const closed = socket =>
  deadline(
    new Promise((resolve, reject) => {
      socket.on('close', resolve);
      socket.on('error', reject);
    }),
    45_000,
    () => 'the socket to close',
  );

test('A signature covers the query and the host: 4401', async () => {
  const [ann, bob] = await world.users('ann', 'bob');
  const other = encodeURIComponent(bob.arn);
  for (const url of [
    (await signedUrl(ann)).replace(encodeURIComponent(ann.arn), other),
    `${await signedUrl(ann)}&more=1`,
    (await signedUrl(ann)).replace('X-Amz-Expires=10', 'X-Amz-Expires=900'),
    (await signedUrl(ann, 'elsewhere.example.org')).replace('elsewhere.example.org', endpointUrl),
    (await signedUrl(ann)).replace(/&X-Amz-Signature=.*/, ''),
  ]) {
    assert.equal(await closed(new WebSocket(url)), 4401, url);
  }
});

ours(
  'A client that sends what nobody asked for is closed, and its neighbour is not',
  'AWS documents no limit',
  async () => {
    const ann = await world.user('ann');
    const listener = await Listener.open(ann);
    const large = new WebSocket(await signedUrl(ann));
    large.on('open', () => large.send('x'.repeat(64 * 1024)));
    assert.equal(await closed(large), 1009);
    const many = new WebSocket(await signedUrl(ann));
    many.on('open', () => {
      for (let i = 0; i < 100; i++) {
        many.send('x');
      }
    });
    assert.equal(await closed(many), 1008);
    const channel = await world.channel(ann);
    await say(ann, channel, 'x');
    await listener.next('CREATE_CHANNEL_MESSAGE', channel);
    listener.stop();
  },
);

ours(
  'A reader who does not read is let go, to come back later, and nobody waits for it',
  'AWS documents no bound',
  async () => {
    const [ann, bob] = await world.users('ann', 'bob');
    const channel = await world.channel(ann, [bob]);
    const listener = await Listener.open(ann);
    const stuck = new WebSocket(await signedUrl(bob));
    await new Promise((resolve, reject) => {
      stuck.once('message', resolve);
      stuck.once('error', reject);
    });
    stuck.pause();
    const end = closed(stuck);

    // More than the server keeps for one session and both ends' socket buffers hold.
    const Content = 'x'.repeat(4096);
    let sent = 0;
    while (sent < 3_000) {
      await Promise.all(
        Array.from({ length: 50 }, () => say(ann, channel, Content, { Persistence: 'NON_PERSISTENT' })),
      );
      sent += 50;
    }

    await listener.frames.until(() => listener.since.length >= sent, `${sent} messages`, 30_000);
    stuck.resume();
    // 1013 where the close frame still got through, 1006 where it did not: on both the official client reconnects.
    assert.ok([1013, 1006].includes(await end));
    listener.stop();
  },
);
