using Carillon.Load.Counting;
using Carillon.Load.Protocols;

namespace Carillon.Load.Scenarios;

/// <summary>What members of small rooms notice of a large one: first alone, then beside it, against the same server.</summary>
internal sealed record Fairness(int SmallRooms, int SmallMembers, double SmallPerSecond, int LargeMembers, double LargePerSecond)
{
    public async Task<Figures> Run(Setting setting, string server)
    {
        int[] roomOf =
        [
            .. Enumerable.Range(0, SmallRooms * SmallMembers).Select(i => i % SmallRooms),
            .. Enumerable.Repeat(SmallRooms, LargeMembers),
        ];
        using var stand = await Stand.Start(setting, server, roomOf, 64);
        var audience = new Audience(SmallRooms + 1, 2, room => room < SmallRooms ? 0 : 1);
        using var crowd = stand.Invite(audience);
        crowd.Open(TimeSpan.FromMinutes(3));
        crowd.Idle(TimeSpan.FromSeconds(0.5));
        var drive = stand.Drive(crowd, 1);
        Talk small = new(0, SmallRooms, SmallPerSecond), large = new(SmallRooms, 1, LargePerSecond);

        // Both warm up, so that nothing is compiled while the first is measured alone.
        drive.Run([small, large], setting.Warm, setting.Warm);
        var alone = drive.Run([small], setting.Warm, setting.Measured * 2);
        var beside = drive.Run([small, large], setting.Warm, setting.Measured * 2);
        var figures = new Figures();
        Put(figures, "alone", alone.Latency[0]);
        Put(figures, "beside", beside.Latency[0]);
        Put(figures, "large", beside.Latency[1]);
        return figures
            .Put("times", figures.Of("beside_p99_ms")!.Value / figures.Of("alone_p99_ms")!.Value)
            .Put("others_busy", Math.Max(alone.OthersCpuSeconds / alone.Seconds, beside.OthersCpuSeconds / beside.Seconds))
            .Put("latest_send_ms", Stand.Milliseconds(Math.Max(alone.LatestSend, beside.LatestSend)))
            .Put(audience);
    }

    private static void Put(Figures figures, string name, Histogram latency) => figures
        .Put($"{name}_p50_ms", Stand.Milliseconds(latency.Quantile(0.5)))
        .Put($"{name}_p99_ms", Stand.Milliseconds(latency.Quantile(0.99)))
        .Put($"{name}_max_ms", Stand.Milliseconds(latency.Most));
}
