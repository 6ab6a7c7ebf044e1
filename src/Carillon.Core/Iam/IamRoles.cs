using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Iam;

/// <summary>Roles and the policies written into them. The caller's own policies alone decide who may call these.</summary>
/// <remarks>Policies come in compiled, so that the cost of compiling never falls on the store's writer.</remarks>
public static class IamRoles
{
    /// <exception cref="Refusal">RoleExists, QuotaReached.</exception>
    public static Role Create(
        ILedger ledger, Quotas quotas, string name, string path, TrustPolicy trust, string? description,
        TimeSpan longestSession, IReadOnlyList<Tag> tags)
    {
        if (ledger.FindRole(name) is not null)
        {
            throw new Refusal(Reason.RoleExists, $"Role with name {name} already exists.");
        }

        quotas.Require(Quotas.Roles, ledger.CountRoles());
        return ledger.AddRole(IamIds.NewRole(), name, path, trust.Document, description, longestSession, tags);
    }

    /// <exception cref="Refusal">RoleUnknown.</exception>
    public static Role Find(IView view, string name) => view.FindRole(name)
        ?? throw new Refusal(Reason.RoleUnknown, $"The role with name {name} cannot be found.");

    /// <summary>Its sessions are worth nothing from now on.</summary>
    /// <exception cref="Refusal">RoleUnknown; RoleInUse: it still has policies.</exception>
    public static void Delete(ILedger ledger, string name)
    {
        var role = Find(ledger, name);
        if (ledger.ListRolePolicies(role.Key).Count > 0)
        {
            throw new Refusal(Reason.RoleInUse, "Cannot delete entity, must delete policies first.");
        }

        if (ledger.ListAttached(PolicyHolder.Of(role)).Count > 0)
        {
            throw new Refusal(Reason.RoleInUse, "Cannot delete entity, must detach all policies first.");
        }

        ledger.DeleteRole(role.Key);
    }

    public static void UpdateTrust(ILedger ledger, string name, TrustPolicy trust) =>
        ledger.UpdateRole(Find(ledger, name) with { Trust = trust.Document });

    /// <param name="ledger">The store.</param>
    /// <param name="name">The role's name.</param>
    /// <param name="description">Null leaves it as it is.</param>
    /// <param name="longestSession">Null leaves it as it is.</param>
    public static void Update(ILedger ledger, string name, string? description, TimeSpan? longestSession)
    {
        var role = Find(ledger, name);
        ledger.UpdateRole(role with
        {
            Description = description ?? role.Description,
            LongestSession = longestSession ?? role.LongestSession,
        });
    }

    /// <exception cref="Refusal">RoleUnknown; QuotaReached: all policies of the role together would be too long.</exception>
    public static void PutPolicy(ILedger ledger, string name, string policyName, Policy policy)
    {
        var role = Find(ledger, name);
        var length = PolicyLength.Of(policy.Document) + ledger.ListRolePolicies(role.Key)
            .Where(other => other.Name != policyName).Sum(other => PolicyLength.Of(other.Document));
        if (length > Policy.MaxLength)
        {
            throw new Refusal(
                Reason.QuotaReached, $"Maximum policy size of {Policy.MaxLength} bytes exceeded for role {role.Name}");
        }

        ledger.PutRolePolicy(role.Key, new InlinePolicy(policyName, policy.Document));
    }

    /// <exception cref="Refusal">RoleUnknown, RolePolicyUnknown.</exception>
    public static InlinePolicy FindPolicy(IView view, string name, string policyName) =>
        view.ListRolePolicies(Find(view, name).Key).FirstOrDefault(p => p.Name == policyName)
            ?? throw PolicyUnknown(policyName);

    /// <exception cref="Refusal">RoleUnknown, RolePolicyUnknown.</exception>
    public static void DeletePolicy(ILedger ledger, string name, string policyName)
    {
        if (!ledger.DeleteRolePolicy(Find(ledger, name).Key, policyName))
        {
            throw PolicyUnknown(policyName);
        }
    }

    /// <summary>Adds tags, or gives those that are there a new value. Keys that differ only in case are the same key.</summary>
    /// <exception cref="Refusal">RoleUnknown; QuotaReached: there would be more than 50.</exception>
    public static void Tag(ILedger ledger, string name, IReadOnlyList<Tag> tags)
    {
        var role = Find(ledger, name);
        ledger.UpdateRole(role with { Tags = IamTags.With(role.Tags, tags) });
    }

    /// <exception cref="Refusal">RoleUnknown.</exception>
    public static void Untag(ILedger ledger, string name, IReadOnlyList<string> keys)
    {
        var role = Find(ledger, name);
        ledger.UpdateRole(role with { Tags = IamTags.Without(role.Tags, keys) });
    }

    private static Refusal PolicyUnknown(string policyName) =>
        new(Reason.RolePolicyUnknown, $"The role policy with name {policyName} cannot be found.");
}
