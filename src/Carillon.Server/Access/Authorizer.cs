using System.Collections.Concurrent;
using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http;

namespace Carillon.Server.Access;

/// <summary>Decides whether a caller's credentials may do something. Root may do everything.</summary>
internal sealed class Authorizer(AccessCatalog catalog, Account account)
{
    /// <summary>Session policies kept compiled; beyond that all are dropped. Ours.</summary>
    private const int Capacity = 1024;

    private readonly ConcurrentDictionary<string, Policy> _sessionPolicies = new(StringComparer.Ordinal);

    /// <param name="caller">Whose signature was proven, now or when its socket opened.</param>
    /// <param name="action">As IAM spells it, <c>chime:SendChannelMessage</c>.</param>
    /// <param name="targets">All of them must be allowed; <see cref="AccessTarget.Anything"/> where there is none.</param>
    /// <param name="keys">From <see cref="KeysOf"/>, with those of the request on top.</param>
    public Decision Decide(Caller caller, string action, IReadOnlyList<AccessTarget> targets, ContextKeys keys) =>
        Policy.Evaluate(GrantsOf(caller), new AccessRequest(action, targets, keys));

    /// <summary>What the caller holds now. One whose role, user or key is gone holds nothing.</summary>
    public Grants GrantsOf(Caller caller)
    {
        switch (caller.Session)
        {
            case RoleSession role:
                return RoleOf(role) is { } found ? Filtered(false, found.Policies, role.Filter) : Nothing;
            case UserSession { FederatedName: not null, Filter.IsNone: true }:
                return Nothing;
            case UserSession user when user.UserId == account.Id:
                return user.FederatedName is null ? Grants.Root : Filtered(false, [Everything], user.Filter);
            case UserSession user:
                return catalog.FindUser(user.UserId) is { } holder ? Filtered(false, holder.Policies, user.Filter) : Nothing;
        }

        if (IsRoot(caller))
        {
            return Grants.Root;
        }

        return UserOf(caller) is { } known ? new(false, known.Policies) : Nothing;
    }

    /// <summary>The account's owner, with its own key or a temporary one, and nobody whom it handed rights to.</summary>
    public bool IsRoot(Caller caller) => caller.Arn == account.RootArn;

    /// <summary>The user behind a caller, whether it signs with a key of its own or a temporary one; null for others.</summary>
    public CompiledUser? UserOf(Caller caller) => caller.Session switch
    {
        null => catalog.FindKey(caller.AccessKeyId) is { Key.IsActive: true } key && key.UserId == caller.UserId
            ? catalog.FindUser(key.UserId)
            : null,
        UserSession { FederatedName: null } user => catalog.FindUser(user.UserId),
        _ => null,
    };

    /// <summary>What policies may ask about the caller, as it is now: tags may change.</summary>
    public ContextKeys KeysOf(Caller caller)
    {
        var keys = new ContextKeys()
            .Set("aws:PrincipalIsAWSService", "false")
            .Set("aws:ViaAWSService", "false");
        if (caller == Caller.Anonymous)
        {
            return keys.Set("aws:PrincipalType", "Anonymous");
        }

        keys.Set("aws:PrincipalAccount", caller.AccountId).Set("aws:userid", caller.UserId);
        if (caller.Session is { } session)
        {
            keys.Set("aws:TokenIssueTime", Circumstance.Text(session.Issued)).Set("aws:MultiFactorAuthPresent", "false");
        }

        switch (caller.Session)
        {
            case RoleSession role:
                AddTo(keys, role, caller);
                break;
            case UserSession { FederatedName: not null } federated:
                AddTo(keys, federated.Tags);
                keys.Set("aws:PrincipalArn", caller.Arn).Set("aws:PrincipalType", "FederatedUser");
                break;
            default:
                AddTo(keys, UserOf(caller), caller);
                break;
        }

        return keys;
    }

    private static readonly Policy Everything =
        Policy.Parse("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""");

    private static readonly Grants Nothing = new(false, []);

    /// <summary>Of a session whose filter cannot be told: nothing passes it, whatever else allows.</summary>
    private static readonly Grants Closed = new(
        false, [], [Policy.Parse("""{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}""")]);

    private CompiledRole? RoleOf(RoleSession session) =>
        catalog.FindRole(session.RoleName) is { } role && role.Role.Id == session.RoleId ? role : null;

    /// <summary>The policies, and the filter of the session before them.</summary>
    /// <remarks>
    /// AWS leaves open what a session may do whose managed policy was deleted. It may hold a Deny, so ours may do nothing.
    /// </remarks>
    private Grants Filtered(bool isRoot, IReadOnlyList<Policy> policies, SessionFilter filter)
    {
        if (filter.IsNone)
        {
            return new(isRoot, policies);
        }

        var parts = new List<Policy>(filter.PolicyArns.Count + 1);
        foreach (var arn in filter.PolicyArns)
        {
            if (catalog.FindPolicy(arn) is not { } managed)
            {
                return Closed;
            }

            parts.Add(managed);
        }

        if (filter.Policy is not null)
        {
            if (SessionPolicy(filter.Policy) is not { } inline)
            {
                return Closed;
            }

            parts.Add(inline);
        }

        return new(isRoot, policies, parts);
    }

