using System.Diagnostics;
using Carillon.Load.Chime;
using Carillon.Load.Counting;
using Carillon.Load.Net;
using Carillon.Load.Protocols;
using Carillon.Load.Servers;
using Stream = Carillon.Load.Protocols.Stream;

namespace Carillon.Load.Scenarios;

/// <summary>Messages to rooms, and what each delivery costs.</summary>
/// <param name="RoomOf">The room of each session.</param>
/// <param name="Window">Messages not yet heard by all, where the streams give no rate.</param>
/// <param name="Streams">Who speaks, and how fast.</param>
/// <param name="Groups">Names of the groups of rooms whose latency is told apart.</param>
/// <param name="GroupOf">The group of a room.</param>
/// <param name="SendsAlone">Measures first what the same sends cost while nobody listens.</param>
internal sealed record FanOut(
    IReadOnlyList<int> RoomOf, int Window, IReadOnlyList<Stream> Streams, IReadOnlyList<string> Groups,
    Func<int, int> GroupOf, TimeSpan Measured, bool SendsAlone = false)
{
    /// <summary>Sessions and rooms alike: session i is in room i modulo the rooms.</summary>
    public static FanOut Even(int sessions, int rooms, int window, double perSecond, TimeSpan measured, bool sendsAlone) => new(
        [.. Enumerable.Range(0, sessions).Select(i => i % rooms)], window, [new(0, rooms, perSecond)], [""], static _ => 0,
        measured, sendsAlone);

    private int Rooms => RoomOf.Max() + 1;

    public async Task<Figures> OnCarillon(Setting setting, bool tls)
    {
        using var server = await CarillonServer.Start(setting);
        var population = await server.Populate(RoomOf);
        using var poller = new Poller();
        var pool = new SendPool(poller, population, Math.Max(Window, 2) + 2);
        var figures = new Figures();
        double alone = 0;
        if (SendsAlone)
        {
            var sends = new SendsAlone(poller, pool, setting.Content, Window, Rooms, server.Process.Cpu);
            sends.Run(setting.Warm);
            var (seconds, cpu, count) = sends.Run(Measured);
            alone = cpu / count;
            figures.Put("sends_alone_cpu_us_a_send", alone * 1e6).Put("sends_alone_per_second", count / seconds);
        }

        var audience = new Audience(Rooms, Groups.Count, GroupOf);
        var protocol = new ChimeProtocol(population.Host, population.Targets(RoomOf.Count));
        var crowd = new Crowd(poller, protocol, tls ? server.TlsPort : server.Port, tls, audience, RoomOf);
        Measure(setting, figures, crowd, pool, setting.Content, server.Process);
        if (SendsAlone)
        {
            var sends = figures.Of("sends")!.Value;
            var delivering = figures.Of("server_cpu_s")!.Value - (sends * alone);
            figures.Put("delivery_cpu_s_per_million", delivering / figures.Of("deliveries")!.Value * 1e6);
        }

        return figures.Put("frame_bytes", protocol.LastFrame);
    }

    public async Task<Figures> OnPeer(Setting setting, Peer peer)
    {
        var port = ServerProcess.FreePort();
        using var server = ServerProcess.Start(setting.ServerCores, peer.Command(port));
        await server.Listens(port);
        using var poller = new Poller();
        var protocol = peer.Protocol();
        var crowd = new Crowd(poller, protocol, port, isTls: false, new(Rooms, Groups.Count, GroupOf), RoomOf);
        var figures = new Figures();
        Measure(setting, figures, crowd, null, protocol.ContentFor(setting.Frame), server);

        // Without sends over HTTP, all of it is delivering.
        return figures.Put("delivery_cpu_s_per_million", figures.Of("cpu_s_per_million")!.Value);
    }

    private void Measure(Setting setting, Figures figures, Crowd crowd, SendPool? pool, int content, ServerProcess server)
    {
        crowd.Open(TimeSpan.FromMinutes(3));
        crowd.Idle(TimeSpan.FromSeconds(0.5));
        var drive = new Drive(crowd, pool, content, Window, server.Cpu);
        using var self = Process.GetCurrentProcess();
        var measured = drive.Run(Streams, setting.Warm, Measured, self);
        var audience = crowd.Audience;
        if (measured.Deliveries == 0) throw new RunFailed("Nothing was delivered.");
        figures.Put("cpu_s_per_million", measured.CpuSeconds / measured.Deliveries * 1e6)
            .Put("deliveries_per_second", measured.Deliveries / measured.Seconds)
            .Put("sends", measured.Sent).Put("deliveries", measured.Deliveries).Put("server_cpu_s", measured.CpuSeconds)
            .Put("client_cpu_s_per_million", measured.ClientCpuSeconds / measured.Deliveries * 1e6)
            .Put("client_busy", measured.ClientCpuSeconds / measured.Seconds)
            .Put("bytes_per_delivery", (double)measured.Bytes / measured.Deliveries)
            .Put("deliveries_per_read", (double)measured.Deliveries / measured.Reads)
            .Put("latest_send_ms", Milliseconds(measured.LatestSend));
        for (var group = 0; group < Groups.Count; group++)
        {
            var (name, latency) = (Groups[group].Length == 0 ? "" : $"{Groups[group]}_", measured.Latency[group]);
            figures.Put($"{name}p50_ms", Milliseconds(latency.Quantile(0.5)))
                .Put($"{name}p99_ms", Milliseconds(latency.Quantile(0.99)))
                .Put($"{name}max_ms", Milliseconds(latency.Most));
        }

        figures.Put(Figures.Lost, audience.Expected - audience.Delivered).Put(Figures.Repeated, audience.Repeated)
            .Put(Figures.Strayed, audience.Strayed).Put(Figures.OutOfOrder, audience.OutOfOrder);
    }

    public static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
