using Carillon.Core;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class DeleteOpenIDConnectProvider
{
    public static readonly QueryOperation Operation = new(
        "DeleteOpenIDConnectProvider",
        ["OpenIDConnectProviderArn"],
        IamService.OverProvider("iam:DeleteOpenIDConnectProvider"),
        Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var arn = must.Required("OpenIDConnectProviderArn", 20, 2048, Alphabet.Any);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
        {
            var provider = call.Room.Providers.FindByArn(ledger, arn);
            if (call.Room.Providers.IsSetting(provider.Url))
            {
                throw new Refusal(Reason.InvalidInput, "The provider stands in the settings file of the server.");
            }

            ledger.DeleteOpenIdProvider(provider.Url);
        });
        return null;
    }
}
