using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListUserPolicies
{
    public static readonly QueryOperation Operation = new(
        "ListUserPolicies", ["UserName", "Marker", "MaxItems"], IamService.OverUser("iam:ListUserPolicies"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var policies = call.Room.Store.Read(view => view.ListUserPolicies(IamUsers.Find(view, name).Key));
        return Task.FromResult<Action<XmlAnswer>?>(xml => Marker.WritePage(
            xml, policies, size, after, (x, page) => x.List("PolicyNames", page.Select(p => p.Name))));
    }
}
