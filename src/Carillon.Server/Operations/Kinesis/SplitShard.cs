using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record SplitShardRequest(string? StreamName, string? StreamARN, string? ShardToSplit, string? NewStartingHashKey)
    : INamesStream;

internal static class SplitShard
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(SplitShard), KinesisJson.Default.SplitShardRequest,
        (ledger, r, call) => Resharding.Split(
            ledger, call.Room.Quotas, call.StreamName!, call.Shard(r.ShardToSplit!),
            // What is larger than any hash lies in no shard, like the largest.
            HashKeyRange.Read(r.NewStartingHashKey!) ?? UInt128.MaxValue));
}
