using Carillon.Tests.Server;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>Measures the memory of the process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;

/// <summary>A session used to keep what it had prefetched, up to 8 MB, for as long as it was open.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class PrefetchMemoryTests(LiveServer server) : IClassFixture<LiveServer>
{
    private const int Channels = 40;
    private const int Messages = 20;
    private const int Sessions = 10;

    [Fact]
    public async Task An_open_session_does_not_keep_what_it_prefetched()
    {
        var app = await server.NewApp();
        var user = await app.NewUser("ann");
        var content = new string('é', 2000);
        for (var i = 0; i < Channels; i++)
        {
            var channel = await app.NewChannel(user);
            await Task.WhenAll(Enumerable.Range(0, Messages).Select(_ => app.Root.SendText(user, channel, content)));
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sessions = new List<SessionClient>();
        for (var i = 0; i < Sessions; i++)
        {
            // Read and forgotten, so that the client keeps nothing either.
            var session = await SessionClient.Open(
                SessionClient.Url(server, user, query: $"&sessionId={i}&prefetch-on=connect"), reads: false);
            sessions.Add(session);
            await Drain(session, frames: Channels + 1);
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }

        // Kept, it would be 4,000 bytes of text a message, 32 MB in all; what else the process does is a quarter of that.
        Assert.InRange(grown, long.MinValue, Sessions * Channels * Messages * 4_000 / 2);
    }

    private static async Task Drain(SessionClient session, int frames)
    {
        var buffer = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (frames > 0)
        {
            frames -= (await session.Socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).EndOfMessage ? 1 : 0;
        }
    }
}
