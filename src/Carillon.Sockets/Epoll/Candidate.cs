using System.Net;
using Carillon.Wire.WebSockets;

namespace Carillon.Sockets.Epoll;

/// <summary>
/// A connection of which it is not known yet what it wants. Its first bytes are looked at where they lie, in the kernel, so
/// that whoever it is given to finds all of them.
/// </summary>
internal sealed class Candidate<TKernel> : IWatched
    where TKernel : struct, IKernel
{
    /// <summary>How long who was refused may stay. Ours.</summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(1);

    private readonly Door<TKernel> _door;
    private readonly IPAddress? _address;
    private readonly int _file;
    private readonly int _slot;
    private bool _hasBegun;
    private Stage _stage;

    public Candidate(Door<TKernel> door, int file, IPAddress? address, long deadline)
    {
        (_door, _file, _address, Deadline) = (door, file, address, deadline);
        Node = new(this);

        // Once an arrival: bytes that are only looked at would wake us for ever.
        _slot = door.Reactor.Watch(file, PollFlags.Readable | PollFlags.PeerFinished | PollFlags.Edge, this);
        if (_slot < 0)
        {
            _ = door.Reactor.Kernel.Close(file);
        }
    }

    private enum Stage : byte
    {
        /// <summary>Its request is coming.</summary>
        Reading,

        /// <summary>It waits for its answer. What it says meanwhile waits in the kernel.</summary>
        Waiting,

        /// <summary>It was refused: closing now, with input unread, could destroy the answer on its way.</summary>
        Leaving,
        Gone,
    }

    public bool IsWatched => _slot >= 0;

    /// <summary>By when it must have said what it wants, more bytes don't put it off; or have left, once it was refused.</summary>
    public long Deadline { get; private set; }

    public LinkedListNode<Candidate<TKernel>> Node { get; }

    public void Happened(PollFlags events)
    {
        switch (_stage)
        {
            case Stage.Reading:
                Read(events);
                break;
            case Stage.Waiting when (events & (PollFlags.Error | PollFlags.HungUp | PollFlags.PeerFinished)) != 0:
                Drop();
                break;
            case Stage.Leaving:
                Discard();
                break;
        }
    }

    private void Read(PollFlags events)
    {
        var bytes = _door.Reactor.Input;
        nint count;
        do
        {
            // An interruption must not cost the one wake-up that these bytes get.
            count = _door.Reactor.Kernel.Receive(_file, bytes, peek: true);
        }
        while (count == -Errno.Interrupted);

        if (count == -Errno.Again)
        {
            if ((events & (PollFlags.Error | PollFlags.HungUp)) != 0)
            {
                Drop();
            }

            return;
        }

        if (count <= 0)
        {
            Drop();
            return;
        }

        switch (UpgradeHead.Read(bytes[..(int)count], _door.Endpoint.IsPath, out var head, out var length))
        {
            case HeadVerdict.NotYet when (events & (PollFlags.Error | PollFlags.HungUp | PollFlags.PeerFinished)) != 0:
                // The rest will never come.
                Drop();
                break;
            case HeadVerdict.NotYet:
                _hasBegun = true;
                break;
            case HeadVerdict.Upgrade when _door.Admits(new(head!, _address, IsSecure: false)) is { } admission:
                Take(head!, length, admission);
                break;
            default:
                GiveAway();
                break;
        }
    }

    private void Take(UpgradeHead head, int length, Admission admission)
    {
        var key = head.Header("Sec-WebSocket-Key")!;
        if (_door.Reactor.Kernel.Receive(_file, _door.Reactor.Input[..length], peek: false) != length)
        {
            Drop();
            _door.Never(admission);
        }
        else if (admission.Decide is null)
        {
            Accept(key, UpgradeAnswer.Accepted, admission);
        }
        else
        {
            // Whoever decides has its own time for that.
            _stage = Stage.Waiting;
            Node.List!.Remove(Node);
            _door.Reactor.Change(_slot, _file, PollFlags.PeerFinished, this);
            ThreadPool.UnsafeQueueUserWorkItem(
                static one => _ = one.Candidate.Ask(one.Key, one.Admission), (Candidate: this, Key: key, Admission: admission),
                preferLocal: false);
        }
    }

    private async Task Ask(string key, Admission admission)
    {
        var answer = await _door.Decide(admission);
        _door.Reactor.Loop.Post(() =>
        {
            if (_stage == Stage.Gone)
            {
                _door.Never(admission);
            }
            else if (answer.IsAccepted)
            {
                Accept(key, answer, admission);
            }
            else
            {
                Refuse(answer);
                _door.Never(admission);
            }
        });
    }

    private void Accept(string key, UpgradeAnswer answer, Admission admission)
    {
        var kernel = _door.Reactor.Kernel;
        var bytes = Handshake.Answer(key, answer.Protocol);
        if (kernel.Send(_file, bytes) != bytes.Length)
        {
            Drop();
            _door.Never(admission);
            return;
        }

        _stage = Stage.Gone;
        Node.List?.Remove(Node);
        kernel.BoundUnsent(_file);
        var socket = new ReactorSocket<TKernel>(_door.Reactor, admission.Options, _file, _slot, admission.Ended);
        _door.Serve(socket, admission);
    }

    private void Refuse(UpgradeAnswer answer)
    {
        var kernel = _door.Reactor.Kernel;
        var bytes = answer.Bytes(_door.Reactor.Loop.Time.GetUtcNow());
        if (kernel.Send(_file, bytes) != bytes.Length)
        {
            Drop();
            return;
        }

        _stage = Stage.Leaving;
        _hasBegun = true;
        Deadline = _door.Reactor.Loop.After(LeaveTimeout);
        _door.Leave(this);
        _ = kernel.ShutdownWriting(_file);
        _door.Reactor.Change(_slot, _file, PollFlags.Readable, this);
    }

    private void Discard()
    {
        var count = _door.Reactor.Kernel.Receive(_file, _door.Reactor.SmallInput, peek: false);
        if (count <= 0 && count is not (-Errno.Again or -Errno.Interrupted))
        {
            Drop();
        }
    }

    private void GiveAway()
    {
        _stage = Stage.Gone;
        Node.List?.Remove(Node);
        _door.Reactor.Unwatch(_slot, _file);
        _door.Give(_file);
    }

    /// <summary>
    /// Its time is over. Who has said nothing at all may be a client that connects before it has something to say: the web
    /// server has a longer patience for those.
    /// </summary>
    public void Expire()
    {
        if (_hasBegun)
        {
            Drop();
        }
        else
        {
            GiveAway();
        }
    }

    public void Drop()
    {
        if (_stage != Stage.Gone)
        {
            _stage = Stage.Gone;
            Node.List?.Remove(Node);
            _door.Reactor.Unwatch(_slot, _file);
            _ = _door.Reactor.Kernel.Close(_file);
        }
    }
}
