using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record RetentionPeriodRequest(string? StreamName, string? StreamARN, int? RetentionPeriodHours) : INamesStream;

internal static class DecreaseStreamRetentionPeriod
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(DecreaseStreamRetentionPeriod), KinesisJson.Default.RetentionPeriodRequest,
        (ledger, r, call) => DataStreams.KeepShorter(ledger, call.StreamName!, r.RetentionPeriodHours!.Value));
}
