using Carillon.Core.Access;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListRoles
{
    public static readonly QueryOperation Operation = new(
        "ListRoles",
        ["PathPrefix", "Marker", "MaxItems"],
        new Permission("iam:ListRoles", call => new AccessTarget(call.Room.Account.RoleArn(call.Form.Find("PathPrefix") ?? "/"))),
        Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var prefix = must.Optional("PathPrefix", 1, 512, Alphabet.Path) ?? "/";
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var page = call.Room.Store.Read(view => view.ListRoles(prefix, size, after));
        return Task.FromResult<Action<XmlAnswer>?>(xml =>
        {
            xml.List("Roles", page.Items, (member, role) => IamService.Write(member, role, call.Room.Account, whole: false));
            Marker.Write(xml, page.Next);
        });
    }
}
