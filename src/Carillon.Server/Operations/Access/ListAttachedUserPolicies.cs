using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListAttachedUserPolicies
{
    public static readonly QueryOperation Operation = new(
        "ListAttachedUserPolicies", ["UserName", "PathPrefix", "Marker", "MaxItems"], IamService.OverUser("iam:ListAttachedUserPolicies"), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.UserName(must);
        var prefix = must.Optional("PathPrefix", 1, 512, Alphabet.PolicyPath) ?? "/";
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form);
        var policies = call.Room.Store.Read(view => IamService.Attached(view, PolicyHolder.Of(IamUsers.Find(view, name)), prefix));
        return Task.FromResult<Action<XmlAnswer>?>(xml => Marker.WritePage(xml, policies, size, after, IamService.WriteAttached));
    }
}
