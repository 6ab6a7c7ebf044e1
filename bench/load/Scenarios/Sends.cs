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
        Population population;
        using (var server = await CarillonServer.Start(setting))
        {
            population = await server.Populate([.. Enumerable.Repeat(0, 16)]);
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

        var web = await WebServerAlone(setting, population);
        var bare = await BareDatabase.Measure(setting, Data, warm, many, one);
        return figures.Put("batch", bare.Batch).Put("bare_rows_per_second", bare.PerSecond)
            .Put("part_of_bare", figures.Of("sends_per_second")!.Value / bare.PerSecond).Put("bare_cpu_us", bare.CpuUs)
            .Put("bare_commit_p50_ms", bare.CommitMs)
            .Put("over_bare_ms", figures.Of("one_p50_ms")!.Value - bare.CommitMs)
            .Put("web_cpu_us", web).Put("floor_per_second", 1e6 / (web + bare.CpuUs)).Put("sends", many);
    }

    /// <summary>Microseconds of CPU for the same requests to a web server that reads, answers, and does nothing else.</summary>
    private async Task<double> WebServerAlone(Setting setting, Population population)
    {
        var port = ServerProcess.FreePort();
        using var process = ServerProcess.Start(setting.ServerCores, ["dotnet", setting.Places.AspNet, "http", $"{port}"]);
        await process.Listens(port);
        using var poller = new Poller();
        var pool = new SendPool(poller, population.At(port), InFlight);
        var all = new SendsAlone(poller, pool, setting.Content, InFlight, 1, process.Cpu);
        all.Run(setting.Warm);
        var (_, cpu, count) = all.Run(setting.Measured);
        return cpu / count * 1e6;
    }

    private string Data { get; set; } = "";
}
