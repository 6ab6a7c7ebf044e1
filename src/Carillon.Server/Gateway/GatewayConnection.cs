using Carillon.Sockets;
using Carillon.Wire.WebSockets;

namespace Carillon.Server.Gateway;

/// <summary>
/// One open connection. What it sends and where it stands belongs to the loop of the sockets; messages are handled on the pool, begun
/// in their order and then side by side, as on AWS.
/// </summary>
internal sealed class GatewayConnection(GatewayHub hub, LiveStage stage, GatewayPeer peer) : ISocketHandler
{
    /// <summary>Binary frames are not supported (API Gateway Developer Guide, "Binary media types", read 2026-11).</summary>
    private const int UnsupportedData = 1003;

    private static long _numbers;

    private readonly Lock _lock = new();
    private readonly long _since = hub.Time.GetTimestamp();
    private Queue<byte[]>? _waiting;
    private long _lastActive = hub.Time.GetTimestamp();
    private int _underWay;
    private bool _isDraining;

    public LiveStage Stage => stage;

    public GatewayPeer Peer => peer;

    /// <summary>Rises with each connection, from 1.</summary>
    public long Number { get; } = Interlocked.Increment(ref _numbers);

    /// <summary>Null until the handshake is over. The loop's.</summary>
    public LiveSocket? Socket { get; set; }

    /// <summary>What was sent before the handshake was over. The loop's.</summary>
    public List<SharedFrame>? Early { get; set; }

    /// <summary>Rooms that it is in. The loop's.</summary>
    public HashSet<Room>? Rooms { get; set; }

    /// <summary>What its <c>$disconnect</c> is told instead of what the socket saw; null for that. The loop's.</summary>
    public string? Reason { get; set; }

    /// <summary>The loop's.</summary>
    public bool HasEnded { get; set; }

    public TimeSpan Age => hub.Time.GetElapsedTime(_since);

    public TimeSpan Idle => hub.Time.GetElapsedTime(Interlocked.Read(ref _lastActive));

    /// <summary>Of the last message, either way.</summary>
    public DateTimeOffset LastActiveAt => DateTimeOffset.FromUnixTimeMilliseconds(
        peer.ConnectedAt + (long)hub.Time.GetElapsedTime(_since, Interlocked.Read(ref _lastActive)).TotalMilliseconds);

    public void Touch() => Interlocked.Exchange(ref _lastActive, hub.Time.GetTimestamp());

    public void Message(LiveSocket socket, bool isText, ReadOnlySpan<byte> payload)
    {
        Touch();
        if (!isText)
        {
            socket.Close(UnsupportedData, "Binary frames are not supported");
            return;
        }

        var message = payload.ToArray();
        lock (_lock)
        {
            // A client that sends faster than its handlers work is told so rather than kept in memory.
            if ((_waiting?.Count ?? 0) + Volatile.Read(ref _underWay) < hub.Limits.UnderWay)
            {
                (_waiting ??= new()).Enqueue(message);
                message = null;
                if (_isDraining)
                {
                    return;
                }

                _isDraining = true;
            }
        }

        if (message is not null)
        {
            hub.Messages.RefuseThrottled(this);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Begin(), this, preferLocal: false);
    }

    /// <summary>Begins with each message in its order, and waits for none.</summary>
    private void Begin()
    {
        while (true)
        {
            byte[] message;
            lock (_lock)
            {
                if (_waiting is null || !_waiting.TryDequeue(out message!))
                {
                    // An idle connection keeps nothing.
                    _waiting = null;
                    _isDraining = false;
                    return;
                }

                Interlocked.Increment(ref _underWay);
            }

            _ = Handle(message);
        }
    }

    private async Task Handle(byte[] message)
    {
        await hub.Messages.Handle(this, message);
        Interlocked.Decrement(ref _underWay);
    }

    public void Ended(LiveSocket socket) => hub.Ended(this, socket.CloseCode, Reason ?? ReasonOf(socket.CloseCode, socket.CloseReason));

    /// <summary>Texts of AWS's where the client gave none, as far as they were seen.</summary>
    private static string ReasonOf(int code, string reason) => reason.Length > 0 ? reason : code switch
    {
        CloseStatus.GoingAway => "Going away",
        CloseStatus.None => "Client-side close frame status not set",
        _ => "",
    };
}
