using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Carillon.Samples.SupportChat;

/// <summary>Who holds a connection.</summary>
/// <param name="Id">1 to 64 letters, digits, <c>.</c>, <c>_</c>, <c>@</c> or <c>-</c>.</param>
internal sealed record Person(string Id, string Name, bool IsAgent)
{
    private static readonly SearchValues<char> _letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-");

    public static bool IsId(string id) => id.Length is >= 1 and <= 64 && !id.AsSpan().ContainsAnyExcept(_letters);
}

/// <summary>Tokens that the site makes for whoever is signed in there: JWT with HS256, <c>sub</c>, <c>name</c>, <c>role</c> and <c>exp</c>.</summary>
internal sealed class Tokens(byte[] secret, TimeProvider time)
{
    public string Make(Person person, TimeSpan life)
    {
        var head = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
        var claims = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new
        {
            sub = person.Id,
            name = person.Name,
            role = person.IsAgent ? "agent" : "visitor",
            exp = (time.GetUtcNow() + life).ToUnixTimeSeconds(),
        }));
        return $"{head}.{claims}.{Base64Url.EncodeToString(Sign($"{head}.{claims}"))}";
    }

    /// <summary>Null for a token that is not ours, not whole, or over.</summary>
    public Person? Read(string token)
    {
        if (token.Split('.') is not [var head, var claims, var signature])
        {
            return null;
        }

        try
        {
            // What the head says is asked as well: a token of another kind is none of ours, even where its bytes would fit.
            if (!CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(signature), Sign($"{head}.{claims}"))
                || Text(head, "alg") != "HS256" || Text(claims, "sub") is not { } id || !Person.IsId(id)
                || Text(claims, "role") is not { } role || role is not ("visitor" or "agent"))
            {
                return null;
            }

            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            return body.RootElement.TryGetProperty("exp", out var end) && end.ValueKind == JsonValueKind.Number
                && end.GetDouble() > time.GetUtcNow().ToUnixTimeSeconds()
                ? new(id, Text(claims, "name") is { Length: > 0 and <= 100 } name ? name : id, role == "agent")
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text));

    private static string? Text(string part, string name)
    {
        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
        return json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
