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
    IReadOnlyList<InlinePolicy> ListRolePolicies(RoleKey role);

    /// <summary>Names that differ only in case are the same name.</summary>
    IamUser? FindIamUser(string name);

    /// <param name="id">AIDA...; a renamed user keeps it.</param>
    IamUser? FindIamUserById(string id);

    IamUser? FindIamUserByKey(IamUserKey key);

    /// <summary>In the order in which they were made; <paramref name="after"/> is the last key of the page before.</summary>
    Page<IamUser> ListIamUsers(string pathPrefix, int size, long? after);

    long CountIamUsers();

    /// <summary>All of a user's, by name; their number is bounded by the quota on their length.</summary>
    IReadOnlyList<InlinePolicy> ListUserPolicies(IamUserKey user);

    AccessKey? FindAccessKey(string id);

    /// <summary>All of a user's, the oldest first; a quota bounds their number.</summary>
    IReadOnlyList<AccessKey> ListAccessKeys(IamUserKey user);

    /// <summary>One that is stored; AWS's own are not.</summary>
    ManagedPolicy? FindStoredPolicy(string arn);

    bool HasPolicyNamed(string name);

    /// <summary>In the order in which they were made; <paramref name="after"/> is the last key of the page before.</summary>
    Page<ManagedPolicy> ListStoredPolicies(string pathPrefix, bool onlyAttached, int size, long? after);

    long CountStoredPolicies();

    PolicyVersion? FindPolicyVersion(ManagedPolicyKey policy, int number);

    /// <summary>The newest first; a quota bounds their number.</summary>
    IReadOnlyList<PolicyVersion> ListPolicyVersions(ManagedPolicyKey policy);

    /// <summary>ARNs in the order of attaching; a quota bounds their number.</summary>
    IReadOnlyList<string> ListAttached(PolicyHolder holder);

    long CountAttachments(string policyArn);

    /// <param name="kind">Null for every kind.</param>
    Page<Attachment> ListAttachments(string policyArn, HolderKind? kind, string pathPrefix, int size, long? after);

    /// <summary>By its URL, as it was given.</summary>
    OpenIdProvider? FindOpenIdProvider(string url);

    /// <summary>All; a quota bounds their number.</summary>
    IReadOnlyList<OpenIdProvider> ListOpenIdProviders();
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
    void PutRolePolicy(RoleKey role, InlinePolicy policy);

    /// <summary>False where there was none.</summary>
    bool DeleteRolePolicy(RoleKey role, string name);

    IamUser AddIamUser(string id, string name, string path, IReadOnlyList<Tag> tags);

    /// <summary>Writes name, path and tags.</summary>
    void UpdateIamUser(IamUser user);

    void DeleteIamUser(IamUserKey user);

    /// <summary>Adds it, or replaces the one of the same name.</summary>
    void PutUserPolicy(IamUserKey user, InlinePolicy policy);

    /// <summary>False where there was none.</summary>
    bool DeleteUserPolicy(IamUserKey user, string name);

    AccessKey AddAccessKey(string id, IamUserKey user, byte[] sealedSecret);

    void SetAccessKeyActive(string id, bool active);

    void DeleteAccessKey(string id);

    /// <summary>With its first version, which is the default.</summary>
    ManagedPolicy AddPolicy(
        string id, string arn, string name, string path, string? description, string document, IReadOnlyList<Tag> tags);

    PolicyVersion AddPolicyVersion(ManagedPolicyKey policy, string document);

    void SetDefaultPolicyVersion(ManagedPolicyKey policy, int number);

    void DeletePolicyVersion(ManagedPolicyKey policy, int number);

    /// <summary>With all its versions.</summary>
    void DeletePolicy(ManagedPolicyKey policy);

    /// <summary>Attaching what is attached changes nothing.</summary>
    void Attach(PolicyHolder holder, string policyArn);

    /// <summary>False where it was not attached.</summary>
    bool Detach(PolicyHolder holder, string policyArn);

    OpenIdProvider AddOpenIdProvider(
        string url, IReadOnlyList<string> clientIds, IReadOnlyList<string> thumbprints, IReadOnlyList<Tag> tags);

    /// <summary>False where there was none.</summary>
    bool DeleteOpenIdProvider(string url);
}
