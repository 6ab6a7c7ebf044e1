using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DeleteRolePolicy
{
    public static readonly QueryOperation Operation = new(
        "DeleteRolePolicy", ["RoleName", "PolicyName"], IamService.Over("iam:DeleteRolePolicy"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var policyName = IamService.PolicyName(must);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
        {
            IamRoles.DeletePolicy(ledger, name, policyName);
            return true;
        });
        return null;
    }
}
