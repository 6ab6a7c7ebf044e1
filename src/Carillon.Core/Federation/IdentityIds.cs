using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Core.Federation;

/// <summary>
/// Ids of identities, <c>region:uuid</c>. Half of the uuid vouches for the other half and for the pool, so that ids of
/// guests need not be stored: whoever asks without a login would fill the disk otherwise.
/// </summary>
/// <param name="masterKey">The installation's.</param>
public sealed class IdentityIds(byte[] masterKey)
{
    private readonly byte[] _key = SealedBox.Derive(masterKey, "carillon identity id 1");

    /// <param name="pool">The id of the pool, <c>region:uuid</c>; the identity is of the same region.</param>
    public string New(string pool)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[..8]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40); // version 4, as every random uuid says
        Vouch(pool, bytes[..8], bytes[8..]);
        return $"{RegionOf(pool)}:{new Guid(bytes, bigEndian: true)}";
    }

    /// <summary>Whether the id was made here for this pool.</summary>
    public bool IsOf(string pool, string identity)
    {
        var colon = identity.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || identity[..colon] != RegionOf(pool) || !Guid.TryParseExact(identity[(colon + 1)..], "D", out var uuid)
            || uuid.ToString() != identity[(colon + 1)..])
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        Span<byte> expected = stackalloc byte[8];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        Vouch(pool, bytes[..8], expected);
        return CryptographicOperations.FixedTimeEquals(bytes[8..], expected);
    }

    private void Vouch(string pool, ReadOnlySpan<byte> half, Span<byte> other)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(_key, [.. half, .. Encoding.UTF8.GetBytes(pool)], hash);

        // 62 bits and the variant of a random uuid.
        BinaryPrimitives.WriteUInt64BigEndian(
            other, (BinaryPrimitives.ReadUInt64BigEndian(hash) & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000);
    }

    private static string RegionOf(string pool) => pool[..pool.IndexOf(':', StringComparison.Ordinal)];
}
