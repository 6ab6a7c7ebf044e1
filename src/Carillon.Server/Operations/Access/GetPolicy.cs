using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetPolicy
{
    public static readonly QueryOperation Operation = new(
        "GetPolicy", ["PolicyArn"], IamService.OverPolicy("iam:GetPolicy"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = IamService.PolicyArn(must);
        must.Done();

        var (policy, attachments) = call.Room.Store.Read(view =>
            (ManagedPolicies.Find(view, arn), view.CountAttachments(arn)));
        return Task.FromResult<Action<XmlAnswer>?>(
            xml => xml.Group("Policy", inside => IamService.Write(inside, policy, attachments)));
    }
}
