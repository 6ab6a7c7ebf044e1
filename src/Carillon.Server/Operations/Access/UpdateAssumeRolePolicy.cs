using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class UpdateAssumeRolePolicy
{
    public static readonly QueryOperation Operation = new(
        "UpdateAssumeRolePolicy", ["RoleName", "PolicyDocument"], IamService.Over("iam:UpdateAssumeRolePolicy"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var document = IamService.Document(must, "PolicyDocument");
        must.Done();

        var trust = TrustPolicy.Parse(document);
        await call.Room.Catalog.Change(ledger =>
        {
            IamRoles.UpdateTrust(ledger, name, trust);
            return true;
        });
        return null;
    }
}
