using Carillon.Core.Iam;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public Role AddRole(
        string id, string name, string path, string trust, string? description, TimeSpan longestSession,
        IReadOnlyList<Tag> tags)
    {
        var key = Connection.Number(
            """
            insert into role(id, name, folded, path, trust, description, longest_session, tags, created)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning key
            """,
            id, name, Folded(name), path, trust, description, (long)longestSession.TotalSeconds, WriteTags(tags),
            Now.Microseconds)!.Value;
        return new(new(key), id, name, path, trust, description, longestSession, tags, Now);
    }

    public void UpdateRole(Role role) => Connection.Execute(
        "update role set trust = $2, description = $3, longest_session = $4, tags = $5 where key = $1",
        role.Key.Value, role.Trust, role.Description, (long)role.LongestSession.TotalSeconds, WriteTags(role.Tags));

    public void DeleteRole(RoleKey role)
    {
        Connection.Execute("delete from role_policy where role = $1", role.Value);
        Connection.Execute("delete from role where key = $1", role.Value);
    }

    public void PutRolePolicy(RoleKey role, RolePolicy policy) => Connection.Execute(
        """
        insert into role_policy(role, name, document) values ($1, $2, $3)
        on conflict(role, name) do update set document = excluded.document
        """,
        role.Value, policy.Name, policy.Document);

    public bool DeleteRolePolicy(RoleKey role, string name) =>
        Connection.Execute("delete from role_policy where role = $1 and name = $2", role.Value, name) > 0;
}
