using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record DescribeLimitsRequest;

internal sealed record DescribeLimitsResponse(
    long ShardLimit, long OpenShardCount, long OnDemandStreamCount, long OnDemandStreamCountLimit);

internal static class DescribeLimits
{
    public static readonly KinesisOperation Operation = new KinesisOperation<DescribeLimitsRequest, DescribeLimitsResponse>(
        nameof(DescribeLimits), KinesisJson.Default.DescribeLimitsRequest, KinesisJson.Default.DescribeLimitsResponse,
        (_, _) => "*",
        (_, call) => Task.FromResult(call.Store.Read(view => new DescribeLimitsResponse(
            call.Room.Quotas[Quotas.Shards], view.CountOpenShards(), view.CountStreams(StreamMode.OnDemand),
            call.Room.Quotas[Quotas.OnDemandStreams]))));
}
