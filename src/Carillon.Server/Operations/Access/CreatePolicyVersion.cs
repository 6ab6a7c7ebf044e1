using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class CreatePolicyVersion
{
    public static readonly QueryOperation Operation = new(
        "CreatePolicyVersion", ["PolicyArn", "PolicyDocument", "SetAsDefault"], IamService.OverPolicy("iam:CreatePolicyVersion"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = IamService.PolicyArn(must);
        var document = IamService.Document(must, "PolicyDocument");
        var asDefault = must.Truth("SetAsDefault");
        must.Done();

        var policy = Policy.Parse(document);
        var version = await call.Room.Catalog.Change(
            ledger => ManagedPolicies.AddVersion(ledger, call.Room.Quotas, arn, policy, asDefault));
        return xml => xml.Group("PolicyVersion", inside => IamService.Write(inside, version, asDefault, whole: false));
    }
}
