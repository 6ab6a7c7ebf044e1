using Carillon.Sockets;
using Carillon.Sockets.Epoll;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>What a delivery costs, and who goes before whom; counted in calls and bytes, not in time.</summary>
public sealed class ReactorCostTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly StillKernel.State _kernel = new();
    private readonly SocketLoop _loop;
    private readonly Reactor<StillKernel> _reactor;

    public ReactorCostTests()
    {
        _loop = new(_time, NullLogger.Instance);
        _reactor = new(_loop, new(_kernel));
        _loop.Use(_reactor);
        _loop.Start();
    }

    /// <summary>Open sockets, numbered from <paramref name="from"/> on.</summary>
    private async Task<LiveSocket[]> Open(int from, int count)
    {
        var sockets = await _loop.Ask<LiveSocket[]>(() =>
        [
            .. Enumerable.Range(from, count).Select(file =>
            {
                var socket = new ReactorSocket<StillKernel>(
                    _reactor, new(), file, _reactor.Watch(file, default, new Nobody()), ended: null);
                socket.Start(new Deaf());
                return socket;
            }),
        ]);

        // Who has just started stands in a lane; once all have been told something, none does any more.
        await _loop.Ask(() =>
        {
            Offer(sockets, Frame(), Lane.Narrow);
            return true;
        });
        await Sent(sockets);
        await _loop.Ask(() => _kernel.Sends = 0);
        return sockets;
    }

    private static void Offer(LiveSocket[] to, SharedFrame frame, Lane lane)
    {
        foreach (var socket in to)
        {
            Assert.True(socket.Offer(frame, lane));
        }
    }

    private SharedFrame Frame(int size = 100) => SharedFrame.Text(new byte[size], _time);

    /// <summary>Returns when everything offered has been sent.</summary>
    private async Task Sent(LiveSocket[] to)
    {
        while (await _loop.Ask(() => to.Any(socket => socket.Writable > 0)))
        {
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task A_delivery_allocates_nothing_on_the_loop(int framesTogether)
    {
        const int Sockets = 1_000;
        const int Deliveries = 100_000;
        var sockets = await Open(10, Sockets);
        async Task Deliver(int deliveries)
        {
            for (var done = 0; done < deliveries; done += Sockets * framesTogether)
            {
                var frames = Enumerable.Range(0, framesTogether).Select(_ => Frame()).ToArray();
                _loop.Post(() =>
                {
                    foreach (var frame in frames)
                    {
                        Offer(sockets, frame, Lane.Middle);
                    }
                });
                await Sent(sockets);
            }
        }

        await Deliver(3 * Sockets * framesTogether);
        var before = await _loop.Ask(GC.GetAllocatedBytesForCurrentThread);
        var sends = _kernel.Sends;
        await Deliver(Deliveries);

        // What is asked of the loop in between costs something, so it is not nothing at all.
        var allocated = await _loop.Ask(GC.GetAllocatedBytesForCurrentThread) - before;
        Assert.InRange(allocated / (double)Deliveries, 0, 1);
        Assert.InRange(_kernel.Sends - sends, Deliveries / framesTogether, (Deliveries / framesTogether) + Sockets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_for_ten_does_not_wait_for_one_that_thousands_hear(bool hearBoth)
    {
        const int Wide = 5_000;
        var all = await Open(10, Wide + 10);
        var many = hearBoth ? all : all[..Wide];
        var few = all[Wide..];
        var sends = new List<int>();
        await _loop.Ask(() =>
        {
            _kernel.Sent = file =>
            {
                sends.Add(file);
                if (sends.Count == 100)
                {
                    _loop.Post(() => Offer(few, Frame(), Lane.Narrow));
                }
            };
            Offer(many, Frame(), Lane.Wide);
            return true;
        });
        await Sent(all);

        Assert.Equal(Wide + 10, sends.Count);
        var last = sends.FindLastIndex(file => file >= 10 + Wide);
        Assert.InRange(last - 100, 10 - 1, 64 + 64 + 256 + 10);
    }

    [Fact]
    public async Task Two_messages_that_thousands_hear_are_told_together_to_whoever_waits_for_both()
    {
        var all = await Open(10, 5_000);
        _loop.Post(() => Offer(all, Frame(), Lane.Wide));
        _loop.Post(() => Offer(all, Frame(), Lane.Wide));
        await Sent(all);

        Assert.InRange(_kernel.Sends, 5_000, 5_200);
    }

    [Fact]
    public async Task A_socket_that_is_still_told_what_goes_first_is_not_taken_for_dead()
    {
        using var made = new SemaphoreSlim(0);
        var frame = Frame();
        IEnumerable<SharedFrame> Slowly()
        {
            made.Wait();
            yield return frame;
        }

        var socket = await _loop.Ask(() => new ReactorSocket<StillKernel>(
            _reactor, new() { PingInterval = TimeSpan.FromSeconds(5) }, 10, _reactor.Watch(10, default, new Nobody()), ended: null));
        socket.Start(new Deaf(), Slowly().GetEnumerator());
        for (var second = 0; second < 30; second++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            await _loop.Ask(() => true);
        }

        Assert.Equal((1, 0), (_loop.Count, _kernel.Sends));
        made.Release();
        await Patience.Until(() => _kernel.Sends == 1);
    }

    [Fact]
    public async Task What_waits_behind_what_goes_first_is_no_older_than_its_turn()
    {
        using var made = new SemaphoreSlim(0);
        IEnumerable<SharedFrame> Slowly()
        {
            made.Wait();
            yield break;
        }

        var socket = await _loop.Ask(() => new ReactorSocket<StillKernel>(
            _reactor, new() { PingInterval = TimeSpan.FromHours(1) }, 10, _reactor.Watch(10, default, new Nobody()), ended: null));
        socket.Start(new Deaf(), Slowly().GetEnumerator());
        await _loop.Ask(() => socket.Offer(Frame(), Lane.Narrow));
        async Task Pass(int seconds)
        {
            for (var second = 0; second < seconds; second++)
            {
                _time.Pass(TimeSpan.FromSeconds(1));
                await _loop.Ask(() => true);
            }
        }

        await Pass(30);
        _kernel.IsFull = true;
        made.Release();
        await Patience.Until(() => socket.Writable > 0);
        await Pass(8);
        Assert.Equal((false, 0L), (socket.IsClosing, _loop.Slow));
        await Pass(5);
        Assert.Equal((true, 1L), (socket.IsClosing, _loop.Slow));
    }

    [Fact]
    public async Task A_pump_that_fails_keeps_no_other_from_hearing_that_it_was_written()
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _loop.Ask(() =>
        {
            _loop.Pump(new Pump(() => throw new InvalidOperationException("This one fails.")));
            _loop.Pump(new Pump(written.SetResult));
            return true;
        });

        await written.Task.WaitAsync(RawSocket.Deadline);
    }

    private sealed class Pump(Action written) : IPump
    {
        public bool Write() => true;

        public void Written() => written();
    }

    public void Dispose() => _loop.Dispose();

    private sealed class Nobody : IWatched
    {
        public void Happened(PollFlags events)
        {
        }
    }

    private sealed class Deaf : ISocketHandler
    {
        public void Message(LiveSocket socket, bool isText, ReadOnlySpan<byte> payload)
        {
        }

        public void Ended(LiveSocket socket)
        {
        }
    }
}
