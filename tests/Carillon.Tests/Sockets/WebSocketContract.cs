using System.Text;
using Carillon.Tests.Wire.WebSockets;
using Carillon.Wire.WebSockets;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>What clients may rely on, whichever way their socket gets in.</summary>
public abstract partial class WebSocketContract(EchoServer server)
{
    public static TheoryData<string> Framings => [.. FramingCases.All.Keys];

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task What_is_sent_is_answered_as_the_protocol_says(string framing)
    {
        var one = FramingCases.All[framing];

        // In one segment with the handshake, by itself, and cut into pieces, which are single bytes unless it is long.
        await using (var socket = await RawSocket.Open(server, early: one.Bytes))
        {
            await Judge(socket, one);
        }

        foreach (var size in new[] { one.Bytes.Length, Math.Max(1, one.Bytes.Length / 300) })
        {
            await using var socket = await RawSocket.Open(server);
            var sending = socket.SendInPieces(one.Bytes, size);
            await Judge(socket, one);
            await sending;
        }
    }

    private static async Task Judge(RawSocket socket, FramingCase one)
    {
        foreach (var (opcode, payload) in one.Answers)
        {
            var answer = await socket.ReadFrame();
            if (answer is { Opcode: Opcode.Close } close && one.Code is { } code)
            {
                Assert.Equal(code, RawSocket.CloseOf(close.Payload).Code);
                return;
            }

            Assert.NotNull(answer);
            Assert.Equal(opcode, answer.Value.Opcode);
            Assert.Equal(payload, answer.Value.Payload);
        }

        if (one.Code is null)
        {
            await socket.CloseNormally();
        }
        else
        {
            var last = await socket.ReadFrame();
            Assert.Equal(Opcode.Close, last?.Opcode);
            Assert.Equal(one.Code, RawSocket.CloseOf(last!.Value.Payload).Code);
        }
    }

    [Fact]
    public async Task After_the_close_frames_of_both_the_connection_ends()
    {
        await using var first = await RawSocket.Open(server);
        await first.CloseNormally();

        await using var second = await RawSocket.Open(server);
        await second.Send(ClientFrame.Text("!close 1001 bye"));
        Assert.Equal((1001, "bye"), await second.ReadClose());
        await second.Send(ClientFrame.Close(1001));
        Assert.Null(await second.ReadFrame());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(4003)]
    [InlineData(4401)]
    public async Task Codes_and_reasons_of_the_server_reach_the_client_also_while_it_is_talking(int code)
    {
        await using var socket = await RawSocket.Open(server);
        await socket.Send([
            .. ClientFrame.Text("!close " + code + " Grüße"), .. Enumerable.Range(0, 50).SelectMany(i => ClientFrame.Text($"more {i}"))]);

        Assert.Equal((code, "Grüße"), await socket.ReadClose());
    }

    [Fact]
    public async Task A_socket_that_is_ended_after_its_queue_is_told_all_of_it_first()
    {
        await using var socket = await RawSocket.Open(server);
        await socket.Send([.. ClientFrame.Text("!flood 700 1000"), .. ClientFrame.Text("!finish 1001 bye")]);

        for (var i = 0; i < 700; i++)
        {
            Assert.StartsWith($"{i} ", await socket.ReadText());
        }

        Assert.Equal((1001, "bye"), await socket.ReadClose());
    }

    [Fact]
    public async Task A_handler_that_fails_ends_its_socket_with_1011_and_no_other()
    {
        await using var other = await RawSocket.Open(server);
        await using var socket = await RawSocket.Open(server);
        await socket.Send(ClientFrame.Text("!fail"));

        Assert.Equal(1011, (await socket.ReadClose()).Code);
        await other.EchoWorks();
    }

    [Fact]
    public async Task A_socket_that_cannot_be_served_is_closed_with_1011()
    {
        await using var socket = await RawSocket.Open(server, "/fails");

        Assert.Equal(1011, (await socket.ReadClose()).Code);
    }

