using System.Net.WebSockets;
using System.Threading.Channels;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Wire.Session;

namespace Carillon.Server.Sessions;

/// <summary>
/// One socket of one user. Frames wait in a bounded queue and one loop writes them; whoever offers a frame never waits.
/// A session that cannot keep up is closed with a code its client reconnects on, so it misses nothing silently.
/// </summary>
internal sealed class Session(WebSocket socket, Person user, DateTimeOffset? expires, SessionOptions options, TimeProvider time)
{
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(options.MostWaitingFrames) { SingleReader = true });
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _closeLock = new();
    private (int Code, string Reason)? _close;
    private long _waitingBytes;
    private long _oldestSince;
    private ITimer? _patience;

    public Person User { get; } = user;

    /// <summary>When the credentials end that opened it; null for a long-term key.</summary>
    public DateTimeOffset? Expires { get; } = expires;

    /// <summary>Whether the policies of the caller that opened it would let it connect now.</summary>
    public Func<bool> MayConnect { get; init; } = static () => true;

    /// <summary>The log position its view starts from: what lies at or before it has been told already.</summary>
    public long From { get; set; }

    /// <summary>The logs whose events it gets. The hub's alone.</summary>
    public HashSet<ChannelKey> Channels { get; } = [];

    public bool IsClosing => _closing.Task.IsCompleted;

    /// <summary>Queues a frame. False where there is no room for it: the session is too slow.</summary>
    public bool Offer(byte[] frame)
    {
        if (Volatile.Read(ref _waitingBytes) + frame.Length > options.MostWaitingBytes
            || !_queue.Writer.TryWrite(new(frame, time.GetTimestamp())))
        {
            return IsClosing;
        }

        Interlocked.Add(ref _waitingBytes, frame.Length);
        return true;
    }

    /// <summary>True when a frame has waited longer than it may.</summary>
    public bool IsStuck()
    {
        var since = Volatile.Read(ref _oldestSince);
        return since != 0 && time.GetElapsedTime(since) > options.MostWaitingTime;
    }

    /// <summary>Ends the session; nothing that is still queued is sent. The first caller's code counts.</summary>
    public void Close(int code, string reason)
    {
        TakeNoMore(code, reason);
        _closing.TrySetResult();
    }

    /// <summary>Ends the session after what is queued has been sent, or when that takes longer than it may.</summary>
    public void CloseAfterQueue(int code, string reason)
    {
        TakeNoMore(code, reason);
        _patience = time.CreateTimer(_ => _closing.TrySetResult(), null, options.DrainTimeout, Timeout.InfiniteTimeSpan);
    }

    private void TakeNoMore(int code, string reason)
    {
        lock (_closeLock)
        {
            _close ??= (code, reason);
        }

        _queue.Writer.TryComplete();
    }

    /// <param name="first">Frames that go before everything queued; made one by one as the socket takes them.</param>
    /// <returns>When the socket is closed, by either side.</returns>
    public async Task Run(IEnumerable<byte[]> first)
    {
        var receiving = Receive();
        try
        {
            await Send(first).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone or the session is being closed; both end below.
        }

        await Finish(receiving).ConfigureAwait(false);
    }

    private async Task Send(IEnumerable<byte[]> first)
    {
        foreach (var frame in first)
        {
            Volatile.Write(ref _oldestSince, time.GetTimestamp());
            await SendOne(frame).ConfigureAwait(false);
        }

        Volatile.Write(ref _oldestSince, 0);

        await foreach (var waiting in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Volatile.Write(ref _oldestSince, waiting.Since);
            await SendOne(waiting.Frame).ConfigureAwait(false);
            Interlocked.Add(ref _waitingBytes, -waiting.Frame.Length);
            Volatile.Write(ref _oldestSince, 0);
        }
    }

    private async ValueTask SendOne(byte[] frame)
    {
        if (IsClosing)
        {
            throw new OperationCanceledException();
        }

        // A cancelled send would abort the socket before its close frame could go out, so it is left running.
        var sending = socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        if (sending.IsCompletedSuccessfully)
        {
            return;
        }

        var sent = sending.AsTask();
        if (await Task.WhenAny(sent, _closing.Task).ConfigureAwait(false) != sent)
        {
            throw new OperationCanceledException();
        }

        await sent.ConfigureAwait(false);
    }

    /// <summary>Reads what a client has no reason to send, so that close frames and pongs are seen.</summary>
    private async Task Receive()
    {
        var buffer = new byte[256];
        long size = 0;
        var frames = 0;
        var since = time.GetTimestamp();
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    Close((int)WebSocketCloseStatus.NormalClosure, "");
                    return;
                }

                size += received.Count;
                if (size > options.MostReceivedBytes)
                {
                    Close(CloseCodes.MessageTooBig, "The frame is too large.");
                }

                if (received.EndOfMessage)
                {
                    size = 0;
                }

                // Parts without content count too, or a message of a million of them would be one.
                if (received.EndOfMessage || received.Count == 0)
                {
                    if (time.GetElapsedTime(since) > TimeSpan.FromSeconds(1))
                    {
                        (since, frames) = (time.GetTimestamp(), 0);
                    }

                    if (++frames > options.MostReceivedFrames)
                    {
                        Close(CloseCodes.PolicyViolation, "Too many frames.");
                    }
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke, or a ping stayed unanswered.
            Close(CloseCodes.GoingAway, "");
        }
    }

    private async Task Finish(Task receiving)
    {
        var (code, reason) = _close ?? (CloseCodes.InternalError, "");
        _closing.TrySetResult();
        _patience?.Dispose();
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None)
                    .WaitAsync(options.CloseTimeout, time).ConfigureAwait(false);
            }

            // Closing with unread input would reset the connection and could destroy our close frame on its way.
            await receiving.WaitAsync(options.CloseTimeout, time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or TimeoutException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException)
        {
            socket.Abort();
        }
    }

    private readonly record struct Waiting(byte[] Frame, long Since);
}
