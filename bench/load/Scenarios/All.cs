using Carillon.Load.Servers;
using Stream = Carillon.Load.Protocols.Stream;

namespace Carillon.Load.Scenarios;

/// <summary>Everything that is measured over sockets.</summary>
internal static class All
{
    public const string Carillon = "carillon";
    public const string Tls = "carillon-wss";

    private static readonly Column[] cost =
    [
        new("cpu_s_per_million", "server CPU s / 1M deliveries", "0.00", WithRange: true),
        new("delivery_cpu_s_per_million", "delivery part", "0.00"),
        new("sends_alone_cpu_us_a_send", "a send alone, CPU us", "0"),
        new("deliveries_per_second", "deliveries/s", "#,0"),
        new("deliveries_per_read", "deliveries a read", "0.0"),
        new("bytes_per_delivery", "bytes a delivery", "0"),
        new("p50_ms", "p50 ms", "0.0"),
        new("p99_ms", "p99 ms", "0.0"),
        new("client_busy", "client core busy", "0%"),
    ];

    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new("wide16",
            "1,000 sessions in one channel, 16 messages waiting to be heard by all at any time, sends included. The ratio is of all the CPU.",
            [Carillon, .. Peers.All], Peers.Coalesced, "cpu_s_per_million", cost,
            (s, server) => Run(s, server, FanOut.Even(s.Scale(1000, 400), 1, 16, 0, s.Measured, sendsAlone: true))),
        new("wide1",
            "1,000 sessions in one channel, the next message is sent when all have heard the last: nothing can be written together. The ratio is of the delivery part: all the CPU without what the same sends cost while nobody listens.",
            [Carillon, .. Peers.All], Peers.OneWrite, "delivery_cpu_s_per_million", cost,
            (s, server) => Run(s, server, FanOut.Even(s.Scale(1000, 400), 1, 1, 0, s.Measured, sendsAlone: true))),
    ];

    private static Task<Figures> Run(Setting setting, string server, FanOut load) => server switch
    {
        Carillon => load.OnCarillon(setting, tls: false),
        Tls => load.OnCarillon(setting, tls: true),
        _ => load.OnPeer(setting, Peers.Find(server, setting.Places)),
    };
}
