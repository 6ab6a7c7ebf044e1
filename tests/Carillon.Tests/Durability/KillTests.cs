using System.Diagnostics;
using System.Text.Json.Nodes;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Carillon.Tests.Server.Bulk;
using Xunit;

namespace Carillon.Tests.Durability;

[Collection(nameof(Processes))]
public sealed class KillTests : IDisposable
{
    /// <summary>What is promised from start to the first commit that can be taken, also after a crash.</summary>
    private static readonly TimeSpan readyWithin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan acknowledgesWithin = TimeSpan.FromSeconds(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-kill-").FullName;

    // What is told less than a round trip too early, no kill can show: StoreContract's failing disk does.
    [Fact]
    public async Task What_was_acknowledged_survives_ten_kills_under_load()
    {
        var faults = await Storms(
            sabotage: null, kills: Size.Of("E1_KILLS", usual: 10, full: 10), acked: Size.Of("E1_ACKED", usual: 15_000, full: 100_000));

        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("ack-before-commit", "lost")]
    [InlineData("dedup-off", "repeated")]
    public async Task Control_a_server_that_promises_too_early_or_forgets_tokens_is_found_out(string sabotage, string fault)
    {
        // A single kill shows it only where it comes between a commit and its answers.
        var faults = await Storms(sabotage, kills: 10, acked: 2_000);

        Assert.Contains(faults, found => found.StartsWith(fault, StringComparison.Ordinal));
    }

    /// <summary>E1: senders and listeners go on while the server is killed and started again; what the checker finds.</summary>
    private async Task<List<string>> Storms(string? sabotage, int kills, int acked)
    {
        var (senders, listeners, channels) = (Size.Of("E1_SENDERS", 32, 64), Size.Of("E1_SESSIONS", 12, 50), Size.Of("E1_CHANNELS", 6, 10));
        var random = new Random(Size.Seed);
        var (server, _) = await ServerProcess.Start(_folder, sabotage);
        using var storm = await Storm.Prepare(server, channels);
        await storm.Begin(senders, listeners);
        var (ready, first) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = 0; i < kills; i++)
        {
            await storm.Flow(random.Next(20, 2 * acked / kills));
            if (i % 5 == 4)
            {
                server.Kill();
            }
            else
            {
                await storm.AtNextAcknowledgement(server.Kill);
            }

            await server.Gone();
            server.Dispose();
            var watch = Stopwatch.StartNew();
            (server, var took) = await ServerProcess.Start(_folder, sabotage);
            storm.MoveTo(server.Address);
            await storm.AtNextAcknowledgement(() => first.Add(watch.Elapsed));
            ready.Add(took);
        }

        await storm.Flow(Math.Max(300, acked - storm.Acked));
        await storm.Finish();
        await storm.StopListening();

        var faults = await storm.Judge();
        CheckFile(channels);
        TestContext.Current.SendDiagnosticMessage(
            $"{storm.Acked} acknowledged, {storm.Unknown} unknown, {storm.SessionsEstablished} sessions heard {storm.Heard}; first "
            + $"acknowledgement after {string.Join(", ", first.Select(s => $"{s.TotalMilliseconds:0}"))} ms.");
        Assert.InRange(storm.Unknown, kills, int.MaxValue);
        Assert.InRange(storm.SessionsEstablished, kills, int.MaxValue);
        Pace.Within(readyWithin, ready.Order().ElementAt(kills / 2), "Half of the starts: each");
        Pace.Within(acknowledgesWithin, first.Order().ElementAt((int)Math.Ceiling(kills * 0.95) - 1), "From a start to an acknowledgement (p95)");
        var (code, _) = await Stop(server);
        Assert.Equal(0, code);
        server.Dispose();
        return faults;
    }

    [Fact]
    public async Task What_a_bulk_request_told_survives_a_kill_and_a_repetition_completes_it()
    {
        const int users = 20_000;
        var (server, _) = await ServerProcess.Start(_folder);
        using var client = new Client(server.Credentials());
        var app = await client.Create(
            server.Address, "/app-instances", null, new { Name = "bulk", ClientRequestToken = "app" }, "AppInstanceArn");
        var body = BulkClient.Body(Enumerable.Range(0, users).Select(i => BulkClient.User(app, $"u{i}", $"user-{i}", $"u{i}")));
        using var http = new HttpClient();
        var told = new List<string>();
        using (var response = await Bulk(server, http).Open(body))
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            try
            {
                while (await lines.ReadLineAsync() is { } line)
                {
                    if (JsonNode.Parse(line) is { } result && (int?)result["Status"] == 201)
                    {
                        told.Add((string)result["Reference"]!);
                    }

                    if (told.Count == 5_000)
                    {
                        server.Kill();
                    }
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException or System.Text.Json.JsonException)
            {
                // The connection broke with the server, maybe within a line.
            }
        }

        await server.Gone();
        server.Dispose();
        (server, _) = await ServerProcess.Start(_folder);
        Assert.InRange(told.Count, 5_000, users - 1);
        using (var sql = new SqliteDatabase(Path.Combine(_folder, "carillon.db")).OpenReader())
        {
            var stored = sql.Query("select id from person", static row => row.Text(0));
            Assert.Empty(told.Except(stored));
            Assert.True(stored.Count < users, "The kill came too late to tell anything.");
        }

        var again = await Bulk(server, http).Send(body);
        Assert.All(again.Statuses, status => Assert.Equal(201, status));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "spool")));
        server.Dispose();
    }

    private static BulkClient Bulk(ServerProcess server, HttpClient http) =>
        new(server.Address, server.Credentials(), http, TimeProvider.System);

    private static Task<(int Code, TimeSpan Took)> Stop(ServerProcess server)
    {
        server.Terminate();
        return server.Exit(TimeSpan.FromSeconds(30));
    }

    /// <summary>The sequences of every channel, over messages and events, are 1, 2, 3, ... and no page contradicts another.</summary>
    private void CheckFile(int channels)
    {
        using var sql = new SqliteDatabase(Path.Combine(_folder, "carillon.db")).OpenReader();
        Assert.Equal("ok", sql.First("pragma integrity_check", static row => row.Text(0)));
        var log = sql.Query(
            "select channel, sequence from message union all select channel, sequence from event order by 1, 2",
            static row => (Channel: row.Integer(0), Sequence: row.Integer(1)));
        Assert.Equal(channels, log.Select(e => e.Channel).Distinct().Count());
        Assert.All(log.GroupBy(e => e.Channel), channel => Assert.Equal(
            Enumerable.Range(1, channel.Count()).Select(i => (long)i), channel.Select(e => e.Sequence)));
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
