using Carillon.Core.Access;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListUsers
{
    public static readonly QueryOperation Operation = new(
        "ListUsers",
        ["PathPrefix", "Marker", "MaxItems"],
        new Permission("iam:ListUsers", call => new AccessTarget(call.Room.Account.UserArn(call.Form.Find("PathPrefix") ?? "/"))),
        Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var prefix = must.Optional("PathPrefix", 1, 512, Alphabet.Path) ?? "/";
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var page = call.Room.Store.Read(view => view.ListIamUsers(prefix, size, after));
        return Task.FromResult<Action<XmlAnswer>?>(xml =>
        {
            xml.List("Users", page.Items, (member, user) => IamService.Write(member, user, call.Room.Account, whole: false));
            Marker.Write(xml, page.Next);
        });
    }
}
