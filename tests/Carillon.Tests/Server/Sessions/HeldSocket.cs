using Carillon.Sockets;
using Carillon.Wire.WebSockets;

namespace Carillon.Tests.Server.Sessions;

/// <summary>
/// A socket that takes frames only as long as it is let, which no real one does on cue. A close frame it always takes, and
/// ends with that.
/// </summary>
internal sealed class HeldSocket : LiveSocket
{
    private readonly Lock _lock = new();
    private readonly List<SharedFrame> _sent = [];
    private bool _isReleased;
    private int _begun;

    public HeldSocket(SocketLoop loop, SocketOptions? options = null)
        : base(loop, options ?? new SocketOptions()) => loop.RunOrPost(() => loop.Add(this));

    /// <summary>The very frames that were sent, the close frame apart.</summary>
    public IReadOnlyList<SharedFrame> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>When it is first asked to take something.</summary>
    public TaskCompletionSource Sending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When it is gone.</summary>
    public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int? CloseStatus { get; private set; }

    public override string Transport => "held";

    private protected override int Begun => _begun;

    public void Release() => Loop.RunOrPost(() =>
    {
        _isReleased = true;
        _begun = 0;
        Flush();
    });

    internal override void Flush()
    {
        while (Writable > 0)
        {
            var frame = Queue[0];
            var isClose = (frame.Bytes[0] & 0x0f) == (int)Opcode.Close;
            if (isClose)
            {
                CloseStatus = (frame.Payload[0] << 8) | frame.Payload[1];
                _begun = 0;
                Wrote(1);
                Lost();
                return;
            }

            Sending.TrySetResult();
            if (!_isReleased && !IsClosing)
            {
                return;
            }

            if (!IsClosing)
            {
                lock (_lock)
                {
                    _sent.Add(frame);
                }
            }

            Wrote(1);
        }
    }

    private protected override void StartReading()
    {
    }

    private protected override void ShutdownWriting()
    {
    }

    private protected override void GiveBack() => Over.TrySetResult();
}
