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
    private const byte Version = 2;

    /// <summary>Longer ones are not ours; ours, because a session's policy and tags are bounded when it is made.</summary>
    private const int LongestToken = 16 * 1024;

    private readonly SealedBox _box;
    private readonly byte[] _secrets;

    /// <param name="masterKey">The installation's; each purpose has its own key derived from it.</param>
    public SessionTokens(byte[] masterKey)
    {
        _box = new SealedBox(masterKey, "carillon session token 2");
        _secrets = SealedBox.Derive(masterKey, "carillon session secret 1");
    }

    /// <summary>The secret access key that belongs to a temporary access key id: 40 characters.</summary>
    public string SecretOf(string accessKeyId) =>
        Convert.ToBase64String(HMACSHA256.HashData(_secrets, Encoding.UTF8.GetBytes(accessKeyId)).AsSpan(0, 30));

    public string Seal(IamSession session) => Convert.ToBase64String(
        [Version, .. _box.Seal(Write(session), Encoding.UTF8.GetBytes(session.AccessKeyId))]);

    /// <summary>The session, expired or not; null if the token is not ours or belongs to another key.</summary>
    public IamSession? Open(string accessKeyId, string token)
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

    private static byte[] Write(IamSession session)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(session.Issued.ToUnixTimeSeconds());
        writer.Write(session.Expires.ToUnixTimeSeconds());
        switch (session)
        {
            case RoleSession role:
                writer.Write((byte)Kind.Role);
                writer.Write(role.RoleId);
                writer.Write(role.RoleName);
                writer.Write(role.Name);
                writer.Write(role.SourceIdentity ?? "");
                Write(writer, role.Filter);
                Write(writer, role.Tags);
                Write(writer, role.Federation);
                break;
            case UserSession user:
                writer.Write((byte)Kind.User);
                writer.Write(user.UserId);
                writer.Write(user.Source);
                writer.Write(user.FederatedName ?? "");
                Write(writer, user.Filter);
                Write(writer, user.Tags);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(session), session, "A kind of session without a form.");
        }

        writer.Flush();
        return stream.ToArray();
    }

    private static IamSession Read(string accessKeyId, byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain));
        var issued = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
        var expires = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
        if ((Kind)reader.ReadByte() == Kind.User)
        {
            var (userId, source, federated) = (reader.ReadString(), reader.ReadString(), TextOrNull(reader));
            return new UserSession(
                accessKeyId, userId, source, federated, issued, expires, ReadFilter(reader), ReadTags(reader));
        }

        var (roleId, roleName, name, sourceIdentity) =
            (reader.ReadString(), reader.ReadString(), reader.ReadString(), TextOrNull(reader));
        return new RoleSession(
            accessKeyId, roleId, roleName, name, issued, expires, ReadFilter(reader), ReadTags(reader), sourceIdentity,
            ReadFederation(reader));
    }

    private static void Write(BinaryWriter writer, SessionFilter filter)
    {
        writer.Write(filter.Policy ?? "");
        Write(writer, filter.PolicyArns);
    }

    private static SessionFilter ReadFilter(BinaryReader reader) => new(TextOrNull(reader), ReadTexts(reader));

    private static void Write(BinaryWriter writer, IReadOnlyList<SessionTag> tags)
    {
        writer.Write7BitEncodedInt(tags.Count);
        foreach (var tag in tags)
        {
            writer.Write(tag.Key);
            writer.Write(tag.Value);
            writer.Write(tag.Transitive);
        }
    }

    private static SessionTag[] ReadTags(BinaryReader reader)
    {
        var tags = new SessionTag[reader.Read7BitEncodedInt()];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = new SessionTag(reader.ReadString(), reader.ReadString(), reader.ReadBoolean());
        }

        return tags;
    }

    private static void Write(BinaryWriter writer, FederatedLogin? federation)
    {
        writer.Write(federation is not null);
        if (federation is not null)
        {
            writer.Write(federation.Provider);
            writer.Write(federation.Principal);
            writer.Write(federation.Audience);
            writer.Write(federation.Subject);
            Write(writer, federation.Methods);
        }
    }

    private static FederatedLogin? ReadFederation(BinaryReader reader) => reader.ReadBoolean()
        ? new(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString(), ReadTexts(reader))
        : null;

    private static void Write(BinaryWriter writer, IReadOnlyList<string> texts)
    {
        writer.Write7BitEncodedInt(texts.Count);
        foreach (var text in texts)
        {
            writer.Write(text);
        }
    }

    private static string[] ReadTexts(BinaryReader reader)
    {
        var texts = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadString();
        }

        return texts;
    }

    /// <summary>No text here may be empty, so empty says that there is none.</summary>
    private static string? TextOrNull(BinaryReader reader) => reader.ReadString() is { Length: > 0 } text ? text : null;

    private enum Kind : byte
    {
        Role = 1,
        User = 2,
    }
}
