using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Carillon.Kit.SignIn;

/// <summary>Who is signed in as the operator: cookies of 256 random bits, of which only hashes are kept, in memory.</summary>
public sealed class OperatorSessions(TimeProvider time)
{
    /// <summary>How long a sign-in lasts. Our choice: a working day.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    /// <summary>How many browsers may be signed in; the oldest gives way. Our choice.</summary>
    private const int most = 32;

    // A cookie set by TLS cannot be replaced from plain HTTP on the same host, and ports share cookies: two names.
    private const string plainName = "carillon-operator";
    private const string secureName = "__Host-carillon-operator";

    private readonly Lock gate = new();
    private readonly List<(byte[] Hash, DateTimeOffset Expires)> open = [];

    /// <summary>Signs this browser in.</summary>
    public void Open(HttpContext context)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        lock (gate)
        {
            open.RemoveAll(s => s.Expires <= time.GetUtcNow());
            if (open.Count == most) open.RemoveAt(0);
            open.Add((Hash(value), time.GetUtcNow() + Life));
        }
        context.Response.Cookies.Append(NameFor(context.Request), value, CookieFor(context.Request, Life));
    }

    /// <summary>Whether the request comes from a browser that is signed in.</summary>
    public bool Holds(HttpContext context)
    {
        if (context.Request.Cookies[NameFor(context.Request)] is not { Length: > 0 } value) return false;
        var hash = Hash(value);
        lock (gate)
        {
            var found = false;
            foreach (var session in open)
                found |= CryptographicOperations.FixedTimeEquals(session.Hash, hash) & session.Expires > time.GetUtcNow();
            return found;
        }
    }

    /// <summary>Signs this browser out; harmless when it was not signed in.</summary>
    public void Close(HttpContext context)
    {
        if (context.Request.Cookies[NameFor(context.Request)] is { Length: > 0 } value)
        {
            var hash = Hash(value);
            lock (gate)
                open.RemoveAll(s => CryptographicOperations.FixedTimeEquals(s.Hash, hash));
        }
        context.Response.Cookies.Delete(NameFor(context.Request), CookieFor(context.Request, null));
    }

    private static string NameFor(HttpRequest request) => request.IsHttps ? secureName : plainName;

    private static CookieOptions CookieFor(HttpRequest request, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = request.IsHttps,
        Path = "/",
        MaxAge = life,
    };

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
