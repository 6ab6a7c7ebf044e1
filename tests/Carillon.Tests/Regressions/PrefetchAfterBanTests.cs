using System.Text;
using Carillon.Tests.Server;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>A slow reader used to get the prefetch of a channel, messages and members, long after it was banned from it.</summary>
public sealed class PrefetchAfterBanTests(LiveServer server) : IClassFixture<LiveServer>
{
    /// <summary>More than the buffers of both ends of a connection take, so that the last ones wait for the reader.</summary>
    private const int Channels = 50;

    [Fact]
    public async Task Who_is_banned_meanwhile_is_told_no_more_of_the_channel_by_its_prefetch()
    {
        var app = await server.NewApp();
        var (ann, bob) = (await app.NewUser("ann"), await app.NewUser("bob"));
        var content = new string('é', 2000);
        var channels = new List<string>();
        for (var i = 0; i < Channels; i++)
        {
            var channel = await app.NewChannel(bob, members: [ann]);
            channels.Add(channel);
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.Root.SendText(bob, channel, content)));
        }

        await using var session = await SessionClient.Open(
            SessionClient.Url(server, ann, query: "&sessionId=s1&prefetch-on=connect&prefetch-sort-by=last-message-timestamp"), reads: false);
        var first = await Read(session);
        (await app.Root.CreateChannelBan(bob, channels[0], ann)).Ok();

        // The channel that was spoken in first comes last, and the event of the removal after the whole prefetch.
        List<string> told = [first];
        while (!told[^1].Contains("DELETE_CHANNEL_MEMBERSHIP", StringComparison.Ordinal))
        {
            told.Add(await Read(session));
        }

        Assert.Single(told, frame => frame.Contains(channels[0], StringComparison.Ordinal));
        Assert.Equal(Channels - 1, told.Count(frame => frame.Contains("CHANNEL_DETAILS", StringComparison.Ordinal)));
    }

    private static async Task<string> Read(SessionClient session)
    {
        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        using var frame = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await session.Socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            frame.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(frame.ToArray());
            }
        }
    }
}
