using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DeleteAccessKey
{
    public static readonly QueryOperation Operation = new(
        "DeleteAccessKey", ["UserName", "AccessKeyId"], IamService.OverUser("iam:DeleteAccessKey"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must, call);
        var id = must.Required("AccessKeyId", 16, 128, Alphabet.Word);
        must.Done();

        await call.Room.Catalog.Change(ledger => IamUsers.DeleteKey(ledger, name, id));
        return null;
    }
}
