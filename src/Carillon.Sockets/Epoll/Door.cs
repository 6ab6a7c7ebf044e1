using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Carillon.Sockets.Epoll;

/// <summary>
/// A listening address. Whatever connects is a candidate until its first bytes tell: a faultless request for a socket
/// stays with the reactor, everything else goes to the web server, unread.
/// </summary>
/// <param name="asks">False where all is the web server's, which is to have no listener of its own: without a descriptor it would spin.</param>
/// <param name="give">Takes what is the web server's; false where it has no room.</param>
internal sealed class Door<TKernel>(
    Reactor<TKernel> reactor, SocketServing serving, IAddressLimit? limit, int listener, bool asks, Func<int, bool> give) : IWatched
    where TKernel : struct, IKernel
{
    private const int MostAccepts = 64;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private ITimer? _resting;
    private int _slot = -1;
    private bool _isClosed;

    public Reactor<TKernel> Reactor => reactor;

    public ISocketEndpoint Endpoint => serving.Endpoint;

    /// <summary>Who is asked what it wants. The oldest first.</summary>
    public LinkedList<Candidate<TKernel>> Candidates { get; } = new();

    /// <summary>Who was refused and is to leave. The oldest first.</summary>
    private readonly LinkedList<Candidate<TKernel>> _leaving = new();

    /// <summary>On the loop.</summary>
    public void Open()
    {
        reactor.Ticked += Tick;
        Watch();
    }

    private void Watch()
    {
        if (!_isClosed)
        {
            _slot = reactor.Watch(listener, PollFlags.Readable, this);
            if (_slot < 0)
            {
                TakeRest();
            }
        }
    }

    /// <summary>On the loop: accepts no more. Candidates stay until it is known what they want.</summary>
    public void Close()
    {
        _isClosed = true;
        _resting?.Dispose();
        if (_slot >= 0)
        {
            reactor.Unwatch(_slot, listener);
            _slot = -1;
        }
    }

    public void Happened(PollFlags events)
    {
        Span<byte> address = stackalloc byte[32];
        for (var accepted = 0; accepted < MostAccepts; accepted++)
        {
            var file = reactor.Kernel.Accept(listener, address, out var length);
            switch (file)
            {
                case >= 0:
                    Take(file, AddressOf(address[..length]));
                    break;
                case -Errno.Again:
                    return;
                case -Errno.TooManyFiles or -Errno.TooManyFilesInSystem or -Errno.NoBuffers or -Errno.NoMemory:
                    // The connection stays in the listener's queue and would wake us again at once.
                    reactor.Unwatch(_slot, listener);
                    _slot = -1;
                    TakeRest();
                    return;
                default:
                    // That one connection is gone already; the next may be well.
                    break;
            }
        }
    }

    private void TakeRest()
    {
        _resting?.Dispose();
        _resting = reactor.Loop.Time.CreateTimer(_ => reactor.Loop.Post(Watch), null, Rest, Timeout.InfiniteTimeSpan);
    }

    private void Take(int file, IPAddress? address)
    {
        if (!asks)
        {
            Give(file);
            return;
        }

        var candidate = new Candidate<TKernel>(this, file, address, reactor.Loop.After(SocketServing.HeadTimeout));
        if (candidate.IsWatched)
        {
            Candidates.AddLast(candidate.Node);
            MakeRoom();
        }
    }

    /// <summary>The address in a sockaddr; IPv4 also where it came through an IPv6 socket.</summary>
    private static IPAddress? AddressOf(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8)
        {
            return null;
        }

        return MemoryMarshal.Read<ushort>(address) switch
        {
            2 => new IPAddress(address.Slice(4, 4)),
            10 when address.Length >= 24 && new IPAddress(address.Slice(8, 16)) is var six =>
                six.IsIPv4MappedToIPv6 ? six.MapToIPv4() : six,
            _ => null,
        };
    }

    private void Tick(long now)
    {
        Expire(Candidates, now);
        Expire(_leaving, now);
        if (_isClosed && Candidates.Count + _leaving.Count == 0)
        {
            reactor.Ticked -= Tick;
        }
    }

    private static void Expire(LinkedList<Candidate<TKernel>> oldestFirst, long now)
    {
        while (oldestFirst.First is { } oldest && oldest.Value.Deadline <= now)
        {
            oldest.Value.Expire();
        }
    }

    /// <returns>Null where it is for the web server to refuse.</returns>
    public Admission? Admits(UpgradeRequest request)
    {
        var admission = serving.Admit(request);
        if (admission is null || limit is null)
        {
            return admission;
        }

        var ended = admission.Ended;
        return !limit.TryEnter(request.RemoteAddress) ? null : admission with
        {
            Ended = () =>
            {
                limit.Leave(request.RemoteAddress);
                ended?.Invoke();
            },
        };
    }

    public Task<UpgradeAnswer> Decide(Admission admission) => serving.Decide(admission);

    public void Never(Admission admission) => serving.Never(admission);

    public void Serve(LiveSocket socket, Admission admission) => serving.Serve(socket, admission);

    public void Leave(Candidate<TKernel> refused)
    {
        _leaving.AddLast(refused.Node);
        MakeRoom();
    }

    private void MakeRoom()
    {
        if (Candidates.Count + _leaving.Count > serving.MostAtDoor)
        {
            (_leaving.First ?? Candidates.First)!.Value.Drop();
        }
    }

    public void Give(int file)
    {
        if (!give(file))
        {
            _ = reactor.Kernel.Close(file);
        }
    }
}
