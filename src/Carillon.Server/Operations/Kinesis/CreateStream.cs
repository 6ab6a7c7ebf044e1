using Carillon.Core.Streams;
using Carillon.Server.Http;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record CreateStreamRequest(
    string? StreamName, int? ShardCount, StreamModeDetails? StreamModeDetails, IReadOnlyDictionary<string, string>? Tags,
    int? WarmThroughputMiBps, int? MaxRecordSizeInKiB) : ISetsTags
{
    IReadOnlyList<TagShape>? ISetsTags.Tags => StreamWords.Asked(Tags);
}

// Differs from AWS: a stream is ACTIVE at once and never CREATING, UPDATING or DELETING; one on demand keeps its four shards,
// and WarmThroughputMiBps is refused.
internal static class CreateStream
{
    public static readonly KinesisOperation Operation = new KinesisOperation<CreateStreamRequest, Nothing>(
        nameof(CreateStream), KinesisJson.Default.CreateStreamRequest, null,
        (r, call) => call.Resource(r.StreamName, null), Handle);

    private static Task<Nothing> Handle(CreateStreamRequest request, KinesisCall call)
    {
        // Whoever names neither mode nor shards gets a stream on demand.
        var mode = request.StreamModeDetails?.Read()
            ?? (request.ShardCount is null ? StreamMode.OnDemand : StreamMode.Provisioned);
        var shards = (mode, request.ShardCount) switch
        {
            (StreamMode.OnDemand, null) => DataStreams.ShardsOnDemand,
            (StreamMode.OnDemand, _) => throw KinesisErrors.Invalid("ShardCount is not for streams whose mode is ON_DEMAND."),
            (_, null) => throw new JsonFault(
                KinesisErrors.Validation,
                "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null"),
            (_, { } count) => count,
        };
        if (request.WarmThroughputMiBps is not null)
        {
            throw KinesisErrors.Invalid("WarmThroughputMiBps is not available here.");
        }

        if (request.Tags is { } tags)
        {
            StreamWords.CheckTagKeys(tags.Keys);
            call.Authorize("kinesis:AddTagsToStream", call.Room.Arns.Stream(call.StreamName!), AskedTags.Of(request));
        }

        return KinesisService.Write(call, ledger => DataStreams.Create(
            ledger, call.Room.Quotas, call.StreamName!, mode, shards, request.MaxRecordSizeInKiB ?? DataStreams.DefaultRecordKiB,
            StreamWords.Tags(request.Tags)));
    }
}
