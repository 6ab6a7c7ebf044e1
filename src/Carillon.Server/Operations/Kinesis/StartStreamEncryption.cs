using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record StreamEncryptionRequest(string? StreamName, string? StreamARN, string? EncryptionType, string? KeyId)
    : INamesStream
{
    /// <exception cref="Http.JsonProtocol.JsonFault">InvalidArgument: NONE is no way to encrypt.</exception>
    public void RequireKms()
    {
        if (EncryptionType != StreamWords.Kms)
        {
            throw KinesisErrors.Invalid("EncryptionType must be KMS.");
        }
    }
}

// Differs from AWS: any KeyId is taken and told again, whether or not it names a key; records are encrypted under keys of the
// server's own.
internal static class StartStreamEncryption
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(StartStreamEncryption), KinesisJson.Default.StreamEncryptionRequest,
        (ledger, r, call) =>
        {
            r.RequireKms();
            DataStreams.Encrypt(ledger, call.StreamName!, r.KeyId!);
        });
}
