using System.Security.Cryptography;
using System.Text;

namespace Carillon.Core.Iam;

/// <summary>
/// Turns sessions into tokens that only this installation can make and read. Nothing is stored: the token carries the
/// session, and the secret key follows from the access key id.
/// </summary>
/// <remarks>
/// A token is base64 of a version byte, a nonce of 12 bytes, the session under AES-256-GCM, and a tag of 16 bytes. The
/// access key id is authenticated with it, so a token belongs to its key.
/// </remarks>
public sealed class SessionTokens : IDisposable
{
    private const byte Version = 1;
    private const int NonceLength = 12, TagLength = 16, Overhead = 1 + NonceLength + TagLength;

    /// <summary>Longer ones are not ours; ours, because a session's policy and tags are bounded when it is made.</summary>
    private const int LongestToken = 16 * 1024;

    private readonly AesGcm _seal;
    private readonly byte[] _secrets;

    /// <param name="masterKey">The installation's; each purpose has its own key derived from it.</param>
    public SessionTokens(byte[] masterKey)
    {
        _seal = new AesGcm(Derive(masterKey, "carillon session token 1"), TagLength);
        _secrets = Derive(masterKey, "carillon session secret 1");
    }

    /// <summary>The secret access key that belongs to a temporary access key id: 40 characters.</summary>
    public string SecretOf(string accessKeyId) =>
        Convert.ToBase64String(HMACSHA256.HashData(_secrets, Encoding.UTF8.GetBytes(accessKeyId)).AsSpan(0, 30));

    public string Seal(RoleSession session)
    {
        var plain = Write(session);
        var sealedBytes = new byte[plain.Length + Overhead];
        sealedBytes[0] = Version;
        var nonce = sealedBytes.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        _seal.Encrypt(
            nonce, plain, sealedBytes.AsSpan(1 + NonceLength, plain.Length), sealedBytes.AsSpan(^TagLength..),
            Encoding.UTF8.GetBytes(session.AccessKeyId));
        return Convert.ToBase64String(sealedBytes);
    }

    /// <summary>The session, expired or not; null if the token is not ours or belongs to another key.</summary>
    public RoleSession? Open(string accessKeyId, string token)
    {
        if (token.Length > LongestToken)
        {
            return null;
        }

        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length) || length < Overhead || bytes[0] != Version)
        {
            return null;
        }

        var sealedBytes = bytes.AsSpan(0, length);
        var plain = new byte[length - Overhead];
        try
        {
            _seal.Decrypt(
                sealedBytes.Slice(1, NonceLength), sealedBytes[(1 + NonceLength)..^TagLength], sealedBytes[^TagLength..],
                plain, Encoding.UTF8.GetBytes(accessKeyId));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Read(accessKeyId, plain);
    }

    public void Dispose() => _seal.Dispose();

    private static byte[] Derive(byte[] masterKey, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, 32, info: Encoding.UTF8.GetBytes(purpose));

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
