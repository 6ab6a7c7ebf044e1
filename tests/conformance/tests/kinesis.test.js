import { randomUUID } from 'node:crypto';
import nodeTest from 'node:test';
import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  IncreaseStreamRetentionPeriodCommand,
  InvalidArgumentException,
  ListShardsCommand,
  ListTagsForStreamCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  SplitShardCommand,
  StartStreamEncryptionCommand,
  UpdateShardCountCommand,
  ValidationException,
  waitUntilStreamExists,
  waitUntilStreamNotExists,
} from '@aws-sdk/client-kinesis';
import { assert } from '../lib/assert.js';
import { kinesis, ours, test } from '../lib/target.js';

const text = bytes => Buffer.from(bytes).toString();
const bytes = value => Buffer.from(value);
const made = [];

nodeTest.after(async () => {
  for (const StreamName of made) {
    await kinesis.send(new DeleteStreamCommand({ StreamName })).catch(error => {
      assert.ok(error instanceof ResourceNotFoundException, error.message);
    });
  }
});

const active = StreamName => waitUntilStreamExists({ client: kinesis, maxWaitTime: 120 }, { StreamName });

async function newStream(ShardCount) {
  const StreamName = `conformance-${randomUUID()}`;
  made.push(StreamName);
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  await active(StreamName);
  return StreamName;
}

const iteratorOf = async (StreamName, ShardId, ShardIteratorType, more) =>
  (await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType, ...more }))).ShardIterator;

/** Reads until a number of records is there, or to the end of a closed shard. */
async function read(ShardIterator, count) {
  const records = [];
  let next = ShardIterator;
  let last;
  while (next && records.length < count) {
    last = await kinesis.send(new GetRecordsCommand({ ShardIterator: next }));
    records.push(...last.Records);
    next = last.NextShardIterator;
  }

  return { records, last };
}

const refusedAs = (promise, type) =>
  assert.rejects(promise, error => error instanceof type && error.message.length > 0);

test('A stream is made, described, and deleted', async () => {
  const StreamName = await newStream(2);
  const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName }));
  assert.equal(StreamDescription.StreamStatus, 'ACTIVE');
  assert.equal(StreamDescription.RetentionPeriodHours, 24);
  assert.ok(StreamDescription.StreamCreationTimestamp instanceof Date);
  assert.deepEqual(
    StreamDescription.Shards.map(s => [s.ShardId, s.HashKeyRange.StartingHashKey, s.HashKeyRange.EndingHashKey]),
    [
      ['shardId-000000000000', '0', '170141183460469231731687303715884105727'],
      ['shardId-000000000001', '170141183460469231731687303715884105728', '340282366920938463463374607431768211455'],
    ],
  );
  assert.ok(StreamDescription.Shards.every(s => /^4\d{55}$/.test(s.SequenceNumberRange.StartingSequenceNumber)));
  await refusedAs(kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })), ResourceInUseException);
  await kinesis.send(new DeleteStreamCommand({ StreamName }));
  await waitUntilStreamNotExists({ client: kinesis, maxWaitTime: 120 }, { StreamName });
  await refusedAs(kinesis.send(new DescribeStreamCommand({ StreamName })), ResourceNotFoundException);
});

test('Records of an encrypted stream come back in order, from any place', async () => {
  const StreamName = await newStream(1);
  await kinesis.send(
    new StartStreamEncryptionCommand({ StreamName, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
  );
  await active(StreamName);
  const latest = await iteratorOf(StreamName, 'shardId-000000000000', 'LATEST');
  const put = [];
  for (let i = 0; i < 5; i++) {
    put.push(await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'k', Data: bytes(`${i}`) })));
  }

  assert.ok(put.every((p, i) => i === 0 || BigInt(p.SequenceNumber) > BigInt(put[i - 1].SequenceNumber)));
  const contents = async (iterator, count) => (await read(iterator, count)).records.map(r => text(r.Data));
  const at = (type, more) => iteratorOf(StreamName, 'shardId-000000000000', type, more);
  const StartingSequenceNumber = put[2].SequenceNumber;
  assert.deepEqual(await contents(latest, 5), ['0', '1', '2', '3', '4']);
  assert.deepEqual(await contents(await at('TRIM_HORIZON'), 5), ['0', '1', '2', '3', '4']);
  assert.deepEqual(await contents(await at('AT_SEQUENCE_NUMBER', { StartingSequenceNumber }), 3), ['2', '3', '4']);
  assert.deepEqual(await contents(await at('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber }), 2), ['3', '4']);
  assert.deepEqual(await contents(await at('AT_TIMESTAMP', { Timestamp: new Date(1.6e12) }), 5), [
    '0',
    '1',
    '2',
    '3',
    '4',
  ]);
  const { records } = await read(await at('TRIM_HORIZON'), 1);
  assert.equal(records[0].EncryptionType, 'KMS');
  assert.equal(records[0].PartitionKey, 'k');
  assert.ok(records[0].ApproximateArrivalTimestamp instanceof Date);
  assert.equal(
    (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary.EncryptionType,
    'KMS',
  );
});

test('Several records are put at once, each where its hash says', async () => {
  const StreamName = await newStream(2);
  const { FailedRecordCount, Records } = await kinesis.send(
    new PutRecordsCommand({
      StreamName,
      Records: ['0', '340282366920938463463374607431768211455', '1'].map((ExplicitHashKey, i) => ({
        Data: bytes(`${i}`),
        PartitionKey: 'same',
        ExplicitHashKey,
      })),
    }),
  );
  assert.equal(FailedRecordCount, 0);
  assert.deepEqual(
    Records.map(r => r.ShardId),
    ['shardId-000000000000', 'shardId-000000000001', 'shardId-000000000000'],
  );
  await refusedAs(
    kinesis.send(
      new PutRecordCommand({ StreamName, PartitionKey: 'k', Data: bytes('x'), ExplicitHashKey: '9'.repeat(39) }),
    ),
    InvalidArgumentException,
  );
  await refusedAs(
    kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: 'k'.repeat(257), Data: bytes('x') })),
    ValidationException,
  );
});

