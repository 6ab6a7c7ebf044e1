using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record ListTagsForStreamRequest(string? StreamName, string? StreamARN, string? ExclusiveStartTagKey, int? Limit)
    : INamesStream;

internal sealed record ListTagsForStreamResponse(IReadOnlyList<TagShape> Tags, bool HasMoreTags);

internal static class ListTagsForStream
{
    public static readonly KinesisOperation Operation = KinesisService.OnStream(
        nameof(ListTagsForStream), KinesisJson.Default.ListTagsForStreamRequest, KinesisJson.Default.ListTagsForStreamResponse,
        (r, call) =>
        {
            // A stream has no more tags than one page holds.
            var tags = call.Store.Read(view => view.ListStreamTags(call.Find(view).Key))
                .Where(tag => string.CompareOrdinal(tag.Key, r.ExclusiveStartTagKey) > 0).ToList();
            var limit = r.Limit ?? tags.Count;
            return Task.FromResult(new ListTagsForStreamResponse(
                [.. tags.Take(limit).Select(tag => new TagShape(tag.Key, tag.Value))], tags.Count > limit));
        });
}
