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

    public void PutRolePolicy(RoleKey role, InlinePolicy policy) => Connection.Execute(
        """
        insert into role_policy(role, name, document) values ($1, $2, $3)
        on conflict(role, name) do update set document = excluded.document
        """,
        role.Value, policy.Name, policy.Document);

    public bool DeleteRolePolicy(RoleKey role, string name) =>
        Connection.Execute("delete from role_policy where role = $1 and name = $2", role.Value, name) > 0;

    public IamUser AddIamUser(string id, string name, string path, IReadOnlyList<Tag> tags)
    {
        var key = Connection.Number(
            """
            insert into iam_user(id, name, folded, path, tags, created) values ($1, $2, $3, $4, $5, $6) returning key
            """,
            id, name, Folded(name), path, WriteTags(tags), Now.Microseconds)!.Value;
        return new(new(key), id, name, path, tags, Now);
    }

    public void UpdateIamUser(IamUser user) => Connection.Execute(
        "update iam_user set name = $2, folded = $3, path = $4, tags = $5 where key = $1",
        user.Key.Value, user.Name, Folded(user.Name), user.Path, WriteTags(user.Tags));

    public void DeleteIamUser(IamUserKey user) =>
        Connection.Execute("delete from iam_user where key = $1", user.Value);

    public void PutUserPolicy(IamUserKey user, InlinePolicy policy) => Connection.Execute(
        """
        insert into iam_user_policy(iam_user, name, document) values ($1, $2, $3)
        on conflict(iam_user, name) do update set document = excluded.document
        """,
        user.Value, policy.Name, policy.Document);

    public bool DeleteUserPolicy(IamUserKey user, string name) =>
        Connection.Execute("delete from iam_user_policy where iam_user = $1 and name = $2", user.Value, name) > 0;

    public AccessKey AddAccessKey(string id, IamUserKey user, byte[] sealedSecret)
    {
        Connection.Execute(
            "insert into access_key(id, iam_user, secret, active, created) values ($1, $2, $3, 1, $4)",
            id, user.Value, sealedSecret, Now.Microseconds);
        return new(id, user, sealedSecret, true, Now);
    }

    public void SetAccessKeyActive(string id, bool active) =>
        Connection.Execute("update access_key set active = $2 where id = $1", id, active);

    public void DeleteAccessKey(string id) => Connection.Execute("delete from access_key where id = $1", id);

    public ManagedPolicy AddPolicy(
        string id, string arn, string name, string path, string? description, string document, IReadOnlyList<Tag> tags)
    {
        var key = Connection.Number(
            """
            insert into managed_policy(
              id, arn, name, folded, path, description, default_version, last_version, tags, created, updated)
            values ($1, $2, $3, $4, $5, $6, 1, 1, $7, $8, $8) returning key
            """,
            id, arn, name, Folded(name), path, description, WriteTags(tags), Now.Microseconds)!.Value;
        AddVersion(key, 1, document);
        return new(new(key), id, arn, name, path, description, 1, tags, Now, Now);
    }

    public PolicyVersion AddPolicyVersion(ManagedPolicyKey policy, string document)
    {
        var number = Connection.Number(
            "update managed_policy set last_version = last_version + 1, updated = $2 where key = $1 returning last_version",
            policy.Value, Now.Microseconds)!.Value;
        return AddVersion(policy.Value, number, document);
    }

    private PolicyVersion AddVersion(long policy, long number, string document)
    {
        Connection.Execute(
            "insert into managed_policy_version(policy, version, document, created) values ($1, $2, $3, $4)",
            policy, number, document, Now.Microseconds);
        return new((int)number, document, Now);
    }

    public void SetDefaultPolicyVersion(ManagedPolicyKey policy, int number) => Connection.Execute(
        "update managed_policy set default_version = $2, updated = $3 where key = $1",
        policy.Value, number, Now.Microseconds);

    public void DeletePolicyVersion(ManagedPolicyKey policy, int number) => Connection.Execute(
        "delete from managed_policy_version where policy = $1 and version = $2", policy.Value, number);

    public void DeletePolicy(ManagedPolicyKey policy)
    {
        Connection.Execute("delete from managed_policy_version where policy = $1", policy.Value);
        Connection.Execute("delete from managed_policy where key = $1", policy.Value);
    }

    public void Attach(PolicyHolder holder, string policyArn) => Connection.Execute(
        """
        insert into policy_attachment(kind, holder, policy) values ($1, $2, $3)
        on conflict(kind, holder, policy) do nothing
        """,
        (long)holder.Kind, holder.Key, policyArn);

    public bool Detach(PolicyHolder holder, string policyArn) => Connection.Execute(
        "delete from policy_attachment where kind = $1 and holder = $2 and policy = $3",
        (long)holder.Kind, holder.Key, policyArn) > 0;

    public OpenIdProvider AddOpenIdProvider(
        string url, IReadOnlyList<string> clientIds, IReadOnlyList<string> thumbprints, IReadOnlyList<Tag> tags)
    {
        Connection.Execute(
            "insert into openid_provider(url, client_ids, thumbprints, tags, created) values ($1, $2, $3, $4, $5)",
            url, WriteTexts(clientIds), WriteTexts(thumbprints), WriteTags(tags), Now.Microseconds);
        return new(url, clientIds, thumbprints, tags, Now);
    }

    public bool DeleteOpenIdProvider(string url) =>
        Connection.Execute("delete from openid_provider where url = $1", url) > 0;

    public void AddLogin(string pool, string provider, string subject, string identity) => Connection.Execute(
        "insert into identity_login(pool, provider, subject, identity, created) values ($1, $2, $3, $4, $5)",
        pool, provider, subject, identity, Now.Microseconds);
}
