using Carillon.Core;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;
using Carillon.Server.Hosting;
using Carillon.Server.Outbound;

namespace Carillon.Server.Streaming;

/// <summary>
/// Hands streams on to a Kinesis endpoint of somebody else, each by a loop of its own: what is taken there is written down,
/// and what is not waits in the stream, for as long as that keeps it. Nothing here is waited for by whoever sends messages.
/// </summary>
/// <remarks>
/// At least once: what was taken and not written down, because one of the two servers ended, is sent again. A record that
/// is sent again says the same under EventId.
/// </remarks>
internal sealed partial class Relay(
    IStore store, RelayOptions options, OutboundHttp http, StreamingStatus status, TimeProvider time, ILogger<Relay> log)
    : BackgroundService
{
    /// <summary>Between looks where the last one found nothing. Ours, as the others.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(500);

    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly KinesisSender _sender = new(options, http, time);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(options.Streams.Select(pair => Run(new(pair.Key, pair.Value), stoppingToken)));

    private async Task Run(Line line, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan rest;
            try
            {
                rest = await Step(line, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is OutboundException or SettingException)
            {
                rest = Failed(line, e.Message);
            }
            catch (Refusal refusal)
            {
                rest = Failed(line, $"the store says {refusal.Reason}.");
            }
#pragma warning disable CA1031 // One record that cannot be sent must not end the process; it is tried again, and told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Faulted(e, line.Here);
                rest = line.Backoff.Next();
            }

            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Hands on the next records, and says how long to wait before more.</summary>
    private async Task<TimeSpan> Step(Line line, CancellationToken stopping)
    {
        var (stream, next) = store.Read(view => view.FindStream(line.Here) is { } found
            ? (found, Relaying.Next(
                view, found, view.FindRelay(found.Key)?.Position ?? 0, KinesisSender.MostRecords, KinesisSender.MostBytes))
            : (null, []));
        if (stream is null)
        {
            if (!line.IsMissing)
            {
                line.IsMissing = true;
                Missing(line.Here);
            }

            status.Lag(line.Here, TimeSpan.Zero);
            return Pause;
        }

        line.IsMissing = false;
        Watch(line, stream, next);
        if (next.Count == 0)
        {
            return Pause;
        }

        await Send(line, next, stopping);
        var last = next[^1].Record;
        await store.Write(ledger =>
        {
            ledger.PutRelay(stream.Key, new(last.Position, last.Arrived));
            return true;
        });
        status.Relayed(line.Here, next.Count);
        line.Waiting = null;
        if (line.Backoff.Reset())
        {
            Works(line.Here);
        }

        // Where there was room for more, there was no more.
        return next.Count < KinesisSender.MostRecords / 8 ? Pause : TimeSpan.Zero;
    }

    /// <summary>Until all are taken. Whatever of a partition key follows one that was not taken is sent again behind it.</summary>
    private async Task Send(Line line, IReadOnlyList<RelayRecord> records, CancellationToken stopping)
    {
        var left = records.Select(one => new Outgoing(one.Record.PartitionKey, WithId(one))).ToList();
        while (left.Count > 0)
        {
            var refused = await _sender.Put(line.There, left, stopping);
            if (refused.Count == 0)
            {
                return;
            }

            var keys = new HashSet<string>(StringComparer.Ordinal);
            left = [.. left.Where((record, place) =>
            {
                if (refused.ContainsKey(place))
                {
                    keys.Add(record.PartitionKey);
                }

                return keys.Contains(record.PartitionKey);
            })];
            await Task.Delay(Failed(line, $"{refused.Count} records were not taken: {refused.Values.First()}."), time, stopping);
        }
    }

    /// <summary>Adds to an event what it is called in its stream. Other records go as they are.</summary>
    private static ReadOnlyMemory<byte> WithId(RelayRecord one)
    {
        var data = one.Record.Data;
        return data.AsSpan().StartsWith("{\"EventType\":\""u8) && data[^1] == '}'
            ? (byte[])[.. data.AsSpan(0, data.Length - 1), .. ",\"EventId\":\""u8, .. System.Text.Encoding.ASCII.GetBytes(one.SequenceNumber), .. "\"}"u8]
            : data;
    }

    /// <summary>Tells how far behind the line is, and of records that went before it came to them.</summary>
    private void Watch(Line line, DataStream stream, IReadOnlyList<RelayRecord> next)
    {
        if (line.Waiting is { } waiting && (next.Count == 0 || waiting < next[0].Record.Position))
        {
            status.Lost(line.Here);
            Lost(line.Here, stream.RetentionHours);
        }

        if (next.Count == 0)
        {
            (line.Waiting, line.Alarm) = (null, 0);
            status.Lag(line.Here, TimeSpan.Zero);
            return;
        }

        var first = next[0].Record;
        line.Waiting = first.Position;
        var lag = Instant.Of(time.GetUtcNow()).Since(first.Arrived);
        status.Lag(line.Here, lag);
        var alarm = lag >= TimeSpan.FromHours(stream.RetentionHours) * 0.75 ? 2 : lag >= options.Alarm ? 1 : 0;
        if (alarm > line.Alarm)
        {
            if (alarm == 2)
            {
                Expiring(line.Here, lag, stream.RetentionHours);
            }
            else
            {
                Behind(line.Here, lag);
            }
        }

        line.Alarm = alarm;
    }

    private TimeSpan Failed(Line line, string why)
    {
        status.Failed(line.Here);
        var (isFirst, rest) = (line.Backoff.IsFirst, line.Backoff.Next());
        if (isFirst)
        {
            NotTaken(line.Here, why);
        }

        return rest;
    }

    /// <summary>One stream on its way. Its loop alone touches it.</summary>
    private sealed class Line(string here, string there)
    {
        public string Here => here;

        public string There => there;

        public Backoff Backoff { get; } = new();

        public bool IsMissing { get; set; }

        public int Alarm { get; set; }

        /// <summary>Position of the first record that could not be handed on yet.</summary>
        public long? Waiting { get; set; }
    }

    /// <summary>Rests that double, a random part of each, so that many do not come back at once.</summary>
    private sealed class Backoff
    {
        private TimeSpan _rest = ShortestRest;

        public bool IsFirst => _rest == ShortestRest;

        public TimeSpan Next()
        {
            var rest = _rest;
            _rest = rest * 2 < LongestRest ? rest * 2 : LongestRest;
#pragma warning disable CA5394 // Nothing secret rests on it.
            return rest * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        }

        /// <returns>Whether there was something to recover from.</returns>
        public bool Reset()
        {
            var was = !IsFirst;
            _rest = ShortestRest;
            return was;
        }
    }

    [LoggerMessage(7001, LogLevel.Warning, "Stream {Stream} is not handed on for now: {Why} It is tried again, less and less often.")]
    private partial void NotTaken(string stream, string why);

    [LoggerMessage(7002, LogLevel.Information, "Stream {Stream} is handed on again.")]
    private partial void Works(string stream);

    [LoggerMessage(7003, LogLevel.Warning, "Stream {Stream} is to be handed on and is not there.")]
    private partial void Missing(string stream);

    [LoggerMessage(7004, LogLevel.Warning, "Stream {Stream} is handed on with a lag of {Lag}.")]
    private partial void Behind(string stream, TimeSpan lag);

    [LoggerMessage(7005, LogLevel.Error, "Stream {Stream} is handed on with a lag of {Lag}; what it keeps for {Hours} hours will be lost.")]
    private partial void Expiring(string stream, TimeSpan lag, int hours);

    [LoggerMessage(7006, LogLevel.Error, "Records of stream {Stream} were not handed on within the {Hours} hours that it keeps them, and are lost there.")]
    private partial void Lost(string stream, int hours);

    [LoggerMessage(7007, LogLevel.Error, "Handing on stream {Stream} failed; it is tried again.")]
    private partial void Faulted(Exception exception, string stream);
}
