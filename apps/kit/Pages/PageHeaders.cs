using Microsoft.AspNetCore.Http;

namespace Carillon.Start;

/// <summary>What a browser is told about everything this app serves.</summary>
internal static class PageHeaders
{
    public static void Write(HttpResponse response, StartAddresses addresses)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy(addresses);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    /// <summary>Nothing inline, nothing from elsewhere; connections to this server's own addresses alone.</summary>
    internal static string Policy(StartAddresses addresses)
    {
        var connect = new List<string> { "'self'", Origin(addresses.Plain.Scheme, addresses.Plain) };
        if (addresses.Tls is { } tls)
        {
            connect.Add(Origin("https", tls));
            connect.Add(Origin("wss", tls));
        }
        return string.Join("; ",
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self'",
            $"connect-src {string.Join(' ', connect.Distinct())}", "base-uri 'none'", "form-action 'none'",
            "frame-ancestors 'none'", "require-trusted-types-for 'script'");
    }

    private static string Origin(string scheme, Uri url) =>
        url.IsDefaultPort ? $"{scheme}://{url.IdnHost}" : $"{scheme}://{url.Authority}";
}
