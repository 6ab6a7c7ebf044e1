using System.Security.Cryptography;
using System.Text;

namespace Carillon.Core.Iam;

/// <summary>
/// Turns sessions into tokens that only this installation can make and read. Nothing is stored: the token carries the
/// session, and the secret key follows from the access key id.
/// </summary>
/// <remarks>
/// A token is base64 of a version byte and the sealed session. The access key id is authenticated with it, so a token
/// belongs to its key.
/// </remarks>
public sealed class SessionTokens : IDisposable
{
    private const byte Version = 1;

    /// <summary>Longer ones are not ours; ours, because a session's policy and tags are bounded when it is made.</summary>
    private const int LongestToken = 16 * 1024;

    private readonly SealedBox _box;
    private readonly byte[] _secrets;

    /// <param name="masterKey">The installation's; each purpose has its own key derived from it.</param>
    public SessionTokens(byte[] masterKey)
    {
        _box = new SealedBox(masterKey, "carillon session token 1");
        _secrets = SealedBox.Derive(masterKey, "carillon session secret 1");
    }

    /// <summary>The secret access key that belongs to a temporary access key id: 40 characters.</summary>
    public string SecretOf(string accessKeyId) =>
        Convert.ToBase64String(HMACSHA256.HashData(_secrets, Encoding.UTF8.GetBytes(accessKeyId)).AsSpan(0, 30));

    public string Seal(RoleSession session) => Convert.ToBase64String(
        [Version, .. _box.Seal(Write(session), Encoding.UTF8.GetBytes(session.AccessKeyId))]);

    /// <summary>The session, expired or not; null if the token is not ours or belongs to another key.</summary>
    public RoleSession? Open(string accessKeyId, string token)
    {
        if (token.Length > LongestToken)
        {
            return null;
        }

        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length) && length > 0 && bytes[0] == Version
            && _box.Open(bytes.AsSpan(1, length - 1), Encoding.UTF8.GetBytes(accessKeyId)) is { } plain
                ? Read(accessKeyId, plain)
                : null;
    }

    public void Dispose() => _box.Dispose();

    private static byte[] Write(RoleSession session)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(session.Issued.ToUnixTimeSeconds());
        writer.Write(session.Expires.ToUnixTimeSeconds());
        writer.Write(session.RoleId);
        writer.Write(session.RoleName);
        writer.Write(session.Name);
        writer.Write(session.Policy ?? "");
        writer.Write(session.SourceIdentity ?? "");
        writer.Write7BitEncodedInt(session.Tags.Count);
        foreach (var tag in session.Tags)
        {
            writer.Write(tag.Key);
            writer.Write(tag.Value);
            writer.Write(tag.Transitive);
        }

        writer.Flush();
        return stream.ToArray();
    }

    private static RoleSession Read(string accessKeyId, byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain));
        var issued = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
        var expires = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
        var roleId = reader.ReadString();
        var roleName = reader.ReadString();
        var name = reader.ReadString();
        var policy = reader.ReadString();
        var sourceIdentity = reader.ReadString();
        var tags = new SessionTag[reader.Read7BitEncodedInt()];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = new SessionTag(reader.ReadString(), reader.ReadString(), reader.ReadBoolean());
        }

        return new(
            accessKeyId, roleId, roleName, name, issued, expires, policy.Length == 0 ? null : policy, tags,
            sourceIdentity.Length == 0 ? null : sourceIdentity);
    }
}
