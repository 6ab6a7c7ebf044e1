using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Carillon.Samples.SupportChat;

/// <summary>What a push service wants: a body that only the browser can read (RFC 8291), and a word about who sends it (RFC 8292).</summary>
internal static class WebPush
{
    private const int PointLength = 65;
    private const int RecordSize = 4_096;

    /// <summary>A key of P-256 to sign with, PKCS #8.</summary>
    public static byte[] NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }

    public static byte[] Point(ECParameters key) => [4, .. key.Q.X!, .. key.Q.Y!];

    /// <summary>A browser's PushSubscription, as its toJSON() gives it.</summary>
    /// <param name="hosts">Push services that are known: whatever else is named is not called.</param>
    public static bool TryRead(JsonElement given, string agent, IReadOnlyList<string> hosts, [NotNullWhen(true)] out Subscription? subscription)
    {
        subscription = null;
        try
        {
            if (given.ValueKind != JsonValueKind.Object || given.GetProperty("endpoint").GetString() is not { Length: <= 1_024 } endpoint
                || !Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || !(url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
                || !hosts.Any(h => h.StartsWith('.') ? url.Host.EndsWith(h, StringComparison.OrdinalIgnoreCase) : url.Host.Equals(h, StringComparison.OrdinalIgnoreCase)))
            {
                return false;
            }

            var keys = given.GetProperty("keys");
            var key = Base64Url.DecodeFromChars(keys.GetProperty("p256dh").GetString());
            var secret = Base64Url.DecodeFromChars(keys.GetProperty("auth").GetString());
            if (secret.Length != 16)
            {
                return false;
            }

            using var checkedKey = KeyOf(key);
            subscription = new(url.AbsoluteUri, agent, key, secret);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>One record of aes128gcm under a key and salt made for it.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> body, Subscription to)
    {
        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(body, to, own, RandomNumberGenerator.GetBytes(16));
    }

    /// <param name="own">The sender's key, for this body only.</param>
    /// <param name="salt">16 bytes, likewise.</param>
    internal static byte[] Encrypt(ReadOnlySpan<byte> body, Subscription to, ECDiffieHellman own, byte[] salt)
    {
        using var theirs = KeyOf(to.Key);
        var point = Point(own.ExportParameters(false));
        var shared = own.DeriveRawSecretAgreement(theirs.PublicKey);
        var secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, to.Secret, [.. "WebPush: info\0"u8, .. to.Key, .. point]);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 16, salt, [.. "Content-Encoding: aes128gcm\0"u8]);
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 12, salt, [.. "Content-Encoding: nonce\0"u8]);

        // The delimiter of a last record follows what is said (RFC 8188, section 2).
        byte[] plain = [.. body, 2];
        var sealedText = new byte[plain.Length];
        var tag = new byte[16];
        using var cipher = new AesGcm(key, tag.Length);
        cipher.Encrypt(nonce, plain, sealedText, tag);
        return [.. salt, 0, 0, RecordSize >> 8, RecordSize & 255, PointLength, .. point, .. sealedText, .. tag];
    }

    /// <summary>The parameters of <c>vapid</c>: a token for the push service's origin, half a day long, and the key that signs it.</summary>
    public static string Authorization(ECDsa key, Uri endpoint, string contact, TimeProvider time)
    {
        var head = Base64Url.EncodeToString("""{"typ":"JWT","alg":"ES256"}"""u8);
        var claims = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new
        {
            aud = endpoint.GetLeftPart(UriPartial.Authority),
            exp = time.GetUtcNow().AddHours(12).ToUnixTimeSeconds(),
            sub = contact,
        }));
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256);
        return $"t={head}.{claims}.{Base64Url.EncodeToString(signature)}, k={Base64Url.EncodeToString(Point(key.ExportParameters(false)))}";
    }

    /// <exception cref="CryptographicException">It is no point of P-256.</exception>
    private static ECDiffieHellman KeyOf(byte[] point) => point is { Length: PointLength } && point[0] == 4
        ? ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = point[1..33], Y = point[33..] } })
        : throw new CryptographicException("An uncompressed point of P-256 is wanted.");
}