    private void AddTo(ContextKeys keys, RoleSession session, Caller caller)
    {
        var role = RoleOf(session)?.Role;
        foreach (var tag in role?.Tags ?? [])
        {
            keys.Set("aws:PrincipalTag/" + tag.Key, tag.Value);
        }

        AddTo(keys, session.Tags);
        if (session.SourceIdentity is not null)
        {
            keys.Set("aws:SourceIdentity", session.SourceIdentity);
        }

        if (session.Federation is { } federation)
        {
            AddTo(keys, federation);
        }

        // Of a session the role is the principal, not the session.
        keys.Set("aws:PrincipalArn", role is null ? caller.Arn : account.RoleArn(role)).Set("aws:PrincipalType", "AssumedRole");
    }

    private static void AddTo(ContextKeys keys, IReadOnlyList<SessionTag> tags)
    {
        foreach (var tag in tags)
        {
            keys.Set("aws:PrincipalTag/" + tag.Key, tag.Value);
        }
    }

    /// <summary>What a provider said: <c>{provider}:aud</c>, <c>:sub</c> and <c>:amr</c>.</summary>
    public static void AddTo(ContextKeys keys, FederatedLogin federation)
    {
        keys.Set(federation.Provider + ":aud", federation.Audience)
            .Set(federation.Provider + ":sub", federation.Subject)
            .Set("aws:FederatedProvider", federation.Principal);
        if (federation.Methods.Count > 0)
        {
            keys.Set(federation.Provider + ":amr", [.. federation.Methods]);
        }
    }

    private void AddTo(ContextKeys keys, CompiledUser? user, Caller caller)
    {
        keys.Set("aws:PrincipalArn", caller.Arn).Set("aws:PrincipalType", IsRoot(caller) ? "Account" : "User");
        if (user is not null)
        {
            keys.Set("aws:username", user.User.Name);
            foreach (var tag in user.User.Tags)
            {
                keys.Set("aws:PrincipalTag/" + tag.Key, tag.Value);
            }
        }
    }

    /// <summary>Null where it no longer compiles, as after an upgrade; then it allows nothing.</summary>
    private Policy? SessionPolicy(string document)
    {
        if (_sessionPolicies.TryGetValue(document, out var policy))
        {
            return policy;
        }

        if (_sessionPolicies.Count >= Capacity)
        {
            _sessionPolicies.Clear();
        }

        try
        {
            return _sessionPolicies[document] = Policy.Parse(document);
        }
        catch (MalformedPolicyException)
        {
            return null;
        }
    }
}

/// <summary>How a refusal of the first gate reads, in AWS's words.</summary>
internal static class Denial
{
    public static string Text(string callerArn, string action, Decision decision) =>
        Text(callerArn, action, decision.Target.Arn) + decision.Verdict switch
        {
            Verdict.DeniedByIdentityPolicy => " with an explicit deny in an identity-based policy",
            Verdict.DeniedBySessionPolicy => " with an explicit deny in a session policy",
            Verdict.NoIdentityPolicy => $" because no identity-based policy allows the {action} action",
            Verdict.NoSessionPolicy => $" because no session policy allows the {action} action",
            _ => "",
        };

    /// <summary>Without a reason, as STS answers.</summary>
    public static string Text(string callerArn, string action, string target) =>
        $"User: {callerArn} is not authorized to perform: {action} on resource: {target}";
}

/// <summary>Keys for the tags that a request wants to set or remove.</summary>
internal static class RequestTags
{
    public static void AddTo(ContextKeys keys, Http.QueryProtocol.QueryForm form)
    {
        var tags = form.Structures("Tags")
            .Select(t => (Key: t.GetValueOrDefault("Key", ""), Value: t.GetValueOrDefault("Value", ""))).ToList();
        AddTo(keys, tags);
        if (tags.Count == 0)
        {
            keys.Set("aws:TagKeys", [.. form.List("TagKeys")]);
        }
    }

    public static void AddTo(ContextKeys keys, IReadOnlyList<(string Key, string Value)> tags)
    {
        // Condition keys differ by more than case, tags may not. Keys of one name are one key with several values, so that
        // none of them hides another.
        foreach (var same in tags.GroupBy(t => t.Key, StringComparer.OrdinalIgnoreCase))
        {
            keys.Set("aws:RequestTag/" + same.Key, [.. same.Select(t => t.Value)]);
        }

        keys.Set("aws:TagKeys", [.. tags.Select(t => t.Key)]);
    }
}
