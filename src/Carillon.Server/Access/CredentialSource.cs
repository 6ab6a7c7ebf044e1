using System.Text;
using Carillon.Core.Iam;
using Carillon.Server.Http;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Access;

/// <summary>
/// Knows the root key, the active keys of users, and every session that this installation gave out and whose role or
/// user is still there.
/// </summary>
internal sealed class CredentialSource(AwsCredentials root, AccessRoom room) : ICredentialSource
{
    private readonly Credential _root = new(
        root.SecretAccessKey,
        new(room.Account.RootArn, room.Account.Id, room.Account.Id, root.AccessKeyId, Expires: null, Session: null));

    public Credential? Find(string accessKeyId, string? sessionToken, out CredentialFault fault)
    {
        if (accessKeyId.StartsWith("ASIA", StringComparison.Ordinal))
        {
            var caller = Open(accessKeyId, sessionToken, out fault);
            return caller is null ? null : new(room.Tokens.SecretOf(accessKeyId), caller);
        }

        var credential = accessKeyId == root.AccessKeyId ? _root : OfUser(accessKeyId);
        fault = credential is null ? CredentialFault.UnknownKey
            : sessionToken is null ? CredentialFault.None : CredentialFault.TokenMismatch;
        return fault == CredentialFault.None ? credential : null;
    }

    public Caller RootCaller() => _root.Caller;

    private Credential? OfUser(string accessKeyId)
    {
        if (room.Catalog.FindKey(accessKeyId) is not { Key.IsActive: true } known
            || room.Catalog.FindUser(known.UserId) is not { } user
            || room.KeySecrets.Open(known.Key.SealedSecret, Encoding.UTF8.GetBytes(accessKeyId)) is not { } secret)
        {
            return null;
        }

        return new(
            Encoding.UTF8.GetString(secret),
            new(room.Account.UserArn(user.User), room.Account.Id, user.User.Id, accessKeyId, Expires: null, Session: null));
    }

    private Caller? Open(string accessKeyId, string? sessionToken, out CredentialFault fault)
    {
        if (sessionToken is null || room.Tokens.Open(accessKeyId, sessionToken) is not { } session)
        {
            fault = CredentialFault.TokenMismatch;
            return null;
        }

        if (session.Expires <= room.Time.GetUtcNow())
        {
            fault = CredentialFault.Expired;
            return null;
        }

        var found = CallerOf(session);
        fault = found is null ? CredentialFault.UnknownKey : CredentialFault.None;
        return found is { } who
            ? new(who.Arn, room.Account.Id, who.UserId, session.AccessKeyId, session.Expires, session)
            : null;
    }

    /// <summary>Null where whoever the session is of is not there any more.</summary>
    private (string Arn, string UserId)? CallerOf(IamSession session) => session switch
    {
        RoleSession role => room.Catalog.FindRole(role.RoleName)?.Role.Id == role.RoleId
            ? (room.Account.SessionArn(role), $"{role.RoleId}:{role.Name}")
            : null,

        // A new root key is made where the old one got lost, so what the old one handed out ends with it.
        UserSession user when user.UserId == room.Account.Id => user.Source == root.AccessKeyId
            ? Federated(user) ?? (room.Account.RootArn, room.Account.Id)
            : null,
        UserSession user => room.Catalog.FindUser(user.UserId) is { } holder
            ? Federated(user) ?? (room.Account.UserArn(holder.User), holder.User.Id)
            : null,
        _ => null,
    };

    private (string Arn, string UserId)? Federated(UserSession session) => session.FederatedName is { } name
        ? (room.Account.FederatedArn(name), $"{room.Account.Id}:{name}")
        : null;
}
