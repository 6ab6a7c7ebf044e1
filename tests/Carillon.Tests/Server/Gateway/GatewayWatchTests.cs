using System.Text.Json.Nodes;
using Carillon.Core.Functions;
using Carillon.Server.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>What operators may see of the gateway: APIs, connections, and what happened and why.</summary>
public class GatewayWatchTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private TestFunctions Functions => server.Functions;

    private Task<Answer> Get(string path, ChimeClient? who = null) =>
        (who ?? server.Root).SendBytes("GET", "/carillon/gateway" + path, null, null, service: "apigateway");

    private async Task<JsonObject[]> Items(string path) =>
        [.. (await Get(path)).At("items")!.AsArray().Select(i => (JsonObject)i!)];

    /// <summary>The events of a stage, as soon as there are as many.</summary>
    private async Task<JsonObject[]> Events(TestApi api, int count)
    {
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (true)
        {
            if (await Items($"/apis/{api.Id}/stages/dev/events") is { } events && events.Length >= count)
            {
                return events;
            }

            await Task.Delay(5, patience.Token);
        }
    }

    [Fact]
    public async Task Every_API_that_runs_is_listed_with_its_numbers_wherever_it_is_defined()
    {
        Functions.Returns("a", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("join", "a"), ("$default", "a"));
        await using var first = await GatewaySocket.Open(api.Url);
        await using var second = await GatewaySocket.Open(api.Url);

        var listed = Assert.Single(await Items($"/apis?search={api.Id.ToUpperInvariant()}"));
        var code = Assert.Single(await Items("/apis?search=rooms"));

        Assert.Equal(
            $$"""{"apiId":"{{api.Id}}","name":"test","routeSelectionExpression":"$request.body.action","source":"CONTROL_PLANE","routeCount":2,"stages":[{"stageName":"dev","isRunning":true,"connectionCount":2}]}""",
            Without(listed, "createdDate", "description").ToJsonString());
        Assert.Equal(("CODE", 9), ((string?)code["source"], (int)code["routeCount"]!));
    }

    private static JsonObject Without(JsonObject from, params string[] members)
    {
        var rest = (JsonObject)from.DeepClone();
        foreach (var member in members)
        {
            rest.Remove(member);
        }

        return rest;
    }

    [Fact]
    public async Task The_list_is_read_in_pages()
    {
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            made.Add((await TestApi.Make(server)).Id);
        }

        var seen = new List<string>();
        var token = "";
        do
        {
            var page = (await Get("/apis?maxResults=2" + token)).Ok();
            seen.AddRange(page.At("items")!.AsArray().Select(i => (string)i!["apiId"]!));
            Assert.True((long)page.At("count")! >= 4);
            token = page.At("nextToken") is { } next ? $"&nextToken={next}" : "";
        }
        while (token.Length > 0);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(made.Except(seen));
        Assert.Contains("rooms", seen);
    }

    [Fact]
    public async Task An_API_is_told_whole_and_a_stage_says_when_it_runs_something_older()
    {
        Functions.Returns("a", """{"statusCode":200}""");
        var api = await TestApi.Deployed(server, ("!join", "a"));
        var before = (await Get($"/apis/{api.Id}")).Ok().Json;
        await api.Route("later", null);
        var after = (await Get($"/apis/{api.Id}")).Ok().Json;

        Assert.True((bool)before["stages"]![0]!["isCurrent"]!);
        Assert.True((bool)before["stages"]![0]!["isRunning"]!);
        Assert.False((bool)after["stages"]![0]!["isCurrent"]!);
        Assert.Equal(["join", "later"], after["routes"]!.AsArray().Select(r => (string?)r!["routeKey"]));
        Assert.EndsWith($"/ws/{api.Id}", (string?)after["api"]!["apiEndpoint"]);
        Assert.Equal("CODE", (await Get("/apis/rooms")).Text("source"));
    }

    [Fact]
    public async Task Connections_are_counted_and_listed_the_newest_first_in_pages()
    {
        Functions.Returns("a", """{"statusCode":200}""");
        Functions.Set("who", what => Task.FromResult(
            TestFunctions.Answered($$"""{"statusCode":200,"body":"{{(string?)what["requestContext"]!["connectionId"]}}"}""")));
        var api = await TestApi.Deployed(server, ("!$default", "who"));
        var path = $"/apis/{api.Id}/stages/dev/connections";
        var sockets = new List<GatewaySocket>();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            sockets.Add(await GatewaySocket.Open(api.Url));
            ids.Add(await sockets[^1].Ask("x"));
        }

        var first = (await Get(path + "?maxResults=2")).Ok();
        await using var newer = await GatewaySocket.Open(api.Url);
        await newer.Ask("x");
        (await api.Connections("DELETE", ids[2])).Ok();
        var second = (await Get($"{path}?maxResults=2&nextToken={first.Text("nextToken")}")).Ok();

        Assert.Equal((5, 5), ((int)first.At("count")!, (int)second.At("count")!));
        Assert.Equal([ids[4], ids[3], ids[1], ids[0]], new[] { first, second }.SelectMany(p => p.At("items")!.AsArray()).Select(c => (string)c!["connectionId"]!));
        Assert.Null(second.At("nextToken"));
        Assert.Equal("127.0.0.1", (string?)second.At("items")![0]!["sourceIp"]);
        sockets.ForEach(s => s.Socket.Dispose());
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while ((int)(await Get(path)).At("count")! != 1)
        {
            await Task.Delay(5, patience.Token);
        }
    }

    [Fact]
    public async Task Whoever_an_authorizer_let_in_is_told()
    {
        const string policy = """{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]}}""";
        Functions.Returns("allows", policy);
        var api = await TestApi.Make(server);
        var authorizer = (await api.Call("POST", "/authorizers", new JsonObject
        {
            ["name"] = "people",
            ["authorizerType"] = "REQUEST",
            ["identitySource"] = new JsonArray("route.request.querystring.token"),
            ["authorizerUri"] = $"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{TestFunctions.Arn("allows")}/invocations",
        })).Text("authorizerId");
        await api.Route("$connect", null, more: new JsonObject { ["authorizationType"] = "CUSTOM", ["authorizerId"] = authorizer });
        await api.Deploy();
        await using var socket = await GatewaySocket.Open(new(api.Url + "?token=s3cret"));
        Assert.Equal(401, await GatewaySocket.Status(api.Url));

        Assert.Equal("ann", (string?)Assert.Single(await Items($"/apis/{api.Id}/stages/dev/connections"))["principal"]);
        var events = await Events(api, 2);
        Assert.Equal([101, 401], events.Select(e => (int)e["status"]!));
        Assert.Equal("NOT_AUTHORIZED Unauthorized", $"{events[1]["outcome"]} {events[1]["error"]}");
        Assert.DoesNotContain("s3cret", (await Get($"/apis/{api.Id}/stages/dev/events")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_says_which_route_took_it_and_why_and_nothing_of_what_was_said()
    {
        Functions.Returns("a", """{"statusCode":201,"body":"private answer"}""");
        Functions.Set("breaks", _ => Task.FromResult(new Invoked(InvokedStatus.TimedOut, [], null, null)));
        var api = await TestApi.Deployed(server, ("!join", "a"), ("!slow", "breaks"));
        await using var socket = await GatewaySocket.Open(api.Url);
        await socket.Ask("""{"action":"join","text":"private words"}""");
        await socket.Ask("""{"action":"leave"}""");
        await socket.Ask("""{"action":"slow"}""");
        await api.Route("$default", await api.Function("a"), twoWay: true);
        await api.Deploy();
        await socket.Ask($$"""{"action":"{{new string('x', 100)}}"}""");
        await socket.Close(4001, "private reason");

        var events = await Events(api, 6);

        Assert.Equal(
            [
                "CONNECT DONE 101", "MESSAGE join OWN join DONE 201", "MESSAGE NONE leave NO_ROUTE 403", "MESSAGE slow OWN slow TIMED_OUT 504",
                $"MESSAGE $default DEFAULT {new string('x', 63)}… DONE 201", "DISCONNECT DONE",
            ],
            events.Select(e => string.Join(' ', new[] { "type", "routeKey", "reason", "selected", "outcome", "status" }
                .Where(m => e[m] is not null).Select(m => e[m]!.ToString()))));
        Assert.Equal("$request.body.action", (string?)events[1]["expression"]);
        Assert.StartsWith("integrations/", (string?)events[1]["target"]);
        Assert.Equal("Endpoint request timed out", (string?)events[3]["error"]);
        Assert.Equal(4001, (int)events[5]["closeCode"]!);
        Assert.Single(events.Select(e => (string?)e["connectionId"]).Distinct());
        Assert.DoesNotContain("private", (await Get($"/apis/{api.Id}/stages/dev/events")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_for_a_connection_that_is_gone_is_an_event_one_that_arrives_is_none()
    {
        Functions.Set("who", what => Task.FromResult(
            TestFunctions.Answered($$"""{"statusCode":200,"body":"{{(string?)what["requestContext"]!["connectionId"]}}"}""")));
        var api = await TestApi.Deployed(server, ("!$default", "who"));
        await using var socket = await GatewaySocket.Open(api.Url);
        var id = await socket.Ask("x");
        (await api.Connections("POST", id, "hello"u8.ToArray())).Ok();
        (await api.Connections("DELETE", id)).Ok();
        Assert.Equal(410, (await api.Connections("POST", id, "late"u8.ToArray())).Status);

        var events = await Events(api, 5);

        Assert.Equal(
            ["CONNECT DONE", "DELETE DONE", "DISCONNECT DONE", "MESSAGE DONE", "POST GONE"],
            events.Select(e => $"{e["type"]} {e["outcome"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Handshakes_that_found_no_stage_are_told_with_their_API_and_the_last_are_kept()
    {
        var api = await TestApi.Make(server);
        (await api.Call("POST", "/stages", new JsonObject { ["stageName"] = "empty" })).Ok();
        async Task<string[]> Strays() =>
            [.. (await Get($"/apis/{api.Id}")).At("strayHandshakes")!.AsArray().Select(h => $"{h!["stageName"]} {h["sourceIp"]}")];

        Assert.Empty(await Strays());
        foreach (var stage in new[] { "absent", "empty", new string('x', 100) })
        {
            Assert.Equal(403, await GatewaySocket.Status(server.SocketUrl($"/ws/{api.Id}/{stage}")));
        }

        Assert.Equal(["absent 127.0.0.1", "empty 127.0.0.1", $"{new string('x', 63)}… 127.0.0.1"], await Strays());
        for (var i = 0; i < StrayHandshakes.Most; i++)
        {
            await GatewaySocket.Status(server.SocketUrl($"/ws/{api.Id}/again{i}"));
        }

        Assert.Equal(Enumerable.Range(0, StrayHandshakes.Most).Select(i => $"again{i} 127.0.0.1"), await Strays());
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_API_that_is_not_there()
    {
        var directory = server.Platform.App.Services.GetRequiredService<GatewayDirectory>();
        var api = await TestApi.Make(server);
        Assert.NotNull(directory.StraysOf(api.Id));

        (await api.Call("DELETE", "", null)).Ok();
        Assert.Equal(403, await GatewaySocket.Status(server.SocketUrl($"/ws/{api.Id}/dev")));

        Assert.Null(directory.StraysOf(api.Id));
    }

    [Fact]
    public async Task Reading_events_goes_on_where_it_stopped()
    {
        Functions.Returns("a", """{"statusCode":200,"body":"x"}""");
        var api = await TestApi.Deployed(server, ("!$default", "a"));
        await using var socket = await GatewaySocket.Open(api.Url);
        await socket.Ask("x");
        await Events(api, 2);
        var path = $"/apis/{api.Id}/stages/dev/events";
        var next = (await Get(path)).Text("next");
        Assert.Empty(await Items($"{path}?after={next}"));
        await socket.Ask("y");
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        JsonObject[] more;
        while ((more = await Items($"{path}?after={next}")).Length == 0)
        {
            await Task.Delay(5, patience.Token);
        }

        Assert.Equal("MESSAGE", (string?)Assert.Single(more)["type"]);
        var other = (await Get($"{path}?after=another-run.7")).Ok();
        Assert.Equal((true, 3), ((bool)other.At("isRestarted")!, other.At("items")!.AsArray().Count));
        (await Get($"{path}?after=7")).BadRequest();
    }

    [Fact]
    public async Task Policies_say_who_may_look()
    {
        var api = await TestApi.Deployed(server, ("$default", "a"));
        var reader = server.As(await server.Root.Assume(
            $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"apigateway:GET","Resource":"arn:aws:apigateway:*::/apis/{{api.Id}}/stages/dev/connections"} }"""));

        (await Get($"/apis/{api.Id}/stages/dev/connections", reader)).Ok();
        (await Get($"/apis/{api.Id}/stages/dev/events", reader)).Denied();
        (await Get("/apis", reader)).Denied();
        Assert.Equal(403, (await server.Http.GetAsync(server.Address + "carillon/gateway/apis", TestContext.Current.CancellationToken)).StatusCode is var status ? (int)status : 0);
    }

    [Fact]
    public async Task What_is_not_there_is_told_so()
    {
        var api = await TestApi.Deployed(server, ("$default", "a"));

        (await Get("/apis/absent")).NotFound();
        (await Get($"/apis/{api.Id}/stages/absent/events")).NotFound();
        (await Get($"/apis/{api.Id}/stages/dev/nothing")).Refused(404, "UnknownOperationException");
        (await Get("/apis?maxResults=101")).BadRequest();
        (await Get("/apis?nextToken=none")).BadRequest();
        (await server.Root.SendBytes("DELETE", $"/carillon/gateway/apis/{api.Id}", null, null, service: "apigateway")).Refused(404, "UnknownOperationException");
        (await Get($"/apis/{api.Id}")).Ok();
    }

    [Fact]
    public async Task A_stage_that_cannot_run_what_is_deployed_says_why()
    {
        var directory = server.Platform.App.Services.GetRequiredService<GatewayDirectory>();
        var api = await TestApi.Make(server);
        await api.Route("$default", null);
        await api.Deploy();
        Assert.NotNull(directory.Find(api.Id, "dev"));
        (await server.Platform.App.Services.GetRequiredService<Carillon.Core.IStore>().Write(ledger =>
        {
            var place = new Carillon.Core.Gateway.GatewayPlace(api.Id, Carillon.Core.Gateway.GatewayKind.Deployment);
            var deployment = ledger.ListGatewayResources(place, 1, null).Items[0];
            ledger.UpdateGatewayResource(deployment, null, deployment.Definition.Replace("$request.body.action", "${", StringComparison.Ordinal));
            return deployment;
        })).ToString();
        (await api.Call("PATCH", "/stages/dev", new JsonObject { ["description"] = "again" })).Ok();

        var stage = (await Get($"/apis/{api.Id}")).At("stages")![0]!;
        Assert.Contains("selection expression", (string?)stage["fault"]);
        Assert.True((bool)stage["isRunning"]!);
    }
}
