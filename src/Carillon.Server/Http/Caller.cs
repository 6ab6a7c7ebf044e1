using Carillon.Core.Iam;

namespace Carillon.Server.Http;

/// <summary>Who sent a request whose signature was proven.</summary>
/// <param name="Arn">User, root, or assumed-role session.</param>
/// <param name="UserId"><c>AIDA...</c>, <c>AROA...:session</c>, or the account id for its root.</param>
/// <param name="Expires">When the credentials end; null for a long-term key.</param>
/// <param name="Session">What the token said; null for a long-term key.</param>
internal sealed record Caller(
    string Arn, string AccountId, string UserId, string AccessKeyId, DateTimeOffset? Expires, IamSession? Session)
{
    /// <summary>Whoever calls one of the operations that take no signature.</summary>
    public static readonly Caller Anonymous = new("anonymous", "anonymous", "anonymous", "", null, null);
}
