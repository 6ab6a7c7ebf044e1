using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Consume;
using Carillon.Core.Streams;
using Carillon.Sql.Sqlite;
using Carillon.Wire.SigV4;
using Xunit;
using Xunit.Sdk;

namespace Carillon.Tests.Durability;

/// <summary>
/// A stream beside the log that it tells of: senders, consumers that are cut off and come back, splits and merges, and a
/// server that is killed. Whatever the log has, each consumer reads once and in order, and nothing else.
/// </summary>
[Collection(nameof(Processes))]
public sealed class StreamKillTests : IDisposable
{
    private const string Stream = "chime-messaging-all";

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-streamkill-").FullName;

    [Fact]
    public async Task Three_consumers_read_each_event_of_the_log_once_and_in_order_through_kills_splits_and_merges()
    {
        using var run = await Run(sabotage: null, Size.Of("E15_EVENTS", 20_000, 100_000), Size.Of("E15_KILLS", 4, 12));

        run.Check();
        Assert.True(run.Reshardings >= 10, $"There were only {run.Reshardings} splits and merges.");
    }

    [Fact]
    public async Task Records_that_come_after_their_commit_are_found_missing()
    {
        using var run = await Run("record-after-commit", 2_000, 4);

        var found = Assert.ThrowsAny<XunitException>(run.Check);
        Assert.Contains("missing", found.Message, StringComparison.Ordinal);
    }

