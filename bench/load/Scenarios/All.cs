using Carillon.Load.Servers;

namespace Carillon.Load.Scenarios;

/// <summary>Everything that is measured over sockets.</summary>
internal static class All
{
    private static readonly Column[] cost =
    [
        new("cpu_s_per_million", "server CPU s / 1M deliveries", "0.00", WithRange: true),
        new("delivery_cpu_s_per_million", "delivery part", "0.00", WithRange: true),
        new("send_alone_cpu_us", "a send alone, CPU us", "0"),
        new("deliveries_per_second", "deliveries/s", "#,0"),
        new("deliveries_per_read", "deliveries a read", "0.0"),
        new("bytes_per_delivery", "bytes a delivery", "0"),
        new("p50_ms", "p50 ms", "0.0"),
        new("p99_ms", "p99 ms", "0.0"),
        new("client_busy", "client core busy", "0%"),
        new("others_busy", "server core taken by others", "0%"),
    ];

    private static readonly Column[] latency =
    [
        new("p50_ms", "p50 ms", "0.0", WithRange: true),
        new("p99_ms", "p99 ms", "0.0", WithRange: true),
        new("max_ms", "max ms", "0.0", WithRange: true),
        new("cpu_s_per_million", "server CPU s / 1M deliveries", "0.00"),
        new("latest_send_ms", "latest send ms", "0.0"),
        new("client_busy", "client core busy", "0%"),
        new("others_busy", "server core taken by others", "0%"),
    ];

    private static readonly Column[] memory =
    [
        new("bytes_a_session", "bytes of RSS a session", "#,0", WithRange: true),
        new("sessions", "sessions", "#,0"),
        new("resident_mib", "RSS MiB", "0"),
        new("opening_cpu_us", "CPU us to open one", "0"),
        new("idle_cpu", "CPU while idle", "0.0%"),
    ];

    private static readonly Column[] fairness =
    [
        new("alone_p50_ms", "alone p50 ms", "0.00"),
        new("alone_p99_ms", "alone p99 ms", "0.00", WithRange: true),
        new("beside_p50_ms", "beside p50 ms", "0.00"),
        new("beside_p99_ms", "beside p99 ms", "0.00", WithRange: true),
        new("times", "p99 beside / alone", "0.0"),
        new("large_p99_ms", "the large room's p99 ms", "0.0"),
        new("latest_send_ms", "latest send ms", "0.0"),
        new("others_busy", "server core taken by others", "0%"),
    ];

    private static readonly Column[] sends =
    [
        new("sends_per_second", "acknowledged sends/s", "#,0", WithRange: true),
        new("bare_rows_per_second", "bare database, the same/s", "#,0", WithRange: true),
        new("part_of_bare", "part of bare", "0%"),
        new("send_cpu_us", "server CPU us a send", "0"),
        new("bare_cpu_us", "bare CPU us", "0"),
        new("web_cpu_us", "a web server that does nothing, CPU us", "0"),
        new("floor_per_second", "both floors together, sends/s", "#,0"),
        new("batch", "sends a commit", "0.0"),
        new("p50_ms", "64 at a time: p50 ms", "0.0"),
        new("p99_ms", "p99 ms", "0.0"),
        new("one_p50_ms", "one at a time: p50 ms", "0.00", WithRange: true),
        new("bare_commit_p50_ms", "bare commit p50 ms", "0.00", WithRange: true),
        new("over_bare_ms", "difference ms", "0.00"),
    ];

    private static readonly Column[] streamed =
    [
        new("plain_cpu_us", "server CPU us a send", "0.0"),
        new("streamed_cpu_us", "with a stream", "0.0"),
        new("more_cpu", "more", "0%", WithRange: true),
        new("plain_per_second", "acknowledged sends/s", "#,0"),
        new("streamed_per_second", "with a stream", "#,0"),
    ];

    private static readonly Column[] calls =
    [
        new("above_p50_ms", "above its own time, p50 ms", "0.00", WithRange: true),
        new("above_p99_ms", "p99 ms", "0.00", WithRange: true),
        new("own_p50_ms", "its own time, p50 ms", "0.000"),
        new("calls_per_second", "calls/s, one at a time", "#,0"),
        new("call_cpu_us", "server CPU us a call", "0"),
    ];

