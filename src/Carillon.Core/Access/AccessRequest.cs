namespace Carillon.Core.Access;

/// <summary>One thing that a request touches.</summary>
/// <param name="Arn">Its ARN, or <c>*</c> for an action that touches nothing in particular.</param>
/// <param name="Tags">Its tags, which answer <c>aws:ResourceTag/k</c>; null means that it has none.</param>
public readonly record struct AccessTarget(string Arn, IReadOnlyDictionary<string, string>? Tags = null)
{
    public static readonly AccessTarget Anything = new("*");
}

/// <summary>The question put to policies: may this be done to all of these, under these circumstances?</summary>
/// <param name="Action">As IAM spells it, <c>chime:SendChannelMessage</c>; case does not matter.</param>
/// <param name="Targets">At least one. Every one of them must be allowed.</param>
/// <param name="Keys">The circumstances.</param>
public sealed record AccessRequest(string Action, IReadOnlyList<AccessTarget> Targets, ContextKeys Keys);

/// <summary>What a caller holds.</summary>
/// <param name="IsRoot">The owner of the account, to whom no policy applies.</param>
/// <param name="Identity">The policies of the user or role.</param>
/// <param name="Session">
/// Policies handed in when the session was made; together they are one filter. Null or none means no filter.
/// </param>
public sealed record Grants(bool IsRoot, IReadOnlyList<Policy> Identity, IReadOnlyList<Policy>? Session = null)
{
    public static readonly Grants Root = new(true, []);
}

/// <summary>Why a request was allowed or not.</summary>
public enum Verdict
{
    /// <summary>Every target is allowed by the identity policies and by the filter of the session, and none is denied.</summary>
    Allowed,
    DeniedByIdentityPolicy,
    DeniedBySessionPolicy,
    NoIdentityPolicy,
    NoSessionPolicy,
}

/// <param name="Verdict">The answer and its reason.</param>
/// <param name="Target">The first target that was refused; the first of all if none was.</param>
public readonly record struct Decision(Verdict Verdict, AccessTarget Target)
{
    public bool IsAllowed => Verdict == Verdict.Allowed;
}
