using System.Text;
using Carillon.Wire.WebSockets;

namespace Carillon.Sockets;

/// <summary>
/// One open WebSocket, whatever carries it. Its state belongs to the loop; members say where they may be called. Frames wait
/// in a bounded queue, and whoever offers one never waits; a socket that does not keep up is closed with a code its client
/// comes back on, so that it misses nothing silently.
/// </summary>
public abstract class LiveSocket
{
    private readonly byte _stripe;
    private MessageReader _reader;
    private ISocketHandler? _handler;
    private IEnumerator<SharedFrame>? _first;
    private SharedFrame? _closing;
    private long _waitingBytes;
    private long _deadline;

    /// <summary>When what waits could first be written, for what had to wait behind what goes first.</summary>
    private long _firstOver;
    private long _framesSince;
    private int _frames;
    private volatile Phase _phase;
    private volatile bool _heard;
    private bool _pinged;
    private bool _peerClosed;
    private bool _makingFirst;
    private bool _isDeaf;
    private bool _firstWaits;

    internal FrameQueue Queue;

    /// <summary>Lanes in which it stands, a bit each. The loop's.</summary>
    internal byte InLanes;

    /// <summary>Its place among all sockets of the loop; -1 when it has none. The loop's.</summary>
    internal int Place = -1;

    private protected LiveSocket(SocketLoop loop, SocketOptions options)
    {
        Loop = loop;
        Options = options;
        _stripe = loop.NextStripe();
    }

    private enum Phase : byte
    {
        /// <summary>Nothing is read or written yet; what is offered waits.</summary>
        Held,
        Open,

        /// <summary>What waits is still sent, and then a close frame; nothing more is taken.</summary>
        Finishing,

        /// <summary>Nothing but a close frame is sent, and the peer's is waited for.</summary>
        Closing,
        Ended,
    }

    internal SocketLoop Loop { get; }

    internal SocketOptions Options { get; }

    /// <summary>What carries it: <c>reactor</c>, <c>pipe</c> or <c>upgrade</c>.</summary>
    public abstract string Transport { get; }

    /// <summary>True once nothing of what waited will be sent any more. Any thread.</summary>
    public bool IsClosing => _phase >= Phase.Closing;

    /// <summary>
    /// Why it ended, by whoever began the end: the code of the close frame, 1005 for one without a code, 1006 where the connection
    /// just broke. On the loop, once it has ended.
    /// </summary>
    public int CloseCode { get; private set; } = CloseStatus.Abnormal;

    public string CloseReason { get; private set; } = "";

    /// <summary>Whether the peer's close frame has come.</summary>
    private protected bool PeerSaidGoodbye => _peerClosed;

    /// <summary>Frames that may be written now.</summary>
    internal int Writable => _phase switch
    {
        Phase.Held or Phase.Ended => 0,
        Phase.Closing => Queue.Count,
        _ => _first is null ? Queue.Count : _firstWaits ? 1 : 0,
    };

    /// <summary>How many frames at the head of the queue the wire has already begun with.</summary>
    private protected abstract int Begun { get; }

    /// <summary>On the loop: what can be written is to be written as far as the connection takes it.</summary>
    internal abstract void Flush();

    /// <summary>On the loop, once: begins to read.</summary>
    private protected abstract void StartReading();

    /// <summary>On the loop: nothing more will be written.</summary>
    private protected abstract void ShutdownWriting();

    /// <summary>On the loop, once: the connection is given back, whatever is under way.</summary>
    private protected abstract void GiveBack();

    /// <summary>Begins to read and write. Any thread, once.</summary>
    /// <param name="first">
    /// Frames that go before everything offered, made one at a time as the connection takes them, on threads of the pool.
    /// </param>
    public void Start(ISocketHandler handler, IEnumerator<SharedFrame>? first = null) => Loop.RunOrPost(() =>
    {
        _handler = handler;
        if (_phase == Phase.Ended)
        {
            first?.Dispose();
            handler.Ended(this);
        }
        else if (_phase == Phase.Held)
        {
            _phase = Phase.Open;
            _first = first;
            StartReading();
            MakeFirst();
            Loop.Ready(this, Lane.Narrow);
        }
        else
        {
            first?.Dispose();
        }
    });

