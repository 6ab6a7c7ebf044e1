using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetRolePolicy
{
    public static readonly QueryOperation Operation = new(
        "GetRolePolicy", ["RoleName", "PolicyName"], IamService.Over("iam:GetRolePolicy"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var policyName = IamService.PolicyName(must);
        must.Done();

        var (role, policy) = call.Room.Store.Read(view =>
            (IamRoles.Find(view, name), IamRoles.FindPolicy(view, name, policyName)));
        return Task.FromResult<Action<XmlAnswer>?>(xml => xml
            .Text("RoleName", role.Name)
            .Text("PolicyName", policy.Name)
            .Text("PolicyDocument", Uri.EscapeDataString(policy.Document)));
    }
}
