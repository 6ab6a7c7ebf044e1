using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DeleteUserPolicy
{
    public static readonly QueryOperation Operation = new(
        "DeleteUserPolicy", ["UserName", "PolicyName"], IamService.OverUser("iam:DeleteUserPolicy"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var policyName = IamService.PolicyName(must);
        must.Done();

        await call.Room.Catalog.Change(ledger => IamUsers.DeletePolicy(ledger, name, policyName));
        return null;
    }
}
