namespace Carillon.Server.Sessions;

/// <summary>Bounds of sessions and of what waits for them. All are ours; AWS documents none but sessions per user.</summary>
internal sealed record SessionOptions
{
    /// <summary>Frames that may wait for one session. Default 1,000.</summary>
    public int MostWaitingFrames { get; init; } = 1_000;

    /// <summary>Bytes that may wait for one session. Default 4 MiB.</summary>
    public long MostWaitingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long a frame may wait before its session counts as too slow. Default 10 s.</summary>
    public TimeSpan MostWaitingTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between pings. Default 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a ping may stay unanswered before the session counts as dead. Default 30 s.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a frame that a client may send; clients send nothing. Default 4 KiB.</summary>
    public int MostReceivedBytes { get; init; } = 4 * 1024;

    /// <summary>Frames a second that a client may send. Default 10.</summary>
    public int MostReceivedFrames { get; init; } = 10;

    /// <summary>Sessions over which credentials that end at one moment are closed evenly. Default 10 s.</summary>
    public TimeSpan ExpirySpread { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long what waits for a session may take to be sent when the server stops. Default 5 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a closing handshake may take before the connection is dropped. Default 1 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Events the hub remembers, so that a session that is just joining misses none. Default 8,192.</summary>
    public int Remembered { get; init; } = 8_192;

    /// <summary>Commits that may wait for the hub; the writer waits with the next. Default 1,024.</summary>
    public int MostWaitingCommits { get; init; } = 1_024;
}
