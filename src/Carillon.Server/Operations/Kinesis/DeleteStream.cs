using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record DeleteStreamRequest(string? StreamName, string? StreamARN, bool? EnforceConsumerDeletion) : INamesStream;

internal static class DeleteStream
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(DeleteStream), KinesisJson.Default.DeleteStreamRequest,
        (ledger, _, call) => DataStreams.Delete(ledger, call.StreamName!));
}
