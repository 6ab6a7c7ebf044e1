using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class PutRolePolicy
{
    public static readonly QueryOperation Operation = new(
        "PutRolePolicy", ["RoleName", "PolicyName", "PolicyDocument"], IamService.Over("iam:PutRolePolicy"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var policyName = IamService.PolicyName(must);
        var document = IamService.Document(must, "PolicyDocument");
        must.Done();

        var policy = Policy.Parse(document);
        await call.Room.Catalog.Change(ledger =>
        {
            IamRoles.PutPolicy(ledger, name, policyName, policy);
            return true;
        });
        return null;
    }
}
