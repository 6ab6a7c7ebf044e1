using System.Net.WebSockets;
using Carillon.Sockets;
using Carillon.Tests.Server;
using Carillon.Tests.Server.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>Clients that read nothing, or send nothing without an end.</summary>
public sealed class StuckSessionTests(LiveServer server) : IClassFixture<LiveServer>
{
    private readonly ManualTime _time = new();
    private readonly SocketOptions _options = new();

    private sealed class Listener : ISocketHandler
    {
        public void Message(LiveSocket socket, bool isText, ReadOnlySpan<byte> payload)
        {
        }

        public void Ended(LiveSocket socket)
        {
        }
    }

    private SocketLoop StartLoop()
    {
        var loop = new SocketLoop(_time, NullLogger.Instance);
        loop.Start();
        return loop;
    }

    private IEnumerator<SharedFrame> Two() =>
        new[] { SharedFrame.Text("1"u8, _time), SharedFrame.Text("2"u8, _time) }.AsEnumerable().GetEnumerator();

    private static Task<bool> Settle(SocketLoop loop) => loop.Ask(() => true);

    [Fact]
    public async Task A_client_that_does_not_take_its_prefetch_is_stuck()
    {
        using var loop = StartLoop();
        var socket = new HeldSocket(loop);
        socket.Start(new Listener(), Two());
        await socket.Sending.Task.WaitAsync(SessionClient.Deadline);
        Assert.False(socket.IsClosing);

        _time.Pass(_options.MostWaitingTime + TimeSpan.FromSeconds(1));
        await socket.Over.Task.WaitAsync(SessionClient.Deadline);
        Assert.Equal(1013, socket.CloseStatus);
    }

    [Fact]
    public async Task A_client_that_took_its_prefetch_is_not_stuck()
    {
        using var loop = StartLoop();
        var socket = new HeldSocket(loop);
        socket.Release();
        socket.Start(new Listener(), Two());
        while (socket.Sent.Count < 2)
        {
            await Settle(loop);
        }

        // The turn that sent the last frame is over when another one has its turn.
        await Settle(loop);
        _time.Pass(TimeSpan.FromSeconds(29));
        await Settle(loop);
        Assert.False(socket.IsClosing);
    }

    [Fact]
    public async Task A_server_that_stops_waits_for_a_stuck_client_only_so_long()
    {
        using var loop = StartLoop();
        var socket = new HeldSocket(loop);
        Assert.True(await loop.Ask(() => socket.Offer(SharedFrame.Text("1"u8, _time), Lane.Narrow)));
        socket.Start(new Listener());
        await socket.Sending.Task.WaitAsync(SessionClient.Deadline);

        socket.CloseAfterQueue(1001, "");
        await Settle(loop);
        Assert.False(socket.IsClosing);
        _time.Pass(_options.DrainTimeout);

        await socket.Over.Task.WaitAsync(SessionClient.Deadline);
        Assert.Equal(1001, socket.CloseStatus);
    }

    [Fact]
    public async Task A_message_of_endless_empty_parts_ends_the_session()
    {
        var user = await (await server.NewApp()).NewUser("ann");
        await using var session = await SessionClient.Start(server, user);

        try
        {
            for (var i = 0; i < 200 && session.IsOpen; i++)
            {
                await session.Socket.SendAsync(
                    ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
            }
        }
        catch (WebSocketException)
        {
            // Closed while sending.
        }

        Assert.Equal(1008, await session.Closed);
    }
}
