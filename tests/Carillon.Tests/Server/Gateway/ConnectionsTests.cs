using System.Text;
using System.Text.Json.Nodes;
using Carillon.Server.Gateway;
using Carillon.Wire.SigV4;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>@connections, as AWS's clients call it.</summary>
public class ConnectionsTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private const string Rooms = "/ws/rooms/dev";

    private async Task<(GatewaySocket Socket, string Id)> Open()
    {
        var socket = await GatewaySocket.Open(server.SocketUrl(Rooms));
        return (socket, await socket.Ask("""{"action":"whoami"}"""));
    }

    private Task<Answer> Call(string method, string target, byte[]? body = null, AwsCredentials? credentials = null) =>
        server.As(credentials ?? server.Platform.Root).SendBytes(
            method, target, null, body, service: "execute-api", contentType: "application/octet-stream");

    private static string At(string id) => $"{Rooms}/@connections/{Uri.EscapeDataString(id)}";

    [Theory]
    [InlineData("/ws/rooms/dev/@connections/{0}", true)]
    [InlineData("/ws/rooms/dev/%40connections/{0}", true)]
    [InlineData("/ws/rooms/dev//@connections/{0}", true)]
    [InlineData("/ws/rooms/dev/%40connections/{0}", false)]
    public async Task A_post_reaches_the_connection_whatever_way_its_path_is_written(string path, bool isEncoded)
    {
        var (socket, id) = await Open();

        var answer = await Call(
            "POST", path.Replace("{0}", isEncoded ? Uri.EscapeDataString(id) : id, StringComparison.Ordinal), "héllo"u8.ToArray());

        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal("héllo", await socket.Next());
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_tells_when_it_was_opened_from_where_and_when_it_was_last_active()
    {
        await using var socket = await GatewaySocket.Open(server.SocketUrl(Rooms), with => with.SetRequestHeader("User-Agent", "test"));
        var id = await socket.Ask("""{"action":"whoami"}""");

        var shape = (await Call("GET", At(id))).Ok().Json;

        Assert.Equal(["connectedAt", "identity", "lastActiveAt"], ((JsonObject)shape).Select(m => m.Key));
        Assert.Equal("""{"sourceIp":"127.0.0.1","userAgent":"test"}""", shape["identity"]!.ToJsonString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)shape["connectedAt"]);
        Assert.True(string.CompareOrdinal((string?)shape["lastActiveAt"], (string?)shape["connectedAt"]) >= 0);
    }

    [Fact]
    public async Task A_deleted_connection_is_closed_normally_and_gone_at_once()
    {
        server.Functions.Returns("gone", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$disconnect", "gone"));
        await using var socket = await GatewaySocket.Open(api.Url);
        await socket.Send("x");
        var id = (string)JsonNode.Parse(await socket.Next())!["connectionId"]!;

        Assert.Equal(204, (await api.Connections("DELETE", id)).Status);
        (await api.Connections("DELETE", id)).Refused(410, "GoneException");
        (await api.Connections("POST", id, "x"u8.ToArray())).Refused(410, "GoneException");

        Assert.Equal(1000, (await socket.Closed).Code);
        var context = (await server.Functions.Wait("gone", e => (string?)e["requestContext"]!["connectionId"] == id))["requestContext"]!;
        Assert.Equal((1000, "Connection Closed Normally"), ((int)context["disconnectStatusCode"]!, (string?)context["disconnectReason"]));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task What_never_was_is_gone_and_what_is_no_id_is_a_bad_request(string method)
    {
        var body = method == "POST" ? "x"u8.ToArray() : null;
        var gone = (await Call(method, At("R0oXAdfD0kwCH6w="), body)).Refused(410, "GoneException");
        Assert.Equal("", gone.Body);
        var bad = (await Call(method, At("abc/d+e="), body)).BadRequest();
        Assert.Equal("Invalid connectionId: abc/d+e=", (string?)bad.Json["message"]);
    }

    [Fact]
    public async Task Only_who_may_manage_connections_does_and_strangers_learn_nothing()
    {
        var (socket, id) = await Open();
        string Allow(string resource) =>
            $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"{{resource}}"} }""";
        var arn = $"arn:aws:execute-api:{LiveServer.Region}:{LiveServer.Account}:rooms/dev";
        var allowed = await server.Root.Assume(Allow(arn + "/POST/@connections/*"));
        var other = await server.Root.Assume(Allow(arn + "/GET/@connections/*"));

        (await Call("POST", At(id), "x"u8.ToArray(), allowed)).Ok();
        (await Call("GET", At(id), null, allowed)).Forbidden();
        var refused = (await Call("POST", At(id), "x"u8.ToArray(), other)).Forbidden();
        Assert.Equal("""{"message":"Forbidden"}""", refused.Body);
        (await Call("POST", At(id), "x"u8.ToArray(), new("AKIAABSENT", "secret", null))).Forbidden();
        using var unsigned = await server.Http.PostAsync(new Uri(server.Address, At(id)), new StringContent("x"));
        Assert.Equal(403, (int)unsigned.StatusCode);
        (await Call("POST", $"/ws/rooms/absent/@connections/{Uri.EscapeDataString(id)}", "x"u8.ToArray())).Forbidden();
        (await Call("POST", $"/ws/rooms/dev/connections/{Uri.EscapeDataString(id)}", "x"u8.ToArray())).Forbidden();
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_is_not_found_through_another_API()
    {
        server.Functions.Returns("any", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$default", "any"));
        var (socket, id) = await Open();

        (await api.Connections("POST", id, "x"u8.ToArray())).Refused(410, "GoneException");
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_payload_may_be_as_long_as_AWS_says_be_empty_and_must_be_text()
    {
        var (socket, id) = await Open();
        var most = Encoding.ASCII.GetBytes(new string('x', 131_072));

        (await Call("POST", At(id), most)).Ok();
        Assert.Equal(131_072, (await socket.Next()).Length);
        (await Call("POST", At(id), [.. most, 1])).Refused(413, "PayloadTooLargeException");
        (await Call("POST", At(id), [0xff, 0xfe])).BadRequest();
        (await Call("POST", At(id), [])).Ok();
        Assert.Equal("", await socket.Next());
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_posts_at_once_arrive_whole_and_each_once()
    {
        var (socket, id) = await Open();

        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(async i =>
            (await Call("POST", At(id), Encoding.UTF8.GetBytes($"{i} ".PadRight(1_000, 'x')))).Ok()));

        var heard = new List<string>();
        for (var i = 0; i < 1_000; i++)
        {
            heard.Add(await socket.Next());
        }

        Assert.Equal(Enumerable.Range(0, 1_000), heard.Select(h => int.Parse(h.Split(' ')[0])).Order());
        Assert.All(heard, h => Assert.Equal(1_000, h.Length));
        await socket.DisposeAsync();
    }

    /// <summary>Posts that a client awaits come in its order.</summary>
    [Fact]
    public async Task Awaited_posts_keep_their_order()
    {
        var (socket, id) = await Open();
        for (var i = 0; i < 50; i++)
        {
            (await Call("POST", At(id), Encoding.UTF8.GetBytes($"{i}"))).Ok();
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal($"{i}", await socket.Next());
        }

        await socket.DisposeAsync();
    }

    [Fact]
    public async Task An_ended_connection_is_in_no_table()
    {
        var (socket, id) = await Open();
        var store = server.Platform.App.Services.GetRequiredService<Carillon.Core.IStore>();
        Assert.Contains(store.Read(v => v.ListLostConnections("", 0, 10_000)), row => row.Id == id);
        await socket.Close(1000, null);
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (store.Read(v => v.ListLostConnections("", 0, 10_000)).Any(row => row.Id == id))
        {
            await Task.Delay(2, patience.Token);
        }

        Assert.Null(server.Platform.App.Services.GetRequiredService<GatewayHub>().Find("rooms", "dev", id));
        await socket.DisposeAsync();
    }
}
