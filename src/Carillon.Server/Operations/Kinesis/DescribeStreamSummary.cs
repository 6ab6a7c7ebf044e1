using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record DescribeStreamSummaryResponse(StreamDescriptionSummary StreamDescriptionSummary);

/// <param name="StreamCreationTimestamp">Seconds since 1970.</param>
/// <param name="ConsumerCount">Of enhanced fan-out, which is not here.</param>
internal sealed record StreamDescriptionSummary(
    string StreamName, string StreamARN, string StreamStatus, StreamModeDetails StreamModeDetails, int RetentionPeriodHours,
    decimal StreamCreationTimestamp, IReadOnlyList<EnhancedMetrics> EnhancedMonitoring, string EncryptionType, string? KeyId,
    int OpenShardCount, int ConsumerCount, int MaxRecordSizeInKiB);

internal static class DescribeStreamSummary
{
    public static readonly KinesisOperation Operation = KinesisService.OnStream(
        nameof(DescribeStreamSummary), KinesisJson.Default.StreamRequest, KinesisJson.Default.DescribeStreamSummaryResponse,
        (_, call) =>
        {
            var stream = call.Store.Read(call.Find);
            return Task.FromResult(new DescribeStreamSummaryResponse(new(
                stream.Name, call.Room.Arns.Stream(stream.Name), StreamWords.Active, StreamModeDetails.Of(stream),
                stream.RetentionHours, StreamWords.Seconds(stream.Created), EnhancedMetrics.None, StreamWords.EncryptionOf(stream),
                stream.KeyId, stream.OpenShards, 0, stream.MostRecordKiB)));
        });
}
