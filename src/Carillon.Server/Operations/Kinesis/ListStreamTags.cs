using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <summary>ListTagsForResource of Kinesis, which is another one than Chime's.</summary>
internal sealed record ListStreamTagsRequest(string? ResourceARN) : INamesResource;

internal sealed record ListStreamTagsResponse(IReadOnlyList<TagShape> Tags);

internal static class ListStreamTags
{
    public static readonly KinesisOperation Operation = KinesisService.OnStream(
        "ListTagsForResource", KinesisJson.Default.ListStreamTagsRequest, KinesisJson.Default.ListStreamTagsResponse,
        (_, call) => Task.FromResult(new ListStreamTagsResponse([.. call.Store
            .Read(view => view.ListStreamTags(call.Find(view).Key)).Select(tag => new TagShape(tag.Key, tag.Value))])));
}
