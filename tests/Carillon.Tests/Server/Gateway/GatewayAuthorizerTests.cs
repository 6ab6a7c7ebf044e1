using System.Text.Json.Nodes;
using Carillon.Core.Functions;
using Carillon.Tests.Server.Access;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>Who may connect.</summary>
public class GatewayAuthorizerTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private const string Allow = """{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}]},"context":{"level":3,"vip":true,"name":"Ann"}}""";

    private async Task<TestApi> Guarded(string function)
    {
        var api = await TestApi.Make(server);
        var authorizer = (await api.Call("POST", "/authorizers", new JsonObject
        {
            ["name"] = "guard",
            ["authorizerType"] = "REQUEST",
            ["authorizerUri"] = $"arn:aws:apigateway:{LiveServer.Region}:lambda:path/2015-03-31/functions/{TestFunctions.Arn(function)}/invocations",
            ["identitySource"] = new JsonArray("route.request.querystring.token"),
        })).Text("authorizerId");
        await api.Route("$connect", await api.Function(function + "-connect"), more: new()
        {
            ["authorizationType"] = "CUSTOM",
            ["authorizerId"] = authorizer,
        });
        await api.Route("$default", await api.Function(function + "-message"));
        server.Functions.Returns(function + "-connect", """{"statusCode":200}""");
        server.Functions.Returns(function + "-message", """{"statusCode":200}""");
        await api.Deploy();
        return api;
    }

    [Fact]
    public async Task What_an_authorizer_said_goes_with_every_event()
    {
        server.Functions.Returns("says", Allow);
        var api = await Guarded("says");
        await using var socket = await GatewaySocket.Open(new(api.Url + "?token=t"));
        await socket.Send("x");

        var what = (JsonObject)await server.Functions.Wait("says", _ => true);
        Assert.Equal(
            ["headers", "methodArn", "multiValueHeaders", "multiValueQueryStringParameters", "queryStringParameters", "requestContext", "stageVariables", "type"],
            what.Select(m => m.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ("REQUEST", $"arn:aws:execute-api:{LiveServer.Region}:{LiveServer.Account}:{api.Id}/dev/$connect"),
            ((string?)what["type"], (string?)what["methodArn"]));
        Assert.Equal("websocket", (string?)what["headers"]!["Upgrade"], ignoreCase: true);
        foreach (var function in new[] { "says-connect", "says-message" })
        {
            var authorizer = (await server.Functions.Wait(function, _ => true))["requestContext"]!["authorizer"]!;
            Assert.Equal(
                ("ann", "3", "true", "Ann"),
                ((string?)authorizer["principalId"], (string?)authorizer["level"], (string?)authorizer["vip"], (string?)authorizer["name"]));
        }
    }

    [Theory]
    [InlineData(Allow, 101)]
    [InlineData("""{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Deny","Resource":"*"}]}}""", 403)]
    [InlineData("""{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"arn:aws:execute-api:*:*:*/dev/*/*"}]}}""", 403)]
    [InlineData("""{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"arn:aws:execute-api:*:*:*/dev/$connect"}]}}""", 101)]
    [InlineData("""{"policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}]}}""", 500)]
    [InlineData("""{"principalId":"ann"}""", 500)]
    [InlineData("""{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}]},"context":{"a":{}}}""", 500)]
    [InlineData("""{"principalId":"ann","policyDocument":{"Statement":"odd"}}""", 500)]
    [InlineData("null", 500)]
    [InlineData("rubbish", 500)]
    public async Task Its_policy_decides(string answer, int status)
    {
        server.Functions.Returns("decides", answer);
        var api = await Guarded("decides");

        Assert.Equal(status, await GatewaySocket.Status(new(api.Url + "?token=t")));
    }

    [Theory]
    [InlineData("""{"errorMessage":"Unauthorized"}""", 401)]
    [InlineData("""{"errorMessage":"anything else"}""", 500)]
    public async Task A_thrown_Unauthorized_is_told_as_such(string error, int status)
    {
        server.Functions.Set("throws", _ => Task.FromResult(TestFunctions.Answered(error, "Unhandled")));
        var api = await Guarded("throws");

        Assert.Equal(status, await GatewaySocket.Status(new(api.Url + "?token=t")));
    }

    [Fact]
    public async Task Whoever_brings_no_identity_is_refused_without_asking()
    {
        server.Functions.Returns("unasked", Allow);
        var api = await Guarded("unasked");

        Assert.Equal(401, await GatewaySocket.Status(api.Url));
        Assert.Equal(401, await GatewaySocket.Status(new(api.Url + "?token=")));
        Assert.DoesNotContain(server.Functions.Calls, c => c.Function == "unasked");
    }

    [Fact]
    public async Task A_signed_handshake_opens_where_the_policies_allow_it()
    {
        var api = await TestApi.Make(server);
        await api.Route("$connect", await api.Function("iam"), more: new() { ["authorizationType"] = "AWS_IAM" });
        server.Functions.Returns("iam", """{"statusCode":200}""");
        await api.Deploy();
        Uri Signed(AwsCredentials credentials) => new(
            new SigV4Signer(credentials, LiveServer.Region, "execute-api", server.Time).Presign("GET", api.Url, TimeSpan.FromSeconds(30)),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        string Policy(string stage) =>
            $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:{{api.Id}}/{{stage}}/$connect"} }""";
        var allowed = await server.Root.Assume(Policy("dev"));

        await using var socket = await GatewaySocket.Open(Signed(allowed));
        var identity = (await server.Functions.Wait("iam", _ => true))["requestContext"]!["identity"]!;
        Assert.Contains(":assumed-role/", (string?)identity["userArn"]);
        Assert.Equal((LiveServer.Account, allowed.AccessKeyId), ((string?)identity["accountId"], (string?)identity["accessKey"]));
        Assert.Equal(403, await GatewaySocket.Status(Signed(await server.Root.Assume(Policy("prod")))));
        Assert.Equal(403, await GatewaySocket.Status(api.Url));
        Assert.Equal(403, await GatewaySocket.Status(Signed(new(allowed.AccessKeyId, "wrong", allowed.SessionToken))));
    }

    [Fact]
    public async Task A_token_of_an_issuer_opens_and_its_claims_go_with_the_events()
    {
        var api = await TestApi.Make(server);
        var authorizer = (await api.Call("POST", "/authorizers", new JsonObject
        {
            ["name"] = "people",
            ["authorizerType"] = "JWT",
            ["identitySource"] = new JsonArray("route.request.querystring.token", "route.request.header.Authorization"),
            ["jwtConfiguration"] = new JsonObject { ["issuer"] = Issuer.Url, ["audience"] = new JsonArray(Issuer.Client) },
        })).Text("authorizerId");
        await api.Route("$connect", await api.Function("jwt"), more: new() { ["authorizationType"] = "JWT", ["authorizerId"] = authorizer });
        server.Functions.Returns("jwt", """{"statusCode":200}""");
        await api.Deploy();
        Task<int> Status(string token) => GatewaySocket.Status(new($"{api.Url}?token={token}"));
        var now = server.Time.GetUtcNow();
        var other = Issuer.Claims(now);
        other["aud"] = "another";

        // As Cognito's access tokens say for whom they are.
        var access = Issuer.Claims(now);
        access.Remove("aud");
        access["client_id"] = Issuer.Client;
        access["token_use"] = "access";
        var foreign = (JsonObject)access.DeepClone();
        foreign["client_id"] = "another";
        var both = (JsonObject)access.DeepClone();
        both["aud"] = "another";

        Assert.Equal(101, await Status(server.Issuer.Rs256(Issuer.Claims(now))));
        var said = (await server.Functions.Wait("jwt", _ => true))["requestContext"]!["authorizer"]!;
        Assert.Equal(("ada", Issuer.Url), ((string?)said["principalId"], (string?)said["claims"]!["iss"]));
        Assert.Equal(101, await GatewaySocket.Status(
            api.Url, with => with.SetRequestHeader("Authorization", "Bearer " + server.Issuer.Rs256(Issuer.Claims(now)))));
        Assert.Equal(401, await GatewaySocket.Status(api.Url));
        Assert.Equal(401, await Status("rubbish"));
        Assert.Equal(401, await Status(server.Issuer.Rs256(other)));
        Assert.Equal(101, await Status(server.Issuer.Rs256(access)));
        Assert.Equal(401, await Status(server.Issuer.Rs256(foreign)));
        Assert.Equal(401, await Status(server.Issuer.Rs256(both)));
        Assert.Equal(401, await Status(server.Issuer.Rs256(Issuer.Claims(now.AddHours(-2)))));
    }
}
