using Carillon.Server.Http;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record AddTagsToStreamRequest(string? StreamName, string? StreamARN, IReadOnlyDictionary<string, string>? Tags)
    : INamesStream, ISetsTags
{
    IReadOnlyList<TagShape>? ISetsTags.Tags => StreamWords.Asked(Tags);
}

internal static class AddTagsToStream
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(AddTagsToStream), KinesisJson.Default.AddTagsToStreamRequest, StreamTags.Add);
}