    /// <summary>Queues a frame. On the loop.</summary>
    /// <returns>False where there is no room for it: the socket is too slow.</returns>
    public bool Offer(SharedFrame frame, Lane lane)
    {
        if (_phase >= Phase.Finishing)
        {
            return true;
        }

        if (Queue.Count >= Options.MostWaitingFrames || _waitingBytes + frame.Length > Options.MostWaitingBytes)
        {
            return false;
        }

        _waitingBytes += frame.Length;
        Queue.Add(frame, Loop.Places);
        Loop.Ready(this, lane);
        return true;
    }

    /// <summary>Ends the socket; nothing that still waits is sent. The first caller's code counts. Any thread.</summary>
    public void Close(int code, string reason) => Loop.RunOrPost(() => CloseNow(code, reason));

    /// <summary>Ends the socket because it does not keep up, and counts it. On the loop.</summary>
    /// <param name="bound">Which of the bounds of what waits for it.</param>
    public void CloseAsSlow(string bound)
    {
        Loop.CountSlow(bound);
        CloseNow(Options.SlowCode, "The session reads too slowly.");
    }

    /// <summary>
    /// Ends the socket after what waits has been sent, or when that takes longer than it may. Any thread.
    /// </summary>
    public void CloseAfterQueue(int code, string reason) => Loop.RunOrPost(() =>
    {
        if (_phase >= Phase.Finishing)
        {
            return;
        }

        if (_phase == Phase.Held)
        {
            CloseNow(code, reason);
            return;
        }

        (CloseCode, CloseReason) = (code, reason);
        _phase = Phase.Finishing;
        _closing = new(ServerFrame.Close(code, reason), Loop.Now);
        Queue.Add(_closing, Loop.Places);
        _deadline = Loop.After(Options.DrainTimeout);
        Loop.Ready(this, Lane.Narrow);
    });

    private void CloseNow(int code, string reason)
    {
        if (_phase >= Phase.Closing)
        {
            return;
        }

        if (_phase != Phase.Finishing)
        {
            (CloseCode, CloseReason) = (code, reason);
        }

        var wasHeld = _phase == Phase.Held;
        _phase = Phase.Closing;
        DropFirst();
        Queue.Keep(Begun, Loop.Places);
        _closing ??= new(ServerFrame.Close(code, reason), Loop.Now);
        if (Queue.Count == 0 || !ReferenceEquals(Queue[Queue.Count - 1], _closing))
        {
            Queue.Add(_closing, Loop.Places);
        }

        _deadline = Loop.After(Options.CloseTimeout);
        if (wasHeld)
        {
            StartReading();
        }

        Loop.Ready(this, Lane.Narrow);
    }

    /// <summary>On the loop: so many frames at the head of the queue are with the kernel.</summary>
    private protected void Wrote(int frames)
    {
        if (frames == 0 || _phase == Phase.Ended)
        {
            return;
        }

        for (var i = 0; i < frames; i++)
        {
            _waitingBytes -= Queue[i].Length;
        }

        var isLast = _closing is not null && ReferenceEquals(Queue[frames - 1], _closing);
        Queue.RemoveFirst(frames, Loop.Places);
        if (isLast)
        {
            CloseWasSent();
        }
        else if (_firstWaits)
        {
            _firstWaits = false;
            MakeFirst();
        }
    }

    private void CloseWasSent()
    {
        if (_peerClosed)
        {
            End();
            return;
        }

        // Closing with unread input would reset the connection and could destroy the close frame on its way.
        _phase = Phase.Closing;
        _deadline = Loop.After(Options.CloseTimeout);
        ShutdownWriting();
    }

    private void MakeFirst()
    {
        if (_first is null || _makingFirst)
        {
            return;
        }

        _makingFirst = true;
        ThreadPool.UnsafeQueueUserWorkItem(
            static socket =>
            {
                var (frame, fault) = socket.Next();
                socket.Loop.Post(() => FirstMade(socket, frame, fault));
            },
            this, preferLocal: false);
    }

