using Carillon.Server.Http;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <summary>UntagResource of Kinesis, which is another one than Chime's.</summary>
internal sealed record UntagStreamRequest(string? ResourceARN, IReadOnlyList<string>? TagKeys) : INamesResource, IRemovesTags;

internal static class UntagStream
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        "UntagResource", KinesisJson.Default.UntagStreamRequest, StreamTags.Remove);
}
