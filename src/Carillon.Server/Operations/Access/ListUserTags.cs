using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListUserTags
{
    public static readonly QueryOperation Operation = new(
        "ListUserTags", ["UserName", "Marker", "MaxItems"], IamService.OverUser("iam:ListUserTags"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var tags = call.Room.Store.Read(view => IamUsers.Find(view, name)).Tags;
        return Task.FromResult<Action<XmlAnswer>?>(xml => Marker.WritePage(xml, tags, size, after, IamService.WriteTags));
    }
}
