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

    public IReadOnlyList<InlinePolicy> ListRolePolicies(RoleKey role) => Connection.Query(
        "select name, document from role_policy where role = $1 order by name",
        static row => new InlinePolicy(row.Text(0), row.Text(1)), role.Value);

    private const string UserColumns = "key, id, name, path, tags, created";

    public IamUser? FindIamUser(string name) => Connection.First(
        $"select {UserColumns} from iam_user where folded = $1", ReadIamUser, Folded(name));

    public IamUser? FindIamUserById(string id) => Connection.First(
        $"select {UserColumns} from iam_user where id = $1", ReadIamUser, id);

    public IamUser? FindIamUserByKey(IamUserKey key) => Connection.First(
        $"select {UserColumns} from iam_user where key = $1", ReadIamUser, key.Value);

    public Page<IamUser> ListIamUsers(string pathPrefix, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {UserColumns} from iam_user
            where key > $1 and substr(path, 1, length($2)) = $2
            order by key limit $3
            """,
            ReadIamUser, after ?? 0, pathPrefix, size + 1),
        size,
        user => user.Key.Value);

    public long CountIamUsers() => Connection.Number("select count(*) from iam_user") ?? 0;

    public IReadOnlyList<InlinePolicy> ListUserPolicies(IamUserKey user) => Connection.Query(
        "select name, document from iam_user_policy where iam_user = $1 order by name",
        static row => new InlinePolicy(row.Text(0), row.Text(1)), user.Value);

    private const string AccessKeyColumns = "id, iam_user, secret, active, created";

    public AccessKey? FindAccessKey(string id) => Connection.First(
        $"select {AccessKeyColumns} from access_key where id = $1", ReadAccessKey, id);

    public IReadOnlyList<AccessKey> ListAccessKeys(IamUserKey user) => Connection.Query(
        $"select {AccessKeyColumns} from access_key where iam_user = $1 order by created, id", ReadAccessKey, user.Value);

    private const string PolicyColumns =
        "key, id, arn, name, path, description, default_version, tags, created, updated";

    public ManagedPolicy? FindStoredPolicy(string arn) => Connection.First(
        $"select {PolicyColumns} from managed_policy where arn = $1", ReadPolicy, arn);

    public bool HasPolicyNamed(string name) =>
        Connection.Number("select 1 from managed_policy where folded = $1", Folded(name)) is not null;

    public Page<ManagedPolicy> ListStoredPolicies(string pathPrefix, bool onlyAttached, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {PolicyColumns} from managed_policy p
            where key > $1 and substr(path, 1, length($2)) = $2
              and ($3 = 0 or exists (select 1 from policy_attachment a where a.policy = p.arn))
            order by key limit $4
            """,
            ReadPolicy, after ?? 0, pathPrefix, onlyAttached, size + 1),
        size,
        policy => policy.Key.Value);

    public long CountStoredPolicies() => Connection.Number("select count(*) from managed_policy") ?? 0;

    public PolicyVersion? FindPolicyVersion(ManagedPolicyKey policy, int number) => Connection.First(
        "select version, document, created from managed_policy_version where policy = $1 and version = $2",
        ReadVersion, policy.Value, number);

    public IReadOnlyList<PolicyVersion> ListPolicyVersions(ManagedPolicyKey policy) => Connection.Query(
        "select version, document, created from managed_policy_version where policy = $1 order by version desc",
        ReadVersion, policy.Value);

    public IReadOnlyList<string> ListAttached(PolicyHolder holder) => Connection.Query(
        "select policy from policy_attachment where kind = $1 and holder = $2 order by key",
        static row => row.Text(0), (long)holder.Kind, holder.Key);

    public long CountAttachments(string policyArn) =>
        Connection.Number("select count(*) from policy_attachment where policy = $1", policyArn) ?? 0;

    public Page<Attachment> ListAttachments(string policyArn, HolderKind? kind, string pathPrefix, int size, long? after) =>
        Page.Of(
            Connection.Query(
                """
                select a.key, a.kind, coalesce(r.name, u.name), coalesce(r.id, u.id)
                from policy_attachment a
                left join role r on a.kind = 0 and r.key = a.holder
                left join iam_user u on a.kind = 1 and u.key = a.holder
                where a.policy = $1 and a.key > $2 and ($3 = -1 or a.kind = $3)
                  and substr(coalesce(r.path, u.path), 1, length($4)) = $4
                order by a.key limit $5
                """,
                static row => new Attachment(row.Integer(0), (HolderKind)row.Integer(1), row.Text(2), row.Text(3)),
                policyArn, after ?? 0, (long?)kind ?? -1, pathPrefix, size + 1),
            size,
            attachment => attachment.Position);

    private const string ProviderColumns = "url, client_ids, thumbprints, tags, created";

    public OpenIdProvider? FindOpenIdProvider(string url) => Connection.First(
        $"select {ProviderColumns} from openid_provider where url = $1", ReadProvider, url);

    public IReadOnlyList<OpenIdProvider> ListOpenIdProviders() => Connection.Query(
        $"select {ProviderColumns} from openid_provider order by key", ReadProvider);

    public string? FindIdentity(string pool, string provider, string subject) => Connection.First(
        "select identity from identity_login where pool = $1 and provider = $2 and subject = $3",
        static row => row.Text(0), pool, provider, subject);

    public bool HasLogin(string identity) =>
        Connection.Number("select 1 from identity_login where identity = $1 limit 1", identity) is not null;

    private static IamUser ReadIamUser(SqlRow row) => new(
        new(row.Integer(0)), row.Text(1), row.Text(2), row.Text(3), ReadTags(row.Text(4)), Rows.Time(row, 5));

    private static AccessKey ReadAccessKey(SqlRow row) => new(
        row.Text(0), new(row.Integer(1)), row.Blob(2), row.Integer(3) != 0, Rows.Time(row, 4));

    private static ManagedPolicy ReadPolicy(SqlRow row) => new(
        new(row.Integer(0)), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.TextOrNull(5), (int)row.Integer(6),
        ReadTags(row.Text(7)), Rows.Time(row, 8), Rows.Time(row, 9));

    private static PolicyVersion ReadVersion(SqlRow row) => new((int)row.Integer(0), row.Text(1), Rows.Time(row, 2));

    private static OpenIdProvider ReadProvider(SqlRow row) => new(
        row.Text(0), ReadTexts(row.Text(1)), ReadTexts(row.Text(2)), ReadTags(row.Text(3)), Rows.Time(row, 4));

    private static string[] ReadTexts(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(t => t.GetString()!)];
    }

    protected static string WriteTexts(IReadOnlyList<string> texts)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var text in texts)
            {
                writer.WriteStringValue(text);
            }

            writer.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

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
