using Microsoft.AspNetCore.Http;

namespace Carillon.Kit.SignIn;

/// <summary>Tells a page of ours from a page of somebody else's that the same browser has open.</summary>
public static class Origins
{
    /// <summary>
    /// Whether a page of this very address sent the request. What carries neither Origin nor Sec-Fetch-Site is refused:
    /// every browser sends at least one with a POST.
    /// </summary>
    public static bool IsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        var site = request.Headers["Sec-Fetch-Site"];
        if (origin.Count == 0 && site.Count == 0) return false;
        if (site.Count > 0 && site != "same-origin") return false;
        return origin.Count == 0
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Whether the request was made to a name that no DNS server can point here: a foreign name that resolves to
    /// loopback (DNS rebinding) is a foreign site.
    /// </summary>
    public static bool IsLoopbackName(HttpRequest request) =>
        request.Host.Host.ToLowerInvariant() is "localhost" or "127.0.0.1" or "[::1]";
}
