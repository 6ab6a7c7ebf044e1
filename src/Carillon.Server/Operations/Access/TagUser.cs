using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class TagUser
{
    public static readonly QueryOperation Operation = new(
        "TagUser", ["UserName", "Tags"], IamService.OverUser("iam:TagUser"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var tags = IamService.Tags(must);
        must.Done();

        await call.Room.Catalog.Change(ledger => IamUsers.Tag(ledger, name, tags));
        return null;
    }
}
