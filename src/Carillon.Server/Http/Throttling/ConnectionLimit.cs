using System.Collections.Concurrent;
using System.Net;
using Carillon.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Carillon.Server.Http.Throttling;

/// <summary>How many connections one address may hold open. More are closed before anything is read from them.</summary>
internal sealed class ConnectionLimit(int most) : IAddressLimit
{
    /// <summary>In the profile <see cref="Rates.Public"/>. Ours.</summary>
    public const int Default = 200;

    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    public bool TryEnter(IPAddress? address)
    {
        var key = Throttle.KeyOf(address);
        while (true)
        {
            var count = _open.GetOrAdd(key, 0);
            if (count >= most)
            {
                return false;
            }

            if (_open.TryUpdate(key, count + 1, count))
            {
                return true;
            }
        }
    }

    public void Leave(IPAddress? address)
    {
        var key = Throttle.KeyOf(address);
        while (_open.TryGetValue(key, out var count))
        {
            if (count == 1 ? _open.TryRemove(new(key, 1)) : _open.TryUpdate(key, count - 1, count))
            {
                return;
            }
        }
    }

    /// <summary>A step of a listener, before TLS.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (!TryEnter(address))
        {
            connection.Abort(new ConnectionAbortedException("The address holds too many connections."));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    };
}
