using System.Diagnostics.Metrics;

namespace Carillon.Sockets;

/// <summary>What a loop tells of itself, under the meter <c>Carillon.Sockets</c>.</summary>
public sealed class SocketMetrics : IDisposable
{
    public const string MeterName = "Carillon.Sockets";

    private static readonly string[] Transports = ["reactor", "pipe", "upgrade"];

    private readonly Meter _meter;

    public SocketMetrics(SocketLoop loop)
    {
        _meter = new(new MeterOptions(MeterName) { Scope = loop });
        _meter.CreateObservableUpDownCounter(
            "carillon.sockets.open",
            () => Transports.Select(name => new Measurement<int>(loop.CountOf(name), new KeyValuePair<string, object?>("transport", name))),
            "{socket}", "Open WebSockets, by what carries them.");
        _meter.CreateObservableCounter(
            "carillon.sockets.slow", () => loop.Slow, "{socket}", "WebSockets closed because they read too slowly.");
    }

    public void Dispose() => _meter.Dispose();
}
