using Carillon.Core;
using Carillon.Core.Iam;

namespace Carillon.Server.Access;

/// <summary>All that the operations of IAM and STS work with.</summary>
internal sealed record AccessRoom(
    IStore Store, Quotas Quotas, Account Account, RoleCatalog Roles, SessionTokens Tokens, Authorizer Authorizer,
    TimeProvider Time)
{
    /// <param name="masterKey">The installation's; tokens and their secrets are derived from it.</param>
    public static AccessRoom Open(IStore store, Quotas quotas, Account account, byte[] masterKey, TimeProvider time)
    {
        var roles = new RoleCatalog(store, time);
        return new(
            store, quotas, account, roles, new SessionTokens(masterKey), new Authorizer(roles, account), time);
    }
}
