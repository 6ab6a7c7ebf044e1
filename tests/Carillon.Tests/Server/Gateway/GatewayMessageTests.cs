using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Core.Functions;
using Carillon.Sockets;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>Messages and their routes, what clients hear, and how connections end.</summary>
public class GatewayMessageTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private TestFunctions Functions => server.Functions;

    private void Echo(string name) => Functions.Set(name, what => Task.FromResult(TestFunctions.Answered(new JsonObject
    {
        ["statusCode"] = 200,
        ["body"] = $"{name} {(string?)what["requestContext"]!["routeKey"]} {(string?)what["body"]}",
    }.ToJsonString())));

    [Fact]
    public async Task Messages_go_to_the_route_that_they_select()
    {
        Echo("a");
        Echo("b");
        var api = await TestApi.Deployed(server, ("!join", "a"), ("![item1, item2]", "a"), ("!1", "a"), ("!$default", "b"));
        await using var socket = await GatewaySocket.Open(api.Url);

        foreach (var (message, route) in new[]
        {
            ("""{"action":"join"}""", "a join"), ("""{"action":["item1","item2"]}""", "a [item1, item2]"), ("""{"action":1}""", "a 1"),
            ("""{"action":"Join"}""", "b $default"), ("""{"action":"$connect"}""", "b $default"), ("""{"action":"$disconnect"}""", "b $default"),
            ("""{"action":"$default"}""", "b $default"), ("text", "b $default"), ("[]", "b $default"), ("null", "b $default"), ("", "b $default"),
            ("""{"action":"\ud800"}""", "b $default"),
        })
        {
            Assert.Equal($"{route} {message}", await socket.Ask(message));
        }
    }

    [Fact]
    public async Task A_message_without_a_route_is_forbidden_and_the_socket_stays_open()
    {
        Echo("a");
        var api = await TestApi.Deployed(server, ("!join", "a"));
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.Matches(
            """^\{"message": "Forbidden", "connectionId":"[A-Za-z0-9_-]{15}=", "requestId":"[A-Za-z0-9_-]{15}="\}$""",
            await socket.Ask("""{"action":"absent"}"""));
        Assert.StartsWith("a join", await socket.Ask("""{"action":"join"}"""));
    }

    [Theory]
    [InlineData(InvokedStatus.Answered, "Internal server error")]
    [InlineData(InvokedStatus.TimedOut, "Endpoint request timed out")]
    [InlineData(InvokedStatus.Unreachable, "Internal server error")]
    [InlineData(InvokedStatus.NotPermitted, "Internal server error")]
    public async Task A_handler_that_fails_is_told_of_even_on_a_one_way_route(InvokedStatus how, string message)
    {
        Functions.Set("breaks", _ => Task.FromResult(new Invoked(how, "{}"u8.ToArray(), "Unhandled", null)));
        var api = await TestApi.Deployed(server, ("$default", "breaks"));
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.StartsWith($$"""{"message": "{{message}}", """, await socket.Ask("x"));
    }

    [Fact]
    public async Task Only_a_two_way_route_tells_its_client_what_the_handler_returned()
    {
        Functions.Returns("quiet", """{"statusCode":500,"body":"nobody hears this"}""");
        Functions.Returns("loud", """{"statusCode":500,"body":"heard","headers":{"x":"y"}}""");
        Functions.Returns("encoded", $$"""{"statusCode":200,"body":"{{Convert.ToBase64String("héard"u8)}}","isBase64Encoded":true}""");
        Functions.Returns("empty", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("quiet", "quiet"), ("!loud", "loud"), ("!encoded", "encoded"), ("!empty", "empty"));
        await using var socket = await GatewaySocket.Open(api.Url);

        await socket.Send("""{"action":"quiet"}""");
        await Functions.Wait("quiet", _ => true);
        await socket.Send("""{"action":"empty"}""");
        await Functions.Wait("empty", _ => true);
        Assert.Equal("héard", await socket.Ask("""{"action":"encoded"}"""));
        Assert.Equal("heard", await socket.Ask("""{"action":"loud"}"""));
        Assert.Empty(socket.Heard);
    }

    [Fact]
    public async Task A_message_event_holds_the_text_and_its_context()
    {
        Functions.Returns("keeps", """{"statusCode":200}""");
        var api = await TestApi.Make(server);
        await api.Route("say", await api.Function("keeps"));
        await api.Deploy(new JsonObject { ["stageVariables"] = new JsonObject { ["table"] = "messages" } });
        await using var socket = await GatewaySocket.Open(api.Url);

        await socket.Send("""{"action":"say", "text":"naïve \"quoted\" 🎉"}""");
        var what = (JsonObject)await Functions.Wait("keeps", _ => true);

        Assert.Equal(["body", "isBase64Encoded", "requestContext", "stageVariables"], what.Select(m => m.Key).Order(StringComparer.Ordinal));
        Assert.Equal("""{"action":"say", "text":"naïve \"quoted\" 🎉"}""", (string?)what["body"]);
        Assert.Equal("""{"table":"messages"}""", what["stageVariables"]!.ToJsonString());
        var context = what["requestContext"]!;
        Assert.Equal(("say", "MESSAGE"), ((string?)context["routeKey"], (string?)context["eventType"]));
        Assert.Matches("^[A-Za-z0-9_-]{15}=$", (string?)context["messageId"]);
    }

    [Theory]
    [InlineData(1000, "", 1000, "")]
    [InlineData(1000, "bye", 1000, "bye")]
    [InlineData(4001, "done", 4001, "done")]
    [InlineData(1001, "", 1001, "Going away")]
    public async Task The_disconnect_event_says_how_the_client_closed(int code, string reason, int seen, string told)
    {
        Functions.Returns("gone", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$disconnect", "gone"));
        var socket = await GatewaySocket.Open(api.Url);
        await socket.Close(code, reason.Length == 0 ? null : reason);

        var what = (JsonObject)await Functions.Wait("gone", e => (string?)e["requestContext"]!["apiId"] == api.Id);

        var context = what["requestContext"]!;
        Assert.Equal(
            (seen, told, "$disconnect", "DISCONNECT"),
            ((int)context["disconnectStatusCode"]!, (string?)context["disconnectReason"], (string?)context["routeKey"], (string?)context["eventType"]));
        Assert.Equal(["Host", "X-Forwarded-For", "x-api-key", "x-restapi"], ((JsonObject)what["headers"]!).Select(h => h.Key).Order(StringComparer.Ordinal));
        var id = (string)context["connectionId"]!;
        (await api.Connections("GET", id)).Refused(410, "GoneException");
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_that_breaks_is_disconnected_with_1006()
    {
        Functions.Returns("broken", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("$disconnect", "broken"));
        var socket = await GatewaySocket.Open(api.Url);
        socket.Socket.Abort();

        var what = await Functions.Wait("broken", _ => true);

        Assert.Equal(1006, (int)what["requestContext"]!["disconnectStatusCode"]!);
    }

    [Theory]
    [InlineData(10, WebSocketMessageType.Binary, 1003)]
    [InlineData(32_769, WebSocketMessageType.Text, 1009)]
    public async Task What_may_not_be_sent_closes_the_connection(int size, WebSocketMessageType type, int code)
    {
        await using var socket = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));
        await socket.Send(new byte[size].Select(_ => (byte)'x').ToArray(), type);

        Assert.Equal(code, (await socket.Closed).Code);
    }

    [Fact]
    public async Task A_message_in_frames_may_be_as_long_as_AWS_says_and_no_longer()
    {
        var frame = Encoding.ASCII.GetBytes(new string('x', 32_768));
        async Task Send(GatewaySocket socket, int frames, int rest)
        {
            for (var i = 0; i < frames; i++)
            {
                await socket.Socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: i == frames - 1 && rest == 0, default);
            }

            if (rest > 0)
            {
                await socket.Socket.SendAsync(frame.AsMemory(0, rest), WebSocketMessageType.Text, endOfMessage: true, default);
            }
        }

        await using var fits = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));
        await Send(fits, 4, 0);
        Assert.Equal("default", await fits.Next());
        await using var tooLong = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));
        await Send(tooLong, 4, 1);
        Assert.Equal(1009, (await tooLong.Closed).Code);
    }

    [Fact]
    public async Task A_handler_in_CSharp_answers_fails_and_refuses_as_a_function_does()
    {
        await using var socket = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));

        Assert.Equal("default", await socket.Ask("x"));
        Assert.StartsWith("""{"message": "Internal server error", """, await socket.Ask("""{"action":"throw"}"""));
        Assert.Matches("^[A-Za-z0-9_-]{15}=$", await socket.Ask("""{"action":"whoami"}"""));
        Assert.Equal(403, await GatewaySocket.Status(server.SocketUrl("/ws/rooms/dev?token=bad")));
    }

    [Fact]
    public async Task A_room_hears_what_is_said_in_it_and_those_who_left_do_not()
    {
        var url = server.SocketUrl("/ws/rooms/dev");
        await using var ann = await GatewaySocket.Open(url);
        await using var ben = await GatewaySocket.Open(url);
        var cas = await GatewaySocket.Open(url);
        foreach (var one in new[] { ann, ben, cas })
        {
            Assert.Equal("joined", await one.Ask("""{"action":"join","room":"r"}"""));
        }

        var id = await cas.Ask("""{"action":"whoami"}""");
        await cas.Close(1000, null);
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (!server.Disconnected.Contains($"{id} 1000"))
        {
            await Task.Delay(2, patience.Token);
        }

        await ann.Send("""{"action":"say","room":"r","n":1}""");
        Assert.Equal("""{"action":"say","room":"r","n":1}""", await ben.Next());
        await ben.Send("""{"action":"leave","room":"r"}""");
        Assert.Equal("default", await ben.Ask("x"));
        await ann.Send("""{"action":"say","room":"r","n":2}""");
        Assert.Equal("default", await ann.Ask("x"));
        Assert.Equal("default", await ben.Ask("x"));
        await cas.DisposeAsync();
    }

    /// <summary>5,000 texts, most of them no JSON, none of them the end of anything.</summary>
    [Fact]
    public async Task Malformed_bodies_get_the_default_route_and_nothing_worse()
    {
        var random = new Random(7);
        var good = """{"action":"join","data":{"room":["a",1,null,true],"t":"\u0041 é"}}""";
        await using var socket = await GatewaySocket.Open(server.SocketUrl("/ws/rooms/dev"));
        for (var i = 0; i < 5_000; i += 50)
        {
            for (var j = 0; j < 50; j++)
            {
                await socket.Send(BadBodies.Mutated(good, random));
            }

            for (var j = 0; j < 50; j++)
            {
                Assert.Contains(await socket.Next(), (string[])["default", "joined"]);
            }
        }
    }

    [Fact]
    public async Task A_mock_answers_what_its_definition_says()
    {
        var api = await TestApi.Make(server);
        var mock = (await api.Call("POST", "/integrations", new JsonObject
        {
            ["integrationType"] = "MOCK",
            ["requestTemplates"] = new JsonObject { ["$default"] = """{"statusCode":200}""" },
            ["templateSelectionExpression"] = "\\$default",
        })).Text("integrationId");
        (await api.Call("POST", $"/integrations/{mock}/integrationresponses", new JsonObject
        {
            ["integrationResponseKey"] = "/2\\d\\d/",
            ["responseTemplates"] = new JsonObject { ["$default"] = """{"type":"pong"}""" },
            ["templateSelectionExpression"] = "\\$default",
        })).Ok();
        await api.Route("ping", mock, twoWay: true);
        await api.Deploy();
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.Equal("""{"type":"pong"}""", await socket.Ask("""{"action":"ping"}"""));
    }

    [Fact]
    public async Task A_throttled_message_is_dropped_and_told_of()
    {
        Echo("calm");
        var api = await TestApi.Make(server);
        await api.Route("$default", await api.Function("calm"), twoWay: true);
        await api.Deploy(new JsonObject
        {
            ["defaultRouteSettings"] = new JsonObject { ["throttlingRateLimit"] = 0.001, ["throttlingBurstLimit"] = 2 },
        });
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.Equal("calm $default 1", await socket.Ask("1"));
        Assert.Equal("calm $default 2", await socket.Ask("2"));
        Assert.StartsWith("""{"message": "Too Many Requests", """, await socket.Ask("3"));
    }

    [Fact]
    public async Task A_body_that_is_not_of_its_model_is_refused_and_one_that_is_goes_on()
    {
        Echo("strict");
        var api = await TestApi.Make(server);
        (await api.Call("POST", "/models", new JsonObject
        {
            ["name"] = "Message",
            ["schema"] = """{"type":"object","required":["text"],"properties":{"text":{"type":"string","maxLength":5}}}""",
        })).Ok();
        await api.Route("say", await api.Function("strict"), twoWay: true, new JsonObject
        {
            ["modelSelectionExpression"] = "$request.body.action",
            ["requestModels"] = new JsonObject { ["say"] = "Message" },
        });
        await api.Deploy();
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.StartsWith("strict say", await socket.Ask("""{"action":"say","text":"short"}"""));
        Assert.Matches(
            """^\{"message": "Bad request body", "connectionId":"[^"]+", "messageId":"[^"]+"\}$""",
            await socket.Ask("""{"action":"say","text":"too long"}"""));
        Assert.Contains("Bad request body", await socket.Ask("""{"action":"say"}"""));
    }

    [Fact]
    public async Task A_slow_handler_holds_up_neither_its_own_connection_nor_another()
    {
        var answer = new TaskCompletionSource<Invoked>();
        Functions.Set("waits", _ => answer.Task);
        Echo("quick");
        var api = await TestApi.Deployed(server, ("!slow", "waits"), ("!quick", "quick"));
        await using var one = await GatewaySocket.Open(api.Url);
        await using var two = await GatewaySocket.Open(api.Url);

        await one.Send("""{"action":"slow"}""");
        Assert.StartsWith("quick", await one.Ask("""{"action":"quick"}"""));
        Assert.StartsWith("quick", await two.Ask("""{"action":"quick"}"""));
        answer.SetResult(TestFunctions.Answered("""{"statusCode":200,"body":"late"}"""));
        Assert.Equal("late", await one.Next());
    }

    [Fact]
    public async Task A_client_with_too_much_under_way_is_throttled()
    {
        var answer = new TaskCompletionSource<Invoked>();
        Functions.Set("blocks", _ => answer.Task);
        var api = await TestApi.Deployed(server, ("$default", "blocks"));
        await using var socket = await GatewaySocket.Open(api.Url);
        for (var i = 0; i < 100; i++)
        {
            await socket.Send("x");
        }

        Assert.StartsWith("""{"message": "Too Many Requests", """, await socket.Ask("one too many"));
        answer.SetResult(TestFunctions.Answered("""{"statusCode":200}"""));
    }

    [Fact]
    public async Task A_path_part_leads_nowhere_else()
    {
        await using var sink = await EventSink.Start();
        var api = await TestApi.Make(server);
        var integration = (await api.Call("POST", "/integrations", new JsonObject
        {
            ["integrationType"] = "HTTP_PROXY",
            ["integrationMethod"] = "POST",
            ["integrationUri"] = sink.Url + "/users/{a}{b}/show",
            ["requestParameters"] = new JsonObject
            {
                ["integration.request.path.a"] = "route.request.body.a",
                ["integration.request.path.b"] = "route.request.body.b",
            },
        })).Text("integrationId");
        await api.Route("$default", integration);
        await api.Deploy();
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.Contains("Internal server error", await socket.Ask("""{"a":".","b":"."}"""), StringComparison.Ordinal);
        await socket.Send("""{"a":"../x","b":"?"}""");

        Assert.Equal("users/../x?/show", Uri.UnescapeDataString((await sink.Wait(_ => true)).Route));
        Assert.Single(sink.Calls);
    }
}
