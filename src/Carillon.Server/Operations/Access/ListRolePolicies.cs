using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListRolePolicies
{
    public static readonly QueryOperation Operation = new(
        "ListRolePolicies", ["RoleName", "Marker", "MaxItems"], IamService.Over("iam:ListRolePolicies"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var policies = call.Room.Store.Read(view => view.ListRolePolicies(IamRoles.Find(view, name).Key));
        return Task.FromResult<Action<XmlAnswer>?>(xml => Marker.WritePage(
            xml, policies, size, after, (x, page) => x.List("PolicyNames", page.Select(p => p.Name))));
    }
}
