using System.Text.Json.Nodes;
using Carillon.Core.Streams;
using Xunit;

namespace Carillon.Tests.Server.Operations.Kinesis;

public class StreamsTests(StreamsTests.Fixture fixture) : IClassFixture<StreamsTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private KinesisClient Kinesis => new(fixture, fixture.Platform.Root);

    [Fact]
    public async Task A_stream_is_active_as_soon_as_it_is_made_and_gone_as_soon_as_it_is_deleted()
    {
        var name = await Kinesis.NewStream(3);

        var answer = await Kinesis.On("DescribeStream", name);
        Assert.Equal("application/x-amz-json-1.1", answer.ContentHeaders.ContentType?.ToString());
        Assert.NotNull(answer.Header("x-amz-id-2"));
        var described = answer.At("StreamDescription")!;
        Assert.Equal(
            (name, KinesisClient.ArnOf(name), "ACTIVE", "PROVISIONED", 24, "NONE", false),
            ((string?)described["StreamName"], (string?)described["StreamARN"], (string?)described["StreamStatus"],
                (string?)described["StreamModeDetails"]!["StreamMode"], (int)described["RetentionPeriodHours"]!,
                (string?)described["EncryptionType"], (bool)described["HasMoreShards"]!));
        Assert.Null(described["KeyId"]);
        Assert.Equal(
            ["shardId-000000000000", "shardId-000000000001", "shardId-000000000002"],
            ((JsonArray)described["Shards"]!).Select(s => (string?)s!["ShardId"]));
        Assert.Equal("113427455640312821154458202477256070485", (string?)described["Shards"]![1]!["HashKeyRange"]!["StartingHashKey"]);
        Assert.InRange((double)described["StreamCreationTimestamp"]!, 1.7e9, 4e9);

        (await Kinesis.On("DeleteStream", name)).Ok();
        (await Kinesis.On("DescribeStream", name)).Refused("ResourceNotFoundException");
    }

    [Fact]
    public async Task Shards_are_described_page_by_page()
    {
        var name = await Kinesis.NewStream(3);

        var page = (await Kinesis.On("DescribeStream", name, ("Limit", 1), ("ExclusiveStartShardId", "0"))).At("StreamDescription")!;
        Assert.Equal(["shardId-000000000001"], ((JsonArray)page["Shards"]!).Select(s => (string?)s!["ShardId"]));
        Assert.True((bool)page["HasMoreShards"]!);

        var first = await Kinesis.On("ListShards", name, ("MaxResults", 2));
        Assert.Equal(2, first.List("Shards").Count);
        var second = await Kinesis.Send("ListShards", new() { ["NextToken"] = first.NextToken, ["MaxResults"] = 2 });
        Assert.Equal(["shardId-000000000002"], second.List("Shards").Select(s => (string?)s!["ShardId"]));
        Assert.Null(second.NextToken);
        (await Kinesis.Send("ListShards", new() { ["NextToken"] = first.NextToken, ["StreamName"] = name })).Refused("InvalidArgumentException");
        (await Kinesis.Send("ListShards", new() { ["NextToken"] = first.NextToken + "x" })).Refused("InvalidArgumentException");
        (await Kinesis.Send("ListShards")).Refused("InvalidArgumentException");

        (await Kinesis.On("DeleteStream", name)).Ok();
        Assert.Contains($"Stream {name} under account {LiveServer.Account} not found.", (await Kinesis.On("DescribeStream", name)).Refused("ResourceNotFoundException").Message(), StringComparison.Ordinal);
        (await Kinesis.Send("ListShards", new() { ["NextToken"] = first.NextToken })).Refused("ResourceNotFoundException");
        (await Kinesis.On("CreateStream", name, ("ShardCount", 3))).Ok();
        (await Kinesis.Send("ListShards", new() { ["NextToken"] = first.NextToken })).Refused("InvalidArgumentException");
    }

    [Fact]
    public async Task Streams_are_listed_by_name()
    {
        var names = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            names.Add($"listed-{i}");
            (await Kinesis.On("CreateStream", names[i], ("ShardCount", 1))).Ok();
        }

        var first = (await Kinesis.Send("ListStreams", new() { ["Limit"] = 2, ["ExclusiveStartStreamName"] = "listed" })).Ok();
        Assert.Equal(names[..2], first.List("StreamNames").Select(n => (string)n!));
        Assert.True((bool)first.At("HasMoreStreams")!);
        Assert.Equal(names[..2], first.List("StreamSummaries").Select(n => (string)n!["StreamName"]!));
        var second = (await Kinesis.Send("ListStreams", new() { ["Limit"] = 3, ["NextToken"] = first.NextToken })).Ok();
        Assert.Equal(names[2..], second.List("StreamNames").Select(n => (string)n!));
        (await Kinesis.Send("ListStreams", new() { ["NextToken"] = "x" })).Refused("InvalidArgumentException");
    }

    [Fact]
    public async Task Records_are_read_back_from_anywhere()
    {
        var name = await Kinesis.NewStream(1, encrypted: true);
        var numbers = new List<string>();
        var latest = await Kinesis.Iterator(name, "0", "LATEST");
        for (var i = 0; i < 6; i++)
        {
            var put = await Kinesis.Put(name, "k", $"{i}");
            Assert.Equal(("shardId-000000000000", "KMS"), (put.Text("ShardId"), put.Text("EncryptionType")));
            numbers.Add(put.Text("SequenceNumber"));
        }

        string[] all = ["0", "1", "2", "3", "4", "5"];
        Assert.Equal(numbers.Order(StringComparer.Ordinal), numbers);
        Assert.Equal(all, await Kinesis.Read(name, "shardId-000000000000"));
        Assert.Equal(all[2..], await Kinesis.Read(name, "0", "AT_SEQUENCE_NUMBER", numbers[2]));
        Assert.Equal(all[3..], await Kinesis.Read(name, "0", "AFTER_SEQUENCE_NUMBER", numbers[2]));
        Assert.Equal(all, (await Kinesis.ReadOn(latest, limit: 4)).Data);
        Assert.Empty(await Kinesis.Read(name, "0", "LATEST"));
        Assert.Equal(all, await Kinesis.Read(name, "0", "AT_TIMESTAMP", time: 1.5e9));
        Assert.Equal(all, (await Kinesis.ReadOn($"\"{await Kinesis.Iterator(name, "0")}\"")).Data);

        var answer = await Kinesis.Get(await Kinesis.Iterator(name, "0"), 2);
        var record = answer.List("Records")[1]!;
        Assert.Equal((numbers[1], "k", "KMS"), ((string?)record["SequenceNumber"], (string?)record["PartitionKey"], (string?)record["EncryptionType"]));
        Assert.InRange((double)record["ApproximateArrivalTimestamp"]!, 1.7e9, 4e9);
        Assert.InRange((long)answer.At("MillisBehindLatest")!, 0, 60_000);
        Assert.NotNull(answer.At("NextShardIterator"));
        Assert.Null(answer.At("ChildShards"));

        // A record at that very time is read, and one at the next millisecond is not asked for before.
        var arrived = (decimal)record["ApproximateArrivalTimestamp"]!;
        Assert.Contains("1", await Kinesis.Read(name, "0", "AT_TIMESTAMP", time: JsonValue.Create(arrived)));
    }

    [Fact]
    public async Task Records_go_where_their_key_or_their_hash_says_and_may_be_empty()
    {
        var name = await Kinesis.NewStream();
        const string half = "170141183460469231731687303715884105728";

        Assert.Equal("shardId-000000000000", (await Kinesis.Put(name, "a", "", "170141183460469231731687303715884105727")).Text("ShardId"));
        Assert.Equal("shardId-000000000001", (await Kinesis.Put(name, "a", "x", half)).Text("ShardId"));
        foreach (var key in new[] { "a", "b", "ключ", "🎻", new string('k', 256) })
        {
            var expected = HashSpace.Of(key) < UInt128.Parse(half, System.Globalization.CultureInfo.InvariantCulture) ? 0 : 1;
            var put = await Kinesis.Put(name, key, "x");
            Assert.Equal(ShardIds.Of(expected), put.Text("ShardId"));
            Assert.Null(put.Json["EncryptionType"]);
        }

        Assert.Equal("", (await Kinesis.Read(name, "0"))[0]);
        (await Kinesis.Put(name, "a", "x", "340282366920938463463374607431768211456")).Refused("InvalidArgumentException");
        (await Kinesis.Put(name, "", "x")).Refused("ValidationException");
        (await Kinesis.Put(name, new string('k', 257), "x")).Refused("ValidationException");
    }

    [Fact]
    public async Task Several_records_are_put_together()
    {
        var name = await Kinesis.NewStream();
        JsonNode Records(int count) => new JsonArray([.. Enumerable.Range(0, count).Select(i =>
            (JsonNode)new JsonObject { ["Data"] = KinesisClient.Base64($"{i}"), ["PartitionKey"] = $"k{i % 3}" })]);

        var answer = await Kinesis.On("PutRecords", name, ("Records", Records(500)));
        Assert.Equal(0, (int)answer.At("FailedRecordCount")!);
        Assert.Equal(500, answer.List("Records").Select(r => (string)r!["SequenceNumber"]!).Distinct().Count());
        var read = (await Kinesis.Read(name, "0")).Concat(await Kinesis.Read(name, "1")).ToList();
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}").Order(), read.Order());
        (await Kinesis.On("PutRecords", name, ("Records", Records(501)))).Refused("ValidationException");
        (await Kinesis.On("PutRecords", name, ("Records", new JsonArray()))).Refused("ValidationException");

        // One that cannot be put keeps the others out.
        var bad = (JsonArray)Records(3);
        bad[1]!["ExplicitHashKey"] = new string('9', 39);
        (await Kinesis.On("PutRecords", name, ("Records", bad))).Refused("InvalidArgumentException");
        Assert.Equal(500, (await Kinesis.Read(name, "0")).Count + (await Kinesis.Read(name, "1")).Count);
    }

    [Fact]
    public async Task A_record_may_have_a_mebibyte_and_an_answer_ten()
    {
        var name = await Kinesis.NewStream(1, encrypted: true);
        var mebibyte = new string('x', 1 << 20);

        (await Kinesis.Put(name, "k", mebibyte + "x")).Refused("ValidationException");
        for (var i = 0; i < 11; i++)
        {
            (await Kinesis.Put(name, "k", mebibyte)).Ok();
        }

        var first = await Kinesis.Get(await Kinesis.Iterator(name, "0"));
        Assert.Equal(9, first.List("Records").Count);
        Assert.Equal(2, (await Kinesis.Get(first.Text("NextShardIterator"))).List("Records").Count);

        var large = KinesisClient.NewName();
        (await Kinesis.On("CreateStream", large, ("ShardCount", 1), ("MaxRecordSizeInKiB", 2048))).Ok();
        (await Kinesis.Put(large, "k", mebibyte + mebibyte)).Ok();
        (await Kinesis.Put(large, "k", mebibyte + mebibyte + "x")).Refused("ValidationException");
        Assert.Equal(2048, (int)(await Kinesis.On("DescribeStreamSummary", large)).At("StreamDescriptionSummary.MaxRecordSizeInKiB")!);
        (await Kinesis.On("PutRecords", large, ("Records", new JsonArray([.. Enumerable.Range(0, 6).Select(_ =>
            (JsonNode)new JsonObject { ["Data"] = KinesisClient.Base64(mebibyte + mebibyte), ["PartitionKey"] = "k" })])))).Refused(413, "RequestEntityTooLargeException");
        (await Kinesis.On("PutRecords", large, ("Records", new JsonArray([.. Enumerable.Range(0, 10).Select(_ =>
            (JsonNode)new JsonObject { ["Data"] = KinesisClient.Base64(mebibyte), ["PartitionKey"] = "k" })])))).Refused("InvalidArgumentException");
    }

    [Fact]
    public async Task A_stream_is_named_by_its_ARN_as_well()
    {
        var name = await Kinesis.NewStream();
        Task<Answer> By(string? stream, string? arn) =>
            Kinesis.Send("DescribeStreamSummary", new() { ["StreamName"] = stream, ["StreamARN"] = arn });

        (await By(null, KinesisClient.ArnOf(name))).Ok();
        (await By(name, KinesisClient.ArnOf(name))).Ok();
        (await By("other", KinesisClient.ArnOf(name))).Refused("InvalidArgumentException");
        (await By(null, KinesisClient.ArnOf(name).Replace("us-east-1", "eu-west-1", StringComparison.Ordinal))).Refused("ResourceNotFoundException");
        (await By(null, KinesisClient.ArnOf(name).Replace("123456789012", "123456789013", StringComparison.Ordinal))).Refused("ResourceNotFoundException");
        (await By(null, "arn:aws:sqs:x")).Refused("ValidationException");
        Assert.Contains("Value null at 'streamName'", (await By(null, null)).Refused("ValidationException").Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_of_a_closed_shard_is_led_to_its_children()
    {
        var name = await Kinesis.NewStream(1);
        (await Kinesis.Put(name, "k", "before")).Ok();
        var iterator = await Kinesis.Iterator(name, "0");
        (await Kinesis.On("SplitShard", name, ("ShardToSplit", "0"), ("NewStartingHashKey", "1000"))).Ok();
        (await Kinesis.Put(name, "k", "after", "1000")).Ok();

        var (data, last) = await Kinesis.ReadOn(iterator);
        Assert.Equal(["before"], data);
        Assert.Null(last.At("NextShardIterator"));
        Assert.Equal(
            [("shardId-000000000001", "0", "999"), ("shardId-000000000002", "1000", "340282366920938463463374607431768211455")],
            last.List("ChildShards").Select(c => (
                (string)c!["ShardId"]!, (string)c["HashKeyRange"]!["StartingHashKey"]!, (string)c["HashKeyRange"]!["EndingHashKey"]!)));
        Assert.All(last.List("ChildShards"), c => Assert.Equal(["shardId-000000000000"], ((JsonArray)c!["ParentShards"]!).Select(p => (string)p!)));
        Assert.Equal(["after"], await Kinesis.Read(name, "2"));

        (await Kinesis.On("MergeShards", name, ("ShardToMerge", "2"), ("AdjacentShardToMerge", "1"))).Ok();
        var shards = (await Kinesis.On("ListShards", name)).List("Shards");
        Assert.Equal(
            [(null, null, true), ("shardId-000000000000", null, true), ("shardId-000000000000", null, true), ("shardId-000000000002", "shardId-000000000001", false)],
            shards.Select(s => (
                (string?)s!["ParentShardId"], (string?)s["AdjacentParentShardId"], s["SequenceNumberRange"]!["EndingSequenceNumber"] is not null)));
        Task<Answer> Filtered(string type) => Kinesis.On("ListShards", name, ("ShardFilter", new JsonObject { ["Type"] = type }));
        Assert.Equal(["shardId-000000000003"], (await Filtered("AT_LATEST")).List("Shards").Select(s => (string)s!["ShardId"]!));
        Assert.Equal(["shardId-000000000000"], (await Filtered("AT_TRIM_HORIZON")).List("Shards").Select(s => (string)s!["ShardId"]!));
        Assert.Equal(4, (await Filtered("FROM_TRIM_HORIZON")).List("Shards").Count);
        Assert.Equal(2, (await Kinesis.On("ListShards", name, ("ShardFilter", new JsonObject { ["Type"] = "AFTER_SHARD_ID", ["ShardId"] = "shardId-000000000001" }))).List("Shards").Count);
        (await Filtered("AT_TIMESTAMP")).Refused("InvalidArgumentException");

        var count = await Kinesis.On("UpdateShardCount", name, ("TargetShardCount", 2), ("ScalingType", "UNIFORM_SCALING"));
        Assert.Equal((1, 2), ((int)count.At("CurrentShardCount")!, (int)count.At("TargetShardCount")!));
        (await Kinesis.On("SplitShard", name, ("ShardToSplit", "0"), ("NewStartingHashKey", "1000"))).Refused("InvalidArgumentException");
        (await Kinesis.On("SplitShard", name, ("ShardToSplit", "77"), ("NewStartingHashKey", "1000"))).Refused("ResourceNotFoundException");
        (await Kinesis.On("UpdateShardCount", name, ("TargetShardCount", 5), ("ScalingType", "UNIFORM_SCALING"))).Refused("InvalidArgumentException");
    }

    [Fact]
    public async Task Tags_retention_and_encryption_are_kept()
    {
        var name = await Kinesis.NewStream();
        var arn = KinesisClient.ArnOf(name);

        (await Kinesis.On("AddTagsToStream", name, ("Tags", new JsonObject { ["b"] = "2", ["a"] = "1" }))).Ok();
        (await Kinesis.Send("TagResource", new() { ["ResourceARN"] = arn, ["Tags"] = new JsonObject { ["c"] = "3" } })).Ok();
        (await Kinesis.On("RemoveTagsFromStream", name, ("TagKeys", new JsonArray("b")))).Ok();
        var page = await Kinesis.On("ListTagsForStream", name, ("Limit", 1));
        Assert.Equal((1, true), (page.List("Tags").Count, (bool)page.At("HasMoreTags")!));
        Assert.Equal(["c"], (await Kinesis.On("ListTagsForStream", name, ("ExclusiveStartTagKey", "a"))).List("Tags").Select(t => (string)t!["Key"]!));
        Assert.Equal(["a", "c"], (await Kinesis.Send("ListTagsForResource", new() { ["ResourceARN"] = arn })).List("Tags").Select(t => (string)t!["Key"]!));
        (await Kinesis.Send("UntagResource", new() { ["ResourceARN"] = arn, ["TagKeys"] = new JsonArray("a", "c") })).Ok();
        Assert.Empty((await Kinesis.On("ListTagsForStream", name)).List("Tags"));
        (await Kinesis.On("AddTagsToStream", name, ("Tags", new JsonObject { ["aws:x"] = "2" }))).Refused("InvalidArgumentException");
        (await Kinesis.On("AddTagsToStream", name, ("Tags", new JsonObject()))).Refused("ValidationException");
        JsonNode Many(int count) => new JsonObject(Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"{i}", (JsonNode?)"")));
        (await Kinesis.On("AddTagsToStream", name, ("Tags", Many(51)))).Refused("InvalidArgumentException");
        (await Kinesis.On("AddTagsToStream", name, ("Tags", Many(201)))).Refused("ValidationException");

        Assert.Equal("", (await Kinesis.On("IncreaseStreamRetentionPeriod", name, ("RetentionPeriodHours", 48))).Ok().Body);
        (await Kinesis.On("IncreaseStreamRetentionPeriod", name, ("RetentionPeriodHours", 47))).Refused("InvalidArgumentException");
        (await Kinesis.On("DecreaseStreamRetentionPeriod", name, ("RetentionPeriodHours", 23))).Refused("InvalidArgumentException");
        (await Kinesis.On("DecreaseStreamRetentionPeriod", name, ("RetentionPeriodHours", 30))).Ok();
        (await Kinesis.On("StartStreamEncryption", name, ("EncryptionType", "KMS"), ("KeyId", "alias/mine"))).Ok();
        var summary = (await Kinesis.On("DescribeStreamSummary", name)).At("StreamDescriptionSummary")!;
        Assert.Equal((30, "KMS", "alias/mine", 2), ((int)summary["RetentionPeriodHours"]!, (string?)summary["EncryptionType"], (string?)summary["KeyId"], (int)summary["OpenShardCount"]!));
        (await Kinesis.On("StopStreamEncryption", name, ("EncryptionType", "NONE"), ("KeyId", "alias/mine"))).Refused("InvalidArgumentException");
        (await Kinesis.On("StopStreamEncryption", name, ("EncryptionType", "KMS"), ("KeyId", "alias/mine"))).Ok();
        Assert.Equal("NONE", (string?)(await Kinesis.On("DescribeStreamSummary", name)).At("StreamDescriptionSummary.EncryptionType"));
    }

    [Fact]
    public async Task Without_mode_and_number_of_shards_a_stream_is_on_demand()
    {
        var name = KinesisClient.NewName();
        (await Kinesis.On("CreateStream", name)).Ok();

        var summary = (await Kinesis.On("DescribeStreamSummary", name)).At("StreamDescriptionSummary")!;
        Assert.Equal(("ON_DEMAND", 4), ((string?)summary["StreamModeDetails"]!["StreamMode"], (int)summary["OpenShardCount"]!));
        (await Kinesis.On("SplitShard", name, ("ShardToSplit", "0"), ("NewStartingHashKey", "1000"))).Refused("InvalidArgumentException");
        JsonNode Mode(string mode) => new JsonObject { ["StreamMode"] = mode };
        (await Kinesis.On("CreateStream", "x", ("StreamModeDetails", Mode("PROVISIONED")))).Refused("ValidationException");
        (await Kinesis.On("CreateStream", "x", ("StreamModeDetails", Mode("ON_DEMAND")), ("ShardCount", 2))).Refused("InvalidArgumentException");
        (await Kinesis.On("CreateStream", "x", ("StreamModeDetails", Mode("SOMETIMES")))).Refused("ValidationException");
        (await Kinesis.On("CreateStream", name, ("ShardCount", 1))).Refused("ResourceInUseException");
        (await Kinesis.On("CreateStream", "x", ("ShardCount", 501))).Refused("LimitExceededException");
        Assert.Equal(500, (int)(await Kinesis.Send("DescribeLimits")).At("ShardLimit")!);
    }

    [Fact]
    public async Task A_number_is_good_for_its_own_shard_alone()
    {
        var (name, other) = (await Kinesis.NewStream(2), await Kinesis.NewStream(1));
        var number = (await Kinesis.Put(name, "a", "x", "0")).Text("SequenceNumber");
        Task<Answer> At(string stream, string shard, string? sequence, string type = "AT_SEQUENCE_NUMBER") => Kinesis.On(
            "GetShardIterator", stream, ("ShardId", shard), ("ShardIteratorType", type), ("StartingSequenceNumber", sequence));

        (await At(name, "0", number)).Ok();
        Assert.Contains("It encodes shardId-000000000000", (await At(name, "1", number)).Refused("InvalidArgumentException").Message(), StringComparison.Ordinal);
        (await At(name, "0", "5")).Refused("InvalidArgumentException");
        (await At(name, "0", null)).Refused("InvalidArgumentException");
        (await At(name, "0", number, "LATEST")).Refused("InvalidArgumentException");
        (await At(name, "0", number, "AT_TIMESTAMP")).Refused("InvalidArgumentException");
        (await At(name, "7", null, "LATEST")).Refused("ResourceNotFoundException");
        (await At(name, "not-a-shard", null, "LATEST")).Refused("ResourceNotFoundException");
        (await At(name, "0", null, "AT_TIMESTAMP")).Refused("InvalidArgumentException");
        (await Kinesis.On("GetShardIterator", name, ("ShardId", "0"), ("ShardIteratorType", "AT_TIMESTAMP"), ("Timestamp", 9e9))).Refused("InvalidArgumentException");

        (await Kinesis.On("PutRecord", name, ("PartitionKey", "a"), ("Data", ""), ("SequenceNumberForOrdering", number))).Ok();
        (await Kinesis.On("PutRecord", name, ("PartitionKey", "a"), ("Data", ""), ("SequenceNumberForOrdering", "5"))).Refused("InvalidArgumentException");

        // The beginning and the end of a shard are places as well.
        var start = (string)(await Kinesis.On("ListShards", name)).List("Shards")[0]!["SequenceNumberRange"]!["StartingSequenceNumber"]!;
        Assert.Equal(2, (await Kinesis.Read(name, "0", "AFTER_SEQUENCE_NUMBER", start)).Count + (await Kinesis.Read(name, "1")).Count);
        Assert.Empty(await Kinesis.Read(other, "0"));
    }

    [Fact]
    public async Task What_is_not_here_says_what_to_use_instead()
    {
        var name = await Kinesis.NewStream();

        Assert.Contains("PollingConfig", (await Kinesis.Send("RegisterStreamConsumer", new() { ["StreamARN"] = KinesisClient.ArnOf(name), ["ConsumerName"] = "c" })).Refused("InvalidArgumentException").Message(), StringComparison.Ordinal);
        Assert.Contains("POLLING", (await Kinesis.Send("SubscribeToShard")).Refused("InvalidArgumentException").Message(), StringComparison.Ordinal);
        Assert.Contains("UpdateStreamMode is not available", (await Kinesis.Send("UpdateStreamMode")).Refused("UnknownOperationException").Message(), StringComparison.Ordinal);
        Assert.Contains("no such operation", (await Kinesis.Send("Dance")).Refused("UnknownOperationException").Message(), StringComparison.Ordinal);

        var cbor = await Kinesis.SendText("ListStreams", "x", "application/x-amz-cbor-1.1");
        cbor.Refused(400, "SerializationException");
        Assert.Equal("application/x-amz-cbor-1.1", cbor.ContentHeaders.ContentType?.ToString());
        Assert.Contains("AWS_CBOR_DISABLE=true", cbor.Body, StringComparison.Ordinal);
        Assert.Contains("CBOR_ENABLED=false", cbor.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_changes_the_key_that_records_are_encrypted_under()
    {
        var name = await Kinesis.NewStream(1, encrypted: true);
        (await Kinesis.Put(name, "k", "before")).Ok();
        Task<Answer> Rotate(ChimeClient who, string body, string service = "kms") => who.SendBytes(
            "POST", "/", null, System.Text.Encoding.UTF8.GetBytes(body), service, "application/x-amz-json-1.1",
            ("X-Amz-Target", "TrentService.RotateKeyOnDemand"));
        async Task<long> Keys()
        {
            using var database = new Carillon.Sql.Sqlite.SqliteDatabase(fixture.DataFile).OpenReader();
            return await Task.FromResult(database.Number("select count(*) from stream_key")!.Value);
        }

        var keys = await Keys();
        var answer = await Rotate(fixture.Root, """{"KeyId":"alias/aws/kinesis"}""");
        Assert.Equal("alias/aws/kinesis", answer.Text("KeyId"));
        Assert.Equal(keys + 1, await Keys());
        (await Kinesis.Put(name, "k", "after")).Ok();
        Assert.Equal(["before", "after"], await Kinesis.Read(name, "0"));

        (await Rotate(fixture.Root, """{"KeyId":"alias/mine"}""")).Refused("NotFoundException");
        (await Rotate(fixture.Root, "{}")).Refused("ValidationException");
        (await Rotate(fixture.Root, """{"KeyId":5}""")).Refused("SerializationException");
        (await Rotate(fixture.Root, """{"KeyId":"alias/aws/kinesis"}""", "kinesis")).Refused("InvalidSignatureException");
        var other = fixture.As(await fixture.Root.Assume("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kinesis:*","Resource":"*"}}"""));
        (await Rotate(other, """{"KeyId":"alias/aws/kinesis"}""")).Refused("AccessDeniedException");
        Assert.Equal(keys + 1, await Keys());
    }

    [Fact]
    public async Task A_request_is_refused_for_the_first_thing_that_is_wrong_with_it()
    {
        var nobody = new KinesisClient(fixture, new("AKIAIOSFODNN7EXAMPLE", "x"));

        (await nobody.SendText("ListStreams", "")).Refused("SerializationException");
        (await nobody.SendText("Dance", "{")).Refused("SerializationException");
        (await nobody.SendText("Dance", "{}")).Refused("UnknownOperationException");
        (await nobody.SendText("CreateStream", """{"StreamName":5}""")).Refused("UnrecognizedClientException");
        (await nobody.SendText("RegisterStreamConsumer", "{}")).Refused("UnrecognizedClientException");
        (await Kinesis.SendText("CreateStream", """{"StreamName":5,"ShardCount":0}""")).Refused("SerializationException");
        var both = (await Kinesis.SendText("CreateStream", """{"StreamName":"a b","ShardCount":0}""")).Refused("ValidationException");
        Assert.StartsWith("2 validation errors detected: ", both.Message(), StringComparison.Ordinal);
        Assert.Contains("'streamName'", both.Message(), StringComparison.Ordinal);
        Assert.Contains("'shardCount'", both.Message(), StringComparison.Ordinal);
        (await Kinesis.SendText("PutRecord", """{"StreamName":"a","PartitionKey":"k","Data":"*"}""")).Refused("SerializationException");
        (await Kinesis.SendText("PutRecord", """{"StreamName":"a","PartitionKey":"k","Data":"eA"}""")).Refused("SerializationException");
        (await Kinesis.SendText("PutRecord", """{"StreamName":"a","PartitionKey":"k","Data":"e\u0041=="}""")).Refused("ResourceNotFoundException");
        (await Kinesis.SendText("GetRecords", """{"ShardIterator":"AAAA"}""")).Refused("InvalidArgumentException");
        (await nobody.Put("s", "k", new string('x', 400_000))).Refused(413, "RequestEntityTooLargeException");
        (await nobody.Put("s", "k", new string('x', 100_000))).Refused("UnrecognizedClientException");
        using var unsigned = new HttpRequestMessage(HttpMethod.Post, fixture.Address) { Content = new StringContent("{}") };
        unsigned.Headers.Add("X-Amz-Target", "Kinesis_20131202.ListStreams");
        using var answer = await fixture.Http.SendAsync(unsigned, TestContext.Current.CancellationToken);
        (await Answer.Read(answer)).Refused("MissingAuthenticationTokenException");
    }

    [Fact]
    public async Task Policies_say_who_may_do_what_with_which_stream()
    {
        var (mine, other) = (await Kinesis.NewStream(), await Kinesis.NewStream());
        var reader = new KinesisClient(fixture, await fixture.Root.Assume(
            $$$"""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":["kinesis:Get*","kinesis:DescribeStreamSummary","kinesis:ListShards"],"Resource":"{{{KinesisClient.ArnOf(mine)}}}"},
              {"Effect":"Allow","Action":"kinesis:PutRecord","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/open":"yes"} } },
              {"Effect":"Allow","Action":"kinesis:CreateStream","Resource":"*"},
              {"Effect":"Allow","Action":"kinesis:AddTagsToStream","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]} } }] }
            """));

        (await reader.On("DescribeStreamSummary", mine)).Ok();
        (await reader.Get(await reader.Iterator(mine, "0"))).Ok();
        Assert.Contains(
            $"is not authorized to perform: kinesis:DescribeStreamSummary on resource: {KinesisClient.ArnOf(other)}",
            (await reader.On("DescribeStreamSummary", other)).Refused("AccessDeniedException").Message(), StringComparison.Ordinal);
        (await reader.Get(await Kinesis.Iterator(other, "0"))).Refused("AccessDeniedException");
        (await reader.On("DescribeStreamSummary", "absent")).Refused("AccessDeniedException");
        (await reader.Send("ListStreams")).Refused("AccessDeniedException");
        (await reader.Put(mine, "k", "x")).Refused("AccessDeniedException");
        (await Kinesis.On("AddTagsToStream", mine, ("Tags", new JsonObject { ["open"] = "yes" }))).Ok();
        (await reader.Put(mine, "k", "x")).Ok();
        (await reader.On("AddTagsToStream", mine, ("Tags", new JsonObject { ["open"] = "no" }))).Refused("AccessDeniedException");
        (await reader.On("AddTagsToStream", mine, ("Tags", new JsonObject { ["team"] = "a" }))).Ok();
        (await reader.On("CreateStream", "tagged", ("ShardCount", 1), ("Tags", new JsonObject { ["x"] = "a" }))).Refused("AccessDeniedException");
        (await reader.On("CreateStream", "tagged", ("ShardCount", 1), ("Tags", new JsonObject { ["team"] = "a" }))).Ok();
        Assert.Single((await Kinesis.On("ListTagsForStream", "tagged")).List("Tags"));
    }
}

/// <summary>What depends on the time.</summary>
public class StreamTimesTests(TimedServer server) : IClassFixture<TimedServer>
{
    private KinesisClient Kinesis => new(server, server.Platform.Root);

    [Fact]
    public async Task An_iterator_is_good_for_five_minutes()
    {
        var name = await Kinesis.NewStream(1);
        var iterator = await Kinesis.Iterator(name, "0");
        var list = await Kinesis.On("ListShards", name, ("MaxResults", 1));

        server.Clock.Pass(TimeSpan.FromSeconds(300));
        var next = (await Kinesis.Get(iterator)).Text("NextShardIterator");
        server.Clock.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Contains("300000 milliseconds", (await Kinesis.Get(iterator)).Refused("ExpiredIteratorException").Message(), StringComparison.Ordinal);
        (await Kinesis.Get(next)).Ok();
        Assert.Null(list.NextToken);

        var wide = await Kinesis.NewStream(2);
        var token = (await Kinesis.On("ListShards", wide, ("MaxResults", 1))).NextToken;
        server.Clock.Pass(TimeSpan.FromSeconds(301));
        (await Kinesis.Send("ListShards", new() { ["NextToken"] = token })).Refused("ExpiredNextTokenException");
    }

    [Fact]
    public async Task An_iterator_is_not_good_for_another_stream_of_the_same_name()
    {
        var name = await Kinesis.NewStream(1);
        var iterator = await Kinesis.Iterator(name, "0");
        (await Kinesis.On("DeleteStream", name)).Ok();
        (await Kinesis.Get(iterator)).Refused("ResourceNotFoundException");
        (await Kinesis.On("CreateStream", name, ("ShardCount", 1))).Ok();
        (await Kinesis.Get(iterator)).Refused("ResourceNotFoundException");
        (await Kinesis.Get(await Kinesis.Iterator(name, "0"))).Ok();
    }

    [Fact]
    public async Task How_far_a_reader_is_behind_and_where_a_time_lies_is_told_exactly()
    {
        var name = await Kinesis.NewStream(1);
        var start = server.Clock.GetUtcNow();
        for (var i = 0; i < 3; i++)
        {
            (await Kinesis.Put(name, "k", $"{i}")).Ok();
            server.Clock.Pass(TimeSpan.FromSeconds(10));
        }

        async Task<long> Behind(string iterator, int limit) => (long)(await Kinesis.Get(iterator, limit)).At("MillisBehindLatest")!;
        var beginning = await Kinesis.Iterator(name, "0");
        Assert.Equal(30_000, await Behind(beginning, 1));
        Assert.Equal(20_000, await Behind(beginning, 2));
        Assert.Equal(0, await Behind(beginning, 3));
        Task<List<string>> From(double seconds) => Kinesis.Read(
            name, "0", "AT_TIMESTAMP", time: (start.ToUnixTimeMilliseconds() / 1000d) + seconds);
        Assert.Equal(["0", "1", "2"], await From(-5));
        Assert.Equal(["0", "1", "2"], await From(0));
        Assert.Equal(["1", "2"], await From(0.001));
        Assert.Equal(["1", "2"], await From(10));
        Assert.Equal(["2"], await From(15));
        Assert.Empty(await From(25));
    }

    [Fact]
    public async Task Records_go_after_their_time_and_a_reader_goes_on_behind_them()
    {
        var name = await Kinesis.NewStream(1);
        var number = (await Kinesis.Put(name, "k", "old")).Text("SequenceNumber");
        server.Clock.Pass(TimeSpan.FromHours(23));
        (await Kinesis.Put(name, "k", "young")).Ok();
        Assert.Equal(["old", "young"], await Kinesis.Read(name, "0"));
        server.Clock.Pass(TimeSpan.FromHours(2));
        Assert.Equal(["young"], await Kinesis.Read(name, "0"));
        Assert.Equal(["young"], await Kinesis.Read(name, "0", "AT_SEQUENCE_NUMBER", number));
    }
}

/// <summary>AWS's rates, where they are in force.</summary>
public class StreamRatesTests(Http.AwsRatesServer server) : IClassFixture<Http.AwsRatesServer>
{
    private KinesisClient Kinesis => new(server, server.Platform.Root);

    [Fact]
    public async Task Shards_and_operations_are_held_to_their_rates()
    {
        var name = await Kinesis.NewStream(2);
        JsonArray Records(int count, string hash) => new([.. Enumerable.Range(0, count).Select(_ =>
            (JsonNode)new JsonObject { ["Data"] = "eA==", ["PartitionKey"] = "k", ["ExplicitHashKey"] = hash })]);
        const string high = "340282366920938463463374607431768211455";

        (await Kinesis.On("PutRecords", name, ("Records", Records(500, "0")))).Ok();
        (await Kinesis.On("PutRecords", name, ("Records", Records(490, "0")))).Ok();
        var partly = await Kinesis.On("PutRecords", name, ("Records", new JsonArray([.. Records(20, "0").Concat(Records(2, high)).Select(r => r!.DeepClone())])));
        Assert.Equal(10, (int)partly.At("FailedRecordCount")!);
        Assert.Equal(10, partly.List("Records").Count(r => (string?)r!["ErrorCode"] == "ProvisionedThroughputExceededException"));
        Assert.All(partly.List("Records").Skip(20), r => Assert.Equal("shardId-000000000001", (string?)r!["ShardId"]));
        Assert.Contains($"Rate exceeded for shard shardId-000000000000 in stream {name}", (await Kinesis.Put(name, "k", "x", "0")).Refused("ProvisionedThroughputExceededException").Message(), StringComparison.Ordinal);
        (await Kinesis.Put(name, "k", new string('x', 1 << 20), high)).Ok();
        (await Kinesis.Put(name, "k", "x", high)).Refused("ProvisionedThroughputExceededException");
        server.Clock.Pass(TimeSpan.FromSeconds(1));
        (await Kinesis.Put(name, "k", "x", "0")).Ok();

        var iterator = await Kinesis.Iterator(name, "0");
        for (var i = 0; i < 5; i++)
        {
            (await Kinesis.Get(iterator)).Ok();
        }

        (await Kinesis.Get(iterator)).Refused("ProvisionedThroughputExceededException");
        server.Clock.Pass(TimeSpan.FromSeconds(1));
        (await Kinesis.Get(iterator)).Ok();

        for (var i = 0; i < 10; i++)
        {
            (await Kinesis.On("UpdateShardCount", name, ("TargetShardCount", 2), ("ScalingType", "UNIFORM_SCALING"))).Ok();
        }

        (await Kinesis.On("UpdateShardCount", name, ("TargetShardCount", 2), ("ScalingType", "UNIFORM_SCALING"))).Refused("LimitExceededException");
    }

    [Fact]
    public async Task Who_has_read_ten_megabytes_waits_for_five_seconds()
    {
        var name = await Kinesis.NewStream(1);
        for (var i = 0; i < 10; i++)
        {
            (await Kinesis.Put(name, "k", new string('x', 1_000_000))).Ok();
            server.Clock.Pass(TimeSpan.FromSeconds(1));
        }

        var iterator = await Kinesis.Iterator(name, "0");
        Assert.Equal(10, (await Kinesis.Get(iterator)).List("Records").Count);
        server.Clock.Pass(TimeSpan.FromSeconds(4));
        (await Kinesis.Get(iterator)).Refused("ProvisionedThroughputExceededException");
        server.Clock.Pass(TimeSpan.FromSeconds(1));
        (await Kinesis.Get(iterator)).Ok();
    }
}
