using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

// Differs from AWS: of root there is no CreateDate; nobody made it.
internal static class GetUser
{
    public static readonly QueryOperation Operation = new(
        "GetUser", ["UserName"], IamService.OverUser("iam:GetUser"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        if (call.Form.Find("UserName") is null && call.Room.Authorizer.IsRoot(call.Caller))
        {
            return Task.FromResult<Action<XmlAnswer>?>(xml => xml.Group("User", root => root
                .Text("UserId", call.Caller.UserId)
                .Text("Arn", call.Caller.Arn)));
        }

        var name = IamService.UserName(must, call);
        must.Done();

        var user = call.Room.Store.Read(view => IamUsers.Find(view, name));
        return Task.FromResult<Action<XmlAnswer>?>(
            xml => xml.Group("User", inside => IamService.Write(inside, user, call.Room.Account)));
    }
}