    private static readonly Column[] tickets =
    [
        new("seconds", "seconds", "0.0", WithRange: true),
        new("tickets", "tickets", "#,0"),
        new("tickets_per_second", "tickets/s", "#,0"),
        new("server_cpu_us", "server CPU us a ticket", "0"),
        new("provisioner_cpu_us", "provisioner CPU us a ticket", "0"),
        new("server_mib", "server RSS MiB", "0"),
        new("provisioner_mib", "provisioner RSS MiB", "0"),
    ];

    private static readonly Column[] devices =
    [
        new("tick_cpu_ms", "server CPU ms a tick", "0.0", WithRange: true),
        new("spread_p50_ms", "from the first page to the median, ms", "0.0"),
        new("spread_max_ms", "to the last of the slowest tick, ms", "0.0"),
        new("frame_bytes", "bytes of a frame", "0"),
        new("bytes_a_session", "bytes of RSS a page", "#,0", WithRange: true),
        new("sessions", "pages", "#,0"),
        new("resident_mib", "RSS MiB", "0"),
        new("opening_cpu_us", "CPU us to open one", "0"),
        new("idle_cpu", "CPU while idle", "0.0%"),
        new("after_mib", "RSS MiB once all have gone", "0"),
    ];

    private static readonly Column[] ready =
    [
        new("messages", "messages", "#,0"),
        new("ready_ms", "ms to /readyz", "0", WithRange: true),
        new("small_ms", "ms with 100 messages", "0", WithRange: true),
        new("store_mib", "store MiB", "0"),
    ];

