using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Iam;

/// <summary>Policies that stand for themselves, with their versions, and what they are attached to.</summary>
public static class ManagedPolicies
{
    /// <summary>Characters without white space. Source: IAM quotas, "Managed policies".</summary>
    public const int MostLetters = 6_144;

    /// <param name="ledger">The store.</param>
    /// <param name="quotas">How many there may be.</param>
    /// <param name="arn">Of path and name.</param>
    /// <param name="name">Unique in the account whatever its case and path.</param>
    /// <param name="path">Starts and ends with a slash.</param>
    /// <param name="description">It never changes.</param>
    /// <param name="policy">Becomes version 1 and the default.</param>
    /// <param name="tags">Of the policy.</param>
    /// <exception cref="Refusal">IamEntityExists, QuotaReached.</exception>
    public static ManagedPolicy Create(
        ILedger ledger, Quotas quotas, string arn, string name, string path, string? description, Policy policy,
        IReadOnlyList<Tag> tags)
    {
        RequireShort(policy);
        if (ledger.HasPolicyNamed(name))
        {
            throw new Refusal(
                Reason.IamEntityExists, $"A policy called {name} already exists. Duplicate names are not allowed.");
        }

        IamQuotas.Require(quotas, Quotas.CustomerManagedPolicies, ledger.CountStoredPolicies());
        return ledger.AddPolicy(IamIds.NewPolicy(), arn, name, path, description, policy.Document, tags);
    }

    /// <summary>One of the account's or of AWS's own.</summary>
    /// <exception cref="Refusal">IamEntityUnknown.</exception>
    public static ManagedPolicy Find(IView view, string arn) => TryFind(view, arn)
        ?? throw new Refusal(Reason.IamEntityUnknown, $"Policy {arn} was not found.");

    public static ManagedPolicy? TryFind(IView view, string arn) => AwsPolicies.Find(arn) ?? view.FindStoredPolicy(arn);

    /// <exception cref="Refusal">IamEntityUnknown: there is no such version.</exception>
    public static PolicyVersion FindVersion(IView view, ManagedPolicy policy, int number) =>
        (policy.IsAws ? AwsPolicies.VersionOf(policy, number) : view.FindPolicyVersion(policy.Key, number))
            ?? throw new Refusal(
                Reason.IamEntityUnknown, $"Policy {policy.Arn} version v{number} does not exist or is not attachable.");

    /// <summary>The newest first.</summary>
    public static IReadOnlyList<PolicyVersion> Versions(IView view, ManagedPolicy policy) => policy.IsAws
        ? [AwsPolicies.VersionOf(policy, policy.DefaultVersion)!]
        : view.ListPolicyVersions(policy.Key);

    /// <summary>The text that counts now; null where the policy is gone.</summary>
    public static string? DocumentOf(IView view, string arn) =>
        TryFind(view, arn) is { } policy ? FindVersion(view, policy, policy.DefaultVersion).Document : null;

    /// <exception cref="Refusal">IamEntityUnknown; PolicyNotOurs; QuotaReached: a version must be deleted first.</exception>
    public static PolicyVersion AddVersion(ILedger ledger, Quotas quotas, string arn, Policy policy, bool asDefault)
    {
        RequireShort(policy);
        var found = FindOwn(ledger, arn);
        var most = quotas[Quotas.VersionsPerPolicy];
        if (ledger.ListPolicyVersions(found.Key).Count >= most)
        {
            throw new Refusal(
                Reason.QuotaReached,
                $"A managed policy can have up to {most} versions. Before you create a new version, you must delete an existing version.");
        }

        var version = ledger.AddPolicyVersion(found.Key, policy.Document);
        if (asDefault)
        {
            ledger.SetDefaultPolicyVersion(found.Key, version.Number);
        }

        return version;
    }

    /// <exception cref="Refusal">IamEntityUnknown, PolicyNotOurs.</exception>
    public static void SetDefault(ILedger ledger, string arn, int number)
    {
        var policy = FindOwn(ledger, arn);
        ledger.SetDefaultPolicyVersion(policy.Key, FindVersion(ledger, policy, number).Number);
    }

    /// <exception cref="Refusal">IamEntityUnknown, PolicyNotOurs; IamEntityInUse: it is the default.</exception>
    public static void DeleteVersion(ILedger ledger, string arn, int number)
    {
        var policy = FindOwn(ledger, arn);
        var version = FindVersion(ledger, policy, number);
        if (version.Number == policy.DefaultVersion)
        {
            throw new Refusal(Reason.IamEntityInUse, "Cannot delete the default version of a policy.");
        }

        ledger.DeletePolicyVersion(policy.Key, version.Number);
    }

    /// <exception cref="Refusal">IamEntityUnknown, PolicyNotOurs; IamEntityInUse: it is attached or has older versions.</exception>
    public static void Delete(ILedger ledger, string arn)
    {
        var policy = FindOwn(ledger, arn);
        if (ledger.CountAttachments(arn) > 0)
        {
            throw new Refusal(Reason.IamEntityInUse, "Cannot delete a policy attached to entities.");
        }

        if (ledger.ListPolicyVersions(policy.Key).Count > 1)
        {
            throw new Refusal(
                Reason.IamEntityInUse,
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
                + "The default version is deleted with the policy.");
        }

        ledger.DeletePolicy(policy.Key);
    }

    /// <exception cref="Refusal">IamEntityUnknown, QuotaReached.</exception>
    public static void Attach(ILedger ledger, Quotas quotas, PolicyHolder holder, string arn)
    {
        if (TryFind(ledger, arn) is null)
        {
            throw new Refusal(Reason.IamEntityUnknown, $"Policy {arn} does not exist or is not attachable.");
        }

        var attached = ledger.ListAttached(holder);
        if (!attached.Contains(arn))
        {
            IamQuotas.Require(
                quotas, holder.Kind == HolderKind.Role ? Quotas.PoliciesPerRole : Quotas.PoliciesPerUser, attached.Count);
            ledger.Attach(holder, arn);
        }
    }

    /// <exception cref="Refusal">IamEntityUnknown: it is not attached.</exception>
    public static void Detach(ILedger ledger, PolicyHolder holder, string arn)
    {
        if (!ledger.Detach(holder, arn))
        {
            throw new Refusal(Reason.IamEntityUnknown, $"Policy {arn} was not found.");
        }
    }

    private static ManagedPolicy FindOwn(IView view, string arn) => Find(view, arn) is { IsAws: false } own
        ? own
        : throw new Refusal(Reason.PolicyNotOurs, $"Policy {arn} is outside your own account.");

    private static void RequireShort(Policy policy)
    {
        if (PolicyLength.Of(policy.Document) > MostLetters)
        {
            throw new Refusal(Reason.QuotaReached, $"Cannot exceed quota for PolicySize: {MostLetters}");
        }
    }
}
