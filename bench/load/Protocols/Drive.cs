using System.Buffers;
using System.Diagnostics;
using Carillon.Load.Chime;
using Carillon.Load.Counting;

namespace Carillon.Load.Protocols;

/// <summary>Some rooms, spoken in by turns.</summary>
/// <param name="First">The first of the rooms.</param>
/// <param name="Rooms">How many.</param>
/// <param name="PerSecond">Messages a second over all of them; 0 as many as the window allows.</param>
internal sealed record Talk(int First, int Rooms, double PerSecond);

/// <param name="Seconds">Measured.</param>
/// <param name="CpuSeconds">The server's, of all its threads.</param>
/// <param name="Sent">Messages sent meanwhile.</param>
/// <param name="Deliveries">Heard meanwhile.</param>
/// <param name="ClientCpuSeconds">Ours.</param>
/// <param name="OthersCpuSeconds">What anybody but the server used of the server's cores.</param>
/// <param name="Latency">From the send to the hearing, of each group of rooms, in ticks of Stopwatch.</param>
/// <param name="LatestSend">How late a message left that was due, at most, in ticks.</param>
internal sealed record Measured(
    double Seconds, double CpuSeconds, long Sent, long Deliveries, double ClientCpuSeconds, double OthersCpuSeconds, long Bytes, long Reads,
    IReadOnlyList<Histogram> Latency, long LatestSend);

/// <summary>Speaks in rooms at a pace, and measures what that costs the server.</summary>
/// <param name="pool">Sends by HTTP; null where members speak over their own sockets.</param>
/// <param name="content">Bytes of a message's content.</param>
/// <param name="coresBusy">Seconds for which the server's cores have been busy, whoever used them.</param>
/// <param name="window">Messages that may wait to be heard by all at one time, where no rate is given.</param>
internal sealed class Drive(Crowd crowd, SendPool? pool, int content, int window, Func<double> serverCpu, Func<double> coresBusy)
{
    /// <summary>A server that is this far behind will not catch up.</summary>
    private static readonly TimeSpan longestDrain = TimeSpan.FromMinutes(3);

    private readonly byte[] _content = [.. Enumerable.Repeat((byte)'x', content)];
    private readonly ArrayBufferWriter<byte> _frame = new(8192);
    private uint _turn;
    private long _sent;

    /// <summary>What has not been heard is lost when nothing more has been sent and nothing heard for so long.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    public Measured Run(IReadOnlyList<Talk> talks, TimeSpan warm, TimeSpan measured)
    {
        using var self = Process.GetCurrentProcess();
        var tick = (double)Stopwatch.Frequency;
        var began = Stopwatch.GetTimestamp();
        var due = talks.Select(_ => began).ToArray();
        var turns = new uint[talks.Count];
        long from = began + (long)(warm.TotalSeconds * tick), to = from + (long)(measured.TotalSeconds * tick);
        long startedAt = 0, sentBefore = 0, bytes = 0, reads = 0, latest = 0;
        double cpu = 0, ours = 0, busy = 0;
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            if (startedAt == 0 && now >= from)
            {
                (cpu, busy, ours, sentBefore) = (serverCpu(), coresBusy(), Own(self), _sent);
                (bytes, reads, latest) = (crowd.Audience.Bytes, crowd.Audience.Reads, 0);
                crowd.Audience.StartMeasuring();
                startedAt = Stopwatch.GetTimestamp();
            }
            else if (startedAt != 0 && now >= to)
            {
                var latency = crowd.Audience.StopMeasuring();
                var used = serverCpu() - cpu;
                var result = new Measured(
                    (Stopwatch.GetTimestamp() - startedAt) / tick, used, _sent - sentBefore, crowd.Audience.Measured,
                    Own(self) - ours, Math.Max(0, coresBusy() - busy - used), crowd.Audience.Bytes - bytes,
                    crowd.Audience.Reads - reads, latency, latest);
                Drain();
                return result;
            }

            if (crowd.Dead > 0) throw new RunFailed($"Sessions ended: {string.Join("; ", crowd.Faults)}");
            var wait = to - now;
            for (var i = 0; i < talks.Count; i++)
            {
                var talk = talks[i];
                if (talk.PerSecond > 0)
                {
                    for (var burst = 0; burst < 16 && due[i] <= now && (pool?.HasRoom ?? true); burst++)
                    {
                        latest = Math.Max(latest, now - due[i]);
                        Send(talk.First + (int)(turns[i]++ % talk.Rooms));
                        due[i] += (long)(tick / talk.PerSecond);
                    }

                    wait = Math.Min(wait, due[i] - now);
                }
                else
                {
                    while (MayFollow(talk) && (pool?.HasRoom ?? true))
                    {
                        Send(talk.First + (int)(turns[i]++ % talk.Rooms));
                    }
                }
            }

            crowd.Poller.Turn((int)Math.Clamp(wait * 1000 / tick, 0, 5));
        }
    }

    /// <summary>True while fewer messages than the window wait to be heard by all.</summary>
    private bool MayFollow(Talk talk)
    {
        var members = crowd.Audience.MembersOf(talk.First);
        return crowd.Audience.Expected - crowd.Audience.Delivered <= (window - 1L) * members;
    }

    private void Send(int room)
    {
        crowd.Audience.Next(room, Stopwatch.GetTimestamp()).Write(_content);
        _sent++;
        _turn++;
        if (pool is not null)
        {
            pool.Send(room, _turn, _content);
            return;
        }

        var speaker = crowd.Of(room, _turn);
        _frame.ResetWrittenCount();
        crowd.Protocol.Publish(speaker, _content, _frame);
        speaker.Send(_frame.WrittenSpan);
    }

    private void Drain()
    {
        var (whole, silence, heard) = (Stopwatch.StartNew(), Stopwatch.StartNew(), crowd.Audience.Delivered);
        while (crowd.Audience.Delivered < crowd.Audience.Expected && silence.Elapsed < Patience && whole.Elapsed < longestDrain)
        {
            crowd.Poller.Turn(5);
            if (crowd.Audience.Delivered == heard) continue;
            heard = crowd.Audience.Delivered;
            silence.Restart();
        }

        // A message that comes twice comes the second time now.
        crowd.Idle(TimeSpan.FromMilliseconds(100));
    }

    private static double Own(Process self)
    {
        self.Refresh();
        return self.TotalProcessorTime.TotalSeconds;
    }
}
