using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Carillon.Kit.Pages;

/// <summary>The built page, held in memory. Empty when the build had no node.</summary>
public sealed class WebFiles
{
    private const string prefix = "web/";
    private const string Index = "/index.html";

    private static readonly FrozenDictionary<string, string> types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, WebFile> files;

    private WebFiles(Dictionary<string, WebFile> files) => this.files = files.ToFrozenDictionary();

    /// <summary>Reads what the assembly embeds.</summary>
    public static WebFiles Of(Assembly assembly)
    {
        var files = new Dictionary<string, WebFile>();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var path = "/" + name[prefix.Length..];
            var type = types.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");
            files[path] = new WebFile(bytes, type, path.Contains("/assets/", StringComparison.Ordinal));
        }
        return new WebFiles(files);
    }

    public IEnumerable<string> Paths => files.Keys;

    /// <summary>Maps every file to its path, and the page itself to others.</summary>
    /// <param name="map">Maps a path for those who only read.</param>
    /// <param name="pages">Paths of the page.</param>
    public void Map(Action<string, RequestDelegate> map, params IEnumerable<string> pages)
    {
        foreach (var (path, file) in files.Where(f => f.Key != Index)) map(path, file.SendAsync);
        foreach (var path in pages)
            map(path, context => Find(Index) is { } page ? page.SendAsync(context) : PageRequests.WithoutPageAsync(context));
    }

    /// <summary>Null when there is no such file.</summary>
    public WebFile? Find(string path) => files.GetValueOrDefault(path);
}

/// <summary>One file, compressed at its first use and kept.</summary>
/// <param name="hashed">Its name changes with its content, so a browser may keep it for ever.</param>
public sealed class WebFile(byte[] bytes, string type, bool hashed)
{
    private static readonly TimeSpan year = TimeSpan.FromDays(365);

    private readonly EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..12])}\"");
    private readonly Lazy<byte[]> compressed = new(() => Compress(bytes));

    public async Task SendAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.GetTypedHeaders().ETag = tag;
        response.Headers.CacheControl = hashed ? $"public, max-age={(int)year.TotalSeconds}, immutable" : "no-cache";
        response.Headers.Vary = "Accept-Encoding";
        if (request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var body = bytes;
        if (!type.StartsWith("font/", StringComparison.Ordinal) && AcceptsGzip(request))
        {
            body = compressed.Value;
            response.Headers.ContentEncoding = "gzip";
        }
        response.ContentType = type;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static bool AcceptsGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality is null or > 0);

    private static byte[] Compress(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.SmallestSize))
            gzip.Write(bytes);
        return buffer.ToArray();
    }
}
