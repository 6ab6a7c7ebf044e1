using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Carillon.Server.Streaming;

/// <summary>How streaming does, under the meter <c>Carillon.Streaming</c> and at <c>/readyz</c>.</summary>
internal sealed class StreamingStatus : IDisposable
{
    public const string MeterName = "Carillon.Streaming";

    private readonly ConcurrentDictionary<string, TimeSpan> _lags = new(StringComparer.Ordinal);
    private readonly Meter _meter;
    private readonly Counter<long> _relayed;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _lost;
    private int _faults;
    private long _unstreamed;

    public StreamingStatus()
    {
        _meter = new(new MeterOptions(MeterName) { Scope = this });
        _meter.CreateObservableUpDownCounter(
            "carillon.streaming.faults", () => Faults, "{configuration}", "Streaming configurations without a stream that can be used.");
        _meter.CreateObservableUpDownCounter(
            "carillon.streaming.unstreamed", () => Unstreamed, "{event}",
            "Events that are in no stream for want of one that can be used, since their configurations were put.");
        _meter.CreateObservableGauge(
            "carillon.relay.lag", () => _lags.Select(lag => new Measurement<double>(lag.Value.TotalSeconds, Of(lag.Key))), "s",
            "Age of the oldest record that was not handed on.");
        _relayed = _meter.CreateCounter<long>("carillon.relay.records", "{record}", "Records handed on.");
        _failed = _meter.CreateCounter<long>("carillon.relay.failures", "{attempt}", "Attempts to hand records on that failed, whole or in part.");
        _lost = _meter.CreateCounter<long>("carillon.relay.losses", "{loss}", "Times that records had expired before they were handed on.");
    }

    public int Faults => Volatile.Read(ref _faults);

    public long Unstreamed => Volatile.Read(ref _unstreamed);

    /// <summary>A line for whoever asks how the server is; null while all is well.</summary>
    public string? Word => Faults == 0
        ? null
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"streaming: {Faults} configurations have no stream that can be used, {Unstreamed} events are in none");

    public void Found(int faults, long unstreamed)
    {
        Volatile.Write(ref _faults, faults);
        Volatile.Write(ref _unstreamed, unstreamed);
    }

    /// <summary>How old the oldest record is that was not handed on.</summary>
    public void Lag(string stream, TimeSpan lag) => _lags[stream] = lag;

    public TimeSpan? LagOf(string stream) => _lags.TryGetValue(stream, out var lag) ? lag : null;

    public void Relayed(string stream, int records) => _relayed.Add(records, Of(stream));

    public void Failed(string stream) => _failed.Add(1, Of(stream));

    public void Lost(string stream) => _lost.Add(1, Of(stream));

    private static KeyValuePair<string, object?> Of(string stream) => new("stream", stream);

    public void Dispose() => _meter.Dispose();
}
