using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Iam;

/// <summary>Users with their policies and keys. The caller's own policies alone decide who may call these.</summary>
public static class IamUsers
{
    /// <summary>Characters without white space of all policies of one user. Source: IAM quotas, "User inline policies".</summary>
    public const int MostPolicyLetters = 2_048;

    /// <exception cref="Refusal">IamEntityExists, QuotaReached.</exception>
    public static IamUser Create(ILedger ledger, Quotas quotas, string name, string path, IReadOnlyList<Tag> tags)
    {
        RequireFree(ledger, name);
        IamQuotas.Require(quotas, Quotas.Users, ledger.CountIamUsers());
        return ledger.AddIamUser(IamIds.NewUser(), name, path, tags);
    }

    /// <exception cref="Refusal">IamEntityUnknown.</exception>
    public static IamUser Find(IView view, string name) => view.FindIamUser(name)
        ?? throw new Refusal(Reason.IamEntityUnknown, $"The user with name {name} cannot be found.");

    /// <param name="ledger">The store.</param>
    /// <param name="name">The user's name.</param>
    /// <param name="newName">Null leaves it as it is.</param>
    /// <param name="newPath">Null leaves it as it is.</param>
    /// <exception cref="Refusal">IamEntityUnknown, IamEntityExists.</exception>
    public static void Update(ILedger ledger, string name, string? newName, string? newPath)
    {
        var user = Find(ledger, name);
        if (newName is not null && ledger.FindIamUser(newName) is { } other && other.Key != user.Key)
        {
            RequireFree(ledger, newName);
        }

        ledger.UpdateIamUser(user with { Name = newName ?? user.Name, Path = newPath ?? user.Path });
    }

    /// <summary>Its sessions are worth nothing from now on.</summary>
    /// <exception cref="Refusal">IamEntityUnknown; IamEntityInUse: it still has keys or policies.</exception>
    public static void Delete(ILedger ledger, string name)
    {
        var user = Find(ledger, name);
        if (ledger.ListAccessKeys(user.Key).Count > 0)
        {
            throw new Refusal(Reason.IamEntityInUse, "Cannot delete entity, must delete access keys first.");
        }

        if (ledger.ListUserPolicies(user.Key).Count > 0)
        {
            throw new Refusal(Reason.IamEntityInUse, "Cannot delete entity, must delete policies first.");
        }

        if (ledger.ListAttached(PolicyHolder.Of(user)).Count > 0)
        {
            throw new Refusal(Reason.IamEntityInUse, "Cannot delete entity, must detach all policies first.");
        }

        ledger.DeleteIamUser(user.Key);
    }

    /// <exception cref="Refusal">IamEntityUnknown; QuotaReached: all policies of the user together would be too long.</exception>
    public static void PutPolicy(ILedger ledger, string name, string policyName, Policy policy)
    {
        var user = Find(ledger, name);
        var length = PolicyLength.Of(policy.Document) + ledger.ListUserPolicies(user.Key)
            .Where(other => other.Name != policyName).Sum(other => PolicyLength.Of(other.Document));
        if (length > MostPolicyLetters)
        {
            throw new Refusal(
                Reason.QuotaReached, $"Maximum policy size of {MostPolicyLetters} bytes exceeded for user {user.Name}");
        }

        ledger.PutUserPolicy(user.Key, new InlinePolicy(policyName, policy.Document));
    }

    /// <exception cref="Refusal">IamEntityUnknown: the user or the policy.</exception>
    public static InlinePolicy FindPolicy(IView view, string name, string policyName) =>
        view.ListUserPolicies(Find(view, name).Key).FirstOrDefault(p => p.Name == policyName)
            ?? throw PolicyUnknown(policyName);

    /// <exception cref="Refusal">IamEntityUnknown: the user or the policy.</exception>
    public static void DeletePolicy(ILedger ledger, string name, string policyName)
    {
        if (!ledger.DeleteUserPolicy(Find(ledger, name).Key, policyName))
        {
            throw PolicyUnknown(policyName);
        }
    }

