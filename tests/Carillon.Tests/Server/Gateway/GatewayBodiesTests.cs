using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Carillon.Server.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>An API of whose routes each tells that it was the one.</summary>
public sealed class BodiesGateway : LiveServer
{
    internal override Carillon.Server.Hosting.CarillonOptions Adjust(Carillon.Server.Hosting.CarillonOptions options) =>
        base.Adjust(options) with { GatewayLimits = "Frames=1000000,ConnectionsPerSecond=1000000" };

    internal override void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new GatewayProgram("bodies", "dev")
            .On("ping", call => Task.FromResult<GatewayReply?>(new("pong")))
            .On("constructor", call => Task.FromResult<GatewayReply?>(new("constructed")))
            .On("$default", call => Task.FromResult<GatewayReply?>(new("default"))));
        builder.Services.AddSingleton(new GatewayProgram("strict", "dev").On("ping", call => Task.FromResult<GatewayReply?>(new("pong"))));
    }

    public Uri Url(string api) => new($"ws://127.0.0.1:{Platform.Port}/ws/{api}/dev");
}

/// <summary>Messages that are not what routes expect: each is answered by the rules, and harms neither its connection nor another.</summary>
public class GatewayBodiesTests(BodiesGateway server) : IClassFixture<BodiesGateway>
{
    private const int Cases = 5_000;
    private const int Connections = 8;

