using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Carillon.Sockets.Epoll;

/// <summary>An address that the reactor listens on; every other is the web server's own.</summary>
/// <param name="isPlain">False where TLS comes first: then the reactor accepts, and the web server has all of it.</param>
public sealed class ReactorEndPoint(IPAddress address, int port, bool isPlain = true) : IPEndPoint(address, port)
{
    public bool IsPlain => isPlain;
}

/// <summary>
/// The reactor as a transport of the web server: the same address serves both, and the web server gets the connections that
/// don't ask for a socket.
/// </summary>
internal sealed class ReactorTransport<TKernel>(
    Reactor<TKernel> reactor, SocketServing serving, IAddressLimit? limit, ILoggerFactory logs) : IConnectionListenerFactory, IConnectionListenerFactorySelector
    where TKernel : struct, IKernel
{
    public bool CanBind(EndPoint endpoint) => endpoint is ReactorEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var address = (ReactorEndPoint)endpoint;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(address);
            socket.Listen(512);
            var listener = new Listener(reactor, serving, limit, socket, address.IsPlain, logs);
            await reactor.Loop.Ask(() =>
            {
                listener.Door.Open();
                return true;
            });
            return listener;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException(e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Listener : IConnectionListener
    {
        private const int MostGiven = 4_096;
        private readonly Channel<Socket> _given = Channel.CreateBounded<Socket>(MostGiven);
        private readonly SocketConnectionContextFactory _contexts;
        private readonly SocketLoop _loop;
        private readonly Socket _socket;

        public Listener(
            Reactor<TKernel> reactor, SocketServing serving, IAddressLimit? limit, Socket socket, bool isPlain, ILoggerFactory logs)
        {
            _loop = reactor.Loop;
            _socket = socket;
            EndPoint = socket.LocalEndPoint!;

            // A request goes on where its bytes were read, and its answer leaves where it was written, with no other thread of the
            // pool in between. Nothing that handles a request blocks its thread. Sockets behind TLS are better off without:
            // more of what waits for them goes together.
            _contexts = new(
                new SocketConnectionFactoryOptions { UnsafePreferInlineScheduling = isPlain },
                logs.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
            Door = new(reactor, serving, limit, (int)socket.Handle, isPlain, Give);
        }

        public Door<TKernel> Door { get; }

        public EndPoint EndPoint { get; }

        private bool Give(int file)
        {
            Socket socket;
            try
            {
                socket = Reactor<TKernel>.ToSocket(file);
            }
            catch (SocketException)
            {
                // Gone already, or of a kind that the runtime does not know.
                return false;
            }

            if (!_given.Writer.TryWrite(socket))
            {
                socket.Dispose();
            }

            return true;
        }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await _given.Reader.WaitToReadAsync(cancellationToken))
            {
                while (_given.Reader.TryRead(out var socket))
                {
                    try
                    {
                        return _contexts.Create(socket);
                    }
                    catch (Exception e) when (e is SocketException or ObjectDisposedException)
                    {
                        socket.Dispose();
                    }
                }
            }

            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            if (_given.Writer.TryComplete())
            {
                await _loop.Ask(() =>
                {
                    Door.Close();
                    return true;
                });
                _socket.Dispose();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await UnbindAsync();
            while (_given.Reader.TryRead(out var socket))
            {
                socket.Dispose();
            }

            _contexts.Dispose();
        }
    }
}
