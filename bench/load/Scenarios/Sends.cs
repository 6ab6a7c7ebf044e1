using System.Globalization;
using Carillon.Load.Chime;
using Carillon.Load.Counting;
using Carillon.Load.Net;
using Carillon.Load.Servers;
using Carillon.Load.Store;

namespace Carillon.Load.Scenarios;

/// <summary>How many sends are acknowledged, and what of that is the database's own price.</summary>
/// <param name="InFlight">Sends under way at one time.</param>
internal sealed record Sends(int InFlight)
{
    public async Task<Figures> Run(Setting setting)
    {
        var figures = new Figures();
        long warm, many, one;
        using (var server = await CarillonServer.Start(setting))
        {
            var population = await server.Populate([.. Enumerable.Repeat(0, 16)]);
            using var poller = new Poller();
            var pool = new SendPool(poller, population, InFlight);
            var all = new SendsAlone(poller, pool, setting.Content, InFlight, 1, server.Process.Cpu);
            all.Run(setting.Warm);
            warm = pool.Acknowledged;
            pool.Latency = new Histogram();
            var (seconds, cpu, count) = all.Run(setting.Measured);
            figures.Put("sends_per_second", count / seconds).Put("send_cpu_us", cpu / count * 1e6)
                .Put("p50_ms", Stand.Milliseconds(pool.Latency.Quantile(0.5)))
                .Put("p99_ms", Stand.Milliseconds(pool.Latency.Quantile(0.99)));
            many = pool.Acknowledged - warm;

            pool.Latency = new Histogram();
            new SendsAlone(poller, pool, setting.Content, 1, 1, server.Process.Cpu).Run(setting.Measured);
            figures.Put("one_p50_ms", Stand.Milliseconds(pool.Latency.Quantile(0.5)));
            one = pool.Acknowledged - warm - many;
            Data = server.Data;
        }

        var bare = await BareDatabase.Measure(setting, Data, warm, many, one);
        return figures.Put("batch", bare.Batch).Put("bare_rows_per_second", bare.PerSecond)
            .Put("part_of_bare", figures.Of("sends_per_second")!.Value / bare.PerSecond).Put("bare_cpu_us", bare.CpuUs)
            .Put("bare_commit_p50_ms", bare.CommitMs)
            .Put("over_bare_ms", figures.Of("one_p50_ms")!.Value - bare.CommitMs)
            .Put("sends", many);
    }

    private string Data { get; set; } = "";
}
