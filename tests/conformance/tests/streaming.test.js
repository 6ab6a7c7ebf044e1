import {
  BadRequestException,
  CreateChannelCommand,
  DeleteMessagingStreamingConfigurationsCommand,
  GetMessagingStreamingConfigurationsCommand,
  NotFoundException,
  PutMessagingStreamingConfigurationsCommand,
  RedactChannelMessageCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  StartStreamEncryptionCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { assert, exactly, refused } from '../lib/assert.js';
import { kinesis, messaging, ours, region } from '../lib/target.js';
import { World } from '../lib/world.js';

const world = await World.create();
const AppInstanceArn = world.arn;
const account = AppInstanceArn.split(':')[4];
const stream = name => `arn:aws:kinesis:${region}:${account}:stream/${name}`;
const send = (Command, more) => messaging.send(new Command({ AppInstanceArn, ...more }));
const why = 'streams cost money there';

async function makeStream(StreamName, { ShardCount = 2, encrypted = true } = {}) {
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60 }, { StreamName });
  if (encrypted) {
    await kinesis.send(
      new StartStreamEncryptionCommand({ StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
    );
  }
  const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName }));
  return StreamDescription.StreamARN;
}

async function read(StreamName) {
  const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const all = await Promise.all(
    Shards.map(async ({ ShardId }) => {
      const { ShardIterator } = await kinesis.send(
        new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      return Records.map(({ Data, PartitionKey, EncryptionType }) => {
        assert.equal(EncryptionType, 'KMS');
        const record = JSON.parse(Buffer.from(Data).toString());
        assert.equal(PartitionKey, record.Payload.ChannelArn);
        return record;
      });
    }),
  );
  return all.flat();
}

ours('Streaming configurations are put, got and deleted', why, async () => {
  const missing = () => refused(send(GetMessagingStreamingConfigurationsCommand), NotFoundException, 'NotFound', 404);
  await missing();
  const StreamingConfigurations = [
    { DataType: 'Channel', ResourceArn: await makeStream('chime-messaging-a') },
    { DataType: 'ChannelMessage', ResourceArn: await makeStream('chime-messaging-b') },
  ];
  exactly(await send(PutMessagingStreamingConfigurationsCommand, { StreamingConfigurations }), {
    StreamingConfigurations,
  });
  exactly(await send(GetMessagingStreamingConfigurationsCommand), { StreamingConfigurations });
  const one = { StreamingConfigurations: [StreamingConfigurations[1]] };
  await send(PutMessagingStreamingConfigurationsCommand, one);
  exactly(await send(GetMessagingStreamingConfigurationsCommand), one);
  await send(DeleteMessagingStreamingConfigurationsCommand);
  await missing();
});

ours('A stream that is not as it must be is refused, with the reason', why, async () => {
  await makeStream('another-name');
  await makeStream('chime-messaging-single', { ShardCount: 1 });
  await makeStream('chime-messaging-plain', { encrypted: false });
  for (const [ResourceArn, reason] of [
    [stream('another-name'), /begin with chime-messaging-/],
    [stream('chime-messaging-single'), /2 shards/],
    [stream('chime-messaging-plain'), /encryption/],
    [stream('chime-messaging-nowhere'), /does not exist/],
    [stream('chime-messaging-a').replace(region, 'ap-south-1'), /region/],
    [stream('chime-messaging-a').replace(account, '999999999999'), /account/],
  ]) {
    const put = send(PutMessagingStreamingConfigurationsCommand, {
      StreamingConfigurations: [{ DataType: 'Channel', ResourceArn }],
    });
    await assert.rejects(put, error => error instanceof BadRequestException && reason.test(error.message));
  }
});

ours('What happens is read as records, over HTTP/2, and what was redacted is not there', why, async () => {
  const name = 'chime-messaging-all';
  const ResourceArn = await makeStream(name);
  await send(PutMessagingStreamingConfigurationsCommand, {
    StreamingConfigurations: [
      { DataType: 'Channel', ResourceArn },
      { DataType: 'ChannelMessage', ResourceArn },
    ],
  });
  const { arn: ann } = await world.user('ann');
  const { ChannelArn } = await send(CreateChannelCommand, {
    Name: 'told',
    ChimeBearer: ann,
    ClientRequestToken: 'told',
  });
  const say = Content =>
    messaging.send(
      new SendChannelMessageCommand({
        ChannelArn,
        ChimeBearer: ann,
        Content,
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: Content,
      }),
    );
  await say('open');
  const { MessageId } = await say('secret');
  const types = async () => (await read(name)).map(({ EventType, Payload }) => [EventType, Payload.Content ?? null]);
  const before = await types();
  exactly(before.slice(-2), [
    ['CREATE_CHANNEL_MESSAGE', 'open'],
    ['CREATE_CHANNEL_MESSAGE', 'secret'],
  ]);
  assert.equal(before[0][0], 'CREATE_CHANNEL');
  await messaging.send(new RedactChannelMessageCommand({ ChannelArn, ChimeBearer: ann, MessageId }));
  exactly((await types()).slice(-3), [
    ['CREATE_CHANNEL_MESSAGE', 'open'],
    ['CREATE_CHANNEL_MESSAGE', null],
    ['REDACT_CHANNEL_MESSAGE', null],
  ]);
});
