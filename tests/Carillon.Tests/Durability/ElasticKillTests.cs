using System.Text.Json.Nodes;
using Carillon.Sql.Sqlite;
using Carillon.Tests.Backends;
using Carillon.Tests.Server;
using Carillon.Tests.Server.Bulk;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>Kills while many come to and leave an elastic channel, and its members are on their way between its parts.</summary>
[Collection(nameof(Processes))]
public sealed class ElasticKillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-elastickill-").FullName;

    [Fact]
    public async Task Who_was_told_to_be_in_or_out_is_after_a_kill_and_every_counter_is_right()
    {
        const int users = 1_100, target = 400, leaving = 800;
        var (server, _) = await ServerProcess.Start(_folder);
        using var http = new HttpClient();
        using var client = new Client(server.Credentials());
        var app = await client.Create(server.Address, "/app-instances", null, new { Name = "a", ClientRequestToken = "app" }, "AppInstanceArn");
        var people = (await Bulk(server, http).Send(Enumerable.Range(0, users).Select(i => BulkClient.User(app, $"u{i}"))))
            .Results.Select(r => (string)r["Response"]!["AppInstanceUserArn"]!).ToList();
        var channel = await client.Create(
            server.Address, "/channels", people[0],
            new
            {
                AppInstanceArn = app,
                Name = "big",
                ClientRequestToken = "channel",
                ElasticChannelConfiguration = new { MaximumSubChannels = 4, TargetMembershipsPerSubChannel = target, MinimumMembershipPercentage = 40 },
            },
            "ChannelArn");
        var joins = Enumerable.Range(1, users - 1).Select(i => BulkClient.Member(people[0], channel, people[i], $"u{i}")).ToList();
        var leaves = Enumerable.Range(1, leaving - 1).Select(i => BulkClient.Item(
            "DeleteChannelMembership",
            ChimeClient.Members(("ChannelArn", channel), ("MemberArn", people[i]), ("ChimeBearer", people[0])), $"u{i}")).ToList();

        // Just after the first, and after the second, has become full: half of a sub-channel is on its way then.
        foreach (var kill in new[] { target + 1, (2 * target) + 1 })
        {
            var told = await RunUntil(server, http, joins, kill, 201);
            server = await Again(server);
            Assert.Empty(told.Except(Members()));
        }

        Assert.Equal(users - 1, (await Bulk(server, http).Send(joins)).Results.Count);
        await Balanced();
        Assert.Equal(Ids(1, users), Members());
        foreach (var kill in new[] { 300, 600 })
        {
            var told = await RunUntil(server, http, leaves, kill, 204);
            server = await Again(server);
            Assert.Empty(told.Intersect(Members()));
        }

        await Bulk(server, http).Send(leaves);
        await Balanced();
        Assert.Equal(Ids(leaving, users), Members());
        server.Dispose();
    }

    /// <summary>References of the items that were told to have gone well before the server was killed.</summary>
    private static async Task<List<string>> RunUntil(ServerProcess server, HttpClient http, IEnumerable<JsonNode> items, int count, int status)
    {
        var told = new List<string>();
        var lines = 0;
        using var response = await Bulk(server, http).Open(BulkClient.Body(items));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                var result = JsonNode.Parse(line)!;
                if ((int?)result["Status"] == status)
                {
                    told.Add((string)result["Reference"]!);
                }

                if (++lines == count)
                {
                    server.Kill();
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or System.Text.Json.JsonException)
        {
            // The connection broke with the server, maybe within a line.
        }

        return told;
    }

    private async Task<ServerProcess> Again(ServerProcess server)
    {
        await server.Gone();
        server.Dispose();
        Audited();
        return (await ServerProcess.Start(_folder)).Server;
    }

    private void Audited()
    {
        using var sql = new SqliteDatabase(Path.Combine(_folder, "carillon.db")).OpenReader();
        Audit.Check(sql);
    }

    /// <summary>Waits for the sweeper.</summary>
    private async Task Balanced()
    {
        using var sql = new SqliteDatabase(Path.Combine(_folder, "carillon.db")).OpenReader();
        await Patience.Until(
            () => sql.Number("select count(*) from balance") == 0 && sql.Number("select count(*) from purge") == 0,
            "Balancing does not end.");
        Audit.Check(sql);
    }

    private List<string> Members()
    {
        using var sql = new SqliteDatabase(Path.Combine(_folder, "carillon.db")).OpenReader();
        return sql.Query(
            "select p.id from member m join person p on p.key = m.person order by p.key", static row => row.Text(0));
    }

    private static IEnumerable<string> Ids(int from, int to) => Enumerable.Range(from, to - from).Select(i => $"u{i}");

    private static BulkClient Bulk(ServerProcess server, HttpClient http) =>
        new(server.Address, server.Credentials(), http, TimeProvider.System);

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
