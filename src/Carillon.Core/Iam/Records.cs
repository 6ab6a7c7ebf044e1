using Carillon.Core.Identity;

namespace Carillon.Core.Iam;

public readonly record struct RoleKey(long Value);

/// <summary>Rights that a caller may take on for a while.</summary>
/// <param name="Id">AROA and seventeen letters; never given again, so a role of the same name made later is another.</param>
/// <param name="Name">Unique in the account whatever its case.</param>
/// <param name="Path">Starts and ends with a slash; part of the ARN, not of the identity.</param>
/// <param name="Trust">The document of its trust policy; it compiles.</param>
/// <param name="LongestSession">1 to 12 hours.</param>
public sealed record Role(
    RoleKey Key, string Id, string Name, string Path, string Trust, string? Description, TimeSpan LongestSession,
    IReadOnlyList<Tag> Tags, Instant Created);

/// <summary>A policy written into a role. Its document compiles.</summary>
public sealed record RolePolicy(string Name, string Document);
