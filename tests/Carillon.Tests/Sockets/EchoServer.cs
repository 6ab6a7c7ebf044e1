using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Carillon.Sockets;
using Carillon.Sockets.Epoll;
using Carillon.Sockets.Pipe;
using Carillon.Tests.Server;
using Carillon.Wire.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>The ways by which a socket gets in.</summary>
public enum Way
{
    Reactor,
    Pipe,
    PipeOverTls,

    /// <summary>On a connection that has carried a request before.</summary>
    Upgrade,
}

/// <summary>
/// The transports as the server puts them together, with something simple behind them. What a socket does is said by its
/// path: <c>/echo</c> sends back what comes and obeys texts that begin with an exclamation mark, <c>/silent</c> says
/// nothing, <c>/strict</c> echoes within the bounds that sockets have by default, <c>/late</c> is started when the test says
/// so, <c>/held</c> is answered when and as the test says, <c>/first</c> is told three frames before what was offered, <c>/fails</c> cannot be served, <c>/refused</c> gets none.
/// </summary>
public class EchoServer : IAsyncLifetime
{
    private static readonly X509Certificate2 _certificate = MakeCertificate();

    internal static string CertificateHash => _certificate.GetCertHashString();

    private readonly Logged _log = new();
    private readonly SocketLoop _loop;
    private readonly SocketOptions _options;
    private readonly int _mostSockets;
    private readonly TimeSpan _headPatience;
    private WebApplication? _app;

    /// <param name="headPatience">The web server's own, by the system's clock.</param>
    internal EchoServer(Way way, SocketOptions? options = null, TimeProvider? time = null, int mostSockets = 100_000, TimeSpan? headPatience = null)
    {
        Way = way;
        _mostSockets = mostSockets;
        _headPatience = headPatience ?? TimeSpan.FromSeconds(30);
        _options = options ?? new SocketOptions
        {
            MostReceived = new(FramingCases.MostInFrame, FramingCases.MostInMessage),
            MostReceivedFrames = int.MaxValue,
            CloseTimeout = TimeSpan.FromSeconds(30),
            PingInterval = TimeSpan.FromMinutes(10),
        };
        _loop = new(time ?? TimeProvider.System, _log);
    }

    public Way Way { get; }

    public SocketLoop Loop => _loop;

    public int Port { get; private set; }

    internal Logged Log => _log;

    /// <summary>Paths and texts of what was received, in order.</summary>
    internal ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>Sockets of <c>/late</c>, served and not started.</summary>
    internal ConcurrentQueue<LiveSocket> Late { get; } = new();

    /// <summary>Requests for <c>/held</c> that wait for their answer, or did.</summary>
    internal ConcurrentQueue<TaskCompletionSource<UpgradeAnswer>> Held { get; } = new();

    /// <summary>How many admissions to <c>/held</c> are over.</summary>
    internal int Over => Volatile.Read(ref _over);

    private int _over;

    /// <summary>The codes and reasons with which sockets ended.</summary>
    internal ConcurrentQueue<(int Code, string Reason)> Ends { get; } = new();

    /// <summary>How many sockets their handlers were told the end of.</summary>
    internal int Ended => _ended;

    private int _ended;

    private readonly ConcurrentDictionary<LiveSocket, bool> _open = new();

    /// <summary>As the server drains: ends every socket after what waits for it, and returns when they are gone.</summary>
    internal async Task Drain(int code)
    {
        foreach (var socket in _open.Keys)
        {
            socket.CloseAfterQueue(code, "The server is shutting down.");
        }

        await Loop.Emptied(RawSocket.Deadline);
    }

    internal bool UsesReactor => Way is Way.Reactor or Way.Upgrade;

