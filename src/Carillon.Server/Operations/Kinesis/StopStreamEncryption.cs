using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal static class StopStreamEncryption
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(StopStreamEncryption), KinesisJson.Default.StreamEncryptionRequest,
        (ledger, r, call) =>
        {
            r.RequireKms();
            DataStreams.Decrypt(ledger, call.StreamName!);
        });
}
