using Carillon.Load.Chime;
using Carillon.Load.Net;
using Carillon.Load.Servers;

namespace Carillon.Load.Scenarios;

/// <summary>
/// What a stream adds to a send: two app instances of one server, one of them with a stream for its messages, in short turns, so
/// that whatever else the machine does falls on both. What is more is the median of the pairs.
/// </summary>
/// <param name="InFlight">Sends under way at one time.</param>
internal sealed record SendsStreamed(int InFlight)
{
    /// <summary>Pairs of turns; every other one begins with the other side.</summary>
    private const int Turns = 15;

    public async Task<Figures> Run(Setting setting)
    {
        using var server = await CarillonServer.Start(setting);
        var plain = await server.Populate([.. Enumerable.Repeat(0, 16)]);
        var streamed = await server.Populate([.. Enumerable.Repeat(0, 16)], "streamed");
        await streamed.Stream("chime-messaging-bench", shards: 2);
        using var poller = new Poller();
        var (one, other) = (new Side(poller, plain, InFlight, setting, server), new Side(poller, streamed, InFlight, setting, server));
        one.Warm(setting.Warm);
        other.Warm(setting.Warm);
        var ratios = new List<double>();
        for (var turn = 0; turn < Turns; turn++)
        {
            var (first, second) = turn % 2 == 0 ? (one, other) : (other, one);
            var (a, b) = (first.Measure(setting.Measured / 4), second.Measure(setting.Measured / 4));
            ratios.Add(turn % 2 == 0 ? b / a : a / b);
        }

        return new Figures()
            .Put("plain_cpu_us", one.CpuUs).Put("streamed_cpu_us", other.CpuUs)
            .Put("more_cpu", ratios.Order().ElementAt(Turns / 2) - 1)
            .Put("plain_per_second", one.PerSecond).Put("streamed_per_second", other.PerSecond)
            .Put("sends", one.Count + other.Count);
    }

    private sealed class Side(Poller poller, Population population, int inFlight, Setting setting, CarillonServer server)
    {
        private readonly SendsAlone _all =
            new(poller, new SendPool(poller, population, inFlight), setting.Content, inFlight, 1, server.Process.Cpu);

        private double _seconds;
        private double _cpu;

        public long Count { get; private set; }

        public double CpuUs => _cpu / Count * 1e6;

        public double PerSecond => Count / _seconds;

        public void Warm(TimeSpan time) => _all.Run(time);

        /// <returns>Seconds of CPU a send.</returns>
        public double Measure(TimeSpan time)
        {
            var (seconds, cpu, count) = _all.Run(time);
            (_seconds, _cpu, Count) = (_seconds + seconds, _cpu + cpu, Count + count);
            return cpu / count;
        }
    }
}
