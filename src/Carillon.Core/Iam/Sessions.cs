namespace Carillon.Core.Iam;

/// <summary>Rights that somebody holds for a while, with a key of their own.</summary>
/// <param name="AccessKeyId">The temporary key it signs with.</param>
public abstract record IamSession(string AccessKeyId, DateTimeOffset Issued, DateTimeOffset Expires);

/// <summary>A role taken on by somebody for a while.</summary>
/// <param name="AccessKeyId">The temporary key it signs with.</param>
/// <param name="RoleId">Of the role; one of the same name with another id is not meant.</param>
/// <param name="Name">Chosen by who took it on; 2 to 64 characters.</param>
/// <param name="Filter">Its session policies.</param>
/// <param name="SourceIdentity">Set once and kept through every further role; null where never set.</param>
/// <param name="Federation">Whose token it was taken on with; null where with credentials.</param>
public sealed record RoleSession(
    string AccessKeyId, string RoleId, string RoleName, string Name, DateTimeOffset Issued, DateTimeOffset Expires,
    SessionFilter Filter, IReadOnlyList<SessionTag> Tags, string? SourceIdentity, FederatedLogin? Federation = null)
    : IamSession(AccessKeyId, Issued, Expires);

/// <summary>A user, or root, with a temporary key; or what one of them handed on to somebody without an entry in IAM.</summary>
/// <param name="AccessKeyId">The temporary key it signs with.</param>
/// <param name="UserId">AIDA..., or the account for root.</param>
/// <param name="Source">The long-term key that asked for it.</param>
/// <param name="FederatedName">Null for the user itself.</param>
/// <param name="Filter">Its session policies; only a federated one has them, and without them it may do nothing.</param>
public sealed record UserSession(
    string AccessKeyId, string UserId, string Source, string? FederatedName, DateTimeOffset Issued, DateTimeOffset Expires,
    SessionFilter Filter, IReadOnlyList<SessionTag> Tags) : IamSession(AccessKeyId, Issued, Expires);

/// <summary>The policies handed in when a session was made; together they are one filter.</summary>
/// <param name="Policy">A document, which compiles; null for none.</param>
/// <param name="PolicyArns">Of managed policies, which count as they are now.</param>
public sealed record SessionFilter(string? Policy, IReadOnlyList<string> PolicyArns)
{
    public static readonly SessionFilter None = new(null, []);

    public bool IsNone => Policy is null && PolicyArns.Count == 0;
}

/// <param name="Transitive">Whether sessions made from this session have it too.</param>
public sealed record SessionTag(string Key, string Value, bool Transitive);

/// <summary>What an identity provider said about whom it let in.</summary>
/// <param name="Provider">Its name in condition keys, <c>login.example.org/tenant</c> or <c>cognito-identity.amazonaws.com</c>.</param>
/// <param name="Principal">Its name in trust policies: the ARN of the provider, or the service.</param>
/// <param name="Methods">How they were let in; empty where nothing is said.</param>
public sealed record FederatedLogin(
    string Provider, string Principal, string Audience, string Subject, IReadOnlyList<string> Methods);
