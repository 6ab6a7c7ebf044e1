using Carillon.Core.Federation;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Federation;

/// <summary>The identity pools of the settings.</summary>
internal sealed class IdentityPools(IReadOnlyList<IdentityPoolSetting> pools, KeySets keys, TimeProvider time)
{
    public IReadOnlyList<IdentityPoolSetting> All => pools;

    public IdentityPoolSetting? Find(string id) => pools.FirstOrDefault(p => p.Id == id);

    /// <summary>Whom the tokens vouch for. All of them must be right.</summary>
    /// <param name="pool">Whose providers count.</param>
    /// <param name="logins">Tokens by the names of their providers.</param>
    /// <param name="cancellation">Ends the wait for keys.</param>
    /// <exception cref="TokenFault">One is not to be believed.</exception>
    public async Task<IReadOnlyList<Login>> Verify(
        IdentityPoolSetting pool, IReadOnlyDictionary<string, string> logins, CancellationToken cancellation)
    {
        var verified = new List<Login>();
        foreach (var (name, token) in logins)
        {
            var provider = pool.Providers.FirstOrDefault(p => IssuerUrl.NameOf(p.Issuer) == name)
                ?? throw TokenFault.Invalid("Token is not from a supported provider of this identity pool.");
            var parsed = Jwt.Parse(token);
            var claims = await TokenVerifier.Verify(
                parsed, provider.Issuer, provider.ClientIds, () => keys.Verify(provider.Issuer, parsed, cancellation), time.GetUtcNow(),
                takesClient: false);
            verified.Add(new(name, claims.Subject));
        }

        return verified;
    }
}
