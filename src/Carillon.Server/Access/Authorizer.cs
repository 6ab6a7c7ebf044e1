using System.Collections.Concurrent;
using System.Globalization;
using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http;

namespace Carillon.Server.Access;

/// <summary>Decides whether a caller's credentials may do something. Root may do everything.</summary>
internal sealed class Authorizer(RoleCatalog roles, Account account)
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

    /// <summary>What the caller holds now. A session whose role is gone holds nothing.</summary>
    public Grants GrantsOf(Caller caller)
    {
        if (IsRoot(caller))
        {
            return Grants.Root;
        }

        if (caller.Session is not RoleSession session || roles.Find(session.RoleName) is not { } role
            || role.Role.Id != session.RoleId)
        {
            return new(false, []);
        }

        return session.Policy is null
            ? new(false, role.Policies)
            : SessionPolicy(session.Policy) is { } filter ? new(false, role.Policies, [filter]) : new(false, []);
    }

    public bool IsRoot(Caller caller) => caller.Session is null && caller.Arn == account.RootArn;

    /// <summary>What policies may ask about the caller, as it is now: the tags of its role may change.</summary>
    public ContextKeys KeysOf(Caller caller)
    {
        var keys = new ContextKeys()
            .Set("aws:PrincipalAccount", caller.AccountId)
            .Set("aws:userid", caller.UserId);
        if (caller.Session is not RoleSession session)
        {
            return keys.Set("aws:PrincipalArn", caller.Arn).Set("aws:PrincipalType", "Account");
        }

        var role = roles.Find(session.RoleName)?.Role;
        foreach (var tag in role?.Id == session.RoleId ? role.Tags : [])
        {
            keys.Set("aws:PrincipalTag/" + tag.Key, tag.Value);
        }

        foreach (var tag in session.Tags)
        {
            keys.Set("aws:PrincipalTag/" + tag.Key, tag.Value);
        }

        if (session.SourceIdentity is not null)
        {
            keys.Set("aws:SourceIdentity", session.SourceIdentity);
        }

        // Of a session the role is the principal, not the session.
        return keys
            .Set("aws:PrincipalArn", role is null ? caller.Arn : account.RoleArn(role))
            .Set("aws:PrincipalType", "AssumedRole")
            .Set("aws:TokenIssueTime", session.Issued.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
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
        foreach (var (key, value) in tags)
        {
            keys.Set("aws:RequestTag/" + key, value);
        }

        keys.Set("aws:TagKeys", [.. tags.Select(t => t.Key)]);
    }
}
