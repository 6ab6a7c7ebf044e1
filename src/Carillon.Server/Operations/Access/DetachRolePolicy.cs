using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DetachRolePolicy
{
    public static readonly QueryOperation Operation = new(
        "DetachRolePolicy", ["RoleName", "PolicyArn"], IamService.Attaching(IamService.Over("iam:DetachRolePolicy")), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var arn = IamService.PolicyArn(must);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
            ManagedPolicies.Detach(ledger, PolicyHolder.Of(IamRoles.Find(ledger, name)), arn));
        return null;
    }
}
