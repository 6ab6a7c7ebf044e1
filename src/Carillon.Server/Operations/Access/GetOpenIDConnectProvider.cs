using Carillon.Server.Federation;
using Carillon.Server.Http.QueryProtocol;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Operations.Access;

internal static class GetOpenIDConnectProvider
{
    public static readonly QueryOperation Operation = new(
        "GetOpenIDConnectProvider",
        ["OpenIDConnectProviderArn"],
        IamService.OverProvider("iam:GetOpenIDConnectProvider"),
        Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = must.Required("OpenIDConnectProviderArn", 20, 2048, Alphabet.Any);
        must.Done();

        var provider = call.Room.Store.Read(view => call.Room.Providers.FindByArn(view, arn));
        return Task.FromResult<Action<XmlAnswer>?>(xml =>
        {
            xml.Text("Url", IssuerUrl.NameOf(provider.Url))
                .List("ClientIDList", provider.ClientIds)
                .List("ThumbprintList", provider.Thumbprints)
                .Time("CreateDate", provider.Created.ToTime());
            if (provider.Tags.Count > 0)
            {
                IamService.WriteTags(xml, provider.Tags);
            }
        });
    }
}