    private async Task<StreamRun> Run(string? sabotage, int events, int kills)
    {
        var random = new Random(Size.Seed);
        var (server, _) = await ServerProcess.Start(_folder, sabotage);
        var run = new StreamRun(server.Credentials(), _folder, server.Address);
        await run.Prepare(Stream, channels: 8);
        using var over = new CancellationTokenSource();
        var others = Task.WhenAll(
            [run.Reshard(random.Next(), over.Token), .. Enumerable.Range(0, 3).Select(i => run.Consume(i, random.Next(), over.Token))]);
        var sending = run.Send(senders: 12, events);
        for (var kill = 1; kill <= kills; kill++)
        {
            while (run.Acked < events * kill / (kills + 1))
            {
                Assert.False(sending.IsCompleted);
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            server.Kill();
            await server.Gone();
            server.Dispose();
            (server, _) = await ServerProcess.Start(_folder, sabotage);
            run.Address = server.Address;
        }

        await sending;
        await run.ConsumersAreThrough();
        await over.CancelAsync();
        await others;
        server.Kill();
        await server.Gone();
        server.Dispose();
        return run;
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}

/// <summary>What was done to a server and what was seen of it.</summary>
internal sealed class StreamRun(AwsCredentials credentials, string folder, Uri address) : IDisposable
{
    private readonly Client _client = new(credentials);
    private readonly List<string> _channels = [];
    private readonly List<Seen>[] _seen = [[], [], []];
    private volatile Uri _address = address;
    private string _ann = "";
    private string _stream = "";
    private int _acked;
    private int _next;

    /// <summary>A record as a consumer got it.</summary>
    private sealed record Seen(string Number, long Position, string Key, string Event);

    public Uri Address { set => _address = value; }

    public int Acked => Volatile.Read(ref _acked);

    public int Reshardings { get; private set; }

    private KinesisClient Kinesis() => new(_address, credentials, "us-east-1");

    public async Task Prepare(string stream, int channels)
    {
        _stream = stream;
        using var kinesis = Kinesis();
        await kinesis.Call("CreateStream", new() { ["StreamName"] = stream, ["ShardCount"] = 2 }, CancellationToken.None);
        await kinesis.Call(
            "StartStreamEncryption", new() { ["StreamName"] = stream, ["EncryptionType"] = "KMS", ["KeyId"] = "alias/aws/kinesis" },
            CancellationToken.None);
        var app = await _client.Create(_address, "/app-instances", null, new { Name = "a", ClientRequestToken = "app" }, "AppInstanceArn");
        _ann = await _client.Create(
            _address, "/app-instance-users", null,
            new { AppInstanceArn = app, AppInstanceUserId = "ann", Name = "Ann", ClientRequestToken = "ann" }, "AppInstanceUserArn");
        var arn = $"arn:aws:kinesis:us-east-1:123456789012:stream/{stream}";
        var (status, answer) = await _client.Call(
            _address, HttpMethod.Put, $"/app-instances/{Uri.EscapeDataString(app)}/streaming-configurations", null,
            new { StreamingConfigurations = new[] { new { DataType = "Channel", ResourceArn = arn }, new { DataType = "ChannelMessage", ResourceArn = arn } } });
        Assert.True(status == HttpStatusCode.OK, answer.ToJsonString());
        for (var i = 0; i < channels; i++)
        {
            _channels.Add(await _client.Create(
                _address, "/channels", _ann, new { AppInstanceArn = app, Name = $"c{i}", ClientRequestToken = $"channel-{i}" }, "ChannelArn"));
        }
    }

    /// <summary>Each sends one message after the other, again under the same token until it is told; now and then it edits one.</summary>
    public Task Send(int senders, int events) => Task.WhenAll(Enumerable.Range(0, senders).Select(async _ =>
    {
        while (Interlocked.Increment(ref _next) is var number && number <= events)
        {
            var path = $"/channels/{Uri.EscapeDataString(_channels[number % _channels.Count])}/messages";
            var id = await Told(HttpMethod.Post, path, new { Content = $"{number}", Type = "STANDARD", Persistence = "PERSISTENT", ClientRequestToken = $"m{number}" });
            if (number % 20 == 0)
            {
                await Told(HttpMethod.Put, $"{path}/{id}", new { Content = $"{number} again" });
            }
            else if (number % 20 == 10)
            {
                await Told(HttpMethod.Post, $"{path}/{id}?operation=redact", null);
            }

            Interlocked.Increment(ref _acked);
        }
    }));

    private async Task<string> Told(HttpMethod method, string path, object? body)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var (status, answer) = await _client.Call(_address, method, path, _ann, body);
                if ((int)status < 300)
                {
                    return (string)answer["MessageId"]!;
                }

                Assert.True((int)status >= 500, $"{status} {answer.ToJsonString()}");
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                // The server is gone; there will be another one.
            }

            Assert.True(attempt < 2_000);
            await Task.Delay(20);
        }
    }

    /// <summary>Splits and merges at random, one after the other.</summary>
    public async Task Reshard(int seed, CancellationToken over)
    {
        var random = new Random(seed);
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(200, CancellationToken.None);
            try
            {
                using var kinesis = Kinesis();
                var open = (await kinesis.Call("ListShards", new() { ["StreamName"] = _stream }, CancellationToken.None))["Shards"]!.AsArray()
                    .Where(s => s!["SequenceNumberRange"]!["EndingSequenceNumber"] is null)
                    .Select(s => (
                        Id: (string)s!["ShardId"]!, First: UInt128.Parse((string)s["HashKeyRange"]!["StartingHashKey"]!, System.Globalization.CultureInfo.InvariantCulture),
                        Last: UInt128.Parse((string)s["HashKeyRange"]!["EndingHashKey"]!, System.Globalization.CultureInfo.InvariantCulture)))
                    .OrderBy(s => s.First).ToList();
                if (open.Count < 3 || (open.Count < 6 && random.Next(2) == 0))
                {
                    var (id, first, last) = open[random.Next(open.Count)];
                    await kinesis.Call(
                        "SplitShard",
                        new() { ["StreamName"] = _stream, ["ShardToSplit"] = id, ["NewStartingHashKey"] = (first + ((last - first) / 3)).ToString(System.Globalization.CultureInfo.InvariantCulture) },
                        CancellationToken.None);
                }
                else
                {
                    var one = random.Next(open.Count - 1);
                    await kinesis.Call(
                        "MergeShards", new() { ["StreamName"] = _stream, ["ShardToMerge"] = open[one].Id, ["AdjacentShardToMerge"] = open[one + 1].Id },
                        CancellationToken.None);
                }

                Reshardings++;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or SocketException)
            {
                // The server is gone; there will be another one.
            }
        }
    }

    /// <summary>Reads, is cut off wherever it is, and begins again from what it has written down.</summary>
    public async Task Consume(int number, int seed, CancellationToken over)
    {
        var random = new Random(seed);
        while (!over.IsCancellationRequested)
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(over);
            life.CancelAfter(random.Next(300, 1_500));
            using var kinesis = Kinesis();
            var consumer = new StreamConsumer(
                kinesis, _stream, Path.Combine(folder, $"consumer-{number}"),
                records =>
                {
                    lock (_seen[number])
                    {
                        _seen[number].AddRange(records.Select(Of));
                    }

                    // Some are cut off between what they did and what they wrote down of it.
                    return random.Next(50) == 0 ? Task.FromCanceled(new CancellationToken(canceled: true)) : Task.CompletedTask;
                })
            {
                Pause = TimeSpan.FromMilliseconds(50),
            };
            try
            {
                await consumer.Run(life.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // It begins again.
            }
        }
    }

    private static Seen Of(Carillon.Consume.StreamRecord record)
    {
        var json = JsonNode.Parse(record.Data)!;
        var type = (string)json["EventType"]!;
        var number = SequenceNumbers.Read(record.SequenceNumber)!.Value;
        return new(record.SequenceNumber, number.Position, record.PartitionKey, $"{type} {json["Payload"]!["MessageId"]}".TrimEnd());
    }

    /// <summary>Waits until nothing more comes to any of them.</summary>
    public async Task ConsumersAreThrough()
    {
        var (counts, still) = ("", 0);
        for (var wait = 0; still < 20; wait++)
        {
            Assert.True(wait < 1_200, "Reading does not end.");
            await Task.Delay(100);
            var now = string.Join(' ', _seen.Select(Distinct));
            still = now == counts ? still + 1 : 0;
            counts = now;
        }
    }

    private static int Distinct(List<Seen> seen)
    {
        lock (seen)
        {
            return seen.Select(s => s.Number).Distinct().Count();
        }
    }

    /// <summary>Holds what each consumer read against the log, which is read where it lies.</summary>
    public void Check()
    {
        List<(long Position, string Key, string Event)> log;
        using (var sql = new SqliteDatabase(Path.Combine(folder, "carillon.db")).OpenReader())
        {
            log = sql.Query(
                """
                select m.position, c.id, 'CREATE_CHANNEL_MESSAGE', m.id from message m join channel c on c.key = m.channel
                union all
                select e.position, c.id, case e.kind when 1 then 'UPDATE_CHANNEL_MESSAGE' when 2 then 'REDACT_CHANNEL_MESSAGE'
                  when 4 then 'CREATE_CHANNEL' when 7 then 'CREATE_CHANNEL_MEMBERSHIP' when 9 then 'CREATE_CHANNEL_MODERATOR' else 'kind ' || e.kind end,
                  (select m.id from message m where m.channel = e.channel and m.sequence = e.message_sequence)
                from event e join channel c on c.key = e.channel order by 1
                """,
                static row => (
                    row.Integer(0), row.Text(1),
                    $"{row.Text(2)} {(row.IsNull(3) ? "" : Convert.ToHexStringLower(row.Blob(3)))}".TrimEnd()));
        }

        Assert.True(log.Count >= Acked, $"{Acked} messages were told to be stored and the log has {log.Count} events.");
        for (var number = 0; number < _seen.Length; number++)
        {
            Check($"consumer {number}", _seen[number], log);
        }
    }

    public void Dispose() => _client.Dispose();

    private static void Check(string who, List<Seen> seen, List<(long Position, string Key, string Event)> log)
    {
        // One that was cut off reads again what it had not written down: the same records under the same numbers.
        var records = seen.DistinctBy(s => s.Number).ToList();
        var expected = log.ToDictionary(e => e.Position);
        var missing = expected.Keys.Except(records.Select(r => r.Position)).ToList();
        Assert.True(missing.Count == 0, $"{who}: {missing.Count} of {log.Count} events are missing.");
        var repeated = records.GroupBy(r => r.Position).Count(g => g.Count() > 1);
        Assert.True(repeated == 0, $"{who}: {repeated} events are repeated.");
        foreach (var record in records)
        {
            Assert.True(expected.TryGetValue(record.Position, out var one), $"{who}: {record.Event} is not in the log.");
            Assert.Equal(one.Event, record.Event);
            Assert.EndsWith("/channel/" + one.Key, record.Key, StringComparison.Ordinal);
        }

        var faults = records.GroupBy(r => r.Key).Sum(channel => channel.Zip(channel.Skip(1)).Count(pair => pair.First.Position > pair.Second.Position));
        Assert.True(faults == 0, $"{who}: {faults} events came before an earlier one of their channel.");
    }
}
