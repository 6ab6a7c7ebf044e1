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
    private readonly Door<TKernel> _door;
    private readonly IPAddress? _address;
    private readonly int _file;
    private readonly int _slot;
    private bool _hasBegun;

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

    public bool IsWatched => _slot >= 0;

    /// <summary>By when it must have said what it wants; more bytes don't put it off.</summary>
    public long Deadline { get; }

    public LinkedListNode<Candidate<TKernel>> Node { get; }

    public void Happened(PollFlags events)
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
        var kernel = _door.Reactor.Kernel;
        var answer = Handshake.Answer(head.Header("Sec-WebSocket-Key")!);
        if (kernel.Receive(_file, _door.Reactor.Input[..length], peek: false) != length
            || kernel.Send(_file, answer) != answer.Length)
        {
            Drop();
            admission.Ended?.Invoke();
            return;
        }

        _door.Candidates.Remove(Node);
        kernel.BoundUnsent(_file);
        var socket = new ReactorSocket<TKernel>(_door.Reactor, admission.Options, _file, _slot, admission.Ended);
        _door.Serve(socket, admission);
    }

    private void GiveAway()
    {
        _door.Candidates.Remove(Node);
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
        if (Node.List is not null)
        {
            _door.Candidates.Remove(Node);
            _door.Reactor.Unwatch(_slot, _file);
            _ = _door.Reactor.Kernel.Close(_file);
        }
    }
}
