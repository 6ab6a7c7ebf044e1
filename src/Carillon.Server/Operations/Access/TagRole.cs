using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class TagRole
{
    public static readonly QueryOperation Operation = new(
        "TagRole", ["RoleName", "Tags"], IamService.Over("iam:TagRole"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var tags = IamService.Tags(must);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
        {
            IamRoles.Tag(ledger, name, tags);
            return true;
        });
        return null;
    }
}
