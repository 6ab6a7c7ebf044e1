using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DeleteUser
{
    public static readonly QueryOperation Operation = new(
        "DeleteUser", ["UserName"], IamService.OverUser("iam:DeleteUser"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        must.Done();

        await call.Room.Catalog.Change(ledger => IamUsers.Delete(ledger, name));
        return null;
    }
}
