using System.Globalization;
using System.Net;
using Carillon.Core.Access;
using Carillon.Sockets;

namespace Carillon.Server.Access;

/// <summary>What policies may ask about a request whoever sent it.</summary>
/// <param name="Source">Where it came from; null where that is not known, as behind a proxy that is not trusted.</param>
/// <param name="Secure">Whether it came over TLS.</param>
/// <param name="Region">From the scope of the signature; null leaves the key absent.</param>
internal readonly record struct Circumstance(
    IPAddress? Source, bool Secure, DateTimeOffset Now, string? UserAgent = null, string? Region = null)
{
    public ContextKeys Keys(ContextKeys ofCaller)
    {
        var keys = new ContextKeys(ofCaller)
            .Set("aws:SecureTransport", Secure ? "true" : "false")
            .Set("aws:CurrentTime", Text(Now))
            .Set("aws:EpochTime", Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (Source is not null)
        {
            keys.Set("aws:SourceIp", (Source.IsIPv4MappedToIPv6 ? Source.MapToIPv4() : Source).ToString());
        }

        if (UserAgent is not null)
        {
            keys.Set("aws:UserAgent", UserAgent);
        }

        if (Region is not null)
        {
            keys.Set("aws:RequestedRegion", Region);
        }

        return keys;
    }

    /// <summary>A time as condition keys have it: ISO 8601 in whole seconds, UTC.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static Circumstance Of(HttpContext context, DateTimeOffset now, string? region) => new(
        context.Connection.RemoteIpAddress, context.Request.IsHttps, now,
        context.Request.Headers.UserAgent is [{ } agent, ..] ? agent : null, region);

    public static Circumstance Of(UpgradeRequest request, DateTimeOffset now, string? region) =>
        new(request.RemoteAddress, request.IsSecure, now, request.Header("User-Agent"), region);
}
