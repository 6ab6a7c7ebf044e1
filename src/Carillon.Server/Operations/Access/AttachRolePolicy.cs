using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class AttachRolePolicy
{
    public static readonly QueryOperation Operation = new(
        "AttachRolePolicy", ["RoleName", "PolicyArn"], IamService.Attaching(IamService.Over("iam:AttachRolePolicy")), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var arn = IamService.PolicyArn(must);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
            ManagedPolicies.Attach(ledger, call.Room.Quotas, PolicyHolder.Of(IamRoles.Find(ledger, name)), arn));
        return null;
    }
}
