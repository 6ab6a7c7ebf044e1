using Carillon.Core.Iam;
using Carillon.Server.Http;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Access;

/// <summary>Knows the root key, and every session that this installation gave out and whose role is still there.</summary>
internal sealed class CredentialSource(AwsCredentials root, AccessRoom room) : ICredentialSource
{
    public Credential? Find(string accessKeyId, string? sessionToken, out CredentialFault fault)
    {
        if (accessKeyId == root.AccessKeyId)
        {
            fault = sessionToken is null ? CredentialFault.None : CredentialFault.TokenMismatch;
            return sessionToken is null ? new(root.SecretAccessKey, RootCaller()) : null;
        }

        var (session, found) = Open(accessKeyId, sessionToken);
        fault = found;
        return session is null ? null : new(room.Tokens.SecretOf(accessKeyId), CallerOf(session));
    }

    public Caller RootCaller() =>
        new(room.Account.RootArn, room.Account.Id, room.Account.Id, root.AccessKeyId, Expires: null, Session: null);

    private Caller CallerOf(RoleSession session) => new(
        room.Account.SessionArn(session), room.Account.Id, $"{session.RoleId}:{session.Name}", session.AccessKeyId,
        session.Expires, session);

    private (RoleSession? Session, CredentialFault Fault) Open(string accessKeyId, string? sessionToken)
    {
        if (!accessKeyId.StartsWith("ASIA", StringComparison.Ordinal))
        {
            return (null, CredentialFault.UnknownKey);
        }

        if (sessionToken is null || room.Tokens.Open(accessKeyId, sessionToken) is not { } session)
        {
            return (null, CredentialFault.TokenMismatch);
        }

        if (session.Expires <= room.Time.GetUtcNow())
        {
            return (null, CredentialFault.Expired);
        }

        return room.Roles.Find(session.RoleName)?.Role.Id == session.RoleId
            ? (session, CredentialFault.None)
            : (null, CredentialFault.UnknownKey);
    }
}
