using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DeletePolicy
{
    public static readonly QueryOperation Operation = new(
        "DeletePolicy", ["PolicyArn"], IamService.OverPolicy("iam:DeletePolicy"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = IamService.PolicyArn(must);
        must.Done();

        await call.Room.Catalog.Change(ledger => ManagedPolicies.Delete(ledger, arn));
        return null;
    }
}
