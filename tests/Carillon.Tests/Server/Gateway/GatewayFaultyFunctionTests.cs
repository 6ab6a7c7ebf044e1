using System.Text.Json.Nodes;
using Carillon.Tests.Server.Functions;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>Functions in processes of their own, behind a WebSocket API: whatever they do, its clients hear what AWS says.</summary>
public class GatewayFaultyFunctionTests(FunctionServer server) : IClassFixture<FunctionServer>
{
    private const string Code = """
        export const handler = async event => {
          const how = event.requestContext.eventType === 'CONNECT' ? event.queryStringParameters?.how : JSON.parse(event.body).how;
          switch (how) {
            case 'throw': throw new Error('a detail that is nobody else\'s');
            case 'throw text': throw 'Unauthorized';
            case 'throw nothing': throw undefined;
            case 'hang': return new Promise(() => setTimeout(() => {}, 60_000));
            case 'nothing': return;
            case 'null': return null;
            case 'text': return 'text';
            case 'number': return 200;
            case 'list': return [200];
            case 'no status': return { body: 'x' };
            case 'odd status': return { statusCode: 'many' };
            case 'odd body': return { statusCode: 200, body: { not: 'text' } };
            case 'cycle': { const self = { statusCode: 200 }; self.self = self; return self; }
            case 'exit 0': return process.exit(0);
            case 'exit 3': return process.exit(3);
            case 'kill': process.kill(process.pid, 'SIGKILL'); return new Promise(() => setTimeout(() => {}, 60_000));
            case 'reject beside': Promise.reject(new Error('beside')); return new Promise(() => setTimeout(() => {}, 60_000));
            case 'much': return { statusCode: 200, body: 'x'.repeat(7_000_000) };
            default: return { statusCode: 200, body: 'well' };
          }
        };
        """;

    private static readonly string[] _ways =
    [
        "throw", "throw text", "throw nothing", "hang", "nothing", "null", "text", "number", "list", "no status", "odd status", "odd body", "cycle", "exit 0",
        "exit 3", "kill", "reject beside", "much",
    ];

    private async Task<TestApi> Api(string name, int? timeoutInMillis = null)
    {
        var made = await server.Create(
            name, FunctionServer.Zip(("index.mjs", Code)), await server.NewRole(), seconds: timeoutInMillis is null ? 2 : 20);
        Assert.Equal((201, name), (made.Status, made.Text("FunctionName")));
        (await server.Lambda("POST", $"{FunctionServer.Functions}/{name}/policy", new JsonObject
        {
            ["StatementId"] = "api-gateway",
            ["Action"] = "lambda:InvokeFunction",
            ["Principal"] = "apigateway.amazonaws.com",
        })).Ok();
        var api = await TestApi.Make(server);
        var integration = await api.Function(name);
        if (timeoutInMillis is not null)
        {
            (await api.Call("PATCH", "/integrations/" + integration, new JsonObject { ["timeoutInMillis"] = timeoutInMillis })).Ok();
        }

        await api.Route("$connect", integration);
        await api.Route("$default", integration, twoWay: true);
        await api.Deploy();
        return api;
    }

    [Fact]
    public async Task A_function_that_throws_hangs_answers_rubbish_or_dies_is_told_of_and_the_next_message_is_well()
    {
        var api = await Api("fails");
        await using var socket = await GatewaySocket.Open(api.Url);
        foreach (var way in _ways)
        {
            var heard = await socket.Ask($$"""{"how":"{{way}}"}""");
            Assert.True(heard.StartsWith("""{"message": "Internal server error", "connectionId":""", StringComparison.Ordinal), $"{way}: {heard[..Math.Min(heard.Length, 200)]}");
            Assert.Equal((way, "well"), (way, await socket.Ask("""{"how":"well"}""")));
        }

        Assert.Empty(socket.Heard);
        await using var fresh = await GatewaySocket.Open(api.Url);
        Assert.Equal("well", await fresh.Ask("""{"how":"well"}"""));
    }

    [Fact]
    public async Task At_the_handshake_it_is_a_502_and_the_next_client_gets_in()
    {
        var api = await Api("refuses");
        foreach (var way in _ways)
        {
            Assert.Equal((way, 502), (way, await GatewaySocket.Status(new($"{api.Url}?how={Uri.EscapeDataString(way)}"))));
            Assert.Equal((way, 101), (way, await GatewaySocket.Status(api.Url)));
        }
    }

    [Fact]
    public async Task A_function_that_takes_longer_than_its_integration_may_is_a_timeout_of_the_endpoint()
    {
        var api = await Api("slow", timeoutInMillis: 1_500);
        await using var socket = await GatewaySocket.Open(api.Url);
        Assert.Equal("well", await socket.Ask("""{"how":"well"}"""));

        Assert.StartsWith("""{"message": "Endpoint request timed out", """, await socket.Ask("""{"how":"hang"}"""));
        Assert.Equal("well", await socket.Ask("""{"how":"well"}"""));
        Assert.Equal(504, await GatewaySocket.Status(new($"{api.Url}?how=hang")));
    }
}
