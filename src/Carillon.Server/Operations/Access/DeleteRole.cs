using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DeleteRole
{
    public static readonly QueryOperation Operation = new(
        "DeleteRole", ["RoleName"], IamService.Over("iam:DeleteRole"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
        {
            IamRoles.Delete(ledger, name);
            return true;
        });
        return null;
    }
}