    private (SharedFrame? Frame, Exception? Fault) Next()
    {
        try
        {
            return (_first is { } first && first.MoveNext() ? first.Current : null, null);
        }
#pragma warning disable CA1031 // Told to the loop, which logs it and closes this one socket.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (null, e);
        }
    }

    private static void FirstMade(LiveSocket socket, SharedFrame? frame, Exception? fault)
    {
        socket._makingFirst = false;
        if (fault is not null)
        {
            socket.Loop.Fault(fault);
            socket.CloseNow(CloseStatus.InternalError, "The session failed.");
        }

        if (socket._phase >= Phase.Closing || frame is null)
        {
            socket.DropFirst();
            socket._firstOver = socket.Loop.Now;
        }
        else
        {
            socket._firstWaits = true;
            socket._waitingBytes += frame.Length;
            socket.Queue.AddFirst(frame, socket.Loop.Places);
        }

        socket.Loop.Ready(socket, Lane.Narrow);
    }

    private void DropFirst()
    {
        // While the pool makes one, the enumerator is the pool's; what comes of it is dropped when it comes.
        if (!_makingFirst)
        {
            _first?.Dispose();
            _first = null;
        }
    }

    /// <summary>Reads what came, on the one thread that receives for this socket; unmasks it in place.</summary>
    private protected void Received(Span<byte> bytes)
    {
        _heard = true;
        if (_isDeaf)
        {
            return;
        }

        var sink = new Sink(this);
        ReadFault fault;
        try
        {
            fault = _reader.Read(bytes, Options.MostReceived, ref sink);
        }
#pragma warning disable CA1031 // A fault of one handler ends its socket; it is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // What came with the message that failed is lost, so nothing after it can be understood.
            _isDeaf = true;
            Loop.Fault(e);
            fault = new(CloseStatus.InternalError, "The session failed.");
        }

        if (!fault.IsNone)
        {
            Close(fault.Code, fault.Reason);
        }
    }

    private bool CountFrame()
    {
        var now = Loop.Now;
        if (Loop.Time.GetElapsedTime(_framesSince, now) > TimeSpan.FromSeconds(1))
        {
            (_framesSince, _frames) = (now, 0);
        }

        return ++_frames <= Options.MostReceivedFrames;
    }

    private void PeerClosed(int code, string reason)
    {
        _peerClosed = true;
        if (_phase < Phase.Closing)
        {
            // The code is sent back, the reason is not.
            CloseNow(code, "");
            if (CloseCode == code)
            {
                CloseReason = reason;
            }
        }
        else if (_phase == Phase.Closing && Queue.Count == 0)
        {
            End();
        }
    }

    /// <summary>On the loop: the connection is at its end or broken.</summary>
    private protected void Lost() => End();

    /// <summary>On the loop, once a second.</summary>
    /// <param name="ping">The ping of this second.</param>
    internal void Tick(long now, long second, SharedFrame ping)
    {
        if (_deadline != 0 && now >= _deadline)
        {
            if (_phase == Phase.Finishing)
            {
                CloseNow(CloseCode, CloseReason);
            }
            else
            {
                End();
            }

            return;
        }

        if (_phase is not (Phase.Open or Phase.Finishing))
        {
            return;
        }

        if (Writable > 0 && Loop.Time.GetElapsedTime(Math.Max(Queue[0].Made, _firstOver), now) > Options.MostWaitingTime)
        {
            CloseAsSlow("age");
            return;
        }

        // A ping would wait behind what goes first, and nobody answers what was not sent.
        var interval = Math.Max(1, (long)Options.PingInterval.TotalSeconds);
        if (_first is null && second % interval == _stripe % interval)
        {
            if (_pinged && !_heard)
            {
                End();
                return;
            }

            (_pinged, _heard) = (true, false);
            Offer(ping, Lane.Wide);
        }
    }

    internal void Abort() => End();

    private void End()
    {
        if (_phase == Phase.Ended)
        {
            return;
        }

        _phase = Phase.Ended;
        DropFirst();
        Loop.Forget(this);
        GiveBack();
        Queue.Clear(Loop.Places);
        _handler?.Ended(this);
    }

    private readonly struct Sink(LiveSocket socket) : IMessageSink
    {
        public bool Frame() => socket.CountFrame();

        public void Message(bool isText, ReadOnlySpan<byte> payload)
        {
            if (socket._phase is Phase.Open)
            {
                socket._handler?.Message(socket, isText, payload);
            }
        }

        public void Ping(ReadOnlySpan<byte> payload)
        {
            var (of, pong) = (socket, ServerFrame.Of(Opcode.Pong, payload));
            of.Loop.RunOrPost(() => of.Offer(new(pong, of.Loop.Now), Lane.Narrow));
        }

        public void Pong(ReadOnlySpan<byte> payload)
        {
            // That something came at all is what counts.
        }

        public void Close(int code, ReadOnlySpan<byte> reason)
        {
            var (of, text) = (socket, Encoding.UTF8.GetString(reason));
            of.Loop.RunOrPost(() => of.PeerClosed(code, text));
        }
    }
}
