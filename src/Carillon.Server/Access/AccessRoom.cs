using Carillon.Core;
using Carillon.Core.Federation;
using Carillon.Core.Iam;
using Carillon.Server.Federation;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Access;

/// <summary>All that the operations of IAM, STS and identity pools work with.</summary>
/// <param name="KeySecrets">Seals the secrets of long-term keys, each bound to its key's id.</param>
internal sealed record AccessRoom(
    IStore Store, Quotas Quotas, Account Account, AccessCatalog Catalog, SessionTokens Tokens, Authorizer Authorizer,
    SealedBox KeySecrets, IdentityIds IdentityIds, Providers Providers, IdentityPools Pools, TimeProvider Time)
{
    /// <param name="store">The store.</param>
    /// <param name="quotas">How many of each there may be.</param>
    /// <param name="account">The one account.</param>
    /// <param name="masterKey">The installation's; tokens, their secrets and what is sealed depend on it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="settings">Providers and pools.</param>
    /// <param name="send">Sends the server's own requests, for key sets of providers.</param>
    /// <param name="log">Told of key sets that cannot be fetched.</param>
    public static AccessRoom Open(
        IStore store, Quotas quotas, Account account, byte[] masterKey, TimeProvider time, FederationSettings settings,
        KeySets.Fetch send, ILogger log)
    {
        var catalog = new AccessCatalog(store, time);
        var keySets = new KeySets(settings.KeyFiles(), send, time, log);
        return new(
            store, quotas, account, catalog, new SessionTokens(masterKey), new Authorizer(catalog, account),
            new SealedBox(masterKey, "carillon access key 1"), new IdentityIds(masterKey),
            new Providers(settings.OpenIdProviders, keySets, account, time),
            new IdentityPools(settings.IdentityPools, keySets, time), time);
    }

    /// <summary>The role that an ARN names, path included; null where there is none.</summary>
    /// <exception cref="QueryFault">It is no ARN of a role.</exception>
    public CompiledRole? FindRoleByArn(string arn)
    {
        if (arn.Split(':', 6) is not ["arn", _, "iam", "", { Length: 12 }, var resource]
            || !resource.StartsWith("role/", StringComparison.Ordinal))
        {
            throw QueryFault.Invalid($"{arn} is invalid");
        }

        var role = Catalog.FindRole(resource[(resource.LastIndexOf('/') + 1)..]);
        return role is not null && Account.RoleArn(role.Role) == arn ? role : null;
    }
}
