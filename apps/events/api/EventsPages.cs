using Carillon.Events.Core.Shows;
using Carillon.Kit.Pages;

namespace Carillon.Events;

/// <summary>The built pages, and what browsers are told about them.</summary>
internal static class EventsPages
{
    private static readonly string[] readOnlyMethods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes, EventsOptions options)
    {
        var files = WebFiles.Of(typeof(EventsPages).Assembly);
        foreach (var path in files.Paths.Where(p => p.StartsWith("/events/", StringComparison.Ordinal)
            && !p.EndsWith(".html", StringComparison.Ordinal) && !p.EndsWith(".json", StringComparison.Ordinal)))
            MapTo(path, path);
        MapTo("/events", "/events/fan.html");
        MapTo("/events/{slug}", "/events/fan.html");
        foreach (var path in new[] { "/events/sign-in", "/events/organise", "/events/organise/{**rest}" })
            MapTo(path, "/events/organise.html");
        MapTo("/events/desk/{id}", "/events/desk.html");

        void MapTo(string path, string file) => routes.MapMethods(path, readOnlyMethods, context =>
        {
            PageHeaders.Write(context.Response, []);
            context.Response.Headers.ContentSecurityPolicy = Policy(context.Request, options);
            return files.Find(file) is { } page ? page.SendAsync(context) : PageRequests.WithoutPageAsync(context);
        });
    }

    /// <summary>
    /// Nothing inline and no script from elsewhere. Pictures and streams come from wherever the organiser said, over TLS, players
    /// of other houses from those on the list; sessions of the chat from wherever the platform's endpoint sends them.
    /// </summary>
    internal static string Policy(HttpRequest request, EventsOptions options)
    {
        var connect = new List<string> { "'self'", "https:", "wss:" };
        if (options.ClientEndpoint?.Invoke() is { Scheme: "http" } plain) connect.Add(PageHeaders.Origin("http", plain));
        // Safari takes 'self' for the page's own scheme only, and a socket has another.
        connect.Add($"{(request.IsHttps ? "wss" : "ws")}://{request.Host}");
        return string.Join("; ",
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' https: data:",
            "media-src 'self' https: blob: data:", "worker-src 'self' blob:", $"frame-src {Embeds.FrameSources}", $"connect-src {string.Join(' ', connect)}",
            "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'");
    }
}
