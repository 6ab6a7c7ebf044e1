using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record MergeShardsRequest(string? StreamName, string? StreamARN, string? ShardToMerge, string? AdjacentShardToMerge)
    : INamesStream;

internal static class MergeShards
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(MergeShards), KinesisJson.Default.MergeShardsRequest,
        (ledger, r, call) => Resharding.Merge(
            ledger, call.StreamName!, call.Shard(r.ShardToMerge!), call.Shard(r.AdjacentShardToMerge!)));
}
