using System.Security.Cryptography;
using System.Text;
using Carillon.Server.Gateway;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>A thousand calls of @connections, good and bad in turn, each answered as AWS answers it.</summary>
public class ConnectionsCasesTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private const int Cases = 1_000;
    private const string Rooms = "/ws/rooms/dev";

    [Fact]
    public async Task Each_call_is_answered_by_the_rules_and_what_is_queued_arrives()
    {
        var random = new Random(410);
        server.Functions.Returns("any", """{"statusCode":200}""");
        var other = await TestApi.Deployed(server, ("$default", "any"));
        var nobody = await server.Root.Assume("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}}""");
        var stranger = new AwsCredentials("AKIAABSENT", "secret", null);
        var open = new List<(GatewaySocket Socket, string Id)>();
        var gone = new List<string> { "R0oXAdfD0kwCH6w=", "JC1dgf9yoAMCK-g=" };
        for (var i = 0; i < 8; i++)
        {
            var socket = await GatewaySocket.Open(server.SocketUrl(Rooms));
            open.Add((socket, await socket.Ask("""{"action":"whoami"}""")));
        }

        var left = await GatewaySocket.Open(server.SocketUrl(Rooms));
        var leftId = await left.Ask("""{"action":"whoami"}""");
        await left.Close(1000, null);
        await left.Closed;
        gone.Add(leftId);
        var most = new string('m', 131_072);
        var wanted = open.ToDictionary(o => o.Id, _ => new List<string>());
        for (var i = 0; i < Cases; i++)
        {
            var (socket, id) = open[random.Next(open.Count)];
            var method = new[] { "POST", "GET", "DELETE" }[random.Next(3)];
            var what = random.Next(10);
            var text = what == 9 ? most : $"{i} ".PadRight(random.Next(200), 'ü');
            var bytes = Encoding.UTF8.GetBytes(text);
            switch (what)
            {
                case 0 or 1:
                    // Never there, or no more, or there under another letter.
                    id = random.Next(4) switch { 0 => Fresh(random), 1 => Toggle(id), _ => gone[random.Next(gone.Count)] };
                    var answer = (await Call(method, Rooms, id, method == "POST" ? bytes : null)).Refused(410, "GoneException");
                    Assert.Equal("", answer.Body);
                    break;
                case 2:
                    (await Call(method, other.Path, id, method == "POST" ? bytes : null)).Refused(410, "GoneException");
                    break;
                case 3:
                    (await Call(method, Rooms, id, method == "POST" ? bytes : null, random.Next(2) == 0 ? nobody : stranger)).Forbidden();
                    break;
                case 4:
                    // Who may not call learns nothing of what there is.
                    (await Call(method, Rooms, gone[random.Next(gone.Count)], method == "POST" ? bytes : null, nobody)).Forbidden();
                    break;
                case 5:
                    (await Call("POST", Rooms, id, [.. Encoding.ASCII.GetBytes(most), .. bytes, 0])).Refused(413, "PayloadTooLargeException");
                    break;
                case 6:
                    var bad = new[] { "x", "abc/d+e=", id + "=", id[..^1], " " + id, "é", "%", "..", new string('A', 300), id.TrimEnd('=') + "==" }[random.Next(10)];
                    var refused = (await Call(method, Rooms, bad, method == "POST" ? bytes : null)).BadRequest();
                    Assert.StartsWith("Invalid connectionId: ", (string?)refused.Json["message"]);
                    break;
                case 7:
                    (await Call("POST", Rooms, id, [.. bytes, 0xff])).BadRequest();
                    break;
                case 8 when method == "DELETE" && open.Count > 3:
                    Assert.Equal(204, (await Call("DELETE", Rooms, id)).Status);
                    Assert.Equal(1000, (await socket.Closed).Code);
                    Assert.Equal(wanted[id], socket.Heard);
                    await socket.DisposeAsync();
                    open.Remove((socket, id));
                    gone.Add(id);
                    break;
                default:
                    (await Call("GET", Rooms, id)).Ok();
                    Assert.Equal(200, (await Call("POST", Rooms, id, bytes)).Status);
                    wanted[id].Add(text);
                    break;
            }
        }

        foreach (var (socket, id) in open)
        {
            Assert.Equal(id, await Last(socket));
            Assert.Equal(wanted[id].Append(id), socket.Heard);
            await socket.DisposeAsync();
        }

        await left.DisposeAsync();
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    /// <summary>Asks for one more thing, and waits until it is there.</summary>
    private static async Task<string> Last(GatewaySocket socket)
    {
        await socket.Send("""{"action":"whoami"}""");
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (socket.Heard.LastOrDefault() is not { Length: 16 })
        {
            await Task.Delay(5, patience.Token);
        }

        return socket.Heard.Last();
    }

    private Task<Answer> Call(string method, string path, string id, byte[]? body = null, AwsCredentials? credentials = null) =>
        server.As(credentials ?? server.Platform.Root).SendBytes(
            method, $"{path}/@connections/{Uri.EscapeDataString(id)}", null, body, service: "execute-api", contentType: "application/octet-stream");

    private static string Fresh(Random random)
    {
        var bytes = new byte[11];
        random.NextBytes(bytes);
        return Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');
    }

    private static string Toggle(string id) => (char.IsLower(id[2]) ? char.ToUpperInvariant(id[2]) : id[2] == 'A' ? 'B' : 'A') is var letter ? id[..2] + letter + id[3..] : id;
}
