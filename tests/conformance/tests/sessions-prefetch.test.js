import { BatchCreateChannelMembershipCommand } from '@aws-sdk/client-chime-sdk-messaging';
import { anIsoTime, assert, exactly } from '../lib/assert.js';
import { Fence, Listener, PrefetchSortBy } from '../lib/session.js';
import { test } from '../lib/target.js';
import { as, join, say, World } from '../lib/world.js';

const world = await World.create();
const ann = await world.user('ann');

/** What the user is told first, once nothing more is on its way. */
async function prefetch(user, sortBy) {
  const listener = new Listener(user, { prefetch: true, sortBy });
  await listener.start();
  const fence = await Fence.create(world, user);
  await fence.frames(listener);
  listener.stop();
  return listener.frames.items.filter(frame => frame.type === 'CHANNEL_DETAILS');
}

test('Who does not ask is told nothing in advance', async () => {
  const bob = await world.user('bob');
  const channel = await world.channel(ann, [bob]);
  await say(ann, channel, 'x');
  const fence = await Fence.create(world, bob);
  const listener = await Listener.open(bob);
  assert.deepEqual(await fence.frames(listener), []);
  listener.stop();
});

test('Details hold the channel, its messages with the newest first, and its members', async () => {
  const bob = await world.user('bob');
  const channel = await world.channel(ann, [bob], { Metadata: 'm' });
  const first = await say(ann, channel, 'first', { MessageAttributes: { a: { StringValues: ['v'] } } });
  const second = await say(bob, channel, 'second');
  const [frame, ...more] = await prefetch(bob);
  assert.deepEqual(more, []);
  assert.equal(frame.headers['x-amz-chime-event-type'], 'CHANNEL_DETAILS');
  assert.equal(frame.headers['x-amz-chime-message-type'], 'SYSTEM');
  const message = (MessageId, Content, sender, others) => ({
    MessageId,
    Content,
    Type: 'STANDARD',
    CreatedTimestamp: anIsoTime,
    LastUpdatedTimestamp: anIsoTime,
    Sender: sender.identity,
    Redacted: false,
    Status: { Value: 'SENT' },
    ...others,
  });
  exactly(
    {
      ...frame.body,
      ChannelMemberships: frame.body.ChannelMemberships.sort((a, b) => (a.Member.Name < b.Member.Name ? -1 : 1)),
    },
    {
      Channel: {
        Name: name => typeof name === 'string',
        ChannelArn: channel,
        Mode: 'RESTRICTED',
        Privacy: 'PRIVATE',
        Metadata: 'm',
        LastMessageTimestamp: anIsoTime,
      },
      ChannelMessages: [
        message(second, 'second', bob),
        message(first, 'first', ann, { MessageAttributes: { a: { StringValues: ['v'] } } }),
      ],
      ChannelMemberships: [{ Member: ann.identity }, { Member: bob.identity }],
      ChannelMessagesHasMore: false,
    },
  );
});

test('Details hold 20 messages and say whether there are more', async () => {
  const bob = await world.user('bob');
  const channel = await world.channel(ann, [bob]);
  const ids = [];
  for (let i = 0; i < 20; i++) {
    ids.push(await say(ann, channel, `${i}`));
  }

  const [twenty] = await prefetch(bob);
  assert.deepEqual(
    twenty.body.ChannelMessages.map(message => message.MessageId),
    [...ids].reverse(),
  );
  assert.equal(twenty.body.ChannelMessagesHasMore, false);
  ids.push(await say(ann, channel, 'one more'));
  const details = (await prefetch(bob)).find(frame => frame.body.Channel.ChannelArn === channel);
  assert.deepEqual(
    details.body.ChannelMessages.map(message => message.MessageId),
    ids.slice(1).reverse(),
  );
  assert.equal(details.body.ChannelMessagesHasMore, true);
});

test('Details hold 30 members, and no hidden ones', async () => {
  const bob = await world.user('bob');
  const channel = await world.channel(ann, [bob]);
  const hidden = await world.user('hidden');
  await join(ann, channel, hidden, 'HIDDEN');
  const [few] = await prefetch(bob);
  assert.deepEqual(few.body.ChannelMemberships.map(({ Member }) => Member.Name).sort(), ['ann', 'bob']);
  const crowd = await world.users(...Array.from({ length: 31 }, (_, i) => `crowd-${i}`));
  await as(ann, BatchCreateChannelMembershipCommand, { ChannelArn: channel, MemberArns: crowd.map(user => user.arn) });
  const details = (await prefetch(bob)).find(frame => frame.body.Channel.ChannelArn === channel);
  assert.equal(details.body.ChannelMemberships.length, 30);
});

test('A message for somebody else is not in the details', async () => {
  const [bob, cat] = await world.users('bob', 'cat');
  const channel = await world.channel(ann, [bob, cat]);
  const open = await say(ann, channel, 'for all');
  await say(ann, channel, 'for cat', { Target: [{ MemberArn: cat.arn }] });
  const [details] = await prefetch(bob);
  assert.deepEqual(
    details.body.ChannelMessages.map(message => message.MessageId),
    [open],
  );
  const [theirs] = await prefetch(cat);
  assert.equal(theirs.body.ChannelMessages.length, 2);
});

test('50 channels are told, those with the latest messages, whichever way they are sorted', async () => {
  const bob = await world.user('bob');
  const channels = [];
  for (let i = 0; i < 52; i++) {
    channels.push(await world.channel(ann, [], { MemberArns: [bob.arn] }));
  }

  // The two that were made first are spoken in last, and two in between never.
  const silent = [channels[10], channels[20]];
  for (const channel of [...channels].reverse()) {
    if (!silent.includes(channel)) {
      await say(ann, channel, 'x');
    }
  }

  for (const sortBy of [PrefetchSortBy.LastMessageTimestamp, PrefetchSortBy.Unread, undefined]) {
    const told = (await prefetch(bob, sortBy)).map(frame => frame.body.Channel.ChannelArn);
    assert.equal(told.length, 50, `${sortBy}`);
    assert.equal(new Set(told).size, 50);
    // The fence's channels are spoken in later still, so older ones may have had to go.
    assert.ok(!told.includes(silent[0]) && !told.includes(silent[1]), `${sortBy}`);
    assert.ok(told.includes(channels[0]) && told.includes(channels[1]), `${sortBy}`);
  }
});
