using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record UpdateShardCountRequest(string? StreamName, string? StreamARN, int? TargetShardCount, string? ScalingType)
    : INamesStream;

internal sealed record UpdateShardCountResponse(string StreamName, int CurrentShardCount, int TargetShardCount, string StreamARN);

internal static class UpdateShardCount
{
    public static readonly KinesisOperation Operation = KinesisService.OnStream(
        nameof(UpdateShardCount), KinesisJson.Default.UpdateShardCountRequest, KinesisJson.Default.UpdateShardCountResponse,
        async (r, call) =>
        {
            var count = r.TargetShardCount!.Value;
            var before = await call.Store.Write(ledger => Resharding.Resize(ledger, call.Room.Quotas, call.StreamName!, count));
            return new UpdateShardCountResponse(call.StreamName!, before, count, call.Room.Arns.Stream(call.StreamName!));
        });
}
