using System.Text.Json.Nodes;
using Carillon.Core;
using Carillon.Core.Functions;
using Carillon.Server.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>The handshake: who gets a socket, and what the others hear.</summary>
public class GatewayConnectTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Theory]
    [InlineData("""{"statusCode":200}""", 101)]
    [InlineData("""{"statusCode":"200"}""", 101)]
    [InlineData("""{"statusCode":201,"body":"x"}""", 101)]
    [InlineData("""{"statusCode":400}""", 400)]
    [InlineData("""{"statusCode":401,"body":"{}"}""", 401)]
    [InlineData("""{"statusCode":403}""", 403)]
    [InlineData("""{"statusCode":500}""", 500)]
    [InlineData("""{"statusCode":302}""", 302)]
    [InlineData("""{"statusCode":100}""", 502)]
    [InlineData("""{"statusCode":999}""", 502)]
    [InlineData("""{"body":"no status"}""", 502)]
    [InlineData("""{"statusCode":200,"body":{"not":"text"}}""", 502)]
    [InlineData("null", 502)]
    [InlineData("\"text\"", 502)]
    [InlineData("not json", 502)]
    [InlineData("", 502)]
    public async Task The_client_hears_the_status_of_its_handler(string result, int status)
    {
        server.Functions.Returns("connect", result);
        var api = await TestApi.Deployed(server, ("$connect", "connect"));

        Assert.Equal(status, await GatewaySocket.Status(api.Url));
    }

    [Theory]
    [InlineData(InvokedStatus.Answered, 502)]
    [InlineData(InvokedStatus.CannotRun, 502)]
    [InlineData(InvokedStatus.TimedOut, 504)]
    [InlineData(InvokedStatus.Unreachable, 504)]
    [InlineData(InvokedStatus.NotPermitted, 500)]
    [InlineData(InvokedStatus.NotFound, 500)]
    [InlineData(InvokedStatus.Throttled, 500)]
    public async Task A_handler_that_did_not_answer_is_told_apart_by_status(InvokedStatus how, int status)
    {
        server.Functions.Set("fails", _ => Task.FromResult(new Invoked(how, "{}"u8.ToArray(), "Unhandled", null)));
        var api = await TestApi.Deployed(server, ("$connect", "fails"));

        Assert.Equal(status, await GatewaySocket.Status(api.Url));
    }

    [Fact]
    public async Task The_handshake_is_held_until_the_handler_has_answered()
    {
        var answer = new TaskCompletionSource<Invoked>();
        server.Functions.Set("slow", _ => answer.Task);
        var api = await TestApi.Deployed(server, ("$connect", "slow"));

        var opening = GatewaySocket.Open(api.Url);
        var id = (string)(await server.Functions.Wait("slow", _ => true))["requestContext"]!["connectionId"]!;
        Assert.False(opening.IsCompleted);

        // Nobody can be told anything before it is open.
        (await api.Connections("POST", id, "early"u8.ToArray())).Refused(410, "GoneException");
        answer.SetResult(TestFunctions.Answered("""{"statusCode":200}"""));
        await using var socket = await opening;
        (await api.Connections("POST", id, "hello"u8.ToArray())).Ok();
        Assert.Equal("hello", await socket.Next());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("?a=b")]
    [InlineData("/?a=b")]
    public async Task An_API_without_a_connect_route_takes_everybody(string end)
    {
        server.Functions.Returns("echo", """{"statusCode":200,"body":"echo"}""");
        var api = await TestApi.Deployed(server, ("!$default", "echo"));

        await using var socket = await GatewaySocket.Open(new(api.Url + end));

        Assert.Equal("echo", await socket.Ask("{}"));
    }

    [Theory]
    [InlineData("/ws/absent/dev")]
    [InlineData("/ws/rooms/absent")]
    [InlineData("/ws/rooms")]
    [InlineData("/ws/rooms/dev/more")]
    public async Task Nobody_connects_to_what_is_not_there(string path) =>
        Assert.Equal(403, await GatewaySocket.Status(server.SocketUrl(path)));

    [Fact]
    public async Task A_plain_request_is_asked_to_upgrade()
    {
        using var answer = await server.Http.GetAsync(new Uri(server.Address, "/ws/rooms/dev"));
        Assert.Equal(426, (int)answer.StatusCode);
    }

    [Fact]
    public async Task An_API_is_found_by_its_host_name()
    {
        await using var socket = await GatewaySocket.Open(
            server.SocketUrl("/dev"), with => with.SetRequestHeader("Host", "rooms.execute-api.us-east-1.example.org"));

        Assert.Equal("default", await socket.Ask("{}"));
    }

    [Theory]
    [InlineData("{0}.execute-api.us-east-1.evil.example", "localhost:{1}/ws/{0}")]
    [InlineData("{0}.execute-api.us-east-1.evillocalhost:{1}", "localhost:{1}/ws/{0}")]
    [InlineData("{0}.execute-api.us-east-1.localhost:{1}", "{0}.execute-api.us-east-1.localhost:{1}")]
    public async Task Handlers_are_told_to_call_back_nobody_but_this_server(string host, string told)
    {
        server.Functions.Returns("host", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$connect", "host"));
        string Fill(string text) => text.Replace("{0}", api.Id, StringComparison.Ordinal)
            .Replace("{1}", $"{server.Platform.TlsPort}", StringComparison.Ordinal);

        await GatewaySocket.Status(new($"wss://127.0.0.1:{server.Platform.TlsPort}/dev"), with =>
        {
#pragma warning disable CA5359 // The certificate is the test server's own.
            with.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
            with.SetRequestHeader("Host", Fill(host));
        });

        var what = await server.Functions.Wait("host", e => (string?)e["requestContext"]!["apiId"] == api.Id);
        Assert.Equal(Fill(told), (string?)what["requestContext"]!["domainName"]);
    }

    [Fact]
    public async Task The_last_address_that_a_request_came_by_is_not_the_client_s_to_say()
    {
        server.Functions.Returns("way", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$connect", "way"));

        await GatewaySocket.Status(api.Url, with => with.SetRequestHeader("X-Forwarded-For", "10.1.2.3"));

        var what = await server.Functions.Wait("way", e => (string?)e["requestContext"]!["apiId"] == api.Id);
        Assert.Equal("10.1.2.3, 127.0.0.1", (string?)what["headers"]!["X-Forwarded-For"]);
        Assert.Equal("127.0.0.1", (string?)what["requestContext"]!["identity"]!["sourceIp"]);
    }

    [Fact]
    public async Task A_stage_that_is_deleted_during_a_handshake_keeps_no_connection()
    {
        var answer = new TaskCompletionSource<Invoked>();
        server.Functions.Set("held", _ => answer.Task);
        var api = await TestApi.Deployed(server, ("$connect", "held"));
        var opening = GatewaySocket.Open(api.Url);
        await server.Functions.Wait("held", e => (string?)e["requestContext"]!["apiId"] == api.Id);

        (await api.Call("DELETE", "/stages/dev")).Ok();
        answer.SetResult(TestFunctions.Answered("""{"statusCode":200}"""));

        await using var socket = await opening;
        Assert.Equal(1001, (await socket.Closed).Code);
    }

    [Fact]
    public async Task Clients_that_come_and_go_at_any_moment_leave_nothing()
    {
        server.Functions.Set("churn", async _ =>
        {
            await Task.Yield();
            return TestFunctions.Answered("""{"statusCode":200}""");
        });
        var ended = 0;
        server.Functions.Set("churned", _ =>
        {
            Interlocked.Increment(ref ended);
            return Task.FromResult(TestFunctions.Answered("""{"statusCode":200}"""));
        });
        var api = await TestApi.Deployed(server, ("$connect", "churn"), ("$disconnect", "churned"));
        var hub = server.Platform.App.Services.GetRequiredService<GatewayHub>();
        var before = hub.Count;

        // A third leaves at once, a third a little later, a third when it is open.
        await Parallel.ForAsync(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancellation) =>
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync("127.0.0.1", server.Platform.Port, cancellation);
            var stream = client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                $"GET {api.Path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"), cancellation);
            if (i % 3 == 1)
            {
                await Task.Yield();
            }
            else if (i % 3 == 2)
            {
                Assert.NotEqual(0, await stream.ReadAsync(new byte[512], cancellation));
            }

            client.LingerState = new(true, 0);
        });

        int Connected() => server.Functions.Calls.Count(c => c.Function == "churn");
        int Rows() => server.Platform.App.Services.GetRequiredService<IStore>().Read(view => view.ListLostConnections("another", 0, 5_000)).Count(r => r.Api == api.Id);
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (hub.Count > before || Rows() > 0 || Volatile.Read(ref ended) < Connected())
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.InRange(Connected(), 600, 2_000);
        Assert.Equal(Connected(), ended);
    }

    [Fact]
    public async Task The_sub_protocol_is_the_handlers_choice()
    {
        server.Functions.Returns("chooses", """{"statusCode":200,"headers":{"sec-websocket-protocol":"myprotocol"}}""");
        var api = await TestApi.Deployed(server, ("$connect", "chooses"));

        await using var socket = await GatewaySocket.Open(api.Url, with =>
        {
            with.AddSubProtocol("chat1");
            with.AddSubProtocol("myprotocol");
        });

        Assert.Equal("myprotocol", socket.Socket.SubProtocol);
        var what = await server.Functions.Wait("chooses", _ => true);
        Assert.Equal("chat1, myprotocol", (string?)what["headers"]!["Sec-WebSocket-Protocol"]);
    }

    [Fact]
    public async Task A_handler_that_chooses_no_possible_protocol_opens_nothing()
    {
        server.Functions.Returns("odd", """{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"two words"}}""");
        var api = await TestApi.Deployed(server, ("$connect", "odd"));

        Assert.Equal(502, await GatewaySocket.Status(api.Url));
    }

    [Fact]
    public async Task The_connect_event_holds_what_the_client_sent_and_nothing_that_is_not_there()
    {
        server.Functions.Returns("sees", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$connect", "sees"));
        await using var socket = await GatewaySocket.Open(
            new(api.Url + "?room=a%20b&room=c"), with =>
            {
                with.SetRequestHeader("User-Agent", "test");
                with.SetRequestHeader("X-Custom", "yes");
            });

        var what = (JsonObject)await server.Functions.Wait("sees", e => (string?)e["requestContext"]!["apiId"] == api.Id);

        Assert.Equal(
            ["headers", "isBase64Encoded", "multiValueHeaders", "multiValueQueryStringParameters", "queryStringParameters", "requestContext"],
            what.Select(m => m.Key).Order(StringComparer.Ordinal));
        Assert.Equal("c", (string?)what["queryStringParameters"]!["room"]);
        Assert.Equal("""["a b","c"]""", what["multiValueQueryStringParameters"]!["room"]!.ToJsonString());
        Assert.Equal(("yes", "13"), ((string?)what["headers"]!["X-Custom"], (string?)what["headers"]!["Sec-WebSocket-Version"]));
        Assert.Equal("https", (string?)what["headers"]!["X-Forwarded-Proto"]);
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$", (string?)what["headers"]!["X-Amzn-Trace-Id"]);
        Assert.Null(what["headers"]!["Connection"]);
        Assert.Null(what["headers"]!["Upgrade"]);
        var context = (JsonObject)what["requestContext"]!;
        Assert.Equal(
            [
                "apiId", "connectedAt", "connectionId", "domainName", "eventType", "extendedRequestId", "identity", "messageDirection",
                "requestId", "requestTime", "requestTimeEpoch", "routeKey", "stage",
            ],
            context.Select(m => m.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("$connect", "CONNECT", "IN", "dev"), ((string?)context["routeKey"], (string?)context["eventType"], (string?)context["messageDirection"], (string?)context["stage"]));
        Assert.Equal($"localhost:{server.Platform.TlsPort}/ws/{api.Id}", (string?)context["domainName"]);
        Assert.Equal("""{"userAgent":"test","sourceIp":"127.0.0.1"}""", context["identity"]!.ToJsonString());
        Assert.Equal((string?)context["requestId"], (string?)context["extendedRequestId"]);
        Assert.Matches("^[A-Za-z0-9_-]{15}=$", (string?)context["connectionId"]);
        Assert.Matches(@"^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000$", (string?)context["requestTime"]);
        Assert.InRange((long)context["connectedAt"]!, 1_600_000_000_000, (long)context["requestTimeEpoch"]!);
    }

    [Fact]
    public async Task A_client_that_leaves_during_its_handshake_is_disconnected_once_it_was_accepted()
    {
        var answer = new TaskCompletionSource<Invoked>();
        server.Functions.Set("leaves", _ => answer.Task);
        server.Functions.Returns("left", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$connect", "leaves"), ("$disconnect", "left"));
        using var cancel = new CancellationTokenSource();
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        var opening = socket.ConnectAsync(api.Url, cancel.Token);
        var connected = await server.Functions.Wait("leaves", _ => true);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => opening);
        answer.SetResult(TestFunctions.Answered("""{"statusCode":200}"""));

        var what = await server.Functions.Wait("left", _ => true);

        Assert.Equal((string?)connected["requestContext"]!["connectionId"], (string?)what["requestContext"]!["connectionId"]);
        Assert.Equal(1006, (int)what["requestContext"]!["disconnectStatusCode"]!);
    }
}
