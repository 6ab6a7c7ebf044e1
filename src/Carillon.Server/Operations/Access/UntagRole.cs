using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class UntagRole
{
    public static readonly QueryOperation Operation = new(
        "UntagRole", ["RoleName", "TagKeys"], IamService.Over("iam:UntagRole"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var keys = must.TagKeys("TagKeys");
        must.Done();

        await call.Room.Catalog.Change(ledger =>
        {
            IamRoles.Untag(ledger, name, keys);
            return true;
        });
        return null;
    }
}
