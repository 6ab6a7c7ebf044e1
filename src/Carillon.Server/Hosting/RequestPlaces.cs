using Carillon.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Carillon.Server.Hosting;

/// <summary>
/// How many connections of the web server there may be that are no sockets, or not yet. More are closed before anything is
/// read from them.
/// </summary>
internal sealed class RequestPlaces(SocketLoop loop, int most)
{
    private int _open;

    /// <summary>A step of a listener, before TLS.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        try
        {
            if (Interlocked.Increment(ref _open) - loop.CountOf("pipe") - loop.CountOf("upgrade") > most)
            {
                connection.Abort(new ConnectionAbortedException("There are too many connections."));
                return;
            }

            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    };
}