test('A reader that follows parents to their children hears every key in order', async () => {
  const StreamName = await newStream(2);
  let said = 0;
  const say = async count => {
    for (let i = 0; i < count; i++) {
      await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: `k${said % 5}`, Data: bytes(`${said++}`) }));
    }
  };
  const open = async () =>
    (await kinesis.send(new ListShardsCommand({ StreamName }))).Shards.filter(
      s => !s.SequenceNumberRange.EndingSequenceNumber,
    ).sort((a, b) => (BigInt(a.HashKeyRange.StartingHashKey) < BigInt(b.HashKeyRange.StartingHashKey) ? -1 : 1));
  await say(10);
  const [first] = await open();
  const middle = (BigInt(first.HashKeyRange.StartingHashKey) + BigInt(first.HashKeyRange.EndingHashKey)) / 2n;
  await kinesis.send(
    new SplitShardCommand({ StreamName, ShardToSplit: first.ShardId, NewStartingHashKey: middle.toString() }),
  );
  await active(StreamName);
  await say(10);
  const [, left, right] = await open();
  await kinesis.send(
    new MergeShardsCommand({ StreamName, ShardToMerge: left.ShardId, AdjacentShardToMerge: right.ShardId }),
  );
  await active(StreamName);
  await say(10);
  await kinesis.send(new UpdateShardCountCommand({ StreamName, TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }));
  await active(StreamName);
  await say(10);
  assert.equal((await open()).length, 4);

  const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const done = new Set();
  const heard = new Map();
  let count = 0;
  const follow = async id => {
    const shard = Shards.find(s => s.ShardId === id);
    for (const parent of [shard.ParentShardId, shard.AdjacentParentShardId].filter(Boolean)) {
      await follow(parent);
    }

    if (done.has(id)) {
      return;
    }

    done.add(id);
    let ShardIterator = await iteratorOf(StreamName, id, 'TRIM_HORIZON');
    for (let empty = 0; ShardIterator && empty < 2; ) {
      const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      for (const { PartitionKey, Data } of answer.Records) {
        assert.ok(Number(text(Data)) > (heard.get(PartitionKey) ?? -1), `${PartitionKey} ${text(Data)}`);
        heard.set(PartitionKey, Number(text(Data)));
        count++;
      }

      empty = answer.Records.length === 0 && answer.MillisBehindLatest === 0 ? empty + 1 : 0;
      ShardIterator = answer.NextShardIterator;
      assert.equal(ShardIterator === undefined, answer.ChildShards !== undefined);
    }
  };
  for (const { ShardId } of Shards) {
    await follow(ShardId);
  }

  assert.equal(count, 40);
});

test('Tags and retention are kept', async () => {
  const StreamName = await newStream(1);
  await kinesis.send(new AddTagsToStreamCommand({ StreamName, Tags: { a: '1', b: '2' } }));
  const { Tags, HasMoreTags } = await kinesis.send(new ListTagsForStreamCommand({ StreamName }));
  assert.deepEqual(Tags, [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
  assert.equal(HasMoreTags, false);
  await kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 48 }));
  await active(StreamName);
  const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
  assert.equal(StreamDescriptionSummary.RetentionPeriodHours, 48);
  await refusedAs(
    kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 47 })),
    InvalidArgumentException,
  );
});

ours('Who asks for enhanced fan-out is told to poll', 'AWS has it', async () => {
  await assert.rejects(
    kinesis.send(
      new RegisterStreamConsumerCommand({
        StreamARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/x',
        ConsumerName: 'c',
      }),
    ),
    error => error instanceof InvalidArgumentException && error.message.includes('PollingConfig'),
  );
});