    public async ValueTask InitializeAsync()
    {
        if (UsesReactor)
        {
            Assert.Null(Transports.TryUseReactor(_loop));
        }

        _loop.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(_log);
        builder.WebHost.UseKestrelHttpsConfiguration();
        var endpoint = new Endpoint(this);
        var serving = new SocketServing(_loop, endpoint, _mostSockets);
        if (UsesReactor)
        {
            builder.Services.AddSingleton(
                provider => Transports.Listeners(_loop, serving, limit: null, provider.GetRequiredService<ILoggerFactory>()));
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var door = new PipeDoor(serving);
            kestrel.Limits.RequestHeadersTimeout = _headPatience;
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
            switch (Way)
            {
                case Way.Pipe:
                    kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Use(next => door.Around(next, isSecure: false)));
                    break;
                case Way.PipeOverTls:
                    kestrel.Listen(IPAddress.Loopback, 0, listen =>
                    {
                        listen.UseHttps(_certificate);
                        listen.Use(next => door.Around(next, isSecure: true));
                    });
                    break;
                default:
                    kestrel.Listen(new ReactorEndPoint(IPAddress.Loopback, 0));
                    break;
            }
        });
        _app = builder.Build();
        _app.Run(async http =>
        {
            var path = http.Request.Path.Value ?? "";
            if (path == "/plain")
            {
                await http.Response.WriteAsync("plain");
            }
            else if (!endpoint.IsPath(Encoding.UTF8.GetBytes(path)))
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
            }
            else if (!HttpUpgrade.IsAsked(http))
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
            }
            else if (serving.IsFull || endpoint.Admit(HttpUpgrade.RequestOf(http)) is not { } admission)
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            }
            else
            {
                await HttpUpgrade.Run(http, serving, admission);
            }
        });
        await _app.StartAsync();
        Port = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    /// <summary>As the server stops: the web host first, whose sockets have been ended before.</summary>
    public Task Stop() => _app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Stop();
        await _app!.DisposeAsync();
        _loop.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private sealed class Endpoint(EchoServer server) : ISocketEndpoint
    {
        public bool IsPath(ReadOnlySpan<byte> path) =>
            Encoding.ASCII.GetString(path) is "/echo" or "/silent" or "/strict" or "/late" or "/held" or "/first" or "/fails" or "/refused";

        public Admission? Admit(UpgradeRequest request)
        {
            var path = request.Path.ToString();
            if (path == "/held")
            {
                var held = new TaskCompletionSource<UpgradeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
                return new(server._options, socket => Serve(path, socket), () => Interlocked.Increment(ref server._over))
                {
                    Decide = () =>
                    {
                        server.Held.Enqueue(held);
                        return held.Task;
                    },
                };
            }

            return path == "/refused"
                ? null
                : new(path == "/strict" ? new SocketOptions() : server._options, socket => Serve(path, socket));
        }

        private async Task Serve(string path, LiveSocket socket)
        {
            var echo = new Echo(server, path);
            server._open[socket] = true;
            switch (path)
            {
                case "/fails":
                    throw new InvalidOperationException("This one cannot be served.");
                case "/late":
                    server.Late.Enqueue(socket);
                    return;
                case "/first":
                    await server.Loop.Ask(() => Offer(socket, "offered 1") && Offer(socket, "offered 2"));
                    socket.Start(echo, Enumerable.Range(1, 3).Select(i => Text(server.Loop, $"first {i}")).GetEnumerator());
                    await server.Loop.Ask(() => Offer(socket, "offered 3"));
                    return;
                default:
                    socket.Start(echo);
                    return;
            }
        }
    }

    internal void StartLate(LiveSocket socket) => socket.Start(new Echo(this, "/late"));

    internal static SharedFrame Text(SocketLoop loop, string text) => SharedFrame.Text(Encoding.UTF8.GetBytes(text), loop.Time);

    private static bool Offer(LiveSocket socket, string text) => socket.Offer(Text(socket.Loop, text), Lane.Narrow);

    private sealed class Echo(EchoServer server, string path) : ISocketHandler
    {
        public void Message(LiveSocket socket, bool isText, ReadOnlySpan<byte> payload)
        {
            if (isText && payload.StartsWith("!"u8))
            {
                Obey(socket, Encoding.UTF8.GetString(payload).Split(' '));
                return;
            }

            if (payload.Length < 100)
            {
                server.Heard.Enqueue($"{path} {Encoding.UTF8.GetString(payload)}");
            }

            if (path != "/silent")
            {
                var frame = new SharedFrame(ServerFrame.Of(isText ? Opcode.Text : Opcode.Binary, payload), socket.Loop.Now);
                socket.Loop.RunOrPost(() => OfferOrClose(socket, frame));
            }
        }

        private static void OfferOrClose(LiveSocket socket, SharedFrame frame)
        {
            if (!socket.Offer(frame, Lane.Narrow))
            {
                socket.CloseAsSlow("queue");
            }
        }

        private static void Obey(LiveSocket socket, string[] words)
        {
            switch (words[0])
            {
                case "!close":
                    socket.Close(int.Parse(words[1]), words[2]);
                    break;
                case "!finish":
                    // Posted, so that it comes after what was asked for before.
                    socket.Loop.Post(() => socket.CloseAfterQueue(int.Parse(words[1]), words[2]));
                    break;
                case "!flood":
                    // A turn each, so that the socket may write in between.
                    for (var i = 0; i < int.Parse(words[1]); i++)
                    {
                        var frame = Text(socket.Loop, $"{i} ".PadRight(int.Parse(words[2]), 'x'));
                        socket.Loop.Post(() => OfferOrClose(socket, frame));
                    }

                    break;
                default:
                    throw new InvalidOperationException("The handler fails.");
            }
        }

        public void Ended(LiveSocket socket)
        {
            server._open.TryRemove(socket, out _);
            server.Ends.Enqueue((socket.CloseCode, socket.CloseReason));
            Interlocked.Increment(ref server._ended);
        }
    }
}

public sealed class ReactorEcho() : EchoServer(Way.Reactor);

public sealed class PipeEcho() : EchoServer(Way.Pipe);

public sealed class TlsEcho() : EchoServer(Way.PipeOverTls);

public sealed class UpgradeEcho() : EchoServer(Way.Upgrade);
