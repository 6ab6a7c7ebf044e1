namespace Carillon.Sockets.Epoll;

/// <summary>A plain WebSocket on the reactor.</summary>
internal sealed class ReactorSocket<TKernel> : LiveSocket, IWatched
    where TKernel : struct, IKernel
{
    private readonly Reactor<TKernel> _reactor;
    private readonly Action? _ended;
    private readonly int _file;
    private readonly int _slot;

    /// <summary>Bytes of the first frame that are sent.</summary>
    private int _offset;
    private PollFlags _watches;
    private bool _isBlocked;
    private bool _isOver;

    public ReactorSocket(Reactor<TKernel> reactor, SocketOptions options, int file, int slot, Action? ended)
        : base(reactor.Loop, options)
    {
        (_reactor, _file, _slot, _ended) = (reactor, file, slot, ended);

        // What a client says early waits in the kernel.
        reactor.Change(slot, file, default, this);
        Loop.Add(this);
    }

    public override string Transport => "reactor";

    private protected override int Begun => _offset > 0 ? 1 : 0;

    public void Happened(PollFlags events)
    {
        if ((events & PollFlags.Readable) != 0 && (_watches & PollFlags.Readable) != 0)
        {
            Read();
        }
        else if ((events & (PollFlags.Error | PollFlags.HungUp)) != 0)
        {
            Lost();
        }

        if ((events & PollFlags.Writable) != 0 && _isBlocked && !_isOver)
        {
            _isBlocked = false;
            Flush();
            WatchAsNeeded();
        }
    }

    private void Read()
    {
        var bytes = _reactor.SmallInput;
        var count = _reactor.Kernel.Receive(_file, bytes, peek: false);
        if (count > 0)
        {
            Received(bytes[..(int)count]);
        }
        else if (count is not (-Errno.Again or -Errno.Interrupted))
        {
            Lost();
        }
    }

    internal override void Flush()
    {
        var count = Writable;
        if (_isBlocked || count == 0)
        {
            return;
        }

        var sent = _reactor.Send(_file, Queue, count, _offset, out var tried, out var frames);
        if (sent == -Errno.Interrupted)
        {
            Loop.Ready(this, Lane.Narrow);
            return;
        }

        if (sent < 0 && sent != -Errno.Again)
        {
            Lost();
            return;
        }

        if (sent == tried)
        {
            _offset = 0;
        }
        else
        {
            _isBlocked = true;
            WatchAsNeeded();
            _offset += (int)Math.Max(sent, 0);
            for (frames = 0; _offset >= Queue[frames].Length; frames++)
            {
                _offset -= Queue[frames].Length;
            }
        }

        Wrote(frames);
        if (!_isBlocked && Writable > 0)
        {
            // More than goes into one call: the others come first.
            Loop.Ready(this, Lane.Wide);
        }
    }

    private void WatchAsNeeded()
    {
        if (_isOver)
        {
            return;
        }

        var watches = (_watches & PollFlags.Readable) | (_isBlocked ? PollFlags.Writable : default);
        if (watches != _watches)
        {
            _watches = watches;
            _reactor.Change(_slot, _file, watches, this);
        }
    }

    private protected override void StartReading()
    {
        _watches |= PollFlags.Readable;
        _reactor.Change(_slot, _file, _watches, this);
    }

    private protected override void ShutdownWriting() => _ = _reactor.Kernel.ShutdownWriting(_file);

    private protected override void GiveBack()
    {
        _isOver = true;
        _reactor.Unwatch(_slot, _file);
        _ = _reactor.Kernel.Close(_file);
        _ended?.Invoke();
    }
}
