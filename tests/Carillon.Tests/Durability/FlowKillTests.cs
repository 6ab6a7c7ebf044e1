using System.Net;
using System.Text.Json.Nodes;
using Carillon.Tests.Server.Flows;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>Held messages across a kill: each is still there, is handed over, and ends once.</summary>
[Collection(nameof(Processes))]
public sealed class FlowKillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-flowkill-").FullName;

    [Fact]
    public async Task Held_messages_survive_a_kill_and_each_is_sent_once()
    {
        const int taken = 30, unanswered = 10;
        await using var processor = await TestProcessor.Start();
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "settings.json"), $$"""{"FlowEndpoints": "f={{processor.Url}}"}""",
            TestContext.Current.CancellationToken);
        var (server, _) = await ServerProcess.Start(_folder);
        using var client = new Client(server.Credentials());
        var address = server.Address;
        Task<string> Create(string path, string? bearer, object body, string member) => client.Create(address, path, bearer, body, member);
        var app = await Create("/app-instances", null, new { Name = "a", ClientRequestToken = "t1" }, "AppInstanceArn");
        var ann = await Create(
            "/app-instance-users", null,
            new { AppInstanceArn = app, AppInstanceUserId = "ann", Name = "Ann", ClientRequestToken = "t2" }, "AppInstanceUserArn");
        var channel = await Create("/channels", ann, new { AppInstanceArn = app, Name = "c", ClientRequestToken = "t3" }, "ChannelArn");
        var flow = await Create(
            "/channel-flows", null,
            new JsonObject
            {
                ["AppInstanceArn"] = app,
                ["Name"] = "flow",
                ["ClientRequestToken"] = "t4",
                ["Processors"] = Server.ChimeClient.Processors("f"),
            },
            "ChannelFlowArn");
        var path = $"/channels/{Uri.EscapeDataString(channel)}";
        await client.Call(address, HttpMethod.Put, path + "/channel-flow", ann, new { ChannelFlowArn = flow });
        Task<string> Send(int i) => Create(
            path + "/messages", ann,
            new { Content = $"{i}", Type = "STANDARD", Persistence = "PERSISTENT", ClientRequestToken = $"message-{i}" }, "MessageId");
        async Task<HttpStatusCode> Allow(ProcessorCall call) => (await client.Call(
            address, HttpMethod.Post, path + "?operation=channel-flow-callback", null,
            new { call.CallbackId, ChannelMessage = new { call.MessageId } })).Status;

        var held = await Task.WhenAll(Enumerable.Range(0, taken).Select(Send));
        var answered = held.Take(taken / 3).ToList();
        foreach (var id in answered)
        {
            Assert.Equal(HttpStatusCode.OK, await Allow(await processor.Wait(id)));
        }

        await Task.WhenAll(held.Select(processor.Wait));

        // These calls are under way when the server dies.
        var never = new TaskCompletionSource<int>();
        processor.Answer = _ => never.Task;
        var open = await Task.WhenAll(Enumerable.Range(taken, unanswered).Select(Send));
        server.Kill();
        await server.Gone();
        server.Dispose();
        never.SetResult(200);
        processor.Answer = _ => Task.FromResult(200);
        (server, _) = await ServerProcess.Start(_folder);
        address = server.Address;

        foreach (var id in held.Concat(open))
        {
            var expected = answered.Contains(id) ? HttpStatusCode.Conflict : HttpStatusCode.OK;
            var call = await processor.Wait(id);
            Assert.Equal(expected, await Allow(call));
            Assert.Equal(HttpStatusCode.Conflict, await Allow(call));
        }

        var history = await client.History(address, channel, ann);
        Assert.Equal(held.Concat(open).Order(StringComparer.Ordinal), history.Select(m => m.MessageId).Order(StringComparer.Ordinal));
        server.Dispose();
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
