using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal static class IncreaseStreamRetentionPeriod
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(IncreaseStreamRetentionPeriod), KinesisJson.Default.RetentionPeriodRequest,
        (ledger, r, call) => DataStreams.KeepLonger(ledger, call.StreamName!, r.RetentionPeriodHours!.Value));
}
