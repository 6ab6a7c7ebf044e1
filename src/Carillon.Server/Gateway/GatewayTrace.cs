namespace Carillon.Server.Gateway;

internal enum TracedKind : byte
{
    Connect,
    Message,
    Disconnect,

    /// <summary>POST of @connections.</summary>
    Post,

    /// <summary>GET of @connections.</summary>
    Get,

    /// <summary>DELETE of @connections.</summary>
    Delete,
}

/// <summary>Why an event went to its route.</summary>
internal enum TracedReason : byte
{
    /// <summary>No message was looked at: the event has a route of its own, or none.</summary>
    Unasked,

    /// <summary>A route has the key that the message selected.</summary>
    Own,

    /// <summary>No route has it, so <c>$default</c> took it.</summary>
    Default,

    /// <summary>No route has it, and there is no <c>$default</c>.</summary>
    None,
}

internal enum TracedOutcome : byte
{
    /// <summary>As it should.</summary>
    Done,

    /// <summary>A handshake that its authorizer refused.</summary>
    NotAuthorized,

    /// <summary>A handshake that <c>$connect</c> refused with a status of its own.</summary>
    Refused,
    NoRoute,
    Throttled,

    /// <summary>The body does not fit the route's model.</summary>
    NotValid,
    Malformed,
    TimedOut,
    Unreachable,
    NotPossible,

    /// <summary>The connection is not there.</summary>
    Gone,

    /// <summary>The server failed.</summary>
    Failed,
}

/// <summary>
/// What became of one event: who, where to and why, how long. It holds texts that are there anyway, so that keeping it allocates
/// nothing; of a message it has what its selection expression took out of it, shortened, and nothing else.
/// </summary>
/// <param name="At">Milliseconds since 1970, of its beginning.</param>
internal readonly record struct TracedEvent(TracedKind Kind, long At, string ConnectionId, string RequestId)
{
    /// <summary>Characters of <see cref="Selected"/>. Ours.</summary>
    public const int MostSelected = 64;

    public TracedReason Reason { get; init; }

    public TracedOutcome Outcome { get; init; }

    /// <summary>Of the route that took it; null for none.</summary>
    public string? RouteKey { get; init; }

    /// <summary>What chose the route; null where nothing had to.</summary>
    public string? Expression { get; init; }

    /// <summary>What the expression made of the message.</summary>
    public string? Selected { get; init; }

    /// <summary><c>integrations/{id}</c>; null where nothing is behind the route.</summary>
    public string? Target { get; init; }

    /// <summary>HTTP's: what the integration answered, or what stands for how it failed; of a handshake what its client heard.</summary>
    public int Status { get; init; }

    /// <summary>What the client heard of what went wrong; null where nothing did.</summary>
    public string? Error { get; init; }

    public TimeSpan Took { get; init; }

    /// <summary>Of a disconnection.</summary>
    public int CloseCode { get; init; }

    public static string Shortened(string selected) => selected.Length <= MostSelected ? selected : selected[..(MostSelected - 1)] + "…";
}

/// <summary>The last events of a stage, in memory. It takes room as events come.</summary>
internal sealed class GatewayTrace
{
    /// <summary>How many are kept. Ours.</summary>
    public const int Most = 256;

    private readonly Lock _lock = new();
    private TracedEvent[] _ring = [];
    private long _count;

    public void Add(in TracedEvent what)
    {
        lock (_lock)
        {
            if (_count == _ring.Length && _ring.Length < Most)
            {
                Array.Resize(ref _ring, Math.Max(8, _ring.Length * 2));
            }

            _ring[_count++ % _ring.Length] = what;
        }
    }

    /// <summary>Events in their order.</summary>
    /// <param name="after">How many came before; null for the latest.</param>
    /// <param name="most">From 1.</param>
    /// <returns>The events, how many came up to the last of them, and how many of those asked for are no longer kept.</returns>
    public (IReadOnlyList<TracedEvent> Events, long Next, long Missed) Read(long? after, int most)
    {
        lock (_lock)
        {
            var oldest = Math.Max(0, _count - _ring.Length);
            var wanted = after is { } given ? Math.Clamp(given, 0, _count) : Math.Max(0, _count - most);
            var from = Math.Max(wanted, oldest);
            var events = new TracedEvent[Math.Min(most, _count - from)];
            for (var i = 0; i < events.Length; i++)
            {
                events[i] = _ring[(from + i) % _ring.Length];
            }

            return (events, from + events.Length, from - wanted);
        }
    }
}
