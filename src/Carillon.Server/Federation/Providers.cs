using Carillon.Core;
using Carillon.Core.Iam;
using Carillon.Server.Access;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Federation;

/// <summary>The identity providers of the account: those of the settings, and those that IAM's operations added.</summary>
internal sealed class Providers
{
    private readonly Dictionary<string, OpenIdProvider> _settings;
    private readonly KeySets _keys;
    private readonly Account _account;
    private readonly TimeProvider _time;

    public Providers(IReadOnlyList<OpenIdProviderSetting> settings, KeySets keys, Account account, TimeProvider time)
    {
        var now = Instant.Of(time.GetUtcNow());
        _settings = settings.ToDictionary(
            s => s.Issuer, s => new OpenIdProvider(s.Issuer, s.ClientIds, [], [], now), StringComparer.Ordinal);
        (_keys, _account, _time) = (keys, account, time);
    }

    public string ArnOf(OpenIdProvider provider) => _account.ProviderArn(IssuerUrl.NameOf(provider.Url));

    /// <summary>Whether it stands in the settings, which no operation changes.</summary>
    public bool IsSetting(string url) => _settings.ContainsKey(url);

    public IReadOnlyList<OpenIdProvider> All(IView view) =>
        [.. _settings.Values, .. view.ListOpenIdProviders().Where(p => !IsSetting(p.Url))];

    public OpenIdProvider? Find(IView view, string url) => _settings.GetValueOrDefault(url) ?? view.FindOpenIdProvider(url);

    /// <exception cref="Refusal">IamEntityUnknown.</exception>
    public OpenIdProvider FindByArn(IView view, string arn)
    {
        var prefix = _account.ProviderArn("");
        var name = arn.StartsWith(prefix, StringComparison.Ordinal) ? arn[prefix.Length..] : null;
        return (name is null ? null : Find(view, "https://" + name) ?? Find(view, "http://" + name))
            ?? throw Core.Iam.OpenIdProviders.Unknown(arn);
    }

    /// <exception cref="TokenFault">It is not to be believed.</exception>
    public async Task<(TokenClaims Claims, OpenIdProvider Provider)> Verify(
        IStore store, string token, CancellationToken cancellation)
    {
        var parsed = Jwt.Parse(token);
        var issuer = TokenVerifier.ClaimedIssuer(parsed);
        var provider = store.Read(view => Find(view, issuer))
            ?? throw TokenFault.Invalid("No OpenIDConnect provider found in your account for the issuer of the ID Token");
        var claims = await TokenVerifier.Verify(
            parsed, provider.Url, provider.ClientIds, () => _keys.Verify(provider.Url, parsed, cancellation), _time.GetUtcNow(),
            takesClient: false);
        return (claims, provider);
    }

    /// <summary>Verifies a token of an issuer and for clients that the caller names, whoever the account's providers are.</summary>
    /// <exception cref="TokenFault">It is not to be believed.</exception>
    public async Task<(TokenClaims Claims, Jwt Token)> Verify(
        string token, string issuer, IReadOnlyList<string> clientIds, CancellationToken cancellation)
    {
        var parsed = Jwt.Parse(token);
        var claims = await TokenVerifier.Verify(
            parsed, issuer, clientIds, () => _keys.Verify(issuer, parsed, cancellation), _time.GetUtcNow(), takesClient: true);
        return (claims, parsed);
    }
}
