using System.Net.Sockets;
using Carillon.Sockets;
using Carillon.Tests.Wire.WebSockets;
using Carillon.Wire.WebSockets;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>Time and the end of the server, on every transport.</summary>
public class TransportTests
{
    [Theory]
    [InlineData(Way.Reactor)]
    [InlineData(Way.Pipe)]
    [InlineData(Way.PipeOverTls)]
    public async Task A_head_must_be_whole_after_ten_seconds_and_more_bytes_don_t_put_that_off(Way way)
    {
        var time = new ManualTime();
        await using var server = new EchoServer(way, time: time, headPatience: TimeSpan.FromSeconds(1));
        await server.InitializeAsync();
        var sockets = new List<RawSocket>();
        for (var i = 0; i < 20; i++)
        {
            sockets.Add(await RawSocket.Connect(server));
            await sockets[^1].Send("GET /ech");
        }

        var ends = sockets.Select(socket => socket.ReadHead()).ToArray();
        var passed = 0;
        while (!ends.All(end => end.IsCompleted))
        {
            Assert.True(passed < 60);
            if (ends.Any(end => end.IsCompleted))
            {
                Assert.True(passed >= 10);
            }

            time.Pass(TimeSpan.FromSeconds(1));
            passed++;
            await Task.WhenAll(sockets.Select(socket => socket.SendInPieces("o"u8.ToArray(), 1)));
            await Task.WhenAny(Task.WhenAll(ends), Task.Delay(20));
        }

        Assert.All(await Task.WhenAll(ends), answer => Assert.True(answer is "" || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer));
        await using var next = await RawSocket.Open(server);
        await next.EchoWorks();
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(Way.Reactor)]
    [InlineData(Way.Pipe)]
    [InlineData(Way.PipeOverTls)]
    [InlineData(Way.Upgrade)]
    public async Task Who_leaves_a_ping_unanswered_is_dropped_and_who_says_anything_is_not(Way way)
    {
        var time = new ManualTime();
        var options = new SocketOptions { PingInterval = TimeSpan.FromSeconds(5), MostReceivedFrames = int.MaxValue };
        await using var server = new EchoServer(way, options, time);
        await server.InitializeAsync();
        await using var talks = await RawSocket.Open(server);
        await using var sleeps = await RawSocket.Open(server);
        await talks.EchoWorks();
        await sleeps.EchoWorks();
        (talks.HearsPings, sleeps.HearsPings) = (true, true);

        var pings = 0;
        for (var second = 0; second < 10; second++)
        {
            time.Pass(TimeSpan.FromSeconds(1));
            await server.Loop.Ask(() => true);
            await talks.Send(ClientFrame.Text("here"));
            while ((await talks.ReadFrame())!.Value.Opcode == Opcode.Ping)
            {
                pings++;
            }
        }

        Assert.Equal(2, pings);
        Assert.Equal(Opcode.Ping, (await sleeps.ReadFrame())?.Opcode);
        Assert.Null(await sleeps.ReadFrame());
        Assert.Equal(1, server.Loop.Count);
    }

    [Theory]
    [InlineData(Way.Reactor)]
    [InlineData(Way.Pipe)]
    [InlineData(Way.PipeOverTls)]
    [InlineData(Way.Upgrade)]
    public async Task A_server_that_stops_tells_everybody_after_what_waited_and_does_not_wait_for_who_is_stuck(Way way)
    {
        await using var server = new EchoServer(way, new() { MostWaitingFrames = 100_000, MostWaitingBytes = long.MaxValue, DrainTimeout = TimeSpan.FromSeconds(1) });
        await server.InitializeAsync();
        await using var stuck = await RawSocket.Open(server);
        await stuck.Send(ClientFrame.Text("!flood 4000 8000"));
        await using var well = await RawSocket.Open(server, "/silent");
        await well.Send([.. ClientFrame.Text("!flood 300 100"), .. ClientFrame.Text("all is asked for")]);
        await Patience.Until(() => server.Heard.Contains("/silent all is asked for"));

        var draining = server.Drain(1001);
        for (var i = 0; i < 300; i++)
        {
            Assert.StartsWith($"{i} ", await well.ReadText());
        }

        Assert.Equal((1001, "The server is shutting down."), await well.ReadClose());
        await draining;
        Assert.Equal(0, server.Loop.Count);
        await server.Stop().WaitAsync(RawSocket.Deadline);
        await Assert.ThrowsAnyAsync<SocketException>(() => RawSocket.Connect(server));
    }

    [Theory]
    [InlineData(Way.Reactor)]
    [InlineData(Way.Pipe)]
    [InlineData(Way.Upgrade)]
    public async Task A_server_that_has_as_many_sockets_as_it_may_refuses_the_next_with_503(Way way)
    {
        await using var server = new EchoServer(way, mostSockets: 2);
        await server.InitializeAsync();
        await using var first = await RawSocket.Open(server);
        await using var second = await RawSocket.Open(server);
        await first.EchoWorks();
        await second.EchoWorks();

        await using var third = await RawSocket.Connect(server);
        await third.Send(RawSocket.HeadOf("/echo"));
        Assert.Equal(503, (await third.ReadAnswer()).Status);

        await first.CloseNormally();
        await Patience.Until(() => server.Loop.Count == 1);
        await using var fourth = await RawSocket.Open(server);
        await fourth.EchoWorks();
    }
}
