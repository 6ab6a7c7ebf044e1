using Carillon.Core.Streams;
using Carillon.Server.Http;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <summary>UntagResource of Kinesis, which is another one than Chime's.</summary>
internal sealed record UntagStreamRequest(string? ResourceARN, IReadOnlyList<string>? TagKeys) : INamesStream, IRemovesTags
{
    string? INamesStream.StreamName => null;

    string? INamesStream.StreamARN => ResourceARN;
}

internal static class UntagStream
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        "UntagResource", KinesisJson.Default.UntagStreamRequest,
        (ledger, r, call) => DataStreams.RemoveTags(ledger, call.StreamName!, r.TagKeys!));
}
