using System.Net.Sockets;
using System.Runtime.InteropServices;
using Carillon.Wire.WebSockets;

namespace Carillon.Sockets.Epoll;

/// <summary>Something whose file the reactor watches. Called on the loop.</summary>
internal interface IWatched
{
    void Happened(PollFlags events);
}

/// <summary>
/// Reads and writes plain sockets on the loop's own thread, straight through the kernel: no object of another's and no hand-over
/// stands between a frame and its socket. It owns every file in its slots and nobody else sees one; a file that is given away
/// is out of its hands before.
/// </summary>
internal sealed unsafe class Reactor<TKernel> : ILoopIo
    where TKernel : struct, IKernel
{
    private const int MostEvents = 512;
    private const int StageSize = 256 * 1024;
    private const int MostStaged = 256;

    /// <summary>Bytes that one socket may be read in one round.</summary>
    private const int ReadSize = 16 * 1024;

    private readonly int _poll;
    private readonly int _bell;
    private readonly byte* _memory;
    private readonly PollEvents _events;
    private readonly byte* _stage;
    private readonly SharedFrame?[] _staged = new SharedFrame?[MostStaged];
    private readonly int[] _stagedEnds = new int[MostStaged];
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(UpgradeHead.Longest + ReadSize, pinned: true);
    private readonly Stack<int> _free = new();
    private Slot[] _slots = new Slot[64];
    private int _used = 1;
    private int _stagedCount;

    /// <exception cref="PlatformNotSupportedException">The system has no such polling.</exception>
    public Reactor(SocketLoop loop, TKernel kernel)
    {
        Loop = loop;
        Kernel = kernel;
        _poll = kernel.CreatePoll();
        _bell = _poll < 0 ? -1 : kernel.CreateBell();
        _memory = (byte*)NativeMemory.AllocZeroed(MostEvents, 16);
        _stage = (byte*)NativeMemory.Alloc(StageSize);
        _events = new(_memory, MostEvents, PollEvents.IsPackedHere);

        // A first ring shows that the kernel gives back the data we gave it, where we look for it.
        if (_bell < 0 || kernel.Watch(_poll, _bell, (uint)PollFlags.Readable, BellData, isNew: true) < 0 || !HearsItself())
        {
            Dispose();
            throw new PlatformNotSupportedException("The system's polling does not work as it should.");
        }
    }

    private const ulong BellData = 0xBE11_0000_0000_0000;

    public SocketLoop Loop { get; }

    public TKernel Kernel { get; }

    /// <summary>For one read, of anybody.</summary>
    public Span<byte> Input => _input;

    public Span<byte> SmallInput => _input.AsSpan(0, ReadSize);

    private bool HearsItself()
    {
        Kernel.Ring(_bell);
        var heard = Kernel.Wait(_poll, _events, 1_000) == 1 && _events.DataAt(0) == BellData;
        Kernel.Silence(_bell);
        return heard;
    }

    public void Wake() => Kernel.Ring(_bell);

    public void Poll(bool wait)
    {
        var count = Kernel.Wait(_poll, _events, wait ? -1 : 0);
        if (count < 0 && count != -Errno.Interrupted)
        {
            throw new InvalidOperationException($"Polling failed with error {-count}.");
        }

        for (var i = 0; i < count; i++)
        {
            var data = _events.DataAt(i);
            if (data == BellData)
            {
                Kernel.Silence(_bell);
                continue;
            }

            // Whoever ended earlier in this batch has left its place, and its place a new generation.
            ref var slot = ref _slots[(int)(uint)data];
            if (slot.Generation == (uint)(data >> 32) && slot.Owner is { } owner)
            {
                try
                {
                    owner.Happened(_events.EventsAt(i));
                }
#pragma warning disable CA1031 // A fault of one connection ends that connection; it is logged.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Loop.Fault(e);
                    (owner as ReactorSocket<TKernel>)?.Abort();
                    (owner as Candidate<TKernel>)?.Drop();
                }
            }
        }
    }

    public event Action<long>? Ticked;

    public void Tick(long now) => Ticked?.Invoke(now);

    /// <summary>Watches a file for an owner.</summary>
    /// <returns>The place; below zero an error.</returns>
    public int Watch(int file, PollFlags events, IWatched owner)
    {
        var place = _free.TryPop(out var free) ? free : _used++;
        if (place == _slots.Length)
        {
            Array.Resize(ref _slots, 2 * place);
        }

        _slots[place].Owner = owner;
        var error = Kernel.Watch(_poll, file, (uint)events, DataOf(place), isNew: true);
        if (error < 0)
        {
            Leave(place);
            return error;
        }

        return place;
    }

    /// <summary>Watches the same file for other things, or for another owner.</summary>
    public void Change(int place, int file, PollFlags events, IWatched owner)
    {
        _slots[place].Owner = owner;
        _ = Kernel.Watch(_poll, file, (uint)events, DataOf(place), isNew: false);
    }

    /// <summary>Lets go of a file; what is already reported of it is not told any more.</summary>
    public void Unwatch(int place, int file)
    {
        _ = Kernel.Unwatch(_poll, file);
        Leave(place);
    }

    private ulong DataOf(int place) => ((ulong)_slots[place].Generation << 32) | (uint)place;

    private void Leave(int place)
    {
        _slots[place].Owner = null;
        _slots[place].Generation++;
        _free.Push(place);
    }

    /// <summary>Sends the first frames of a queue, from an offset in the first, in one call.</summary>
    /// <remarks>
    /// They go from one stretch of memory, which most sockets of a room share: what lies there from the socket before is
    /// not copied again.
    /// </remarks>
    /// <param name="tried">Bytes that were to be sent.</param>
    /// <param name="whole">Frames that they are the end of.</param>
    /// <returns>Bytes sent; below zero an error.</returns>
    public nint Send(int file, in FrameQueue queue, int count, int offset, out int tried, out int whole)
    {
        var first = queue[0];
        if (first.Length > StageSize)
        {
            (tried, whole) = (first.Length - offset, 1);
            return Kernel.Send(file, first.Bytes.AsSpan(offset));
        }

        count = Math.Min(count, MostStaged);
        var same = queue.CountSame(_staged.AsSpan(0, Math.Min(count, _stagedCount)));
        var end = same == 0 ? 0 : _stagedEnds[same - 1];
        if (same < count)
        {
            for (; same < count && end + queue[same].Length <= StageSize; same++)
            {
                var frame = queue[same];
                frame.Bytes.CopyTo(new Span<byte>(_stage + end, frame.Length));
                end += frame.Length;
                (_staged[same], _stagedEnds[same]) = (frame, end);
            }

            _stagedCount = same;
        }

        (tried, whole) = (end - offset, same);
        return Kernel.Send(file, new ReadOnlySpan<byte>(_stage + offset, tried));
    }

    public void Dispose()
    {
        // Sockets have ended by now, but nobody knows yet what these want.
        for (var place = 1; place < _used; place++)
        {
            (_slots[place].Owner as Candidate<TKernel>)?.Drop();
        }

        if (_bell >= 0)
        {
            _ = Kernel.Close(_bell);
        }

        if (_poll >= 0)
        {
            _ = Kernel.Close(_poll);
        }

        NativeMemory.Free(_memory);
        NativeMemory.Free(_stage);
    }

    /// <summary>Takes a file away from the reactor and makes it a socket of the runtime's.</summary>
    /// <exception cref="SocketException">It cannot be one; the file is the caller's still.</exception>
    public static Socket ToSocket(int file)
    {
        var handle = new SafeSocketHandle(file, ownsHandle: true);
        try
        {
            return new(handle);
        }
        catch
        {
            // Else its finalizer would close the number, which is another connection's by then.
            handle.SetHandleAsInvalid();
            throw;
        }
    }

    private struct Slot
    {
        public IWatched? Owner;
        public uint Generation;
    }
}
