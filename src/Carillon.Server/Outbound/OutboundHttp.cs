using System.Net;
using System.Net.Sockets;
using Carillon.Wire.Outbound;

namespace Carillon.Server.Outbound;

/// <param name="Status">What the other side answered.</param>
/// <param name="Body">At most <see cref="OutboundHttp.MostBody"/> bytes.</param>
internal sealed record OutboundAnswer(int Status, byte[] Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Those of AWS's own.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Null where the answer has none of this name.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>Why there is no answer; the message is fit for a log and for an operator, and holds no content.</summary>
internal sealed class OutboundException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Every HTTP request that the server itself makes goes through here: to listed places alone, to the address that was
/// checked and no other, without following redirects, and with bounds on time and size.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    /// <summary>Ours, as all bounds here (bytes).</summary>
    public const int MostBody = 256 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly OutboundRules _rules;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public OutboundHttp(OutboundRules rules, TimeProvider time)
    {
        _rules = rules;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 32,
            ConnectCallback = Connect,
        })
        {
            MaxResponseContentBufferSize = MostBody,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Sends the request and reads the whole answer.</summary>
    /// <param name="request">With an absolute http or https URL.</param>
    /// <param name="timeout">For everything together.</param>
    /// <exception cref="OutboundException">The place is not allowed, cannot be reached, or does not answer in time or bounds.</exception>
    /// <exception cref="OperationCanceledException">The caller's token.</exception>
    public async Task<OutboundAnswer> Send(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellation)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } url || (url.Scheme != "http" && url.Scheme != "https"))
        {
            throw new OutboundException("The URL is not an absolute http or https one.");
        }

        using var clock = new CancellationTokenSource(timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellation);
        try
        {
            using var response = await _http.SendAsync(request, both.Token);
            return new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(both.Token))
            {
                Headers = response.Headers.Where(h => h.Key.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase))
                    .ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase),
            };
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new OutboundException($"{url.Authority} did not answer within {timeout.TotalSeconds:0.#} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw e.InnerException as OutboundException ?? new OutboundException($"{url.Authority} cannot be reached or answers wrongly.", e);
        }
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);

        // Resolved once: what is checked is what is connected to, whatever the name says a moment later.
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        var allowed = _rules.AllowsName(host, port) ? addresses : [.. addresses.Where(_rules.AllowsAddress)];
        if (allowed.Length == 0)
        {
            throw new OutboundException($"{host}:{port} is not in AllowedOutbound.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();
}
