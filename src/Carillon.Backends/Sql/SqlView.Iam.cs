using System.Text.Json;
using Carillon.Core;
using Carillon.Core.Iam;
using Carillon.Core.Identity;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    private const string RoleColumns = "key, id, name, path, trust, description, longest_session, tags, created";

    public Role? FindRole(string name) => Connection.First(
        $"select {RoleColumns} from role where folded = $1", ReadRole, Folded(name));

    public Page<Role> ListRoles(string pathPrefix, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {RoleColumns} from role
            where key > $1 and substr(path, 1, length($2)) = $2
            order by key limit $3
            """,
            ReadRole, after ?? 0, pathPrefix, size + 1),
        size,
        role => role.Key.Value);

    public long CountRoles() => Connection.Number("select count(*) from role") ?? 0;

    public IReadOnlyList<RolePolicy> ListRolePolicies(RoleKey role) => Connection.Query(
        "select name, document from role_policy where role = $1 order by name",
        static row => new RolePolicy(row.Text(0), row.Text(1)), role.Value);

    protected static string Folded(string name) => name.ToLowerInvariant();

    private static Role ReadRole(SqlRow row) => new(
        new(row.Integer(0)), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.TextOrNull(5),
        TimeSpan.FromSeconds(row.Integer(6)), ReadTags(row.Text(7)), Rows.Time(row, 8));

    private static Tag[] ReadTags(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(t => new Tag(t.Name, t.Value.GetString()!))];
    }

    protected static string WriteTags(IReadOnlyList<Tag> tags)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var tag in tags)
            {
                writer.WriteString(tag.Key, tag.Value);
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
