using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

// Differs from AWS: PermissionsBoundary is refused.
internal static class CreateUser
{
    public static readonly QueryOperation Operation = new(
        "CreateUser",
        ["UserName", "Path", "Tags"],
        new Permission("iam:CreateUser", call =>
            new AccessTarget(call.Room.Account.UserArn((call.Form.Find("Path") ?? "/") + call.Form["UserName"]))),
        Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = must.Required("UserName", 1, 64, Alphabet.Name);
        var path = IamService.Path(must, "path", must.Optional("Path", 1, 512, Alphabet.Path) is { Length: > 0 } p ? p : "/");
        var tags = IamService.Tags(must);
        must.Done();

        var user = await call.Room.Catalog.Change(ledger => IamUsers.Create(ledger, call.Room.Quotas, name, path, tags));
        return xml => xml.Group("User", inside => IamService.Write(inside, user, call.Room.Account));
    }
}
