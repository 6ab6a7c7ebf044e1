using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record DescribeStreamRequest(string? StreamName, string? StreamARN, int? Limit, string? ExclusiveStartShardId)
    : INamesStream;

internal sealed record DescribeStreamResponse(StreamDescription StreamDescription);

/// <param name="StreamCreationTimestamp">Seconds since 1970.</param>
internal sealed record StreamDescription(
    string StreamName, string StreamARN, string StreamStatus, StreamModeDetails StreamModeDetails, IReadOnlyList<ShardShape> Shards,
    bool HasMoreShards, int RetentionPeriodHours, decimal StreamCreationTimestamp, IReadOnlyList<EnhancedMetrics> EnhancedMonitoring,
    string EncryptionType, string? KeyId);

internal static class DescribeStream
{
    /// <summary>Source: API reference, read 2026-11.</summary>
    private const int DefaultLimit = 100;

    public static readonly KinesisOperation Operation = KinesisService.OnStream(
        nameof(DescribeStream), KinesisJson.Default.DescribeStreamRequest, KinesisJson.Default.DescribeStreamResponse,
        (r, call) =>
        {
            var limit = r.Limit ?? DefaultLimit;
            int? after = r.ExclusiveStartShardId is { } id ? call.Shard(id) : null;
            var (stream, shards) = call.Store.Read(view =>
            {
                var found = call.Find(view);
                return (found, view.ListShards(found, after, limit + 1));
            });
            return Task.FromResult(new DescribeStreamResponse(new(
                stream.Name, call.Room.Arns.Stream(stream.Name), StreamWords.Active, StreamModeDetails.Of(stream),
                [.. shards.Take(limit).Select(ShardShape.Of)], shards.Count > limit, stream.RetentionHours,
                StreamWords.Seconds(stream.Created), EnhancedMetrics.None, StreamWords.EncryptionOf(stream), stream.KeyId)));
        });
}
