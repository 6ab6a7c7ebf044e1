using System.Text;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class CreateAccessKey
{
    public static readonly QueryOperation Operation = new(
        "CreateAccessKey", ["UserName"], IamService.OverUser("iam:CreateAccessKey"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must, call);
        must.Done();

        // The secret is in this answer and nowhere else in clear.
        var (id, secret) = (IamIds.NewAccessKey(), IamIds.NewSecret());
        var box = call.Room.KeySecrets.Seal(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(id));
        var (user, key) = await call.Room.Catalog.Change(
            ledger => IamUsers.AddKey(ledger, call.Room.Quotas, name, id, box));
        return xml => xml.Group("AccessKey", inside => inside
            .Text("UserName", user.Name)
            .Text("AccessKeyId", key.Id)
            .Text("Status", "Active")
            .Text("SecretAccessKey", secret)
            .Time("CreateDate", key.Created.ToTime()));
    }
}
