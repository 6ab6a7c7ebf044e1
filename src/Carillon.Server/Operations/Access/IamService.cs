using System.Globalization;
using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Core.Identity;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

/// <summary>The operations of IAM that are here. Any other answers InvalidAction.</summary>
internal static class IamService
{
    // Shapes: iam 2010-05-08.
    public static readonly QueryService Service = new("iam", "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/",
    [
        AttachRolePolicy.Operation,
        AttachUserPolicy.Operation,
        CreateAccessKey.Operation,
        CreateOpenIDConnectProvider.Operation,
        CreatePolicy.Operation,
        CreatePolicyVersion.Operation,
        CreateRole.Operation,
        CreateUser.Operation,
        DeleteAccessKey.Operation,
        DeleteOpenIDConnectProvider.Operation,
        DeletePolicy.Operation,
        DeletePolicyVersion.Operation,
        DeleteRole.Operation,
        DeleteRolePolicy.Operation,
        DeleteUser.Operation,
        DeleteUserPolicy.Operation,
        DetachRolePolicy.Operation,
        DetachUserPolicy.Operation,
        GetOpenIDConnectProvider.Operation,
        GetPolicy.Operation,
        GetPolicyVersion.Operation,
        GetRole.Operation,
        GetRolePolicy.Operation,
        GetUser.Operation,
        GetUserPolicy.Operation,
        ListAccessKeys.Operation,
        ListAttachedRolePolicies.Operation,
        ListAttachedUserPolicies.Operation,
        ListEntitiesForPolicy.Operation,
        ListOpenIDConnectProviders.Operation,
        ListPolicies.Operation,
        ListPolicyVersions.Operation,
        ListRolePolicies.Operation,
        ListRoles.Operation,
        ListRoleTags.Operation,
        ListUserPolicies.Operation,
        ListUsers.Operation,
        ListUserTags.Operation,
        PutRolePolicy.Operation,
        PutUserPolicy.Operation,
        SetDefaultPolicyVersion.Operation,
        TagRole.Operation,
        TagUser.Operation,
        UntagRole.Operation,
        UntagUser.Operation,
        UpdateAccessKey.Operation,
        UpdateAssumeRolePolicy.Operation,
        UpdateRole.Operation,
        UpdateUser.Operation,
    ])
    {
        // Source: IAM User Guide, "Compare AWS STS credentials": without MFA neither kind may call IAM.
        Bars = (_, caller) => caller.Session is UserSession
            ? new QueryFault(403, "InvalidClientTokenId", "The security token included in the request is invalid")
            : null,
    };

    /// <summary>A right over the role that <c>RoleName</c> names.</summary>
    public static Permission Over(string action) => new(action, call =>
    {
        // The path is part of the ARN and not of the request. A role that is not there is refused under its plain ARN.
        var name = call.Form["RoleName"];
        var role = call.Room.Catalog.FindRole(name)?.Role;
        return role is null
            ? new AccessTarget(call.Room.Account.RoleArn("/" + name))
            : TargetOf(role, call.Room.Account);
    });

    /// <summary>A right over the user that <c>UserName</c> names, or over the caller where it names none.</summary>
    public static Permission OverUser(string action) => new(action, call =>
    {
        var name = call.Form.Find("UserName");
        var user = name is null ? Self(call) : call.Room.Store.Read(view => view.FindIamUser(name));
        return user is not null ? TargetOf(user, call.Room.Account)
            : new AccessTarget(name is null ? call.Caller.Arn : call.Room.Account.UserArn("/" + name));
    });

    /// <summary>A right over the policy that <c>PolicyArn</c> names.</summary>
    public static Permission OverPolicy(string action) => new(action, call =>
    {
        var arn = call.Form["PolicyArn"];
        var policy = call.Room.Store.Read(view => ManagedPolicies.TryFind(view, arn));
        return new AccessTarget(arn, policy?.Tags.ToDictionary(t => t.Key, t => t.Value));
    });

    /// <summary>A right over a role or user, with <c>iam:PolicyARN</c> for conditions.</summary>
    public static Permission Attaching(Permission holder) => new(holder.Action, call =>
    {
        call.Keys.Set("iam:PolicyARN", call.Form["PolicyArn"]);
        return holder.Target(call);
    });

    /// <summary>A right over the provider that <c>OpenIDConnectProviderArn</c> names.</summary>
    public static Permission OverProvider(string action) =>
        new(action, call => new AccessTarget(call.Form["OpenIDConnectProviderArn"]));

    /// <summary>The user who calls; null for callers of another kind.</summary>
    public static IamUser? Self(QueryCall call) => call.Room.Authorizer.UserOf(call.Caller)?.User;

    /// <summary>The name of the user who is meant: by default whoever calls.</summary>
    public static string UserName(Checks must, QueryCall call) =>
        must.Optional("UserName", 1, 128, Alphabet.Name) ?? Self(call)?.Name
            ?? throw QueryFault.Invalid("Must specify userName when calling with non-User credentials");

    public static string UserName(Checks must) => must.Required("UserName", 1, 128, Alphabet.Name);

    public static string PolicyArn(Checks must) => must.Required("PolicyArn", 20, 2048, Alphabet.Any);

