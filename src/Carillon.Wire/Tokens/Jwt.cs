using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Carillon.Wire.Tokens;

/// <summary>A signed token in its compact form, taken apart. Nothing in it is true before its signature is checked.</summary>
/// <param name="Algorithm">One of <see cref="Algorithms"/>.</param>
/// <param name="KeyId">Null where the header names none.</param>
/// <param name="Signed">What the signature is over: the first two parts as they came.</param>
/// <remarks>
/// Source: RFC 7515 and 8725. Header members that say where a key is (<c>jku</c>, <c>jwk</c>, <c>x5u</c>, <c>x5c</c>) and
/// <c>typ</c> are never read; <c>crit</c> is refused, because nothing that it could ask for is understood.
/// </remarks>
public sealed record Jwt(string Algorithm, string? KeyId, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    /// <summary>Both with keys that only the issuer has; anything else, <c>none</c> and HMAC above all, is refused.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["RS256", "ES256"];

    /// <summary>Characters. Source: WebIdentityToken in the STS API Reference.</summary>
    public const int LongestToken = 20_000;

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <exception cref="TokenFault">Invalid.</exception>
    public static Jwt Parse(string token)
    {
        if (token.Length > LongestToken || token.Split('.') is not [var head, var body, var signature])
        {
            throw Malformed();
        }

        var header = Read(head);
        if (header.TryGetProperty("crit", out _) || header.TryGetProperty("b64", out _))
        {
            throw TokenFault.Invalid("The ID Token's header demands what is not supported.");
        }

        if (Text(header, "alg") is not { } algorithm || !Algorithms.Contains(algorithm))
        {
            throw TokenFault.Invalid("The ID Token must be signed with RS256 or ES256.");
        }

        return new(
            algorithm, header.TryGetProperty("kid", out _) ? Text(header, "kid") ?? throw Malformed() : null, Read(body),
            Encoding.ASCII.GetBytes(token, 0, head.Length + 1 + body.Length), Decode(signature));
    }

    /// <summary>A member that is text; null where it is absent or something else.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? TextOf(value) : null;

    /// <exception cref="TokenFault">Invalid: an escape stands for half a character.</exception>
    public static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Malformed();
        }
    }

    private static JsonElement Read(string part)
    {
        try
        {
            using var document = JsonDocument.Parse(Decode(part), Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw Malformed();
        }
        catch (JsonException)
        {
            throw Malformed();
        }
    }

    /// <summary>Without padding, spaces or bits left over: each byte string has one spelling.</summary>
    public static byte[] Decode(string part)
    {
        if (part.AsSpan().ContainsAnyExcept(Letters) || part.Length % 4 == 1)
        {
            throw Malformed();
        }

        // It refuses bits left over itself; comparing holds whatever a later version does.
        var bytes = new byte[part.Length];
        var status = Base64Url.DecodeFromChars(part, bytes, out _, out var length);
        return status == OperationStatus.Done && Base64Url.EncodeToString(bytes.AsSpan(0, length)) == part
            ? bytes[..length]
            : throw Malformed();
    }

    private static TokenFault Malformed() => TokenFault.Invalid("The ID Token provided is not a valid JWT.");
}