    [Fact]
    public async Task What_is_sent_before_the_socket_is_started_is_heard_afterwards()
    {
        var name = Guid.NewGuid().ToString();
        await using var socket = await RawSocket.Open(server, "/late", ClientFrame.Text($"early {name}"));
        for (var i = 0; i < 20; i++)
        {
            await socket.Send(ClientFrame.Text($"{i} {name}"));
        }

        await Patience.Until(() => !server.Late.IsEmpty);
        Assert.DoesNotContain(server.Heard, heard => heard.Contains(name));
        while (server.Late.TryDequeue(out var late))
        {
            server.StartLate(late);
        }

        Assert.Equal($"early {name}", await socket.ReadText());
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal($"{i} {name}", await socket.ReadText());
        }
    }

    [Fact]
    public async Task What_goes_first_goes_before_what_was_offered_meanwhile()
    {
        await using var socket = await RawSocket.Open(server, "/first", ClientFrame.Text("echo"));
        var heard = new List<string>();
        while (heard.Count < 7)
        {
            heard.Add(await socket.ReadText());
        }

        Assert.Equal(["first 1", "first 2", "first 3"], heard.Take(3));
        Assert.Equal(["offered 1", "offered 2", "offered 3"], heard.Where(text => text.StartsWith("offered", StringComparison.Ordinal)));
        Assert.Contains("echo", heard);
    }

    [Fact]
    public async Task A_slow_reader_is_closed_with_1013_after_whole_frames_and_harms_nobody()
    {
        const int Size = 8_000;
        await using var other = await RawSocket.Open(server);
        await using var slow = await RawSocket.Open(server);
        var before = server.Loop.Slow;
        await slow.Send(ClientFrame.Text($"!flood 4000 {Size}"));
        await other.EchoWorks("meanwhile");
        await Patience.Until(() => server.Loop.Slow > before);
        await other.EchoWorks("afterwards");

        var told = 0;
        while (await slow.ReadFrame() is { } frame)
        {
            if (frame.Opcode == Opcode.Close)
            {
                Assert.Equal(1013, RawSocket.CloseOf(frame.Payload).Code);
                Assert.InRange(told, 0, 3_999);
                return;
            }

            Assert.Equal(Size, frame.Payload.Length);
            Assert.StartsWith($"{told++} ", Encoding.ASCII.GetString(frame.Payload));
        }

        Assert.Fail("It ended without a close frame.");
    }

    [Fact]
    public async Task Who_sends_more_frames_than_it_may_is_closed_with_1008()
    {
        await using var socket = await RawSocket.Open(server, "/strict");
        await socket.Send([.. Enumerable.Range(0, 40).SelectMany(_ => ClientFrame.Of(Opcode.Ping, []))]);

        Assert.Equal(1008, (await socket.ReadClose()).Code);
    }

    [Fact]
    public async Task Who_sends_larger_messages_than_it_may_is_closed_with_1009()
    {
        await using var socket = await RawSocket.Open(server, "/strict");
        await socket.Send(ClientFrame.Of(Opcode.Binary, new byte[4096]));
        Assert.Equal(4096, (await socket.ReadFrame())!.Value.Payload.Length);
        await socket.Send(ClientFrame.Of(Opcode.Binary, new byte[4097]));

        Assert.Equal(1009, (await socket.ReadClose()).Code);
    }

    [Theory]
    [InlineData("a reset")]
    [InlineData("the end of the stream")]
    [InlineData("a reset in the midst of a frame")]
    public async Task A_client_that_goes_without_a_word_is_known_to_be_gone(string by)
    {
        var ended = server.Ended;
        await using var socket = await RawSocket.Open(server);
        await socket.EchoWorks();
        if (by.EndsWith("frame", StringComparison.Ordinal))
        {
            await socket.Send(ClientFrame.Text("half of this")[..7]);
        }

        if (by.StartsWith("a reset", StringComparison.Ordinal))
        {
            socket.Reset();
        }
        else
        {
            socket.Finish();
            Assert.Null(await socket.ReadFrame());
        }

        await Patience.Until(() => server.Ended > ended);
    }
}
