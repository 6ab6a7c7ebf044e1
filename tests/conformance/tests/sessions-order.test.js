import {
  BatchCreateChannelMembershipCommand,
  CreateChannelBanCommand,
  DeleteChannelMembershipCommand,
  ListChannelMembershipsCommand,
  paginateListChannelMessages,
  RedactChannelMessageCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { assert } from '../lib/assert.js';
import { Listener } from '../lib/session.js';
import { isAws, messaging, ours, test } from '../lib/target.js';
import { all, as, join, say, World } from '../lib/world.js';

const world = await World.create();
const people = await world.users('ann', 'bob', 'cat', 'dan', 'eve', 'fay');
const [ann, ...others] = people;

const historyOf = ChannelArn =>
  all(
    paginateListChannelMessages,
    messaging,
    { ChannelArn, ChimeBearer: ann.arn, SortOrder: 'ASCENDING' },
    'ChannelMessages',
    50,
  );

const created = listener => listener.since.filter(frame => frame.type === 'CREATE_CHANNEL_MESSAGE');

test('300 messages of six senders at once arrive everywhere in the order of history, each once', async () => {
  const channel = await world.channel(ann, others);
  const listeners = await Promise.all([...people, ann].map(person => Listener.open(person)));
  const each = isAws ? 10 : 50;
  const sent = await Promise.all(
    people.map(async person => {
      const ids = [];
      // Ten in flight for each sender: its own order is the server's business too.
      for (let i = 0; i < each; i += 10) {
        const burst = Array.from({ length: 10 }, (_, j) => say(person, channel, `${person.name} ${i + j}`));
        ids.push(...(await Promise.all(burst)));
      }
      return ids;
    }),
  );
  const expected = each * people.length;
  const history = (await historyOf(channel)).map(message => message.MessageId);
  assert.equal(history.length, expected);
  assert.deepEqual([...history].sort(), sent.flat().sort());
  for (const listener of listeners) {
    await listener.frames.until(() => created(listener).length >= expected, `${expected} messages`, 30_000);
    assert.deepEqual(
      created(listener).map(frame => frame.body.MessageId),
      history,
    );
    listener.stop();
  }
});

test('The messages that one sender sends one after another keep their order', async () => {
  const channel = await world.channel(ann);
  const listener = await Listener.open(ann);
  const sent = [];
  for (let i = 0; i < 20; i++) {
    sent.push(await say(ann, channel, `${i}`));
  }

  assert.deepEqual(
    (await historyOf(channel)).map(message => message.MessageId),
    sent,
  );
  await listener.frames.until(() => created(listener).length >= sent.length, 'all messages');
  assert.deepEqual(
    created(listener).map(frame => frame.body.MessageId),
    sent,
  );
  listener.stop();
});

test('Timestamps never go back along history', async () => {
  const channel = await world.channel(ann, others);
  await Promise.all(people.flatMap(person => [1, 2, 3].map(i => say(person, channel, `${i}`))));
  const times = (await historyOf(channel)).map(message => message.CreatedTimestamp.getTime());
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('What was read before and the events since are what is read after', async () => {
  const channel = await world.channel(ann, others);
  const ids = [];
  for (let i = 0; i < 5; i++) {
    ids.push(await say(ann, channel, `${i}`));
  }

  const listener = await Listener.open(others[0]);
  const state = new Map((await historyOf(channel)).map(message => [message.MessageId, message.Content]));
  await Promise.all([
    ...others.map(person => say(person, channel, `by ${person.name}`)),
    as(ann, UpdateChannelMessageCommand, { ChannelArn: channel, MessageId: ids[1], Content: 'changed' }),
    as(ann, RedactChannelMessageCommand, { ChannelArn: channel, MessageId: ids[2] }),
  ]);
  await listener.frames.until(() => listener.since.length >= others.length + 2, 'all events');
  for (const { body } of listener.since) {
    state.set(body.MessageId, body.Content);
  }

  const after = await historyOf(channel);
  assert.deepEqual(
    [...state.entries()],
    after.map(message => [message.MessageId, message.Content]),
  );
  listener.stop();
});

test('The members that were read before and the events since are the members that are read after', async () => {
  const channel = await world.channel(ann, others.slice(0, 2));
  const membersOf = async () =>
    (await as(ann, ListChannelMembershipsCommand, { ChannelArn: channel })).ChannelMemberships.map(
      ({ Member }) => Member.Arn,
    );
  const listener = await Listener.open(ann);
  const state = new Set(await membersOf());
  await Promise.all([
    join(ann, channel, others[2]),
    as(ann, BatchCreateChannelMembershipCommand, {
      ChannelArn: channel,
      MemberArns: [others[3].arn, others[4].arn],
    }),
    as(ann, DeleteChannelMembershipCommand, { ChannelArn: channel, MemberArn: others[0].arn }),
    as(ann, CreateChannelBanCommand, { ChannelArn: channel, MemberArn: others[1].arn }),
  ]);
  await join(ann, channel, others[0]);
  await listener.frames.until(() => listener.since.length >= 5, 'all events');
  for (const { type, body } of listener.since) {
    if (type === 'DELETE_CHANNEL_MEMBERSHIP') {
      assert.ok(state.delete(body.Member.Arn));
    } else {
      for (const { Arn } of body.Members ?? [body.Member]) {
        state.add(Arn);
      }
    }
  }

  assert.deepEqual([...state].sort(), (await membersOf()).sort());
  listener.stop();
});

test('Whatever is sent while a session begins is read by it, in history or as an event', async () => {
  const channel = await world.channel(ann, others);
  let going = true;
  const sent = [];
  const sending = (async () => {
    while (going) {
      sent.push(await say(ann, channel, `${sent.length}`));
    }
  })();
  for (const person of others) {
    const listener = await Listener.open(person);
    // From here on nothing may be missed: what history does not hold yet must come as an event.
    const known = new Set((await historyOf(channel)).map(message => message.MessageId));
    const last = await say(person, channel, 'the last one');
    await listener.next('CREATE_CHANNEL_MESSAGE', channel, frame => frame.body.MessageId === last);
    const heard = new Set(created(listener).map(frame => frame.body.MessageId));
    const now = (await historyOf(channel)).map(message => message.MessageId);
    for (const id of now.slice(0, now.indexOf(last))) {
      assert.ok(known.has(id) || heard.has(id), `${id} was missed`);
    }

    listener.stop();
  }

  going = false;
  await sending;
});

ours('Sequences along one channel have no hole', 'they are ours', async () => {
  const channel = await world.channel(ann, others);
  const listener = await Listener.open(ann);
  await Promise.all(people.map(person => say(person, channel, person.name)));
  await listener.frames.until(() => created(listener).length >= people.length, 'all messages');
  const sequences = created(listener).map(frame => Number(frame.headers['x-carillon-sequence']));
  assert.deepEqual(
    sequences,
    sequences.map((_, i) => sequences[0] + i),
  );
  listener.stop();
});
