using System.Diagnostics;
using Carillon.Load.Counting;
using Carillon.Load.Net;
using Carillon.Load.Protocols;
using Carillon.Load.Servers;

namespace Carillon.Load.Scenarios;

/// <summary>Pages of a live event, to which the app tells the reactions of each tick.</summary>
/// <param name="First">Pages that are opened before memory is looked at: they pay for what is made once.</param>
/// <param name="Pages">Pages that are opened then, and counted.</param>
internal sealed record Devices(int First, int Pages)
{
    /// <summary>As the app totals them.</summary>
    private static readonly TimeSpan tick = TimeSpan.FromMilliseconds(500);

    private long _reacted;

    public async Task<Figures> Run(Setting setting)
    {
        using var server = await EventsServer.Start(setting);
        var cookies = await server.Enter(First + Pages);
        var protocol = new DeviceProtocol(server.Target, server.Port, cookies);
        using var poller = new Poller();
        var audience = new Audience(1, 1, static _ => 0);
        var figures = new Figures();
        using (var crowd = new Crowd(poller, protocol, server.Port, false, audience, [.. Enumerable.Repeat(0, First + Pages)]))
        {
            crowd.Open(TimeSpan.FromMinutes(3), First);
            crowd.Idle(setting.Warm);
            var (before, cpu) = (server.Process.Resident(), server.Process.Cpu());
            crowd.Open(TimeSpan.FromMinutes(5), First + Pages);
            figures.Put("opening_cpu_us", (server.Process.Cpu() - cpu) / Pages * 1e6);
            crowd.Idle(setting.Measured * 2);
            cpu = server.Process.Cpu();
            crowd.Idle(setting.Measured * 2);
            var idle = (server.Process.Cpu() - cpu) / (setting.Measured * 2).TotalSeconds;
            var resident = server.Process.Resident();
            figures.Put("bytes_a_session", (double)(resident - before) / Pages).Put("sessions", First + Pages)
                .Put("resident_mib", resident / 1048576.0).Put("idle_cpu", idle);
            React(crowd, protocol, setting.Warm, new());
            var spread = new Histogram();
            cpu = server.Process.Cpu();
            var (ticks, seconds) = React(crowd, protocol, setting.Measured * 4, spread);
            figures.Put("tick_cpu_ms", (server.Process.Cpu() - cpu - idle * seconds) / ticks * 1000).Put("frame_bytes", protocol.FrameBytes)
                .Put("spread_p50_ms", Stand.Milliseconds(spread.Quantile(0.5))).Put("spread_max_ms", Stand.Milliseconds(spread.Most))
                .Put(Figures.Lost, (double)_reacted * (First + Pages) - protocol.Reactions);
            if (crowd.Dead > 0) throw new RunFailed($"Pages were closed: {string.Join("; ", crowd.Faults)}");
        }

        poller.Dispose();
        await Task.Delay(setting.Measured * 2, TimeProvider.System);
        return figures.Put("after_mib", server.Process.Resident() / 1048576.0);
    }

    /// <summary>One reaction a tick, by a different page each time.</summary>
    private (long Ticks, double Seconds) React(Crowd crowd, DeviceProtocol protocol, TimeSpan time, Histogram spread)
    {
        var clock = Stopwatch.StartNew();
        var members = First + Pages;
        var (due, totals, ticks, first) = (TimeSpan.Zero, protocol.Totals, 0L, 0L);
        while (clock.Elapsed < time || protocol.Reactions < _reacted * members && clock.Elapsed < time + TimeSpan.FromSeconds(10))
        {
            if (clock.Elapsed >= due && clock.Elapsed < time)
            {
                crowd.Of(0, (uint)_reacted++).SendFrame(WebSocketFrame.Text, """{"t":"react","k":0,"n":1}"""u8);
                due += tick;
            }

            crowd.Poller.Turn(5);
            if (protocol.Totals == totals) continue;
            // A tick's totals arrive together, long before those of the next.
            if (totals % members == 0) (first, ticks) = (crowd.Now, ticks + 1);
            for (; totals < protocol.Totals; totals++) spread.Add(crowd.Now - first);
        }

        return (ticks, clock.Elapsed.TotalSeconds);
    }
}
