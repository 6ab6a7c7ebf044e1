using System.Text;
using Carillon.Tests.Wire.WebSockets;
using Carillon.Wire.WebSockets;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>Requests for sockets, and what is none.</summary>
public abstract partial class WebSocketContract
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Asked = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + Key;

    /// <summary>No status: told in frames of HTTP/2 to use HTTP/1.1.</summary>
    private const int InHttp2 = 2;

    /// <summary>A head, and the statuses of the answers that are right; 0 for the end of the connection without one.</summary>
    private static readonly Dictionary<string, (string Head, int[] Statuses)> _heads = new()
    {
        ["A faultless one"] = (RawSocket.HeadOf("/echo"), [101]),
        ["With a query"] = (RawSocket.HeadOf("/echo?a=b%20c&d=/e?f"), [101]),
        ["Names in lower case, as proxies send them"] = (RawSocket.HeadOf("/echo").Replace("Host", "host").Replace("Upgrade:", "upgrade:")
            .Replace("Connection", "connection").Replace("Sec-WebSocket", "sec-websocket"), [101]),
        ["Names and values in upper case"] = (RawSocket.HeadOf("/echo").Replace("Upgrade: websocket", "UPGRADE: WEBSOCKET").Replace("Connection: Upgrade", "CONNECTION: UPGRADE"), [101]),
        ["Upgrade as one of the tokens of Connection"] = (RawSocket.HeadOf("/echo").Replace("Connection: Upgrade", "Connection: keep-alive, Upgrade"), [101]),
        ["Two headers Connection"] = (RawSocket.HeadOf("/echo", "Connection: keep-alive\r\n"), [101]),
        ["Several protocols in Upgrade"] = (RawSocket.HeadOf("/echo").Replace("Upgrade: websocket", "Upgrade: foo/2, websocket"), [101]),
        ["Spaces and tabs around values"] = (RawSocket.HeadOf("/echo", "X: \t a\tb \t\r\n").Replace("Upgrade: websocket", "Upgrade:\t websocket  "), [101]),
        ["No space after the colons"] = (RawSocket.HeadOf("/echo").Replace(": ", ":"), [101]),
        ["Extensions and protocols that nobody knows"] =
            (RawSocket.HeadOf("/echo", "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: a, b\r\n"), [101]),
        ["An empty line before"] = ("\r\n" + RawSocket.HeadOf("/echo"), [101, 400]),
        ["Bare line feeds"] = (RawSocket.HeadOf("/echo").Replace("\r\n", "\n"), [101, 400]),
        ["One bare line feed"] = (RawSocket.HeadOf("/echo").Replace("localhost\r\n", "localhost\n"), [101, 400]),
        ["A bare carriage return"] = (RawSocket.HeadOf("/echo", "X: a\rb\r\n"), [400]),
        ["A folded line"] = (RawSocket.HeadOf("/echo", "X: a\r\n b\r\n"), [400]),
        ["Two hosts"] = (RawSocket.HeadOf("/echo", "Host: other\r\n"), [400]),
        ["No host"] = ("GET /echo HTTP/1.1\r\n" + Asked + "\r\n", [400]),
        ["The length of a body"] = (RawSocket.HeadOf("/echo", "Content-Length: 5\r\n") + "hello", [400]),
        ["The length of an empty body"] = (RawSocket.HeadOf("/echo", "Content-Length: 0\r\n"), [101, 400]),
        ["A body in chunks"] = (RawSocket.HeadOf("/echo", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", [400]),
        ["A length and chunks"] = (RawSocket.HeadOf("/echo", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", [400]),
        ["Upgrade only inside another header"] =
            ("GET /echo HTTP/1.1\r\nHost: localhost\r\nX: Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + Key + "\r\n", [400]),
        ["An upgrade to something else"] = (RawSocket.HeadOf("/echo").Replace("Upgrade: websocket", "Upgrade: h2c"), [400]),
        ["An upgrade to something with a longer name"] = (RawSocket.HeadOf("/echo").Replace("Upgrade: websocket", "Upgrade: websockets"), [400]),
        ["No Connection"] = (RawSocket.HeadOf("/echo").Replace("Connection: Upgrade\r\n", ""), [400]),
        ["Connection without Upgrade"] = (RawSocket.HeadOf("/echo").Replace("Connection: Upgrade", "Connection: keep-alive"), [400]),
        ["No upgrade at all"] = ("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
        ["HTTP/1.0"] = (RawSocket.HeadOf("/echo").Replace("HTTP/1.1", "HTTP/1.0"), [400]),
        ["HTTP/1.2"] = (RawSocket.HeadOf("/echo").Replace("HTTP/1.1", "HTTP/1.2"), [400, 505]),
        ["The absolute form"] = (RawSocket.HeadOf("http://localhost/echo"), [101]),
        ["The asterisk form"] = (RawSocket.HeadOf("*"), [400, 404, 405]),
        ["A letter beyond ASCII in a name"] = (RawSocket.HeadOf("/echo", "X\u00e9: y\r\n"), [400]),
        ["A letter beyond ASCII in a value"] = (RawSocket.HeadOf("/echo", "X: \u00c3\u00a9\r\n"), [101, 400]),
        ["A letter beyond ASCII in the path"] = (RawSocket.HeadOf("/echo\u00e9"), [400, 404]),
        ["A zero byte in a value"] = (RawSocket.HeadOf("/echo", "X: a\0b\r\n"), [400]),
        ["A space before a colon"] = (RawSocket.HeadOf("/echo", "X : y\r\n"), [400]),
        ["A line without a colon"] = (RawSocket.HeadOf("/echo", "what is this\r\n"), [400]),
        ["An old version"] = (RawSocket.HeadOf("/echo").Replace("Version: 13", "Version: 8"), [400]),
        ["No version"] = (RawSocket.HeadOf("/echo").Replace("Sec-WebSocket-Version: 13\r\n", ""), [400]),
        ["Two versions"] = (RawSocket.HeadOf("/echo", "Sec-WebSocket-Version: 8\r\n"), [400]),
        ["No key"] = (RawSocket.HeadOf("/echo").Replace(Key, ""), [400]),
        ["A key that is too short"] = (RawSocket.HeadOf("/echo").Replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), [400]),
        ["A key that is no base 64"] = (RawSocket.HeadOf("/echo").Replace("dGhlIHNhbXBsZSBub25jZQ==", "!!!!!!!!!!!!!!!!!!!!!!!!"), [400]),
        ["Two keys"] = (RawSocket.HeadOf("/echo", Key), [400]),
        ["Another method"] = (RawSocket.HeadOf("/echo").Replace("GET", "POST"), [400]),
        ["A method in lower case"] = (RawSocket.HeadOf("/echo").Replace("GET", "get"), [400]),
        ["A path with something behind it"] = (RawSocket.HeadOf("/echo/"), [404]),
        ["A path that has no sockets"] = (RawSocket.HeadOf("/elsewhere"), [404]),
        ["A path where nobody is let in"] = (RawSocket.HeadOf("/refused"), [503]),
        ["Content awaited"] = (RawSocket.HeadOf("/echo", "Expect: 100-continue\r\n"), [100, 101, 400, 417]),
        ["The preface of HTTP/2"] = ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0", [400, 505, InHttp2]),
        ["A greeting of TLS"] = ("\u0016\u0003\u0001\0\u0010hello, who is there?\r\n\r\n", [400, 0]),
        ["Noise"] = ("\u0001\u0002\u00ff\r\n\r\n", [400]),
        ["Empty lines alone, and the end"] = ("\r\n\r\nX\r\n\r\n", [400]),
        ["A target that is too long"] = (RawSocket.HeadOf("/echo?" + new string('a', 20_000)), [414]),
        ["Headers that are too long"] = (RawSocket.HeadOf("/echo", $"X: {new string('a', 40_000)}\r\n"), [431]),
        ["Headers that are long"] = (RawSocket.HeadOf("/echo", $"X: {new string('a', 12_000)}\r\nY: {new string('a', 9_000)}\r\n"), [101]),
        ["Too many headers"] = (RawSocket.HeadOf("/echo", string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: y\r\n"))), [431]),
    };

    public static TheoryData<string> Heads => [.. _heads.Keys];

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task A_request_is_taken_or_answered_alike_on_every_way_and_in_any_pieces(string head)
    {
        var (bytes, statuses) = _heads[head];
        foreach (var size in new[] { int.MaxValue, Math.Max(1, bytes.Length / 400) })
        {
            await using var socket = await RawSocket.Connect(server);
            if (server.Way == Way.Upgrade)
            {
                await socket.Send("GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Assert.Equal((200, "plain"), await socket.ReadAnswer());
            }

            var sending = socket.SendInPieces(Encoding.Latin1.GetBytes(bytes), size);
            var answer = await socket.ReadHead();
            await sending;
            var status = answer.Length == 0 ? 0 : !answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? InHttp2 : int.Parse(answer.Split(' ')[1]);
            Assert.Contains(status, statuses);
            if (status == 101)
            {
                await socket.EchoWorks();
            }
        }

        await using var next = await RawSocket.Open(server);
        await next.EchoWorks();
    }

    [Theory]
    [InlineData("GET /ec")]
    [InlineData("GET /echo HTTP/1.1\r\nHost: localhost\r\n")]
    [InlineData("")]
    public async Task Who_ends_before_the_request_is_whole_is_let_go(string part)
    {
        await using var socket = await RawSocket.Connect(server);
        await socket.Send(part);
        socket.Finish();

        Assert.DoesNotContain(" 101 ", await socket.ReadHead());
        Assert.Null(await socket.ReadFrame());
    }

    [Fact]
    public async Task Ordinary_requests_are_answered_at_the_same_address()
    {
        await using var socket = await RawSocket.Connect(server);
        for (var i = 0; i < 3; i++)
        {
            await socket.Send("GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Assert.Equal((200, "plain"), await socket.ReadAnswer());
        }

        await socket.Send("POST /plain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal((200, "plain"), await socket.ReadAnswer());
    }

    [Fact]
    public async Task A_connection_that_carried_requests_may_become_a_socket()
    {
        await using var socket = await RawSocket.Connect(server);
        await socket.Send("GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal((200, "plain"), await socket.ReadAnswer());
        await socket.Send("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal(400, (await socket.ReadAnswer()).Status);
        await socket.Send(RawSocket.HeadOf("/echo"));
        await socket.AcceptedAs("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

        await socket.EchoWorks();
        await socket.CloseNormally();
    }

    [Fact]
    public async Task A_request_an_upgrade_and_frames_may_come_in_one_segment()
    {
        await using var socket = await RawSocket.Connect(server);
        await socket.Send([
            .. "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n"u8, .. Encoding.ASCII.GetBytes(RawSocket.HeadOf("/echo")),
            .. ClientFrame.Text("one"), .. ClientFrame.Of(Opcode.Ping, []), .. ClientFrame.Text("two")]);

        Assert.Equal((200, "plain"), await socket.ReadAnswer());
        await socket.AcceptedAs("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        Assert.Equal("one", await socket.ReadText());
        Assert.Equal(Opcode.Pong, (await socket.ReadFrame())?.Opcode);
        Assert.Equal("two", await socket.ReadText());
    }
}

public sealed class ReactorContract(ReactorEcho server) : WebSocketContract(server), IClassFixture<ReactorEcho>;

public sealed class PipeContract(PipeEcho server) : WebSocketContract(server), IClassFixture<PipeEcho>;

public sealed class TlsContract(TlsEcho server) : WebSocketContract(server), IClassFixture<TlsEcho>;

public sealed class UpgradeContract(UpgradeEcho server) : WebSocketContract(server), IClassFixture<UpgradeEcho>;
