using System.Security.Cryptography;
using System.Text;

namespace Carillon.Wire.SigV4;

/// <summary>The key that signs for one day, region and service, and what it makes of a canonical request.</summary>
public static class SigningKey
{
    /// <summary>Bytes of a derived key.</summary>
    public const int Size = HMACSHA256.HashSizeInBytes;

    /// <param name="date">The scope's date, <c>yyyyMMdd</c>.</param>
    /// <param name="key">Receives <see cref="Size"/> bytes.</param>
    public static void Derive(string secret, string date, string region, string service, Span<byte> key)
    {
        var seed = new byte[4 + Encoding.UTF8.GetByteCount(secret)];
        "AWS4"u8.CopyTo(seed);
        Encoding.UTF8.GetBytes(secret, seed.AsSpan(4));
        Step(seed, date, key);
        CryptographicOperations.ZeroMemory(seed);
        Step(key, region, key);
        Step(key, service, key);
        HMACSHA256.HashData(key, "aws4_request"u8, key);
    }

    /// <summary>The lower-case hex signature, as 64 ASCII bytes.</summary>
    /// <param name="scope"><c>date/region/service/aws4_request</c>.</param>
    internal static void Sign(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<char> timestamp,
        ReadOnlySpan<char> scope,
        ReadOnlySpan<byte> canonicalRequest,
        Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(canonicalRequest, hash);

        var text = new Utf8Writer(stackalloc byte[256]);
        try
        {
            text.Append(SigV4Names.Algorithm);
            text.Append((byte)'\n');
            text.Append(timestamp);
            text.Append((byte)'\n');
            text.Append(scope);
            text.Append((byte)'\n');
            text.AppendHex(hash);
            HMACSHA256.HashData(key, text.Written, hash);
        }
        finally
        {
            text.Dispose();
        }

        Convert.TryToHexStringLower(hash, signature, out _);
    }

    private static void Step(ReadOnlySpan<byte> key, string part, Span<byte> result)
    {
        var text = new Utf8Writer(stackalloc byte[128]);
        try
        {
            text.Append(part);
            HMACSHA256.HashData(key, text.Written, result);
        }
        finally
        {
            text.Dispose();
        }
    }
}
