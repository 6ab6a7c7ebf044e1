using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListAccessKeys
{
    public static readonly QueryOperation Operation = new(
        "ListAccessKeys", ["UserName", "Marker", "MaxItems"], IamService.OverUser("iam:ListAccessKeys"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must, call);
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var (user, keys) = call.Room.Store.Read(view =>
        {
            var found = IamUsers.Find(view, name);
            return (found, view.ListAccessKeys(found.Key));
        });
        return Task.FromResult<Action<XmlAnswer>?>(xml => Marker.WritePage(
            xml, keys, size, after, (x, page) => x.List("AccessKeyMetadata", page, (member, key) => member
                .Text("UserName", user.Name)
                .Text("AccessKeyId", key.Id)
                .Text("Status", key.IsActive ? "Active" : "Inactive")
                .Time("CreateDate", key.Created.ToTime()))));
    }
}
