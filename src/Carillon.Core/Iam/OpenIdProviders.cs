using Carillon.Core.Identity;

namespace Carillon.Core.Iam;

/// <summary>Whose tokens may be exchanged for a role.</summary>
public static class OpenIdProviders
{
    /// <exception cref="Refusal">IamEntityExists, QuotaReached.</exception>
    public static OpenIdProvider Create(
        ILedger ledger, Quotas quotas, string url, IReadOnlyList<string> clientIds, IReadOnlyList<string> thumbprints,
        IReadOnlyList<Tag> tags)
    {
        if (ledger.FindOpenIdProvider(url) is not null)
        {
            throw Exists(url);
        }

        IamQuotas.Require(quotas, Quotas.OpenIdProviders, ledger.ListOpenIdProviders().Count);
        return ledger.AddOpenIdProvider(url, clientIds, thumbprints, tags);
    }

    public static Refusal Exists(string url) =>
        new(Reason.IamEntityExists, $"Provider with url {url} already exists.");

    public static Refusal Unknown(string arn) =>
        new(Reason.IamEntityUnknown, $"OpenIDConnect Provider not found for arn {arn}");
}
