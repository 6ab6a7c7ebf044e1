using System.Diagnostics;
using Carillon.Load.Chime;
using Carillon.Load.Net;
using Carillon.Load.Protocols;

namespace Carillon.Load.Scenarios;

/// <summary>Sends that nobody listens to: what a durable, signed send costs by itself.</summary>
/// <param name="inFlight">Sends under way at one time.</param>
internal sealed class SendsAlone(Poller poller, SendPool pool, int content, int inFlight, int rooms, Func<double> serverCpu)
{
    private readonly byte[] _content = [.. Enumerable.Repeat((byte)'x', content)];
    private long _sent = pool.Acknowledged;

    public (double Seconds, double CpuSeconds, long Count) Run(TimeSpan time)
    {
        var (cpu, before, clock) = (serverCpu(), pool.Acknowledged, Stopwatch.StartNew());
        while (clock.Elapsed < time)
        {
            while (_sent - pool.Acknowledged < inFlight)
            {
                pool.Send((int)(_sent % rooms), (uint)_sent, _content);
                _sent++;
            }

            poller.Turn(5);
        }

        var result = (clock.Elapsed.TotalSeconds, serverCpu() - cpu, pool.Acknowledged - before);
        while (_sent > pool.Acknowledged)
        {
            poller.Turn(5);
            if (clock.Elapsed > time + TimeSpan.FromSeconds(30)) throw new RunFailed("Sends are not answered.");
        }

        return result;
    }
}
