using Carillon.Core.Access;
using Carillon.Server.Access;
using Carillon.Server.Operations;

namespace Carillon.Server.Http;

/// <summary>A request whose tags policies may ask about as <c>aws:RequestTag/k</c> and <c>aws:TagKeys</c>.</summary>
internal interface ISetsTags
{
    IReadOnlyList<TagShape>? Tags { get; }
}

/// <summary>A request whose keys policies may ask about as <c>aws:TagKeys</c>.</summary>
internal interface IRemovesTags
{
    IReadOnlyList<string>? TagKeys { get; }
}

/// <summary>The tags that a request wants to set or remove.</summary>
internal readonly struct AskedTags
{
    private readonly IReadOnlyList<TagShape>? _set;
    private readonly IReadOnlyList<string>? _removed;

    private AskedTags(IReadOnlyList<TagShape>? set, IReadOnlyList<string>? removed) => (_set, _removed) = (set, removed);

    /// <param name="request">Checked already.</param>
    public static AskedTags Of(object request) =>
        new((request as ISetsTags)?.Tags, (request as IRemovesTags)?.TagKeys);

    public void AddTo(ContextKeys keys)
    {
        if (_set is not null)
        {
            RequestTags.AddTo(keys, [.. _set.Select(tag => (tag.Key!, tag.Value!))]);
        }
        else if (_removed is not null)
        {
            keys.Set("aws:TagKeys", [.. _removed]);
        }
    }
}
