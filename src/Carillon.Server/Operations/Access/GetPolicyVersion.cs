using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetPolicyVersion
{
    public static readonly QueryOperation Operation = new(
        "GetPolicyVersion", ["PolicyArn", "VersionId"], IamService.OverPolicy("iam:GetPolicyVersion"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = IamService.PolicyArn(must);
        var number = IamService.VersionId(must, call.Form);
        must.Done();

        var (policy, version) = call.Room.Store.Read(view =>
        {
            var found = ManagedPolicies.Find(view, arn);
            return (found, ManagedPolicies.FindVersion(view, found, number));
        });
        return Task.FromResult<Action<XmlAnswer>?>(xml => xml.Group("PolicyVersion", inside =>
            IamService.Write(inside, version, version.Number == policy.DefaultVersion, whole: true)));
    }
}
