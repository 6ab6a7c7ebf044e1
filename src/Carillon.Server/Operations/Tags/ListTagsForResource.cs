using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Tags;

// GET /tags -> 200.  Shape: the same in chime-sdk-identity 2021-04-20 and chime-sdk-messaging 2021-05-15.
internal sealed record ListTagsForResourceRequest
{
    public string? ResourceARN { get; init; }
}

internal sealed record ListTagsForResourceResponse(IReadOnlyList<TagShape> Tags);

internal static class ListTagsForResource
{
    public static readonly Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> Operation = new(
        nameof(ListTagsForResource), Route.Get("/tags"), 200, Bearer.None, Declares.Nothing,
        In: null, TagsJson.Default.ListTagsForResourceResponse,
        Bind: (r, call) => r with { ResourceARN = call.Query("arn") },
        Resources: (r, _) => [r.ResourceARN!],
        Handle: (r, call) =>
        {
            var tags = call.Store.Read(view => Tagging.List(view, call.Arns.ResourceAddress(r.ResourceARN!)));
            return Task.FromResult(new ListTagsForResourceResponse([.. tags.Select(tag => new TagShape(tag.Key, tag.Value))]));
        });
}
