using Carillon.Wire.WebSockets;

namespace Carillon.Sockets;

/// <summary>Bounds of a socket and of what waits for it. All defaults are ours.</summary>
public record SocketOptions
{
    /// <summary>Frames that may wait for one socket. Default 1,000.</summary>
    public int MostWaitingFrames { get; init; } = 1_000;

    /// <summary>Bytes that may wait for one socket. Default 4 MiB.</summary>
    public long MostWaitingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long a frame may wait before its socket counts as too slow. Default 10 s.</summary>
    public TimeSpan MostWaitingTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time between pings, and how long one may stay unanswered before the socket counts as dead. Default 30 s.
    /// </summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What a client may send at once. Default 4 KiB: clients of sessions send nothing.</summary>
    public MessageLimits MostReceived { get; init; } = new(4 * 1024, 4 * 1024);

    /// <summary>Frames a second that a client may send. Default 10.</summary>
    public int MostReceivedFrames { get; init; } = 10;

    /// <summary>How long what waits for a socket may take to be sent when it is to be closed after that. Default 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a closing handshake may take before the connection is dropped. Default 1 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The close code of a socket that reads too slowly. Default 1013: clients come back later.</summary>
    public int SlowCode { get; init; } = 1013;
}
