using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetRole
{
    public static readonly QueryOperation Operation = new(
        "GetRole", ["RoleName"], IamService.Over("iam:GetRole"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        must.Done();

        var role = call.Room.Store.Read(view => IamRoles.Find(view, name));
        return Task.FromResult<Action<XmlAnswer>?>(
            xml => xml.Group("Role", inside => IamService.Write(inside, role, call.Room.Account)));
    }
}
