using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListPolicyVersions
{
    public static readonly QueryOperation Operation = new(
        "ListPolicyVersions", ["PolicyArn", "Marker", "MaxItems"], IamService.OverPolicy("iam:ListPolicyVersions"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = IamService.PolicyArn(must);
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var (policy, versions) = call.Room.Store.Read(view =>
        {
            var found = ManagedPolicies.Find(view, arn);
            return (found, ManagedPolicies.Versions(view, found));
        });
        return Task.FromResult<Action<XmlAnswer>?>(xml => Marker.WritePage(
            xml, versions, size, after, (x, page) => x.List("Versions", page, (member, version) =>
                IamService.Write(member, version, version.Number == policy.DefaultVersion, whole: false))));
    }
}
