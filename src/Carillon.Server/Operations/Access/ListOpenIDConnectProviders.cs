using Carillon.Core.Access;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class ListOpenIDConnectProviders
{
    public static readonly QueryOperation Operation = new(
        "ListOpenIDConnectProviders", [], new Permission("iam:ListOpenIDConnectProviders", _ => AccessTarget.Anything), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var providers = call.Room.Store.Read(call.Room.Providers.All);
        return Task.FromResult<Action<XmlAnswer>?>(xml => xml.List(
            "OpenIDConnectProviderList", providers, (member, p) => member.Text("Arn", call.Room.Providers.ArnOf(p))));
    }
}
