using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Tags;

// POST /tags?operation=tag-resource -> 204.  Shape: the same in chime-sdk-identity 2021-04-20 and chime-sdk-messaging
// 2021-05-15.
internal sealed record TagResourceRequest : ISetsTags
{
    public string? ResourceARN { get; init; }

    public IReadOnlyList<TagShape>? Tags { get; init; }
}

internal static class TagResource
{
    public static readonly Operation<TagResourceRequest, Nothing> Operation = new(
        nameof(TagResource), Route.Post("/tags?operation=tag-resource"), 204, Bearer.None, Declares.ResourceLimitExceeded,
        TagsJson.Default.TagResourceRequest, Out: null,
        Bind: (r, _) => r,
        Check: (r, must) => TagShape.Check(r.Tags, must),
        Resources: (r, _) => [r.ResourceARN!],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            Tagging.Add(ledger, call.Arns.ResourceAddress(r.ResourceARN!), TagShape.Read(r.Tags));
            return Nothing.Value;
        }));
}
