using System.Text.Json.Nodes;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>The control plane: apigatewayv2 as tutorials and tools call it.</summary>
public class GatewayControlTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private Task<Answer> Call(string method, string path, JsonNode? body = null) => TestApi.Call(server, method, path, body);

    private static JsonObject Api(string? expression = "$request.body.action", string protocol = "WEBSOCKET") => new()
    {
        ["name"] = "chat",
        ["protocolType"] = protocol,
        ["routeSelectionExpression"] = expression,
    };

    [Fact]
    public async Task An_API_is_made_told_changed_and_deleted()
    {
        var made = await Call("POST", "/apis", Api());
        var id = made.Text("apiId");

        Assert.Equal(201, made.Status);
        Assert.Matches("^[a-z0-9]{10}$", id);
        Assert.Equal($"wss://localhost:{server.Platform.TlsPort}/ws/{id}", made.Text("apiEndpoint"));
        Assert.Equal("$request.header.x-api-key", made.Text("apiKeySelectionExpression"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", made.Text("createdDate"));
        Assert.Equal(made.Body, (await Call("GET", $"/apis/{id}")).Body);
        var changed = await Call("PATCH", $"/apis/{id}", new JsonObject { ["description"] = "new", ["apiId"] = "forged" });
        Assert.Equal((200, "new", id, "chat"), (changed.Status, changed.Text("description"), changed.Text("apiId"), changed.Text("name")));
        Assert.Equal(204, (await Call("DELETE", $"/apis/{id}")).Status);
        var gone = (await Call("GET", $"/apis/{id}")).NotFound();
        Assert.Equal($"Invalid API identifier specified {id}", (string?)gone.Json["message"]);
    }

    [Theory]
    [InlineData("$request.body.action", "SOAP", "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")]
    [InlineData("$request.body.action", "HTTP", "HTTP APIs are not supported: protocolType must be WEBSOCKET.")]
    [InlineData(null, "WEBSOCKET", "The routeSelectionExpression is required.")]
    [InlineData("$context.stage", "WEBSOCKET", "Invalid routeSelectionExpression: its variables must begin with $request.body.")]
    public async Task What_cannot_be_an_API_is_refused(string? expression, string protocol, string message) =>
        Assert.Equal(message, (string?)(await Call("POST", "/apis", Api(expression, protocol))).BadRequest().Json["message"]);

    [Theory]
    [InlineData("routes", """{"routeKey":"$other"}""")]
    [InlineData("routes", """{"routeKey":"a","authorizationType":"AWS_IAM"}""")]
    [InlineData("routes", """{"routeKey":"$connect","authorizationType":"CUSTOM"}""")]
    [InlineData("routes", """{"routeKey":"$connect","apiKeyRequired":true}""")]
    [InlineData("routes", """{"routeKey":5}""")]
    [InlineData("routes", """{"routeKey":"a","target":"integrations/absent"}""")]
    [InlineData("routes", "{}")]
    [InlineData("integrations", """{"integrationType":"AWS","integrationUri":"arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"}""")]
    [InlineData("integrations", """{"integrationType":"HTTP","integrationUri":"http://localhost/"}""")]
    [InlineData("integrations", """{"integrationType":"AWS_PROXY","integrationUri":"http://localhost/"}""")]
    [InlineData("integrations", """{"integrationType":"HTTP_PROXY","integrationUri":"ftp://localhost/"}""")]
    [InlineData("integrations", """{"integrationType":"MOCK","timeoutInMillis":29001}""")]
    [InlineData("integrations", """{"integrationType":"MOCK","requestTemplates":{"a":"#set($x = 1)"}}""")]
    [InlineData("integrations", """{"integrationType":"MOCK","connectionType":"VPC_LINK"}""")]
    [InlineData("integrations", """{"integrationType":"MOCK","requestParameters":{"a":"b"}}""")]
    [InlineData("authorizers", """{"name":"a","authorizerType":"REQUEST"}""")]
    [InlineData("authorizers", """{"name":"a","authorizerType":"JWT","identitySource":["route.request.querystring.token"]}""")]
    [InlineData("models", """{"name":"a","schema":"{\"type\":\"thing\"}"}""")]
    [InlineData("models", """{"name":"a","schema":"{\"patternProperties\":{}}"}""")]
    [InlineData("models", """{"name":"a b","schema":"{}"}""")]
    [InlineData("stages", """{"stageName":"a b"}""")]
    [InlineData("stages", """{"stageName":"a","stageVariables":{"b-c":"d"}}""")]
    [InlineData("stages", """{"stageName":"a","defaultRouteSettings":{"throttlingRateLimit":-1}}""")]
    [InlineData("deployments", "{}")]
    [InlineData("routes", "[]")]
    [InlineData("routes", "\"x\"")]
    public async Task What_cannot_be_a_part_is_refused(string collection, string body)
    {
        var api = await TestApi.Make(server);
        (await api.Call("POST", "/" + collection, JsonNode.Parse(body))).BadRequest();
    }

    [Fact]
    public async Task What_cannot_run_is_not_deployed_and_the_reason_is_told()
    {
        var api = await TestApi.Make(server);
        var model = (await api.Call("POST", "/models", new JsonObject { ["name"] = "move", ["schema"] = "{}" })).Text("modelId");
        await api.Route("move", null, more: new()
        {
            ["modelSelectionExpression"] = "$request.body.action",
            ["requestModels"] = new JsonObject { ["move"] = "move" },
        });
        (await api.Call("POST", "/stages", new JsonObject { ["stageName"] = "auto", ["autoDeploy"] = true })).Ok();
        const string why = "The model move of the route move is not there.";

        Assert.Equal(why, (string?)(await api.Call("DELETE", $"/models/{model}")).BadRequest().Json["message"]);
        (await api.Call("PATCH", "/stages/auto", new JsonObject { ["autoDeploy"] = false })).Ok();
        Assert.Equal(204, (await api.Call("DELETE", $"/models/{model}")).Status);
        Assert.Equal(why, (string?)(await api.Call("POST", "/deployments", new JsonObject())).BadRequest().Json["message"]);
    }

    [Fact]
    public async Task Names_are_taken_once_and_what_is_pointed_to_stays()
    {
        var api = await TestApi.Deployed(server, ("a", "f"));
        var integration = (string)(await api.Call("GET", "/integrations")).List("items")[0]!["integrationId"]!;

        (await api.Call("POST", "/routes", new JsonObject { ["routeKey"] = "a" })).Conflict();
        (await api.Call("POST", "/stages", new JsonObject { ["stageName"] = "dev" })).Conflict();
        (await api.Call("DELETE", $"/integrations/{integration}")).Conflict();
        var deployment = (await api.Call("GET", "/stages/dev")).Text("deploymentId");
        (await api.Call("DELETE", $"/deployments/{deployment}")).BadRequest();
        (await api.Call("GET", "/routes/absent/routeresponses")).NotFound();
        (await api.Call("PUT", "/routes")).Refused(404, "UnknownOperationException");
        (await Call("POST", "/domainnames", new JsonObject { ["domainName"] = "a.example.org" })).BadRequest();
    }

    [Fact]
    public async Task Edits_run_once_they_are_deployed_and_connections_stay()
    {
        server.Functions.Returns("old", """{"statusCode":200,"body":"old"}""");
        server.Functions.Returns("new", """{"statusCode":200,"body":"new"}""");
        var api = await TestApi.Deployed(server, ("!say", "old"));
        await using var socket = await GatewaySocket.Open(api.Url);
        var route = (string)(await api.Call("GET", "/routes")).List("items")[0]!["routeId"]!;

        (await api.Call("PATCH", $"/routes/{route}", new JsonObject { ["target"] = "integrations/" + await api.Function("new") })).Ok();
        Assert.Equal("old", await socket.Ask("""{"action":"say"}"""));
        (await api.Call("POST", "/deployments", new JsonObject { ["stageName"] = "dev" })).Ok();
        Assert.Equal("new", await socket.Ask("""{"action":"say"}"""));
    }

    [Fact]
    public async Task A_stage_that_deploys_by_itself_runs_each_edit_at_once()
    {
        server.Functions.Returns("first", """{"statusCode":200,"body":"first"}""");
        var api = await TestApi.Make(server);
        (await api.Call("POST", "/stages", new JsonObject { ["stageName"] = "dev", ["autoDeploy"] = true })).Ok();
        Assert.Equal(403, await GatewaySocket.Status(api.Url));
        await api.Route("say", await api.Function("first"), twoWay: true);
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.Equal("first", await socket.Ask("""{"action":"say"}"""));
        Assert.True((bool)(await api.Call("GET", "/deployments")).List("items")[^1]!["autoDeployed"]!);
    }

    [Fact]
    public async Task Connections_of_a_deleted_API_are_closed()
    {
        var api = await TestApi.Deployed(server, ("a", "f"));
        await using var socket = await GatewaySocket.Open(api.Url);
        Assert.Equal(204, (await Call("DELETE", $"/apis/{api.Id}")).Status);

        Assert.Equal(1001, (await socket.Closed).Code);
        Assert.Equal(403, await GatewaySocket.Status(api.Url));
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        var api = await TestApi.Make(server);
        for (var i = 0; i < 5; i++)
        {
            (await api.Call("POST", "/routes", new JsonObject { ["routeKey"] = $"r{i}" })).Ok();
        }

        var keys = new List<string>();
        var query = "?maxResults=2";
        while (true)
        {
            // The query is part of what is signed.
            var page = await server.Root.SendBytes("GET", $"/v2/apis/{api.Id}/routes{query}", null, null, service: "apigateway");
            keys.AddRange(page.List("items").Select(r => (string)r!["routeKey"]!));
            if ((string?)page.At("nextToken") is not { } token)
            {
                break;
            }

            query = $"?maxResults=2&nextToken={Uri.EscapeDataString(token)}";
        }

        Assert.Equal(["r0", "r1", "r2", "r3", "r4"], keys);
    }

    [Fact]
    public async Task Tags_are_set_and_taken_away_by_an_encoded_ARN()
    {
        var api = await TestApi.Make(server);
        var path = "/tags/" + Uri.EscapeDataString($"arn:aws:apigateway:{LiveServer.Region}::/apis/{api.Id}");

        Assert.Equal(201, (await Call("POST", path, new JsonObject { ["tags"] = new JsonObject { ["a"] = "1", ["b"] = "2" } })).Status);
        Assert.Equal(204, (await Call("DELETE", path + "?tagKeys=a")).Status);
        Assert.Equal("""{"b":"2"}""", (await Call("GET", path)).At("tags")!.ToJsonString());
    }

    [Theory]
    [InlineData("/integrations", "credentialsArn")]
    [InlineData("/authorizers", "authorizerCredentialsArn")]
    public async Task Whoever_gives_the_gateway_a_role_must_be_allowed_to_pass_it(string path, string member)
    {
        var api = await TestApi.Make(server);
        var role = $"arn:aws:iam::{LiveServer.Account}:role/strong";
        async Task<Answer> Try(string more)
        {
            var caller = server.As(await server.Root.Assume(
                $$$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"apigateway:*","Resource":"*"}{{{more}}}]}"""));
            var body = new JsonObject
            {
                ["name"] = "a",
                ["authorizerType"] = "REQUEST",
                ["authorizerUri"] = TestFunctions.Arn("f"),
                ["integrationType"] = "AWS_PROXY",
                ["integrationUri"] = TestFunctions.Arn("f"),
                [member] = role,
            };
            foreach (var other in path == "/integrations" ? new[] { "name", "authorizerType", "authorizerUri" } : ["integrationType", "integrationUri"])
            {
                body.Remove(other);
            }

            return await caller.SendBytes(
                "POST", $"/v2/apis/{api.Id}{path}", null, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()), service: "apigateway");
        }

        (await Try("")).Denied();
        Assert.Equal(201, (await Try($$""", {"Effect":"Allow","Action":"iam:PassRole","Resource":"{{role}}"}""")).Status);
    }

    [Fact]
    public async Task Policies_say_who_may_change_what()
    {
        var api = await TestApi.Make(server);
        var reader = server.As(await server.Root.Assume(
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"apigateway:GET","Resource":"arn:aws:apigateway:*::/apis/*"}}"""));

        (await reader.SendBytes("GET", $"/v2/apis/{api.Id}/routes", null, null, service: "apigateway")).Ok();
        (await reader.SendBytes("DELETE", $"/v2/apis/{api.Id}", null, null, service: "apigateway")).Denied();
        (await reader.SendBytes("GET", $"/v2/apis/{api.Id}/routes", null, null, service: "chime")).Refused(403, "InvalidSignatureException");
    }
}
