using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class UpdateUser
{
    public static readonly QueryOperation Operation = new(
        "UpdateUser", ["UserName", "NewUserName", "NewPath"], IamService.OverUser("iam:UpdateUser"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var newName = must.Optional("NewUserName", 1, 64, Alphabet.Name);
        var newPath = must.Optional("NewPath", 1, 512, Alphabet.Path) is { Length: > 0 } path
            ? IamService.Path(must, "newPath", path)
            : null;
        must.Done();

        await call.Room.Catalog.Change(ledger => IamUsers.Update(ledger, name, newName, newPath));
        return null;
    }
}
