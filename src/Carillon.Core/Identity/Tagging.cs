namespace Carillon.Core.Identity;

public enum ResourceKind
{
    AppInstance,
    User,
    Bot,
    Channel,
    Flow,
}

/// <summary>Names something that can carry tags. It may not exist.</summary>
/// <param name="Id">The app instance's own where it is one.</param>
public readonly record struct ResourceAddress(ResourceKind Kind, string AppId, string Id)
{
    /// <summary>What its tags hang on: the resource part of its ARN.</summary>
    public string Path => Kind switch
    {
        ResourceKind.AppInstance => $"app-instance/{AppId}",
        ResourceKind.User => $"app-instance/{AppId}/user/{Id}",
        ResourceKind.Bot => $"app-instance/{AppId}/bot/{Id}",
        ResourceKind.Channel => $"app-instance/{AppId}/channel/{Id}",
        _ => $"app-instance/{AppId}/channel-flow/{Id}",
    };

    public static ResourceAddress Of(PersonAddress person) =>
        new(person.Kind == PersonKind.Bot ? ResourceKind.Bot : ResourceKind.User, person.AppId, person.Id);
}

/// <summary>Tags of what is there. Keys and values are told apart by case. IAM alone decides who may call these.</summary>
public static class Tagging
{
    /// <summary>Tags of one resource (AWS General Reference, tag limits, 2026-11).</summary>
    public const int Most = 50;

    /// <summary>In the order of their keys.</summary>
    /// <exception cref="Refusal">ResourceUnknown.</exception>
    public static IReadOnlyList<Tag> List(IView view, ResourceAddress? resource) => view.ListTags(Found(view, resource).Path);

    /// <summary>Sets each tag; one whose key is there already takes the new value.</summary>
    /// <exception cref="Refusal">ResourceUnknown. QuotaReached: it would have more than <see cref="Most"/>.</exception>
    public static void Add(ILedger ledger, ResourceAddress? resource, IReadOnlyList<Tag> tags)
    {
        var path = Found(ledger, resource).Path;
        var keys = ledger.ListTags(path).Select(tag => tag.Key).ToHashSet(StringComparer.Ordinal);
        keys.UnionWith(tags.Select(tag => tag.Key));
        if (keys.Count > Most)
        {
            throw new Refusal(Reason.QuotaReached, $"A resource may have {Most} tags.");
        }

        ledger.AddTags(path, tags);
    }

    /// <summary>Removing what is not there changes nothing.</summary>
    /// <exception cref="Refusal">ResourceUnknown.</exception>
    public static void Remove(ILedger ledger, ResourceAddress? resource, IReadOnlyList<string> keys) =>
        ledger.RemoveTags(Found(ledger, resource).Path, keys);

    private static ResourceAddress Found(IView view, ResourceAddress? resource) =>
        resource is { } address && view.Exists(address) ? address : throw new Refusal(Reason.ResourceUnknown);
}
