using System.Globalization;
using System.Text.Json;

namespace Carillon.Wire.Tokens;

/// <summary>What a token says whose signature, issuer, audience and times are right.</summary>
/// <param name="Audience">The one of its audiences that was asked for.</param>
/// <param name="Methods">Its <c>amr</c>; empty where it has none.</param>
public sealed record TokenClaims(string Issuer, string Audience, string Subject, IReadOnlyList<string> Methods);

/// <summary>Decides whether a token is what it says.</summary>
public static class TokenVerifier
{
    /// <summary>How far ahead of ours an issuer's clock may be. AWS names no figure; ours.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>Who the token claims to be from, before anything about it is known to be true.</summary>
    /// <exception cref="TokenFault">Invalid.</exception>
    public static string ClaimedIssuer(Jwt token) => Required(token, "iss");

    /// <param name="token">The token.</param>
    /// <param name="issuer">Who must have made it.</param>
    /// <param name="clientIds">For whom it may be.</param>
    /// <param name="signed">Whether one of the issuer's keys signed it; null where the issuer has no key of the name that it says.</param>
    /// <param name="now">The time.</param>
    /// <param name="takesClient">
    /// Whether <c>client_id</c> stands for an absent <c>aud</c>, as in access tokens of Cognito (RFC 9068, section 2.2; API Gateway,
    /// "Control access to HTTP APIs with JWT authorizers").
    /// </param>
    /// <exception cref="TokenFault">It is not to be believed.</exception>
    public static async Task<TokenClaims> Verify(
        Jwt token, string issuer, IReadOnlyList<string> clientIds, Func<Task<bool?>> signed, DateTimeOffset now, bool takesClient)
    {
        switch (await signed())
        {
            case null:
                throw TokenFault.Invalid("Couldn't find the verification key of the ID Token at the identity provider.");
            case false:
                throw TokenFault.Invalid("The signature of the ID Token is not valid.");
        }

        if (Required(token, "iss") != issuer)
        {
            throw TokenFault.Invalid("The ID Token is from another issuer.");
        }

        var audience = Audience(token, clientIds, takesClient);
        var subject = Required(token, "sub");
        if (subject.Length > 255)
        {
            throw TokenFault.Invalid("The subject of the ID Token is too long.");
        }

        CheckTimes(token, now);
        return new(issuer, audience, subject, Methods(token));
    }

    private static void CheckTimes(Jwt token, DateTimeOffset now)
    {
        var expires = Time(token, "exp") ?? throw TokenFault.Invalid("Missing a required claim: exp");
        var seconds = now.ToUnixTimeMilliseconds() / 1000m;
        if (expires <= seconds)
        {
            throw new TokenFault(TokenFaultKind.Expired, string.Create(
                CultureInfo.InvariantCulture,
                $"Token expired: current date/time {decimal.Floor(seconds)} must be before the expiration date/time {decimal.Floor(expires)}"));
        }

        var latest = seconds + (decimal)Ahead.TotalSeconds;
        if (Time(token, "nbf") > latest || Time(token, "iat") > latest)
        {
            throw new TokenFault(TokenFaultKind.Rejected, "The ID Token is not valid yet.");
        }
    }

    /// <remarks>
    /// A token for several audiences counts only if it was given to one of ours: OpenID Connect Core 1.0, section 3.1.3.7.
    /// </remarks>
    private static string Audience(Jwt token, IReadOnlyList<string> clientIds, bool takesClient)
    {
        var all = Texts(token, takesClient && !token.Claims.TryGetProperty("aud", out _) ? "client_id" : "aud");
        if (all.Length == 0)
        {
            throw TokenFault.Invalid("Missing a required claim: aud");
        }

        var ours = all.FirstOrDefault(clientIds.Contains) ?? throw TokenFault.Invalid("Incorrect token audience");
        if (!token.Claims.TryGetProperty("azp", out _))
        {
            return all.Length == 1 ? ours : throw TokenFault.Invalid("Missing a required claim: azp");
        }

        return Jwt.Text(token.Claims, "azp") is { } party && clientIds.Contains(party)
            ? party
            : throw TokenFault.Invalid("Incorrect token audience");
    }

    private static string[] Methods(Jwt token) =>
        token.Claims.TryGetProperty("amr", out _) ? Texts(token, "amr") : [];

    private static string Required(Jwt token, string name) => Jwt.Text(token.Claims, name) is { Length: > 0 } text
        ? text
        : throw TokenFault.Invalid($"Missing a required claim: {name}");

    /// <summary>A text or several, as <c>aud</c> may be.</summary>
    private static string[] Texts(Jwt token, string name)
    {
        if (!token.Claims.TryGetProperty(name, out var value))
        {
            return [];
        }

        JsonElement[] all = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return all.All(e => e.ValueKind == JsonValueKind.String)
            ? [.. all.Select(Jwt.TextOf)]
            : throw TokenFault.Invalid($"The claim {name} is not text.");
    }

    /// <summary>Seconds since 1970, with fractions; null where absent.</summary>
    private static decimal? Time(Jwt token, string name)
    {
        if (!token.Claims.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var seconds)
            ? seconds
            : throw TokenFault.Invalid($"The claim {name} is no time.");
    }
}