    /// <summary>A version as IAM names it, <c>v3</c>.</summary>
    public static int VersionId(Checks must, QueryForm form)
    {
        var text = must.Required("VersionId", 1, 128, Alphabet.Any);
        if (text is ['v', >= '1' and <= '9', ..] && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (form.Find("VersionId") is not null)
        {
            must.Fails(text, "versionId", @"Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?");
        }

        return 0;
    }

    /// <summary>What is attached, by path. A policy that is gone is not shown.</summary>
    public static IReadOnlyList<ManagedPolicy> Attached(IView view, PolicyHolder holder, string pathPrefix) =>
    [
        .. view.ListAttached(holder).Select(arn => ManagedPolicies.TryFind(view, arn)).OfType<ManagedPolicy>()
            .Where(policy => policy.Path.StartsWith(pathPrefix, StringComparison.Ordinal)),
    ];

    public static void WriteAttached(XmlAnswer xml, IEnumerable<ManagedPolicy> policies) => xml.List(
        "AttachedPolicies", policies, (member, p) => member.Text("PolicyName", p.Name).Text("PolicyArn", p.Arn));

    public static AccessTarget TargetOf(IamUser user, Server.Access.Account account) =>
        new(account.UserArn(user), user.Tags.ToDictionary(t => t.Key, t => t.Value));

    public static AccessTarget TargetOf(Role role, Server.Access.Account account) =>
        new(account.RoleArn(role), role.Tags.ToDictionary(t => t.Key, t => t.Value));

    public static string RoleName(Checks must) => must.Required("RoleName", 1, 64, Alphabet.Name);

    public static string PolicyName(Checks must) => must.Required("PolicyName", 1, 128, Alphabet.Name);

    /// <summary>Longer documents are refused before they are read; the quotas are much lower.</summary>
    public static string Document(Checks must, string name) => must.Required(name, 1, 131_072, Alphabet.Any);

    public static string Path(Checks must, string name, string path)
    {
        if (path[0] != '/' || path[^1] != '/')
        {
            must.Fails(path, name, $"Member must satisfy regular expression pattern: {Alphabet.Path.Pattern}");
        }

        return path;
    }

    public static IReadOnlyList<Tag> Tags(Checks must)
    {
        var tags = must.Tags();
        if (tags.DistinctBy(t => t.Key, StringComparer.OrdinalIgnoreCase).Count() < tags.Count)
        {
            throw new QueryFault(
                400, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }

        return [.. tags.Select(t => new Tag(t.Key, t.Value))];
    }

    /// <summary>A role as IAM shows it. Documents stand URL-encoded in XML.</summary>
    public static void Write(XmlAnswer xml, Role role, Server.Access.Account account, bool whole = true)
    {
        xml.Text("Path", role.Path)
            .Text("RoleName", role.Name)
            .Text("RoleId", role.Id)
            .Text("Arn", account.RoleArn(role))
            .Time("CreateDate", role.Created.ToTime())
            .Text("AssumeRolePolicyDocument", Uri.EscapeDataString(role.Trust))
            .Text("Description", role.Description)
            .Number("MaxSessionDuration", (long)role.LongestSession.TotalSeconds);
        if (whole && role.Tags.Count > 0)
        {
            WriteTags(xml, role.Tags);
        }
    }

    public static void Write(XmlAnswer xml, IamUser user, Server.Access.Account account, bool whole = true)
    {
        xml.Text("Path", user.Path)
            .Text("UserName", user.Name)
            .Text("UserId", user.Id)
            .Text("Arn", account.UserArn(user))
            .Time("CreateDate", user.Created.ToTime());
        if (whole && user.Tags.Count > 0)
        {
            WriteTags(xml, user.Tags);
        }
    }

    /// <param name="attachments">How many roles and users it is attached to.</param>
    public static void Write(XmlAnswer xml, ManagedPolicy policy, long attachments, bool whole = true)
    {
        xml.Text("PolicyName", policy.Name)
            .Text("PolicyId", policy.Id)
            .Text("Arn", policy.Arn)
            .Text("Path", policy.Path)
            .Text("DefaultVersionId", VersionId(policy.DefaultVersion))
            .Number("AttachmentCount", attachments)
            .Number("PermissionsBoundaryUsageCount", 0)
            .Truth("IsAttachable", true)
            .Text("Description", whole ? policy.Description : null)
            .Time("CreateDate", policy.Created.ToTime())
            .Time("UpdateDate", policy.Updated.ToTime());
        if (whole && policy.Tags.Count > 0)
        {
            WriteTags(xml, policy.Tags);
        }
    }

    /// <param name="whole">Whether with the document, which stands URL-encoded in XML.</param>
    public static void Write(XmlAnswer xml, PolicyVersion version, bool isDefault, bool whole) => xml
        .Text("Document", whole ? Uri.EscapeDataString(version.Document) : null)
        .Text("VersionId", VersionId(version.Number))
        .Truth("IsDefaultVersion", isDefault)
        .Time("CreateDate", version.Created.ToTime());

    public static string VersionId(int number) => string.Create(CultureInfo.InvariantCulture, $"v{number}");

    public static void WriteTags(XmlAnswer xml, IEnumerable<Tag> tags) =>
        xml.List("Tags", tags, (member, tag) => member.Text("Key", tag.Key).Text("Value", tag.Value));
}
