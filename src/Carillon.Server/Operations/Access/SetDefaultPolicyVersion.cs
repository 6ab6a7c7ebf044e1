using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class SetDefaultPolicyVersion
{
    public static readonly QueryOperation Operation = new(
        "SetDefaultPolicyVersion", ["PolicyArn", "VersionId"], IamService.OverPolicy("iam:SetDefaultPolicyVersion"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = IamService.PolicyArn(must);
        var number = IamService.VersionId(must, call.Form);
        must.Done();

        await call.Room.Catalog.Change(ledger => ManagedPolicies.SetDefault(ledger, arn, number));
        return null;
    }
}
