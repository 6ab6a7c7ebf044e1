using Carillon.Load.Counting;
using Carillon.Load.Protocols;

namespace Carillon.Load.Scenarios;

/// <summary>Messages to rooms of one size, and what each delivery costs.</summary>
/// <param name="Window">Messages that wait to be heard by all at any time; without meaning where there is a rate.</param>
/// <param name="PerSecond">Messages a second over all rooms; 0 for as many as the window allows.</param>
internal sealed record FanOut(int Sessions, int Rooms, int Window, double PerSecond, TimeSpan Measured)
{
    public async Task<Figures> Run(Setting setting, string server)
    {
        int[] roomOf = [.. Enumerable.Range(0, Sessions).Select(i => i % Rooms)];
        using var stand = await Stand.Start(setting, server, roomOf, Math.Max(Window, 8) + 2);
        var figures = new Figures();
        double alone = 0;
        if (stand.Pool is { } pool && PerSecond == 0)
        {
            // With as many under way as in the window, so that as many share a commit.
            var sends = new SendsAlone(stand.Poller, pool, setting.Content, Window, Rooms, stand.Process.Cpu);
            sends.Run(setting.Warm);
            var (seconds, cpu, count) = sends.Run(Measured);
            alone = cpu / count;
            figures.Put("send_alone_cpu_us", alone * 1e6).Put("sends_alone_per_second", count / seconds);
        }

        var audience = new Audience(Rooms, 1, static _ => 0);
        using var crowd = stand.Invite(audience);
        crowd.Open(TimeSpan.FromMinutes(3));
        crowd.Idle(TimeSpan.FromSeconds(0.5));
        var measured = stand.Drive(crowd, Window).Run([new(0, Rooms, PerSecond)], setting.Warm, Measured);
        if (measured.Deliveries == 0) throw new RunFailed("Nothing was delivered.");
        return Put(figures, measured, alone).Put(audience)
            .Put("frame_bytes", stand.Protocol is ChimeProtocol chime ? chime.LastFrame : setting.Frame);
    }

    private static Figures Put(Figures figures, Measured measured, double alone)
    {
        var (millions, latency) = (measured.Deliveries / 1e6, measured.Latency[0]);
        return figures.Put("cpu_s_per_million", measured.CpuSeconds / millions)
            .Put("delivery_cpu_s_per_million", (measured.CpuSeconds - (measured.Sent * alone)) / millions)
            .Put("deliveries_per_second", measured.Deliveries / measured.Seconds)
            .Put("sends", measured.Sent).Put("deliveries", measured.Deliveries)
            .Put("server_cpu_s", measured.CpuSeconds).Put("seconds", measured.Seconds)
            .Put("client_busy", measured.ClientCpuSeconds / measured.Seconds)
            .Put("others_busy", measured.OthersCpuSeconds / measured.Seconds)
            .Put("bytes_per_delivery", (double)measured.Bytes / measured.Deliveries)
            .Put("deliveries_per_read", (double)measured.Deliveries / measured.Reads)
            .Put("latest_send_ms", Stand.Milliseconds(measured.LatestSend))
            .Put("p50_ms", Stand.Milliseconds(latency.Quantile(0.5)))
            .Put("p99_ms", Stand.Milliseconds(latency.Quantile(0.99)))
            .Put("max_ms", Stand.Milliseconds(latency.Most));
    }
}
