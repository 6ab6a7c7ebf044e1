using Carillon.Core.Identity;

namespace Carillon.Core.Iam;

public interface IIamView
{
    /// <summary>Names that differ only in case are the same name.</summary>
    Role? FindRole(string name);

    /// <summary>In the order in which they were made; <paramref name="after"/> is the last key of the page before.</summary>
    Page<Role> ListRoles(string pathPrefix, int size, long? after);

    long CountRoles();

    /// <summary>All of a role's, by name; their number is bounded by the quota on their length.</summary>
    IReadOnlyList<RolePolicy> ListRolePolicies(RoleKey role);
}

public interface IIamLedger
{
    Role AddRole(
        string id, string name, string path, string trust, string? description, TimeSpan longestSession,
        IReadOnlyList<Tag> tags);

    /// <summary>Writes trust, description, longest session and tags; the rest of a role never changes.</summary>
    void UpdateRole(Role role);

    void DeleteRole(RoleKey role);

    /// <summary>Adds it, or replaces the one of the same name.</summary>
    void PutRolePolicy(RoleKey role, RolePolicy policy);

    /// <summary>False where there was none.</summary>
    bool DeleteRolePolicy(RoleKey role, string name);
}
