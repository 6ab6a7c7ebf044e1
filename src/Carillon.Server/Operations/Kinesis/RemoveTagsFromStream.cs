using Carillon.Server.Http;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record RemoveTagsFromStreamRequest(string? StreamName, string? StreamARN, IReadOnlyList<string>? TagKeys)
    : INamesStream, IRemovesTags;

internal static class RemoveTagsFromStream
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        nameof(RemoveTagsFromStream), KinesisJson.Default.RemoveTagsFromStreamRequest, StreamTags.Remove);
}
