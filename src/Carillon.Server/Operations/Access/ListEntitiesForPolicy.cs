using Carillon.Core;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListEntitiesForPolicy
{
    public static readonly QueryOperation Operation = new(
        "ListEntitiesForPolicy",
        ["PolicyArn", "EntityFilter", "PathPrefix", "PolicyUsageFilter", "Marker", "MaxItems"],
        IamService.OverPolicy("iam:ListEntitiesForPolicy"),
        Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = IamService.PolicyArn(must);
        var filter = must.Word("EntityFilter", "User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy");
        var prefix = must.Optional("PathPrefix", 1, 512, Alphabet.Path) ?? "/";
        var isBoundary = must.Word("PolicyUsageFilter", "PermissionsPolicy", "PermissionsBoundary") == "PermissionsBoundary";
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var page = call.Room.Store.Read(view =>
        {
            ManagedPolicies.Find(view, arn);

            // There are no groups, and nothing is used as a boundary.
            return isBoundary || filter is not (null or "User" or "Role")
                ? new Page<Attachment>([], null)
                : view.ListAttachments(arn, KindOf(filter), prefix, size, after);
        });
        return Task.FromResult<Action<XmlAnswer>?>(xml =>
        {
            xml.List("PolicyGroups", Array.Empty<string>());
            xml.List("PolicyUsers", Of(HolderKind.User), (member, user) => member.Text("UserName", user.Name).Text("UserId", user.Id));
            xml.List("PolicyRoles", Of(HolderKind.Role), (member, role) => member.Text("RoleName", role.Name).Text("RoleId", role.Id));
            Marker.Write(xml, page.Next);
        });

        IEnumerable<Attachment> Of(HolderKind kind) => page.Items.Where(a => a.Kind == kind);
    }

    private static HolderKind? KindOf(string? filter) => filter switch
    {
        "User" => HolderKind.User,
        "Role" => HolderKind.Role,
        _ => null,
    };
}
