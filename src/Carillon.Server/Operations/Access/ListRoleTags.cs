using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListRoleTags
{
    public static readonly QueryOperation Operation = new(
        "ListRoleTags", ["RoleName", "Marker", "MaxItems"], IamService.Over("iam:ListRoleTags"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var tags = call.Room.Store.Read(view => IamRoles.Find(view, name)).Tags;
        return Task.FromResult<Action<XmlAnswer>?>(xml => Marker.WritePage(xml, tags, size, after, IamService.WriteTags));
    }
}
