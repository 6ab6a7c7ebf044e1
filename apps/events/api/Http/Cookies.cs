namespace Carillon.Events.Http;

/// <summary>Cookies that hold a secret: for this app alone, out of reach of scripts and of other sites.</summary>
internal static class Cookies
{
    private const string path = "/events/";

    public static string? Read(HttpContext http, string name) =>
        http.Request.Cookies[NameFor(http, name)] is { Length: > 0 and <= 100 } value ? value : null;

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
