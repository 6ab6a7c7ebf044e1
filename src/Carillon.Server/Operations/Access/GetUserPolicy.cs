using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetUserPolicy
{
    public static readonly QueryOperation Operation = new(
        "GetUserPolicy", ["UserName", "PolicyName"], IamService.OverUser("iam:GetUserPolicy"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var policyName = IamService.PolicyName(must);
        must.Done();

        var (user, policy) = call.Room.Store.Read(view =>
            (IamUsers.Find(view, name), IamUsers.FindPolicy(view, name, policyName)));
        return Task.FromResult<Action<XmlAnswer>?>(xml => xml
            .Text("UserName", user.Name)
            .Text("PolicyName", policy.Name)
            .Text("PolicyDocument", Uri.EscapeDataString(policy.Document)));
    }
}