    public static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        new("wide16",
            "1,000 sessions in one channel, 16 messages waiting to be heard by all at any time, sends included. The ratio is of "
            + "all the CPU.",
            [Stand.Carillon, .. Peers.All], Peers.Coalesced, "cpu_s_per_million", cost,
            (s, server) => new FanOut(s.Scale(1000, 400), 1, 16, 0, s.Measured).Run(s, server)),
        new("wide1",
            "1,000 sessions in one channel, the next message is sent when all have heard the last: nothing can be written "
            + "together. The ratio is of the delivery part: all the CPU without what the same sends cost while nobody listens.",
            [Stand.Carillon, .. Peers.All], Peers.OneWrite, "delivery_cpu_s_per_million", cost,
            (s, server) => new FanOut(s.Scale(1000, 400), 1, 1, 0, s.Measured).Run(s, server)),
        new("rooms",
            "1,000 channels of 10 sessions, 64 messages waiting over all of them. The ratio is of the delivery part; what a "
            + "durable, signed send adds stands beside it.",
            [Stand.Carillon, .. Peers.All], Peers.Coalesced, "delivery_cpu_s_per_million", cost,
            (s, server) => new FanOut(s.Scale(10_000, 2_000), s.Scale(1_000, 200), 64, 0, s.Measured).Run(s, server)),
        new("rooms-paced",
            "The same rooms at 2,500 messages a second for everybody: what a delivery costs where its reader has to be woken, "
            + "and not always reads already. Carillon's is with the sends.",
            [Stand.Carillon, Peers.Coalesced, Peers.OneWrite, Peers.SignalR], Peers.Coalesced, "cpu_s_per_million", cost,
            (s, server) => new FanOut(s.Scale(10_000, 2_000), s.Scale(1_000, 200), 64, 2_500, s.Measured).Run(s, server)),
        new("steady",
            "10,000 sessions in one channel, 2 messages a second: from right before the send until a session has read it. The "
            + "client reads all sessions one after the other, which is part of it for everybody.",
            [Stand.Carillon, .. Peers.All], Peers.OneWrite, "p99_ms", latency,
            (s, server) => new FanOut(s.Scale(10_000, 2_000), 1, 1, 2, s.Measured * s.Scale(3, 2)).Run(s, server)),
        new("idle",
            "Resident memory that 11,500 sessions of as many users in one channel add, after 500 others; what the system keeps for "
            + "their sockets (some 5 KB each) is not in it.",
            [Stand.Carillon, .. Peers.All.Except([Peers.OneWrite])], null, "", memory,
            (s, server) => new Idle(s.Scale(500, 200), s.Scale(11_500, 2_000)).Run(s, server)),
        new("idle-wss",
            "The same for 4,000 sessions over TLS in the server's own process.",
            [Stand.Tls], null, "", memory,
            (s, server) => new Idle(s.Scale(500, 100), s.Scale(4_000, 500)).Run(s, server)),
        new("wss16",
            "wide16 over TLS in the server's own process, beside plain sockets. The ratio is of all the CPU.",
            [Stand.Tls, Stand.Carillon, Peers.Coalesced, Peers.SignalR], Peers.SignalR, "cpu_s_per_million", cost,
            (s, server) => new FanOut(s.Scale(1000, 200), 1, 16, 0, s.Measured).Run(s, server)),
        new("fairness",
            "100 channels of 10 sessions at 300 messages a second, alone and beside a channel of 5,000 at 10 messages a second. "
            + "The ratio is of the small channels' p99 beside the large one.",
            [Stand.Carillon, Peers.Coalesced, Peers.OneWrite, Peers.SignalR, Peers.AspNet], Peers.OneWrite, "beside_p99_ms", fairness,
            (s, server) => new Fairness(100, 10, 300, s.Scale(5_000, 1_000), 10).Run(s, server)),
        new("sends",
            "Signed sends over HTTP, each on disk before it is acknowledged, 64 under way; then one at a time. Beside it the "
            + "same rows in the same commits written to an equal database without a server, on the same core.",
            [Stand.Carillon], null, "", sends, (s, _) => new Sends(64).Run(s)),
        new("sends-streamed",
            "What exporting to an encrypted stream of two shards adds to a send, 64 under way: two app instances of one server in "
            + "turns, one of them with a stream.",
            [Stand.Carillon], null, "", streamed, (s, _) => new SendsStreamed(64).Run(s)),
        new("gateway",
            "5,000 connections of a WebSocket API in 500 rooms, 2,000 messages a second through a handler in C# that sends each to its "
            + "room: from right before the send until a connection has read it.",
            [Stand.Gateway, Peers.Coalesced, Peers.SignalR, Peers.AspNet], Peers.Coalesced, "p99_ms", latency,
            (s, server) => new FanOut(s.Scale(5_000, 1_000), s.Scale(500, 100), 1, 2_000, s.Measured * s.Scale(2, 1)).Run(s, server)),
        new("gateway-idle",
            "Resident memory that 11,500 connections of a WebSocket API add, all in one room, after 500 others; each has its row in the "
            + "store for as long as it is open.",
            [Stand.Gateway], null, "", memory,
            (s, server) => new Idle(s.Scale(500, 200), s.Scale(11_500, 2_000)).Run(s, server)),
        new("function",
            "A message of 512 bytes to a warm Node function by a WebSocket API, and its answer, one at a time; the function tells what "
            + "it took itself. It runs on the server's core.",
            [Stand.Carillon], null, "", calls, (s, _) => FunctionCalls.Run(s)),
        new("tickets",
            "100,000 tickets of a show of live events, sold before: from the start of the provisioner's process, on the client's core, "
            + "until the platform has a user and a membership for each and the app has counted them. Batches and bulk requests, no limit.",
            [Stand.Carillon], null, "", tickets, (s, _) => new TicketsSold(s.Scale(100_000, 5_000)).Run(s)),
        new("devices",
            "10,000 pages of one live event beside 500 others, each in a browser with a ticket of its own; someone reacts in every "
            + "tick of half a second, and the total goes to all.",
            [Stand.Events], null, "", devices, (s, _) => new Devices(s.Scale(500, 100), s.Scale(10_000, 1_000)).Run(s)),
        new("ready",
            "From the start of the process until /readyz answers 200, with 1,000,000 messages of 512 bytes in 100 channels.",
            [Stand.Carillon], null, "", ready, (s, _) => new Ready(s.Scale(1_000_000, 100_000)).Run(s)),
    ];
}
