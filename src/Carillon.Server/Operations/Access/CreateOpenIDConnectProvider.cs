using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Federation;
using Carillon.Server.Http.QueryProtocol;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Operations.Access;

// Differs from AWS: the provider is not asked when it is added; thumbprints are kept and not used, since connections are
// judged by the system's authorities; an issuer on this machine may be http.
internal static class CreateOpenIDConnectProvider
{
    public static readonly QueryOperation Operation = new(
        "CreateOpenIDConnectProvider",
        ["Url", "ClientIDList", "ThumbprintList", "Tags"],
        new Permission("iam:CreateOpenIDConnectProvider", call => new AccessTarget(call.Room.Account.ProviderArn(
            call.Form["Url"] is var url && IssuerUrl.IsIssuer(url) ? IssuerUrl.NameOf(url) : url))),
        Handle);

    /// <summary>Client ids of a provider. Source: IAM quotas.</summary>
    private const int MostClients = 100;

    /// <summary>Thumbprints of a provider. Source: IAM API Reference.</summary>
    private const int MostThumbprints = 5;

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var url = must.Required("Url", 1, 255, Alphabet.Any);
        var clientIds = must.Texts("ClientIDList", 1, 255, MostClients);
        var thumbprints = must.Texts("ThumbprintList", 40, 40, MostThumbprints);
        var tags = IamService.Tags(must);
        must.Done();
        if (!IssuerUrl.IsIssuer(url))
        {
            throw new QueryFault(400, "InvalidInput", "Invalid Open ID Connect Provider URL");
        }

        if (call.Room.Providers.IsSetting(url))
        {
            throw OpenIdProviders.Exists(url);
        }

        var provider = await call.Room.Catalog.Change(
            ledger => OpenIdProviders.Create(ledger, call.Room.Quotas, url, clientIds, thumbprints, tags));
        return xml =>
        {
            xml.Text("OpenIDConnectProviderArn", call.Room.Providers.ArnOf(provider));
            if (tags.Count > 0)
            {
                IamService.WriteTags(xml, tags);
            }
        };
    }
}
