namespace Carillon.Events.Http;

/// <summary>Cookies that hold a secret: for this app alone, out of reach of scripts and of other sites.</summary>
internal static class Cookies
{
    private const string path = "/events/";

    // No letter of a secret, and one that a cookie may hold.
    private const char between = '.';

    // Browsers keep 4096 bytes of a cookie, its name and attributes among them.
    private const int mostLength = 3000;

    public static string? Read(HttpContext http, string name) =>
        http.Request.Cookies[NameFor(http, name)] is { Length: > 0 and <= 100 } value ? value : null;

    /// <summary>The secrets of a cookie that holds several, in the order they came.</summary>
    public static IReadOnlyList<string> ReadAll(HttpContext http, string name) =>
        http.Request.Cookies[NameFor(http, name)] is { Length: > 0 and <= mostLength } value
            ? [.. value.Split(between).Where(secret => secret.Length is > 0 and <= 100)] : [];

    public static void WriteAll(HttpContext http, string name, IReadOnlyList<string> secrets, TimeSpan life) =>
        Write(http, name, string.Join(between, secrets), life);

    public static void Write(HttpContext http, string name, string secret, TimeSpan life) =>
        http.Response.Cookies.Append(NameFor(http, name), secret, Options(http, life));

    public static void Delete(HttpContext http, string name) =>
        http.Response.Cookies.Delete(NameFor(http, name), Options(http, null));

    // A cookie set over TLS cannot be replaced from plain HTTP on the same host, and ports share cookies: two names.
    private static string NameFor(HttpContext http, string name) => http.Request.IsHttps ? $"__Secure-{name}" : name;

    private static CookieOptions Options(HttpContext http, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = path,
        MaxAge = life,
    };
}
