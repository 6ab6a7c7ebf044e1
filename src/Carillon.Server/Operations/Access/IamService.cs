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
        CreateRole.Operation,
        DeleteRole.Operation,
        DeleteRolePolicy.Operation,
        GetRole.Operation,
        GetRolePolicy.Operation,
        ListRolePolicies.Operation,
        ListRoles.Operation,
        ListRoleTags.Operation,
        PutRolePolicy.Operation,
        TagRole.Operation,
        UntagRole.Operation,
        UpdateAssumeRolePolicy.Operation,
        UpdateRole.Operation,
    ]);

    /// <summary>A right over the role that <c>RoleName</c> names.</summary>
    public static Permission Over(string action) => new(action, call =>
    {
        // The path is part of the ARN and not of the request. A role that is not there is refused under its plain ARN.
        var name = call.Form["RoleName"];
        var role = call.Room.Roles.Find(name)?.Role;
        return role is null
            ? new AccessTarget(call.Room.Account.RoleArn("/" + name))
            : TargetOf(role, call.Room.Account);
    });

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

    public static void WriteTags(XmlAnswer xml, IEnumerable<Tag> tags) =>
        xml.List("Tags", tags, (member, tag) => member.Text("Key", tag.Key).Text("Value", tag.Value));
}
