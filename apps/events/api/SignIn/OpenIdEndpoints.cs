using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Staff;
using Carillon.Events.Http;
using Carillon.Wire.Tokens;

namespace Carillon.Events.SignIn;

/// <summary>
/// How organisers come in by their own sign-in: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0,
/// section 3.1; RFC 7636; RFC 9700). What has to be remembered in between lies in a cookie of the browser that began, so
/// that nobody can fill the server's memory, and nobody else can end what one began.
/// </summary>
internal static class OpenIdEndpoints
{
    public const string Start = "/sign-in/openid";
    public const string Callback = "/sign-in/openid/callback";

    private const string cookieName = "carillon-events-openid";
    private const int part = 43;

    /// <summary>How long somebody may take at the provider. Our choice.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(10);

    public static void Map(Endpoints api)
    {
        api.Get(Start, BeginAsync);
        api.Get(Callback, EndAsync);
    }

    private static async Task<Answer> BeginAsync(EventsCall call)
    {
        if (call.Events.OpenId is not { } provider || call.Events.Options.OpenId is not { } options) throw new Refused(Reason.NotFound);
        string endpoint;
        try
        {
            endpoint = await provider.AuthorizationEndpointAsync(call.Cancel);
        }
        catch (ProviderException fault)
        {
            return Failed(call, "ProviderUnreachable", fault);
        }

        var (state, nonce, verifier) = (Ids.NewSecret(), Ids.NewSecret(), Ids.NewSecret());
        WriteCookie(call.Http, state + nonce + verifier, patience);
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = options.ClientId,
            ["redirect_uri"] = RedirectOf(call, options),
            ["scope"] = $"openid {options.Scope}".TrimEnd(),
            ["state"] = state,
            ["nonce"] = nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        };
        return Redirect(call, endpoint + (endpoint.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join(
            '&', query.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}")));
    }

    private static async Task<Answer> EndAsync(EventsCall call)
    {
        if (call.Events.OpenId is not { } provider || call.Events.Options.OpenId is not { } options) throw new Refused(Reason.NotFound);
        var kept = ReadCookie(call.Http);
        // Whatever comes of it: it was good once.
        WriteCookie(call.Http, "", TimeSpan.Zero);
        if (kept is not { Length: 3 * part } || call.Query("state") is not { Length: part } state
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(kept[..part]), Encoding.UTF8.GetBytes(state)))
            return Failed(call, "SignInInvalid", null);
        // RFC 9207: an answer that another provider gave is not taken to this one.
        if (call.Query("iss") is { } from && from != options.Issuer) return Failed(call, "SignInInvalid", null);
        if (call.Query("code") is not { Length: <= 4096 } code) return Failed(call, "ProviderRefused", null);
        try
        {
            var raw = await provider.ExchangeAsync(code, kept[(2 * part)..], RedirectOf(call, options), call.Cancel);
            var token = Jwt.Parse(raw);
            var claims = await TokenVerifier.Verify(
                token, options.Issuer, [options.ClientId], () => provider.VerifyAsync(token, call.Cancel), call.Now, takesClient: false);
            if (Jwt.Text(token.Claims, "nonce") is not { } nonce
                || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(nonce), Encoding.ASCII.GetBytes(kept[part..(2 * part)])))
                return Failed(call, "SignInInvalid", null);
            var mail = VerifiedMail(token.Claims);
            if (!IsAllowed(options, claims.Subject, mail, token.Claims)) return Failed(call, "NotAllowed", null);
            var (secret, life) = await call.Store.Write(ledger => SignIns.Open(ledger, NameOf(options, claims.Subject, mail), ledger.Now));
            Cookies.Write(call.Http, StaffGate.AccountCookie, secret, life);
            return Redirect(call, "/events/organise");
        }
        catch (ProviderException fault)
        {
            return Failed(call, "ProviderUnreachable", fault);
        }
        catch (TokenFault fault)
        {
            return Failed(call, fault.Kind == TokenFaultKind.Expired ? "SignInExpired" : "SignInInvalid", fault);
        }
    }

    /// <summary>What logs and pages call them: their address, or their name at the provider.</summary>
    private static string NameOf(OpenIdOptions options, string subject, string? mail)
    {
        var name = mail ?? $"{subject} at {new Uri(options.Issuer).Host}";
        return name.Length <= 100 ? name : name[..100];
    }

    private static bool IsAllowed(OpenIdOptions options, string subject, string? mail, JsonElement claims) =>
        // What looks like an address is believed as one alone.
        (!subject.Contains('@', StringComparison.Ordinal) && options.Allowed.Contains(subject, StringComparer.Ordinal))
        || (mail is not null && options.Allowed.Contains(mail, StringComparer.OrdinalIgnoreCase))
        || (options.AllowedClaim is var (name, value) && claims.TryGetProperty(name, out var claim) && claim.ValueKind switch
        {
            JsonValueKind.Array => claim.EnumerateArray().Any(c => c.ValueKind == JsonValueKind.String && Jwt.TextOf(c) == value),
            JsonValueKind.String => Jwt.TextOf(claim) == value,
            JsonValueKind.True => value == "true",
            _ => false,
        });

    /// <summary>Null where the provider does not vouch for it: else anybody could name an organiser's.</summary>
    private static string? VerifiedMail(JsonElement claims) =>
        claims.TryGetProperty("email_verified", out var verified) && verified.ValueKind == JsonValueKind.True
        && Jwt.Text(claims, "email") is { Length: > 0 } mail ? mail : null;

    private static string RedirectOf(EventsCall call, OpenIdOptions options)
    {
        var origin = options.Address?.GetLeftPart(UriPartial.Authority) ?? $"{call.Http.Request.Scheme}://{call.Http.Request.Host}";
        return origin + Endpoints.Root + Callback;
    }

    private static Written Failed(EventsCall call, string code, Exception? fault)
    {
        OpenIdLog.Refused(call.Events.Logs.CreateLogger("Carillon.Events"), code, fault?.Message ?? "");
        return Redirect(call, $"/events/sign-in?why={code}");
    }

    private static Written Redirect(EventsCall call, string to)
    {
        call.Http.Response.StatusCode = StatusCodes.Status303SeeOther;
        call.Http.Response.Headers.Location = to;
        return new Written();
    }

    private static string? ReadCookie(HttpContext http) => http.Request.Cookies[NameFor(http)];

    /// <remarks>Lax, because the provider sends the browser back from its own site.</remarks>
    private static void WriteCookie(HttpContext http, string value, TimeSpan life) => http.Response.Cookies.Append(
        NameFor(http), value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            Path = Endpoints.Root + Start,
            MaxAge = life,
        });

    private static string NameFor(HttpContext http) => http.Request.IsHttps ? $"__Secure-{cookieName}" : cookieName;
}

[JsonSerializable(typeof(JsonElement))]
internal sealed partial class OpenIdJson : JsonSerializerContext;

internal static partial class OpenIdLog
{
    [LoggerMessage(5301, LogLevel.Warning, "An organiser could not sign in by OpenID Connect ({Code}). {Reason}")]
    public static partial void Refused(ILogger log, string code, string reason);
}