    [Fact]
    public async Task Five_thousand_malformed_bodies_are_answered_by_the_rules_and_nothing_worse()
    {
        var cases = Bodies(new Random(20_261)).Take(Cases).ToList();
        Assert.InRange(cases.Count(c => Wanted(c) == "pong"), 50, Cases / 2);

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async part =>
        {
            await using var lenient = await GatewaySocket.Open(server.Url("bodies"));
            await using var strict = await GatewaySocket.Open(server.Url("strict"));
            for (var i = part; i < cases.Count; i += Connections)
            {
                var wanted = Wanted(cases[i]);
                await Say(lenient, cases[i]);
                Assert.Equal((Shown(cases[i]), wanted), (Shown(cases[i]), await lenient.Next()));
                await Say(strict, cases[i]);
                var answer = await strict.Next();
                Assert.True(wanted == "pong" ? answer == "pong" : answer.StartsWith("""{"message": "Forbidden", """, StringComparison.Ordinal), answer);
                if (i % 50 == part)
                {
                    Assert.Equal("pong", await lenient.Ask("""{"action":"ping"}"""));
                    await using var fresh = await GatewaySocket.Open(server.Url("bodies"));
                    Assert.Equal("pong", await fresh.Ask("""{"action":"ping"}"""));
                }
            }

            Assert.Empty(lenient.Heard);
            Assert.Empty(strict.Heard);
        }));

        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(32_768, 1, false, 0)]
    [InlineData(32_769, 1, false, 1009)]
    [InlineData(33_792, 1, false, 1009)]
    [InlineData(131_072, 4, false, 0)]
    [InlineData(131_072, 1, false, 1009)]
    [InlineData(131_073, 5, false, 1009)]
    [InlineData(132_096, 5, false, 1009)]
    [InlineData(10, 1, true, 1003)]
    [InlineData(0, 1, true, 1003)]
    public async Task Sizes_and_kinds_close_by_the_rules_and_the_next_connection_is_well(int size, int frames, bool isBinary, int code)
    {
        foreach (var start in new[] { """{"action":"ping","padding":" """, "x" })
        {
            await using var socket = await GatewaySocket.Open(server.Url("bodies"));
            var body = Encoding.ASCII.GetBytes(start.Length <= size ? start + new string(' ', size - start.Length - (start.Length > 1 ? 2 : 0)) + (start.Length > 1 ? "\"}" : "") : new string('x', size));
            Assert.Equal(size, body.Length);
            await Say(socket, body, frames, isBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text);
            if (code == 0)
            {
                Assert.Equal(Wanted(body), await socket.Next());
                Assert.Equal("pong", await socket.Ask("""{"action":"ping"}"""));
            }
            else
            {
                Assert.Equal(code, (await socket.Closed).Code);
                Assert.Empty(socket.Heard);
            }

            await using var fresh = await GatewaySocket.Open(server.Url("bodies"));
            Assert.Equal("pong", await fresh.Ask("""{"action":"ping"}"""));
        }
    }

    private static Task Say(GatewaySocket socket, byte[] body) => Say(socket, body, Math.Max(1, (body.Length + 32_767) / 32_768), WebSocketMessageType.Text);

    private static async Task Say(GatewaySocket socket, byte[] body, int frames, WebSocketMessageType type)
    {
        var size = Math.Max(1, (body.Length + frames - 1) / frames);
        for (var i = 0; i < frames; i++)
        {
            var part = body.AsMemory(Math.Min(i * size, body.Length), Math.Min(size, body.Length - Math.Min(i * size, body.Length)));
            await socket.Socket.SendAsync(part, type, endOfMessage: i == frames - 1, CancellationToken.None);
        }
    }

    private static string Shown(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300)));

    /// <summary>What the rule of route selection says, by another parser: an exact action of an object, or the default.</summary>
    private static string Wanted(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("action", out var action)
                && action.ValueKind == JsonValueKind.String ? action.GetString() switch { "ping" => "pong", "constructor" => "constructed", _ => "default" } : "default";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "default";
        }
    }

    private static IEnumerable<byte[]> Bodies(Random random)
    {
        const string good = """{"action":"ping","data":{"room":["a",1,null,true],"t":"\u0041 é"}}""";
        string[] actions =
        [
            "\"ping\"", "\"Ping\"", "\"ping \"", "\"\"", "null", "true", "0", "-0", "1e999", "1e-999", "[]", "[\"ping\"]", "{}", "{\"ping\":1}", "{\"toString\":\"ping\"}",
            "\"\\u0070ing\"", "\"p\\u0000ing\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"__proto__\"", "\"constructor\"", "\"$default\"", "\"$connect\"", "\"$disconnect\"",
            "\"\\\\$default\"", "\"${request.body.action}\"", "\"../ping\"", "\"ping\\n\"", "\"пинг\"", "\"ｐｉｎｇ\"", "\"ping\\u200b\"", "NaN", "'ping'", "ping", "\"ping", "",
        ];
        string[] names =
        [
            "action", "Action", "ACTION", "act\\u0069on", "__proto__", "constructor", "prototype", "toString", "", " ", "$", "a.b", "action.action", "request", "body",
        ];
        while (true)
        {
            yield return random.Next(9) switch
            {
                0 or 1 => Bytes(BadBodies.Mutated(good, random)),
                2 => Bytes($$"""{"{{Pick(names)}}":{{Pick(actions)}}}"""),
                3 => Bytes($$"""{"{{Pick(names)}}":{{Pick(actions)}},"{{Pick(names)}}":{{Pick(actions)}}}"""),
                4 => Bytes($$"""{"{{Pick(names)}}":{"{{Pick(names)}}":{{Pick(actions)}} } }"""),
                5 => Bytes(Pick(actions)),
                6 => Deep(random.Next(2, 2_000), random.Next(3)),
                7 => Bytes(string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(1, 0xd000)))),
                _ => Bytes(Pick([
                    good[..random.Next(good.Length)], good + good, " \t\r\n" + good, "\ufeff" + good, good + ",", good + "//", "[" + good + "]",
                    $$"""{"action":"ping","x":"{{new string('x', random.Next(40_000))}}"}""", $$"""{"x":{{new string('1', random.Next(1, 3_000))}},"action":"ping"}""",
                ])),
            };
        }

        string Pick(string[] of) => of[random.Next(of.Length)];
        static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
        static byte[] Deep(int depth, int kind) => Bytes(kind switch
        {
            0 => new string('[', depth) + new string(']', depth),
            1 => $$"""{"action":"ping","deep":{{new string('[', depth)}}{{new string(']', depth)}} }""",
            _ => string.Concat(Enumerable.Repeat("{\"action\":", depth)) + "1" + new string('}', depth),
        });
    }
}
