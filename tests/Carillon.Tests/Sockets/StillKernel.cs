using Carillon.Sockets;
using Carillon.Sockets.Epoll;

namespace Carillon.Tests.Sockets;

/// <summary>A kernel in which nothing happens, and that takes whatever is sent: what remains is the reactor's own doing.</summary>
internal readonly struct StillKernel(StillKernel.State state) : IKernel
{
    private const int Poll = 3;
    private const int Bell = 4;

    public int CreatePoll() => Poll;

    public int CreateBell() => Bell;

    public void Ring(int bell) => state.Rings.Release();

    public void Silence(int bell)
    {
    }

    public int Watch(int poll, int file, uint events, ulong data, bool isNew)
    {
        state.BellData = file == Bell ? data : state.BellData;
        return 0;
    }

    public int Unwatch(int poll, int file) => 0;

    public int Wait(int poll, in PollEvents into, int timeout)
    {
        if (!state.Rings.Wait(timeout))
        {
            return 0;
        }

        into.Set(0, PollFlags.Readable, state.BellData);
        return 1;
    }

    public int Accept(int listener, Span<byte> address, out int length)
    {
        length = 0;
        return -Errno.Again;
    }

    public nint Receive(int file, Span<byte> into, bool peek) => -Errno.Again;

    public nint Send(int file, ReadOnlySpan<byte> bytes)
    {
        state.Sends++;
        state.Sent?.Invoke(file);
        return state.IsFull ? -Errno.Again : bytes.Length;
    }

    public void BoundUnsent(int file)
    {
    }

    public int ShutdownWriting(int file) => 0;

    public int Close(int file) => 0;

    internal sealed class State
    {
        /// <summary>Whether it takes nothing more.</summary>
        public bool IsFull { get; set; }

        public SemaphoreSlim Rings { get; } = new(0);

        public ulong BellData { get; set; }

        /// <summary>Calls; the loop's to count.</summary>
        public long Sends { get; set; }

        /// <summary>On the loop, at each call.</summary>
        public Action<int>? Sent { get; set; }
    }
}
