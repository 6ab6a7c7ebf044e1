using System.Globalization;
using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <param name="StreamCreationTimestamp">Seconds since 1970.</param>
internal sealed record ListShardsRequest(
    string? StreamName, string? StreamARN, string? NextToken, string? ExclusiveStartShardId, int? MaxResults,
    decimal? StreamCreationTimestamp, ShardFilter? ShardFilter);

/// <param name="Timestamp">Seconds since 1970.</param>
internal sealed record ShardFilter(string? Type, string? ShardId, decimal? Timestamp);

internal sealed record ListShardsResponse(IReadOnlyList<ShardShape> Shards, string? NextToken);

internal static class ListShards
{
    /// <summary>Source: API reference, read 2026-11.</summary>
    private const int DefaultResults = 1000;

    private const string Kind = "shards";

    public static readonly KinesisOperation Operation = new KinesisOperation<ListShardsRequest, ListShardsResponse>(
        nameof(ListShards), KinesisJson.Default.ListShardsRequest, KinesisJson.Default.ListShardsResponse, Resource,
        (r, call) => Task.FromResult(call.Store.Read(view => List(view, r, call))));

    /// <summary>Which shards a list holds, and where it goes on.</summary>
    /// <param name="After">The last shard of the page before.</param>
    /// <param name="Stream">Null on the first page.</param>
    /// <param name="Type">Of the filter.</param>
    /// <param name="Time">Of the filter, in microseconds.</param>
    private sealed record Place(string Name, StreamKey? Stream, int? After, string Type, long Time);

    private static string Resource(ListShardsRequest request, KinesisCall call)
    {
        var named = request.StreamName is not null || request.StreamARN is not null;
        return (named, request.NextToken) switch
        {
            (false, null) => throw KinesisErrors.Invalid("Either NextToken or StreamName should be provided."),
            (true, not null) => throw KinesisErrors.Invalid("NextToken and StreamName cannot be provided together."),
            (false, { } token) => call.Resource(Open(token, call).Name, null),
            _ => call.Resource(request.StreamName, request.StreamARN),
        };
    }

    private static Place Open(string token, KinesisCall call)
    {
        if (call.Room.Tokens.OpenList(token) is not [Kind, var name, var stream, var after, var type, var time, var issued])
        {
            throw KinesisErrors.Invalid("NextToken is invalid.");
        }

        StreamTokens.RequireFresh(StreamTokens.Number(issued), Instant.Of(call.Room.Time.GetUtcNow()));
        return new(name, new(StreamTokens.Number(stream)), (int)StreamTokens.Number(after), type, StreamTokens.Number(time));
    }

    private static ListShardsResponse List(IView view, ListShardsRequest request, KinesisCall call)
    {
        var stream = call.Find(view);
        var place = request.NextToken is { } token ? Next(request, Open(token, call)) : First(view, stream, request, call);
        if (place.Stream is { } meant && meant != stream.Key)
        {
            throw KinesisErrors.Invalid("NextToken is invalid.");
        }

        var most = request.MaxResults ?? DefaultResults;
        var page = new List<Shard>();
        var after = place.After;
        while (page.Count <= most && view.ListShards(stream, after, most + 1) is { Count: > 0 } shards)
        {
            page.AddRange(shards.Where(shard => Belongs(shard, place)));
            after = shards[^1].Number;
        }

        var next = page.Count > most
            ? call.Room.Tokens.SealList(
                Kind, stream.Name, Text(stream.Key.Value), Text(page[most - 1].Number), place.Type, Text(place.Time),
                Text(view.Now.Microseconds))
            : null;
        return new([.. page.Take(most).Select(ShardShape.Of)], next);
    }

    private static Place Next(ListShardsRequest request, Place place) =>
        request.ExclusiveStartShardId is null && request.StreamCreationTimestamp is null && request.ShardFilter is null
            ? place
            : throw KinesisErrors.Invalid(
                "NextToken cannot be provided together with ExclusiveStartShardId, StreamCreationTimestamp or ShardFilter.");

    private static Place First(IView view, DataStream stream, ListShardsRequest request, KinesisCall call)
    {
        if (request.StreamCreationTimestamp is { } created && StreamWords.Time(created) != stream.Created)
        {
            throw new JsonFault(
                KinesisErrors.NotFound,
                $"Stream {stream.Name} under account {call.Account} was not created at the StreamCreationTimestamp.");
        }

        var filter = request.ShardFilter;
        int? after = request.ExclusiveStartShardId is { } id ? call.Shard(id) : null;
        var horizon = stream.Created > stream.Horizon(view.Now) ? stream.Created : stream.Horizon(view.Now);
        switch (filter?.Type)
        {
            case "AFTER_SHARD_ID":
                var last = call.Shard(filter.ShardId ?? throw KinesisErrors.Invalid("ShardId must be provided for AFTER_SHARD_ID."));
                return new(stream.Name, null, Math.Max(after ?? -1, last), "", 0);
            case "AT_TIMESTAMP" or "FROM_TIMESTAMP":
                var time = StreamWords.Time(
                    filter.Timestamp ?? throw KinesisErrors.Invalid($"Timestamp must be provided for {filter.Type}."));
                if (time > view.Now)
                {
                    throw KinesisErrors.Invalid("Timestamp must not be in the future.");
                }

                return new(stream.Name, null, after, filter.Type, (time < horizon ? horizon : time).Microseconds);
            case "AT_TRIM_HORIZON":
                return new(stream.Name, null, after, "AT_TIMESTAMP", horizon.Microseconds);
            case "AT_LATEST":
                return new(stream.Name, null, after, filter.Type, 0);
            default:
                return new(stream.Name, null, after, "", 0);
        }
    }

    private static bool Belongs(Shard shard, Place place) => place.Type switch
    {
        "AT_LATEST" => shard.Closed is null,
        "AT_TIMESTAMP" => shard.Created.Microseconds <= place.Time && (shard.Closed is null || shard.Closed.At.Microseconds > place.Time),
        "FROM_TIMESTAMP" => shard.Closed is null || shard.Closed.At.Microseconds > place.Time,
        _ => true,
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
