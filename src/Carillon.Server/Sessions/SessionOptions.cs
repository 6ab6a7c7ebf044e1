using Carillon.Sockets;

namespace Carillon.Server.Sessions;

/// <summary>Bounds of sessions, beside those of their sockets. All are ours; AWS documents none but sessions per user.</summary>
internal sealed record SessionOptions : SocketOptions
{
    /// <summary>Sessions over which credentials that end at one moment are closed evenly. Default 10 s.</summary>
    public TimeSpan ExpirySpread { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Events the hub remembers while sessions are joining, so that they miss none. Default 8,192.</summary>
    public int Remembered { get; init; } = 8_192;
}
