using Carillon.Core.Identity;

namespace Carillon.Core.Iam;

public readonly record struct RoleKey(long Value);

public readonly record struct IamUserKey(long Value);

public readonly record struct ManagedPolicyKey(long Value);

/// <summary>Rights that a caller may take on for a while.</summary>
/// <param name="Id">AROA and seventeen letters; never given again, so a role of the same name made later is another.</param>
/// <param name="Name">Unique in the account whatever its case.</param>
/// <param name="Path">Starts and ends with a slash; part of the ARN, not of the identity.</param>
/// <param name="Trust">The document of its trust policy; it compiles.</param>
/// <param name="LongestSession">1 to 12 hours.</param>
public sealed record Role(
    RoleKey Key, string Id, string Name, string Path, string Trust, string? Description, TimeSpan LongestSession,
    IReadOnlyList<Tag> Tags, Instant Created);

/// <summary>Somebody with long-term keys. Not a user of an app instance.</summary>
/// <param name="Id">AIDA and seventeen letters; never given again.</param>
/// <param name="Name">Unique in the account whatever its case.</param>
/// <param name="Path">Starts and ends with a slash; part of the ARN.</param>
public sealed record IamUser(
    IamUserKey Key, string Id, string Name, string Path, IReadOnlyList<Tag> Tags, Instant Created);

/// <summary>A policy written into a role or a user. Its document compiles.</summary>
public sealed record InlinePolicy(string Name, string Document);

/// <param name="Id">AKIA and sixteen letters.</param>
/// <param name="SealedSecret">Opens with the installation's key, and with this id alone.</param>
public sealed record AccessKey(string Id, IamUserKey User, byte[] SealedSecret, bool IsActive, Instant Created);

/// <summary>A policy that stands for itself and is attached to roles and users.</summary>
/// <param name="Key">Zero for one of AWS's own, which are not stored.</param>
/// <param name="Id">ANPA and seventeen letters; null for AWS's own, whose ids are not published.</param>
/// <param name="DefaultVersion">The one that counts.</param>
public sealed record ManagedPolicy(
    ManagedPolicyKey Key, string? Id, string Arn, string Name, string Path, string? Description, int DefaultVersion,
    IReadOnlyList<Tag> Tags, Instant Created, Instant Updated)
{
    public bool IsAws => Key.Value == 0;
}

/// <param name="Number">From 1; never given again within its policy.</param>
public sealed record PolicyVersion(int Number, string Document, Instant Created);

/// <summary>What a managed policy is attached to.</summary>
public readonly record struct PolicyHolder(HolderKind Kind, long Key)
{
    public static PolicyHolder Of(Role role) => new(HolderKind.Role, role.Key.Value);

    public static PolicyHolder Of(IamUser user) => new(HolderKind.User, user.Key.Value);
}

/// <remarks>Stored as numbers.</remarks>
public enum HolderKind
{
    Role = 0,
    User = 1,
}

/// <summary>One use of a managed policy.</summary>
/// <param name="Position">Rises in the order of attaching.</param>
public sealed record Attachment(long Position, HolderKind Kind, string Name, string Id);

/// <summary>Somebody whose signed tokens are believed.</summary>
/// <param name="Url">As in the <c>iss</c> of its tokens, scheme included.</param>
/// <param name="ClientIds">The audiences of which a token must name one.</param>
/// <param name="Thumbprints">Kept as given and not used: connections are judged by the system's authorities.</param>
public sealed record OpenIdProvider(
    string Url, IReadOnlyList<string> ClientIds, IReadOnlyList<string> Thumbprints, IReadOnlyList<Tag> Tags, Instant Created);
