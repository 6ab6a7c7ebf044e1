using System.Net;
using System.Net.Sockets;
using System.Text;
using Carillon.Wire.Outbound;

namespace Carillon.Events.Desk;

/// <summary>
/// Reads playlists from addresses that organisers typed: from the public internet, from this app itself, and from places
/// that the setting AllowedOutbound lists. To the address that was checked and no other, with bounds on time and size; what
/// it reads goes nowhere.
/// </summary>
internal sealed class StreamFetch : IDisposable
{
    /// <summary>Bytes of a playlist; hours of short segments. Our choice.</summary>
    private const int mostBytes = 1024 * 1024;

    /// <summary>Our choice.</summary>
    private const int mostRedirects = 3;

    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(5);

    private readonly EventsOptions options;
    private readonly OutboundRules rules;
    private readonly HttpClient http;

    public StreamFetch(EventsOptions options)
    {
        this.options = options;
        rules = new OutboundRules(options.AllowedOutbound);
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 32,
            ConnectCallback = ConnectAsync,
        })
        {
            MaxResponseContentBufferSize = mostBytes,
            Timeout = timeout,
        };
    }

    /// <returns>What is there, and the address that it came from in the end.</returns>
    /// <exception cref="NotAllowedException">This server may not go there.</exception>
    /// <exception cref="HttpRequestException">It cannot be had.</exception>
    public async Task<(string Text, Uri Address)> ReadAsync(string url, CancellationToken cancel)
    {
        var address = url.StartsWith('/')
            ? new Uri(options.OwnAddress?.Invoke() ?? throw new NotAllowedException(), url) : new Uri(url, UriKind.Absolute);
        for (var hop = 0; hop <= mostRedirects; hop++)
        {
            if (address.Scheme is not ("http" or "https")) throw new NotAllowedException();
            using var response = await GetAsync(address, cancel);
            if ((int)response.StatusCode is >= 301 and <= 308 && response.Headers.Location is { } next)
            {
                address = new Uri(address, next);
                continue;
            }

            response.EnsureSuccessStatusCode();
            return (Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancel)), address);
        }

        throw new HttpRequestException("Too many redirects.");
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancel)
    {
        try
        {
            return await http.GetAsync(address, cancel);
        }
        catch (HttpRequestException fault) when (fault.InnerException is NotAllowedException not)
        {
            throw not;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        // Resolved once: what is checked is what is connected to, whatever the name says a moment later.
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);
        var allowed = IsOwn(host, port) || rules.AllowsName(host, port) ? found : [.. found.Where(a => IsPublic(a) || rules.AllowsAddress(a))];
        if (allowed.Length == 0) throw new NotAllowedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsOwn(string host, int port) =>
        options.OwnAddress?.Invoke() is { } own && string.Equals(own.Host, host, StringComparison.OrdinalIgnoreCase) && own.Port == port;

    /// <summary>
    /// Whether it is an address of the public internet: none of those that IANA's registries of special-purpose addresses
    /// (RFC 6890, read 2026-11) keep for hosts, private networks, documentation and translation.
    /// </summary>
    internal static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => !special4.Any(n => n.Contains(plain)),
            AddressFamily.InterNetworkV6 => global6.Contains(plain) && !special6.Any(n => n.Contains(plain)),
            _ => false,
        };
    }

    private static readonly IPNetwork[] special4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork global6 = IPNetwork.Parse("2000::/3");

    // Teredo and 6to4 carry addresses of version 4 inside.
    private static readonly IPNetwork[] special6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(n => IPNetwork.Parse(n))];

    /// <summary>The place is none that this server may ask.</summary>
    internal sealed class NotAllowedException : Exception;
}
