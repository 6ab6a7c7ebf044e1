using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Sockets;
using Carillon.Sockets.Epoll;
using Carillon.Sockets.Pipe;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Carillon.Server.Hosting;

/// <summary>The addresses of the server: plain ones, where the reactor may listen, and those with TLS.</summary>
/// <param name="limit">Connections of one address; null where there is no limit.</param>
/// <param name="files">How many of what may be open.</param>
internal sealed class Listening(
    CarillonOptions options, X509Certificate2 certificate, ConnectionLimit? limit, Descriptors files, bool useReactor)
{
    public void On(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // An ARN of 1,600 characters and a token of 2,048 do not fit into the usual 8 KiB once they are encoded.
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        kestrel.Limits.MaxRequestBodySize = RequestBody.Most;
        kestrel.Limits.RequestHeadersTimeout = SocketServing.HeadTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxConcurrentConnections = files.Sockets + files.Requests;

        // HTTP/2 without TLS is told to the web server as if it had been negotiated by TLS; its requests say http all the same.
        kestrel.AllowAlternateSchemes = true;

        var plain = new PriorKnowledge(TimeProvider.System);
        var serving = kestrel.ApplicationServices.GetRequiredService<SocketServing>();
        var places = new RequestPlaces(serving.Loop, files.Requests);
        var door = new PipeDoor(serving);
        foreach (var (address, port) in Addresses(options.Port))
        {
            if (useReactor)
            {
                kestrel.Listen(new ReactorEndPoint(address, port), listen =>
                {
                    Common(listen, places);
                    listen.Use(plain.Around);
                });
            }
            else
            {
                kestrel.Listen(address, port, listen =>
                {
                    Common(listen, places);
                    listen.Use(next => door.Around(next, isSecure: false));
                    listen.Use(plain.Around);
                });
            }
        }

        foreach (var (address, port) in Addresses(options.TlsPort))
        {
            var endpoint = useReactor ? new ReactorEndPoint(address, port, isPlain: false) : new IPEndPoint(address, port);
            kestrel.Listen(endpoint, listen =>
            {
                Common(listen, places);
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
                listen.Use(next => door.Around(next, isSecure: true));
            });
        }
    }

    private void Common(ListenOptions listen, RequestPlaces places)
    {
        listen.Use(places.Around);
        if (limit is not null)
        {
            listen.Use(limit.Around);
        }
    }

    /// <summary>Listeners without TLS.</summary>
    public int Plain => Addresses(options.Port).Count();

    private IEnumerable<(IPAddress Address, int Port)> Addresses(int port) => options.Bind switch
    {
        // Two loopback addresses cannot share a port that the system is still to choose.
        "localhost" when options.Port != 0 && options.TlsPort != 0 && CanBind(IPAddress.IPv6Loopback) =>
            [(IPAddress.Loopback, port), (IPAddress.IPv6Loopback, port)],
        "localhost" => [(IPAddress.Loopback, port)],
        "*" => [(CanBind(IPAddress.IPv6Any) ? IPAddress.IPv6Any : IPAddress.Any, port)],
        _ => [(IPAddress.Parse(options.Bind), port)],
    };

    /// <summary>Whether the machine has such addresses at all.</summary>
    private static bool CanBind(IPAddress address)
    {
        if (!Socket.OSSupportsIPv6)
        {
            return false;
        }

        try
        {
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

internal static partial class ListeningLog
{
    [LoggerMessage(3005, LogLevel.Warning, "Plain WebSockets are carried by the web server's pipes. {Reason}")]
    public static partial void NoReactor(this ILogger<SocketLoop> log, string reason);

    [LoggerMessage(
        3006, LogLevel.Warning, "The process may open {Files} files, so {Sockets} WebSockets are let in and not {Set}: raise its limit.")]
    public static partial void FewDescriptors(this ILogger<SocketLoop> log, long files, int sockets, int set);
}
