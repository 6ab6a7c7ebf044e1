using System.Net.WebSockets;
using Carillon.Core.Identity;
using Carillon.Server.Sessions;
using Carillon.Tests.Server;
using Carillon.Tests.Server.Sessions;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>Clients that read nothing, or send nothing without an end.</summary>
public sealed class StuckSessionTests(LiveServer server) : IClassFixture<LiveServer>
{
    private readonly ManualTime _time = new();
    private readonly Carillon.Server.Sessions.SessionOptions _options = new();

    private Session NewSession(WebSocket socket) =>
        new(socket, new(new(1), new(1), "app", PersonKind.User, "ann", "Ann"), null, _options, _time);

    [Fact]
    public async Task A_client_that_does_not_take_its_prefetch_is_stuck()
    {
        using var socket = new HeldSocket();
        var session = NewSession(socket);
        var running = session.Run([[1], [2]]);
        await socket.Sending.Task.WaitAsync(SessionClient.Deadline);
        Assert.False(session.IsStuck());

        _time.Pass(_options.MostWaitingTime + TimeSpan.FromSeconds(1));
        Assert.True(session.IsStuck());

        session.Close(1013, "");
        await running.WaitAsync(SessionClient.Deadline);
    }

    [Fact]
    public async Task A_client_that_took_its_prefetch_is_not_stuck()
    {
        using var socket = new HeldSocket();
        socket.Release();
        var session = NewSession(socket);
        var running = session.Run([[1], [2]]);

        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.False(session.IsStuck());

        session.Close(1000, "");
        await running.WaitAsync(SessionClient.Deadline);
        Assert.Equal(2, socket.Sent.Count);
    }

    [Fact]
    public async Task A_server_that_stops_waits_for_a_stuck_client_only_so_long()
    {
        using var socket = new HeldSocket();
        var session = NewSession(socket);
        Assert.True(session.Offer([1]));
        var running = session.Run([]);
        await socket.Sending.Task.WaitAsync(SessionClient.Deadline);

        session.CloseAfterQueue(1001, "");
        Assert.False(session.IsClosing);
        _time.Pass(_options.DrainTimeout);

        await running.WaitAsync(SessionClient.Deadline);
        Assert.Equal(1001, (int?)socket.CloseStatus);
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
