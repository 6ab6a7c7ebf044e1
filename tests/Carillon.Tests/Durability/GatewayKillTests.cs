using Carillon.Tests.Server.Gateway;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>WebSocket connections across a kill: each is disconnected once the server is there again, and none twice.</summary>
[Collection(nameof(Processes))]
public sealed class GatewayKillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-gatewaykill-").FullName;

    [Fact]
    public async Task Connections_that_a_kill_took_are_disconnected_at_the_next_start()
    {
        await using var sink = await EventSink.Start();
        await File.WriteAllTextAsync(Path.Combine(_folder, "gateway.json"), sink.Definitions("$connect", "$disconnect", "$default"));
        var (server, _) = await ServerProcess.Start(_folder);
        var url = new Uri($"ws://127.0.0.1:{server.Address.Port}/ws/sink/dev");
        var sockets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GatewaySocket.Open(url)));
        var left = sockets[0];
        await left.Close(1000, null);
        await sink.Wait(c => c.Route == "$disconnect");
        var before = sink.Calls.Where(c => c.Route == "$disconnect").Select(c => c.Connection).ToList();

        server.Kill();
        await server.Gone();
        server.Dispose();
        (server, _) = await ServerProcess.Start(_folder);

        var connected = sink.Calls.Where(c => c.Route == "$connect").Select(c => c.Connection).ToList();
        foreach (var id in connected)
        {
            await sink.Wait(c => c.Route == "$disconnect" && c.Connection == id);
        }

        // A clean end leaves nothing to be told of; a start after it tells nothing.
        server.Terminate();
        Assert.Equal(0, (await server.Exit(TimeSpan.FromSeconds(20))).Code);
        server.Dispose();
        (server, _) = await ServerProcess.Start(_folder);
        await using (var last = await GatewaySocket.Open(new Uri($"ws://127.0.0.1:{server.Address.Port}/ws/sink/dev")))
        {
            Assert.Equal("echo x", await last.Ask("x"));
        }

        // The kill may have come between a $disconnect and the end of its row: such a one is told again.
        var ends = sink.Calls.Where(c => c.Route == "$disconnect" && connected.Contains(c.Connection))
            .GroupBy(c => c.Connection).SelectMany(g => before.Contains(g.Key) ? g.Take(1) : g).ToList();
        Assert.Equal(connected.Order(StringComparer.Ordinal), ends.Select(c => c.Connection).Order(StringComparer.Ordinal));
        Assert.All(ends, c => Assert.Equal(before.Contains(c.Connection) ? "1000" : "1006", c.Code));
        server.Dispose();
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    public void Dispose() => ServerProcess.EndAllIn(_folder);
}
