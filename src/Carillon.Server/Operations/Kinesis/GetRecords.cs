using System.Globalization;
using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;
using Carillon.Server.Http.Throttling;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record GetRecordsRequest(string? ShardIterator, int? Limit, string? StreamARN);

/// <param name="NextShardIterator">Absent behind the last record of a closed shard.</param>
/// <param name="ChildShards">Present there alone.</param>
internal sealed record GetRecordsResponse(
    IReadOnlyList<RecordShape> Records, string? NextShardIterator, long MillisBehindLatest, IReadOnlyList<ChildShard>? ChildShards);

/// <param name="ApproximateArrivalTimestamp">Seconds since 1970.</param>
/// <param name="EncryptionType">Absent where the record is not encrypted.</param>
internal sealed record RecordShape(
    string SequenceNumber, decimal ApproximateArrivalTimestamp, byte[] Data, string PartitionKey, string? EncryptionType);

internal static class GetRecords
{
    /// <summary>Source: API reference, read 2026-11.</summary>
    private const int MostRecords = 10_000;

    /// <summary>Bytes of data and partition keys. Source: API reference, read 2026-11: 10 MiB.</summary>
    private const long MostBytes = 10 * 1024 * 1024;

    public static readonly KinesisOperation Operation = new KinesisOperation<GetRecordsRequest, GetRecordsResponse>(
        nameof(GetRecords), KinesisJson.Default.GetRecordsRequest, KinesisJson.Default.GetRecordsResponse,
        (r, call) => call.Resource(Open(r, call).Name, r.StreamARN),
        (r, call) => Task.FromResult(call.Store.Read(view => Get(view, Open(r, call), r.Limit ?? MostRecords, call))));

    private static ShardIterator Open(GetRecordsRequest request, KinesisCall call) =>
        call.Room.Tokens.OpenIterator(request.ShardIterator!) ?? throw KinesisErrors.Invalid("Invalid ShardIterator.");

    private static GetRecordsResponse Get(IView view, ShardIterator iterator, int limit, KinesisCall call)
    {
        if (iterator.Issued.Plus(StreamTokens.Lifetime) < view.Now)
        {
            throw new JsonFault(
                KinesisErrors.ExpiredIterator,
                $"Iterator expired. The iterator was created at time {Text(iterator.Issued)} while right now it is {Text(view.Now)} which is further in the future than the tolerated delay of {StreamTokens.Lifetime.TotalMilliseconds:F0} milliseconds.");
        }

        var stream = call.Find(view);
        if (stream.Key != iterator.Stream || view.FindShard(stream, iterator.Shard) is not { } shard)
        {
            throw new JsonFault(
                KinesisErrors.NotFound,
                $"Shard {ShardIds.Of(iterator.Shard)} in stream {stream.Name} under account {call.Account} does not exist");
        }

        // How much is read is known afterwards, and whoever reads next waits for it.
        if (!call.Admits(stream, shard, (RateUnit.Requests, 1), (RateUnit.Bytes, 0)))
        {
            throw call.ShardBusy(shard);
        }

        var slice = view.ReadRecords(stream, shard, iterator.After, limit, MostBytes);
        call.Admits(stream, shard, (RateUnit.Bytes, slice.Records.Sum(r => (double)r.Data.Length)));
        var isEnd = slice.NextArrived is null && shard.Closed is not null;
        var after = slice.Records.Count > 0 ? slice.Records[^1].Position : iterator.After;
        return new(
            [.. slice.Records.Select(r => new RecordShape(
                SequenceNumbers.Of(shard, r.Position, r.Arrived), StreamWords.Seconds(r.Arrived), r.Data, r.PartitionKey,
                r.Sealed ? StreamWords.Kms : null))],
            isEnd ? null : call.Room.Tokens.SealIterator(iterator with { After = after, Issued = view.Now }),
            BehindLatest(view, slice),
            isEnd ? [.. view.ListChildren(shard).Select(ChildShard.Of)] : null);
    }

    /// <summary>
    /// Milliseconds. AWS leaves open how they are counted; here they are the age of the last record that was read, and zero
    /// where none is left.
    /// </summary>
    private static long BehindLatest(IView view, StreamSlice slice) => slice.NextArrived is not { } next
        ? 0
        : Math.Max(0, (view.Now.Microseconds - (slice.Records.Count > 0 ? slice.Records[^1].Arrived : next).Microseconds) / 1_000);

    private static string Text(Instant time) =>
        time.ToTime().UtcDateTime.ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
}
