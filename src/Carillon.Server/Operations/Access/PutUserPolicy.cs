using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class PutUserPolicy
{
    public static readonly QueryOperation Operation = new(
        "PutUserPolicy", ["UserName", "PolicyName", "PolicyDocument"], IamService.OverUser("iam:PutUserPolicy"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var policyName = IamService.PolicyName(must);
        var document = IamService.Document(must, "PolicyDocument");
        must.Done();

        var policy = Policy.Parse(document);
        await call.Room.Catalog.Change(ledger => IamUsers.PutPolicy(ledger, name, policyName, policy));
        return null;
    }
}
