using Microsoft.AspNetCore.Http;

namespace Carillon.Kit.Pages;

/// <summary>What a browser is told about everything an app serves.</summary>
public static class PageHeaders
{
    /// <param name="connect">Origins that the page speaks to beside its own, as <see cref="Origin"/> writes them.</param>
    public static void Write(HttpResponse response, IEnumerable<string> connect)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy(connect);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    /// <summary>An address without its path, under a scheme of one's choice: <c>wss://localhost:4543</c>.</summary>
    public static string Origin(string scheme, Uri url) =>
        url.IsDefaultPort ? $"{scheme}://{url.IdnHost}" : $"{scheme}://{url.Authority}";

    /// <summary>Nothing inline, nothing from elsewhere; connections to the page's own address and those named alone.</summary>
    private static string Policy(IEnumerable<string> connect) => string.Join("; ",
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self'",
        $"connect-src {string.Join(' ', connect.Prepend("'self'").Distinct())}", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'");
}