    /// <summary>Adds tags, or gives those that are there a new value. Keys that differ only in case are the same key.</summary>
    /// <exception cref="Refusal">IamEntityUnknown; QuotaReached: there would be more than 50.</exception>
    public static void Tag(ILedger ledger, string name, IReadOnlyList<Tag> tags)
    {
        var user = Find(ledger, name);
        ledger.UpdateIamUser(user with { Tags = IamTags.With(user.Tags, tags) });
    }

    /// <exception cref="Refusal">IamEntityUnknown.</exception>
    public static void Untag(ILedger ledger, string name, IReadOnlyList<string> keys)
    {
        var user = Find(ledger, name);
        ledger.UpdateIamUser(user with { Tags = IamTags.Without(user.Tags, keys) });
    }

    /// <param name="ledger">The store.</param>
    /// <param name="quotas">How many keys there may be.</param>
    /// <param name="name">The user's name.</param>
    /// <param name="id">From <see cref="IamIds.NewAccessKey"/>.</param>
    /// <param name="sealedSecret">Nobody but the caller ever sees the secret in clear again.</param>
    /// <exception cref="Refusal">IamEntityUnknown, QuotaReached.</exception>
    public static (IamUser User, AccessKey Key) AddKey(
        ILedger ledger, Quotas quotas, string name, string id, byte[] sealedSecret)
    {
        var user = Find(ledger, name);
        IamQuotas.Require(quotas, Quotas.AccessKeysPerUser, ledger.ListAccessKeys(user.Key).Count);
        return (user, ledger.AddAccessKey(id, user.Key, sealedSecret));
    }

    /// <exception cref="Refusal">IamEntityUnknown: the user or the key.</exception>
    public static void SetKeyActive(ILedger ledger, string name, string id, bool active) =>
        ledger.SetAccessKeyActive(FindKey(ledger, name, id).Id, active);

    /// <exception cref="Refusal">IamEntityUnknown: the user or the key.</exception>
    public static void DeleteKey(ILedger ledger, string name, string id) =>
        ledger.DeleteAccessKey(FindKey(ledger, name, id).Id);

    private static AccessKey FindKey(IView view, string name, string id) =>
        view.FindAccessKey(id) is { } key && key.User == Find(view, name).Key
            ? key
            : throw new Refusal(Reason.IamEntityUnknown, $"The Access Key with id {id} cannot be found.");

    private static void RequireFree(IView view, string name)
    {
        if (view.FindIamUser(name) is not null)
        {
            throw new Refusal(Reason.IamEntityExists, $"User with name {name} already exists.");
        }
    }

    private static Refusal PolicyUnknown(string policyName) =>
        new(Reason.IamEntityUnknown, $"The user policy with name {policyName} cannot be found.");
}

/// <summary>Tags of roles and users.</summary>
internal static class IamTags
{
    /// <summary>Source: IAM quotas, "Tags that can be attached to an IAM role" and "... user".</summary>
    public const int Most = 50;

    /// <exception cref="Refusal">QuotaReached: there would be too many.</exception>
    public static IReadOnlyList<Tag> With(IReadOnlyList<Tag> tags, IReadOnlyList<Tag> more)
    {
        List<Tag> all = [.. Without(tags, more.Select(t => t.Key)), .. more];
        return all.Count <= Most
            ? all
            : throw new Refusal(Reason.QuotaReached, $"The number of tags has reached the maximum limit of {Most}.");
    }

    public static IReadOnlyList<Tag> Without(IReadOnlyList<Tag> tags, IEnumerable<string> keys) =>
        [.. tags.ExceptBy(keys, t => t.Key, StringComparer.OrdinalIgnoreCase)];
}

internal static class IamQuotas
{
    /// <exception cref="Refusal">QuotaReached, in the words of IAM.</exception>
    public static void Require(Quotas quotas, Limit limit, long count)
    {
        if (count >= quotas[limit])
        {
            throw new Refusal(Reason.QuotaReached, $"Cannot exceed quota for {limit.Name}: {quotas[limit]}");
        }
    }
}
