using System.Text.Json;
using Carillon.Server.Http;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record RotateKeyOnDemandRequest(string? KeyId);

internal sealed record RotateKeyOnDemandResponse(string KeyId);

// Shape: kms 2014-11-01, the one operation of it that is here.
// Differs from AWS: alias/aws/kinesis, which AWS rotates by itself alone, can be rotated, and no other key can.
internal sealed class RotateKeyOnDemand() : KinesisOperation(nameof(RotateKeyOnDemand), "kms")
{
    public const string Target = "TrentService.RotateKeyOnDemand";

    private const string Key = "alias/aws/kinesis";

    public static readonly KinesisOperation Operation = new RotateKeyOnDemand();

    public override async Task<byte[]?> Run(KinesisCall call)
    {
        var request = Read(call.Body.Span);
        var arn = $"arn:aws:kms:{call.Room.Arns.Region}:{call.Account}:{Key}";
        if (string.IsNullOrEmpty(request.KeyId))
        {
            throw new JsonFault(
                KinesisErrors.Validation,
                "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null");
        }

        call.Authorize(Action, arn, default);
        if (request.KeyId != Key && request.KeyId != arn)
        {
            throw new JsonFault("NotFoundException", $"The key of data streams is {Key}, and there is no other.");
        }

        await KinesisService.Write(call, ledger => ledger.RotateStreamKey());
        return JsonSerializer.SerializeToUtf8Bytes(new(request.KeyId), KinesisJson.Default.RotateKeyOnDemandResponse);
    }

    /// <exception cref="JsonFault">SerializationException.</exception>
    private static RotateKeyOnDemandRequest Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, KinesisJson.Default.RotateKeyOnDemandRequest)
                ?? throw new JsonFault(KinesisErrors.Serialization, "The request cannot be read.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new JsonFault(KinesisErrors.Serialization, "The request cannot be read.");
        }
    }
}
