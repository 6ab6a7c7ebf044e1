using System.Security.Cryptography;
using System.Text.Json;

namespace Carillon.Wire.Tokens;

/// <summary>The keys with which an issuer signs (RFC 7517). Those that do not fit RS256 or ES256 are left out.</summary>
public sealed class KeySet
{
    /// <summary>Bytes; below, a key can be guessed, and above, checking costs too much. The lower is RFC 7518's, the upper ours.</summary>
    private const int LeastModulus = 256, MostModulus = 1024;

    /// <summary>Bytes of the exponent, which is usually three. Ours.</summary>
    private const int MostExponent = 4;

    /// <summary>Keys taken from a set. Ours.</summary>
    private const int MostKeys = 100;

    private readonly List<Key> _keys = [];

    private KeySet()
    {
    }

    public bool IsEmpty => _keys.Count == 0;

    /// <exception cref="FormatException">It is no key set.</exception>
    public static KeySet Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            {
                throw new FormatException("A key set is an object with an array of keys.");
            }

            var set = new KeySet();
            foreach (var key in keys.EnumerateArray().Take(MostKeys))
            {
                if (Read(key) is { } usable)
                {
                    set._keys.Add(usable);
                }
            }

            return set;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("A key set is an object with an array of keys.", e);
        }
    }

    /// <summary>
    /// Whether the signature was made with the key of that name. A token without a name of a key counts only where there
    /// is no doubt which is meant. Null where no key is the one that is meant.
    /// </summary>
    public bool? Verify(Jwt token)
    {
        var fitting = _keys.Where(k => k.Algorithm == token.Algorithm && (token.KeyId is null || k.Id == token.KeyId)).ToList();
        return fitting is [var key] ? key.Verify(token.Signed, token.Signature) : null;
    }

    private static Key? Read(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || !MaySign(key))
        {
            return null;
        }

        var (id, named) = (Jwt.Text(key, "kid"), Jwt.Text(key, "alg"));
        try
        {
            return Jwt.Text(key, "kty") switch
            {
                "RSA" when named is null or "RS256" => ReadRsa(key, id),
                "EC" when named is null or "ES256" => ReadEc(key, id),
                _ => null,
            };
        }
        catch (Exception e) when (e is TokenFault or CryptographicException)
        {
            return null;
        }
    }

    /// <remarks>A key for encryption signs nothing, whatever its material.</remarks>
    private static bool MaySign(JsonElement key) =>
        (!key.TryGetProperty("use", out var use) || (use.ValueKind == JsonValueKind.String && use.GetString() == "sig"))
        && (!key.TryGetProperty("key_ops", out var operations)
            || (operations.ValueKind == JsonValueKind.Array
                && operations.EnumerateArray().Any(o => o.ValueKind == JsonValueKind.String && o.GetString() == "verify")));

    private static Key? ReadRsa(JsonElement key, string? id)
    {
        if (Jwt.Text(key, "n") is not { } modulus || Jwt.Text(key, "e") is not { } exponent)
        {
            return null;
        }

        var parameters = new RSAParameters { Modulus = Jwt.Decode(modulus), Exponent = Jwt.Decode(exponent) };
        if (parameters.Modulus is not [>= 0x80, ..] || parameters.Modulus.Length is < LeastModulus or > MostModulus
            || parameters.Exponent is [] or [1] || parameters.Exponent.Length > MostExponent || parameters.Exponent[^1] % 2 == 0)
        {
            return null;
        }

        // Refuses what is no key after all.
        using var rsa = RSA.Create(parameters);
        return new(id, "RS256", (signed, signature) =>
        {
            using var own = RSA.Create(parameters);
            return own.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        });
    }

    private static Key? ReadEc(JsonElement key, string? id)
    {
        if (Jwt.Text(key, "crv") != "P-256" || Jwt.Text(key, "x") is not { } x || Jwt.Text(key, "y") is not { } y)
        {
            return null;
        }

        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Jwt.Decode(x), Y = Jwt.Decode(y) },
        };
        if (parameters.Q is not { X.Length: 32, Y.Length: 32 })
        {
            return null;
        }

        // Refuses a point that is not on the curve.
        using var ec = ECDsa.Create(parameters);
        return new(id, "ES256", (signed, signature) =>
        {
            using var own = ECDsa.Create(parameters);
            return signature.Length == 64 && own.VerifyData(
                signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        });
    }

    private sealed record Key(string? Id, string Algorithm, Func<byte[], byte[], bool> Verify);
}
