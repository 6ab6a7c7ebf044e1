using System.Text;
using Carillon.Sockets;
using Carillon.Tests.Wire.WebSockets;
using Carillon.Wire.WebSockets;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>Requests that are decided about while their clients wait, and what is told of a socket's end.</summary>
public abstract partial class WebSocketContract
{
    [Fact]
    public async Task Nothing_is_answered_before_it_is_decided_and_what_was_said_early_is_heard_then()
    {
        await using var socket = await Ask(ClientFrame.Text("early"));
        var decision = await Decision();

        // Another one comes and goes meanwhile: nobody waits for who is decided about.
        await using (var other = await RawSocket.Open(server))
        {
            await other.EchoWorks();
        }

        var answer = socket.ReadHead();
        Assert.False(answer.IsCompleted);
        decision.SetResult(UpgradeAnswer.Accepted);
        Assert.StartsWith("HTTP/1.1 101 ", await answer);
        Assert.Equal("early", await socket.ReadText());
        await socket.EchoWorks();
        await socket.CloseNormally();
    }

    [Fact]
    public async Task The_chosen_protocol_is_named()
    {
        await using var socket = await Ask();
        (await Decision()).SetResult(UpgradeAnswer.AcceptedAs("chat.v2"));
        var lines = (await socket.ReadHead()).Split("\r\n");
        Assert.Contains("Sec-WebSocket-Protocol: chat.v2", lines);
        await socket.EchoWorks();
    }

    [Fact]
    public async Task A_refusal_is_an_answer_of_http_and_the_end()
    {
        var over = server.Over;
        await using var socket = await Ask();
        (await Decision()).SetResult(UpgradeAnswer.Refused(
            403, [new("Content-Type", "application/json"), new("x-amzn-ErrorType", "ForbiddenException")], """{"message":"Forbidden"}"""u8.ToArray()));
        var head = await socket.ReadHead();
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", head);
        var fields = head.Split("\r\n");
        Assert.Contains("x-amzn-ErrorType: ForbiddenException", fields);
        Assert.Contains("Content-Length: 23", fields);
        await socket.Send("GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal("""{"message":"Forbidden"}""", await socket.ReadToEnd());
        await Patience.Until(() => server.Over > over);
    }

    [Fact]
    public async Task Who_leaves_before_the_answer_is_over_once_and_keeps_no_file()
    {
        var over = server.Over;
        var sockets = new List<RawSocket>();
        var decisions = new List<TaskCompletionSource<UpgradeAnswer>>();
        for (var i = 0; i < 30; i++)
        {
            sockets.Add(await Ask());
            decisions.Add(await Decision());
        }

        for (var i = 0; i < 30; i++)
        {
            if (i % 2 == 0)
            {
                sockets[i].Reset();
            }
            else
            {
                await sockets[i].DisposeAsync();
            }
        }

        foreach (var decision in decisions)
        {
            decision.SetResult(UpgradeAnswer.Accepted);
        }

        await Patience.Until(() => server.Over >= over + 30);
        await Patience.Until(() => server.Loop.Count == 0);
    }

    [Fact]
    public async Task A_decision_that_fails_is_a_500_and_is_logged()
    {
        await using var socket = await Ask();
        (await Decision()).SetException(new InvalidOperationException("The decision fails."));
        Assert.Equal((500, """{"message":"Internal server error"}"""), await socket.ReadAnswer());
        await Patience.Until(() => server.Log.Lines.Any(line => line.Contains("The decision fails.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("1000 bye", 1000, "bye")]
    [InlineData("4001 ", 4001, "")]
    [InlineData("", 1005, "")]
    [InlineData("reset", 1006, "")]
    [InlineData("server", 4003, "out")]
    public async Task The_end_of_a_socket_is_told_by_who_began_it(string how, int code, string reason)
    {
        server.Ends.Clear();
        await using var socket = await RawSocket.Open(server);
        switch (how)
        {
            case "reset":
                socket.Reset();
                break;
            case "server":
                await socket.Send(ClientFrame.Text("!close 4003 out"));
                Assert.Equal((4003, "out"), await socket.ReadClose());
                await socket.Send(ClientFrame.Close(1000));
                break;
            case "":
                await socket.Send(ClientFrame.Of(Opcode.Close, []));
                break;
            default:
                await socket.Send(ClientFrame.Of(
                    Opcode.Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(how[5..])]));
                break;
        }

        // Sockets of other tests may end late.
        await Patience.Until(() => server.Ends.Contains((code, reason)));
    }

    private async Task<RawSocket> Ask(byte[]? early = null)
    {
        var socket = await RawSocket.Connect(server);
        var before = server.Way == Way.Upgrade ? "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n" : "";
        await socket.Send([.. Encoding.ASCII.GetBytes(before + RawSocket.HeadOf("/held")), .. early ?? []]);
        if (before.Length > 0)
        {
            Assert.Equal((200, "plain"), await socket.ReadAnswer());
        }

        return socket;
    }

    private async Task<TaskCompletionSource<UpgradeAnswer>> Decision()
    {
        TaskCompletionSource<UpgradeAnswer>? decision = null;
        await Patience.Until(() => server.Held.TryDequeue(out decision));
        return decision!;
    }
}
