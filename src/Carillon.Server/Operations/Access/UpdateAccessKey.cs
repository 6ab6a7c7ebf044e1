using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class UpdateAccessKey
{
    public static readonly QueryOperation Operation = new(
        "UpdateAccessKey", ["UserName", "AccessKeyId", "Status"], IamService.OverUser("iam:UpdateAccessKey"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must, call);
        var id = must.Required("AccessKeyId", 16, 128, Alphabet.Word);
        must.Required("Status", 1, 16, Alphabet.Any);
        var status = must.Word("Status", "Active", "Inactive");
        must.Done();

        await call.Room.Catalog.Change(ledger => IamUsers.SetKeyActive(ledger, name, id, status == "Active"));
        return null;
    }
}
