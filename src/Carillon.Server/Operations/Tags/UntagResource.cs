using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Tags;

// POST /tags?operation=untag-resource -> 204.  Shape: the same in chime-sdk-identity 2021-04-20 and chime-sdk-messaging
// 2021-05-15.
internal sealed record UntagResourceRequest : IRemovesTags
{
    public string? ResourceARN { get; init; }

    public IReadOnlyList<string>? TagKeys { get; init; }
}

internal static class UntagResource
{
    public static readonly Operation<UntagResourceRequest, Nothing> Operation = new(
        nameof(UntagResource), Route.Post("/tags?operation=untag-resource"), 204, Bearer.None, Declares.Nothing,
        TagsJson.Default.UntagResourceRequest, Out: null,
        Bind: (r, _) => r,
        Check: (r, must) => TagShape.CheckKeys(r.TagKeys, must),
        Resources: (r, _) => [r.ResourceARN!],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            Tagging.Remove(ledger, call.Arns.ResourceAddress(r.ResourceARN!), r.TagKeys!);
            return Nothing.Value;
        }));
}
