using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;
using Carillon.Server.Http.Throttling;

namespace Carillon.Server.Operations.Kinesis;

/// <param name="Timestamp">Seconds since 1970.</param>
internal sealed record GetShardIteratorRequest(
    string? StreamName, string? StreamARN, string? ShardId, string? ShardIteratorType, string? StartingSequenceNumber,
    decimal? Timestamp) : INamesStream;

internal sealed record GetShardIteratorResponse(string ShardIterator);

internal static class GetShardIterator
{
    public static readonly KinesisOperation Operation = KinesisService.OnStream(
        nameof(GetShardIterator), KinesisJson.Default.GetShardIteratorRequest, KinesisJson.Default.GetShardIteratorResponse,
        (r, call) => Task.FromResult(call.Store.Read(view => Make(view, r, call))));

    private static GetShardIteratorResponse Make(IView view, GetShardIteratorRequest request, KinesisCall call)
    {
        var number = call.Shard(request.ShardId!);
        var stream = call.Find(view);
        var shard = view.FindShard(stream, number) ?? throw new Http.JsonProtocol.JsonFault(
            KinesisErrors.NotFound,
            $"Shard {ShardIds.Of(number)} in stream {stream.Name} under account {call.Account} does not exist");
        if (!call.Admits(stream, shard, (RateUnit.Requests, 1)))
        {
            throw call.ShardBusy(shard);
        }

        var after = request.ShardIteratorType switch
        {
            "AT_SEQUENCE_NUMBER" => PositionOf(stream, shard, request, call) - 1,
            "AFTER_SEQUENCE_NUMBER" => PositionOf(stream, shard, request, call),
            "AT_TIMESTAMP" => view.PositionBefore(shard, TimeOf(view, request)),
            var type when request.StartingSequenceNumber is not null => throw Mismatch(type, "also a StartingSequenceNumber"),
            "LATEST" => view.LastPosition(),
            _ => 0,
        };
        return new(call.Room.Tokens.SealIterator(new(stream.Name, stream.Key, shard.Number, after, view.Now)));
    }

    private static long PositionOf(DataStream stream, Shard shard, GetShardIteratorRequest request, KinesisCall call)
    {
        if (request.StartingSequenceNumber is not { } text)
        {
            throw Mismatch(request.ShardIteratorType, "no StartingSequenceNumber");
        }

        if (SequenceNumbers.Read(text) is { } read && read.Shard != shard.Number)
        {
            throw KinesisErrors.Invalid(
                $"Invalid StartingSequenceNumber. It encodes {ShardIds.Of(read.Shard)}, while it was used in a call to a shard with {ShardIds.Of(shard.Number)}");
        }

        return SequenceNumbers.PositionOf(text, shard) ?? throw KinesisErrors.Invalid(
            $"StartingSequenceNumber {text} used in GetShardIterator on shard {ShardIds.Of(shard.Number)} in stream {stream.Name} under account {call.Account} is invalid.");
    }

    private static Instant TimeOf(IView view, GetShardIteratorRequest request)
    {
        if (request.StartingSequenceNumber is not null)
        {
            throw Mismatch(request.ShardIteratorType, "also a StartingSequenceNumber");
        }

        if (request.Timestamp is not { } timestamp)
        {
            throw KinesisErrors.Invalid("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.");
        }

        var time = StreamWords.Time(timestamp);
        return time <= view.Now
            ? time
            : throw KinesisErrors.Invalid(
                $"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: {time.Microseconds / 1_000}, currentTimestampInMillis: {view.Now.Microseconds / 1_000}");
    }

    private static Http.JsonProtocol.JsonFault Mismatch(string? type, string what) => KinesisErrors.Invalid(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
        + $"(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {type} and {what}.");
}
