using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class UntagUser
{
    public static readonly QueryOperation Operation = new(
        "UntagUser", ["UserName", "TagKeys"], IamService.OverUser("iam:UntagUser"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var keys = must.TagKeys("TagKeys");
        must.Done();

        await call.Room.Catalog.Change(ledger => IamUsers.Untag(ledger, name, keys));
        return null;
    }
}
