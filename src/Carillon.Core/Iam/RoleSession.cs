namespace Carillon.Core.Iam;

/// <summary>A role taken on by somebody for a while.</summary>
/// <param name="AccessKeyId">The temporary key it signs with.</param>
/// <param name="RoleId">Of the role; one of the same name with another id is not meant.</param>
/// <param name="Name">Chosen by who took it on; 2 to 64 characters.</param>
/// <param name="Policy">The document of its session policy, which compiles; null where it brought none.</param>
/// <param name="SourceIdentity">Set once and kept through every further role; null where never set.</param>
public sealed record RoleSession(
    string AccessKeyId, string RoleId, string RoleName, string Name, DateTimeOffset Issued, DateTimeOffset Expires,
    string? Policy, IReadOnlyList<SessionTag> Tags, string? SourceIdentity);

/// <param name="Transitive">Whether sessions made from this session have it too.</param>
public sealed record SessionTag(string Key, string Value, bool Transitive);
