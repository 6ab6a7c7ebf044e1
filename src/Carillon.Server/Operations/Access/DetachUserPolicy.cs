using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DetachUserPolicy
{
    public static readonly QueryOperation Operation = new(
        "DetachUserPolicy", ["UserName", "PolicyArn"], IamService.Attaching(IamService.OverUser("iam:DetachUserPolicy")), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var arn = IamService.PolicyArn(must);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
            ManagedPolicies.Detach(ledger, PolicyHolder.Of(IamUsers.Find(ledger, name)), arn));
        return null;
    }
}
