using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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
    /// <summary>Of each kind; beyond that all are dropped and opened anew. Ours.</summary>
    private const int Capacity = 4096;

    /// <summary>What is sealed is opened once, not for every request. Only what we sealed gets in.</summary>
    private readonly ConcurrentDictionary<string, OpenedToken> _opened = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, KeyOfUser> _ofUsers = new(StringComparer.Ordinal);

    private readonly Credential _root = new(
        root.SecretAccessKey,
        new(room.Account.RootArn, room.Account.Id, room.Account.Id, root.AccessKeyId, Expires: null, Session: null));

    public Credential? Find(string accessKeyId, string? sessionToken, out CredentialFault fault)
    {
        if (accessKeyId.StartsWith("ASIA", StringComparison.Ordinal))
        {
            return OfSession(accessKeyId, sessionToken, out fault);
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
            || room.Catalog.FindUser(known.UserId) is not { } user)
        {
            return null;
        }

        // The catalogue gives out the same two until one of them may have changed.
        if (_ofUsers.TryGetValue(accessKeyId, out var kept) && ReferenceEquals(kept.Key, known) && ReferenceEquals(kept.User, user))
        {
            return kept.Credential;
        }

        if (room.KeySecrets.Open(known.Key.SealedSecret, Encoding.UTF8.GetBytes(accessKeyId)) is not { } secret)
        {
            return null;
        }

        var credential = new Credential(
            Encoding.UTF8.GetString(secret),
            new(room.Account.UserArn(user.User), room.Account.Id, user.User.Id, accessKeyId, Expires: null, Session: null));
        Keep(_ofUsers, accessKeyId, new(known, user, credential));
        return credential;
    }

    private Credential? OfSession(string accessKeyId, string? sessionToken, out CredentialFault fault)
    {
        if (sessionToken is null || Open(accessKeyId, sessionToken) is not { } opened)
        {
            fault = CredentialFault.TokenMismatch;
            return null;
        }

        var session = opened.Session;
        if (session.Expires <= room.Time.GetUtcNow())
        {
            fault = CredentialFault.Expired;
            return null;
        }

        var found = CallerOf(session);
        fault = found is null ? CredentialFault.UnknownKey : CredentialFault.None;
        return found is { } who
            ? new(opened.Secret, new(who.Arn, room.Account.Id, who.UserId, session.AccessKeyId, session.Expires, session))
            : null;
    }

    /// <summary>Null for a token that is not ours or of another key.</summary>
    private OpenedToken? Open(string accessKeyId, string token)
    {
        if (_opened.TryGetValue(accessKeyId, out var kept) && CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes(kept.Token.AsSpan()), MemoryMarshal.AsBytes(token.AsSpan())))
        {
            return kept;
        }

        if (room.Tokens.Open(accessKeyId, token) is not { } session)
        {
            return null;
        }

        var opened = new OpenedToken(token, room.Tokens.SecretOf(accessKeyId), session);
        Keep(_opened, accessKeyId, opened);
        return opened;
    }

    private static void Keep<T>(ConcurrentDictionary<string, T> kept, string accessKeyId, T thing)
    {
        if (kept.Count >= Capacity)
        {
            kept.Clear();
        }

        kept[accessKeyId] = thing;
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

    // Classes, so that printing one shows no secret.
    private sealed class OpenedToken(string token, string secret, IamSession session)
    {
        public string Token { get; } = token;

        public string Secret { get; } = secret;

        public IamSession Session { get; } = session;
    }

    private sealed class KeyOfUser(KnownKey key, CompiledUser user, Credential credential)
    {
        public KnownKey Key { get; } = key;

        public CompiledUser User { get; } = user;

        public Credential Credential { get; } = credential;
    }
}
