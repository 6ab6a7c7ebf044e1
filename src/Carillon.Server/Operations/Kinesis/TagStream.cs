using Carillon.Server.Http;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <summary>TagResource of Kinesis, which is another one than Chime's.</summary>
internal sealed record TagStreamRequest(string? ResourceARN, IReadOnlyDictionary<string, string>? Tags) : INamesResource, ISetsTags
{
    IReadOnlyList<TagShape>? ISetsTags.Tags => StreamWords.Asked(Tags);
}

internal static class TagStream
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        "TagResource", KinesisJson.Default.TagStreamRequest, StreamTags.Add);
}
