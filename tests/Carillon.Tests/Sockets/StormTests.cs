using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Carillon.Tests.Wire.WebSockets;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>By themselves, because they count what the whole process holds.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Thousands at once, and what is left of them: nothing.</summary>
[Collection(nameof(Alone))]
public class StormTests
{
    /// <summary>Files that the runtime may open for itself meanwhile.</summary>
    private const int Slack = 8;

    [Theory]
    [InlineData(Way.Reactor)]
    [InlineData(Way.Pipe)]
    public async Task Three_thousand_requests_that_are_broken_off_leave_no_file_and_no_fault(Way way)
    {
        string[] said = ["GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n", RawSocket.HeadOf("/echo"), "GET /ec", "", "GET /plain HTTP/1.1\r\nHo"];
        await using var server = new EchoServer(way);
        await server.InitializeAsync();
        async Task Break(int index)
        {
            var socket = await RawSocket.Connect(server);
            await socket.Send(said[index % said.Length]);
            socket.Reset();
        }

        await InTurns(100, Break);
        await Patience.Until(() => server.Loop.Count == 0);
        var files = Files();
        await InTurns(3_000, Break);

        await Patience.Until(() => server.Loop.Count == 0 && Files() <= files + Slack);
        await using var next = await RawSocket.Open(server);
        await next.EchoWorks();
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Way.Reactor)]
    [InlineData(Way.Pipe)]
    [InlineData(Way.Upgrade)]
    public async Task Five_hundred_sockets_that_come_and_go_leave_no_file(Way way)
    {
        await using var server = new EchoServer(way);
        await server.InitializeAsync();
        async Task ComeAndGo(int count)
        {
            var sockets = new RawSocket[count];
            var ended = server.Ended;
            await InTurns(count, async i =>
            {
                sockets[i] = await RawSocket.Open(server, early: ClientFrame.Text($"{i}"));
                Assert.Equal($"{i}", await sockets[i].ReadText());
            });
            Assert.Equal(count, server.Loop.Count);
            Assert.Equal(count, server.Loop.CountOf(way switch { Way.Reactor => "reactor", Way.Pipe => "pipe", _ => "upgrade" }));
            await InTurns(count, async i =>
            {
                switch (i % 3)
                {
                    case 0:
                        await sockets[i].CloseNormally();
                        break;
                    case 1:
                        sockets[i].Reset();
                        break;
                }

                await sockets[i].DisposeAsync();
            });
            await Patience.Until(() => server.Ended == ended + count);
        }

        await ComeAndGo(50);
        var files = Files();
        await ComeAndGo(500);

        await Patience.Until(() => server.Loop.Count == 0 && Files() <= files + Slack);
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Half_requests_keep_no_thread_busy_also_when_nothing_more_will_come()
    {
        await using var server = new EchoServer(Way.Reactor);
        await server.InitializeAsync();
        var sockets = new List<RawSocket>();
        for (var i = 0; i < 50; i++)
        {
            sockets.Add(await RawSocket.Connect(server));
            await sockets[i].Send("GET /");
            if (i % 5 == 0)
            {
                sockets[i].Finish();
            }
        }

        var second = new SemaphoreSlim(0);
        server.Loop.Ticked += () => second.Release();
        Assert.True(await second.WaitAsync(RawSocket.Deadline));
        var thread = await server.Loop.Ask(gettid);
        var (before, start) = (Wanted(thread), TimeProvider.System.GetTimestamp());
        Assert.True(await second.WaitAsync(RawSocket.Deadline));
        Assert.True(await second.WaitAsync(RawSocket.Deadline));

        // Time that the thread ran or wanted to: one that turns and turns wants all there is, however busy the machine is.
        Assert.InRange((Wanted(thread) - before) / TimeProvider.System.GetElapsedTime(start), 0, 0.5);
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    private static Task InTurns(int count, Func<int, Task> act) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (i, _) => await act(i));

    private static int Files() => Directory.GetFiles("/proc/self/fd").Length;

    private static TimeSpan Wanted(int thread)
    {
        var parts = File.ReadAllText($"/proc/self/task/{thread}/schedstat").Split(' ');
        return TimeSpan.FromMicroseconds(
            (long.Parse(parts[0], CultureInfo.InvariantCulture) + long.Parse(parts[1], CultureInfo.InvariantCulture)) / 1_000);
    }

    [DllImport("libc")]
    private static extern int gettid();
}
