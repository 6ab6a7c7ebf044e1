using System.Runtime.InteropServices;

namespace Carillon.Sockets.Epoll;

/// <summary>Linux itself. Only the numbers of x86-64 and arm64 are here, which are the same for these calls.</summary>
internal readonly unsafe partial struct LinuxKernel : IKernel
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int MessageDontWait = 0x40;
    private const int MessageNoSignal = 0x4000;
    private const int MessagePeek = 0x2;
    private const int Tcp = 6;
    private const int TcpNoDelay = 1;
    private const int TcpNotSentLowWater = 25;

    private const int MostUnsent = 128 * 1024;

    public int CreatePoll() => Result(epoll_create1(CloseOnExec));

    public int CreateBell() => Result(eventfd(0, CloseOnExec | NonBlocking));

    public void Ring(int bell)
    {
        ulong one = 1;
        _ = write(bell, &one, sizeof(ulong));
    }

    public void Silence(int bell)
    {
        ulong count;
        _ = read(bell, &count, sizeof(ulong));
    }

    public int Watch(int poll, int file, uint events, ulong data, bool isNew)
    {
        var memory = stackalloc byte[16];
        new PollEvents(memory, 1, PollEvents.IsPackedHere).Set(0, (PollFlags)events, data);
        return Result(epoll_ctl(poll, isNew ? 1 : 3, file, memory));
    }

    public int Unwatch(int poll, int file)
    {
        var unused = stackalloc byte[16];
        return Result(epoll_ctl(poll, 2, file, unused));
    }

    public int Wait(int poll, in PollEvents into, int timeout) => Result(epoll_wait(poll, into.Memory, into.Capacity, timeout));

    public int Accept(int listener, Span<byte> address, out int length)
    {
        var size = address.Length;
        int file;
        fixed (byte* to = address)
        {
            file = Result(accept4(listener, to, &size, CloseOnExec | NonBlocking));
        }

        length = Math.Min(size, address.Length);
        if (file >= 0)
        {
            var on = 1;
            _ = setsockopt(file, Tcp, TcpNoDelay, &on, sizeof(int));
        }

        return file;
    }

    public nint Receive(int file, Span<byte> into, bool peek)
    {
        fixed (byte* to = into)
        {
            var received = recv(file, to, into.Length, MessageDontWait | (peek ? MessagePeek : 0));
            return received < 0 ? -Marshal.GetLastPInvokeError() : received;
        }
    }

    public nint Send(int file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            var sent = send(file, from, bytes.Length, MessageDontWait | MessageNoSignal);
            return sent < 0 ? -Marshal.GetLastPInvokeError() : sent;
        }
    }

    public void BoundUnsent(int file)
    {
        var most = MostUnsent;
        _ = setsockopt(file, Tcp, TcpNotSentLowWater, &most, sizeof(int));
    }

    public int ShutdownWriting(int file) => Result(shutdown(file, 1));

    public int Close(int file) => Result(close(file));

    private static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int poll, int operation, int file, byte* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int poll, byte* events, int most, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int file, byte* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int file, byte* into, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int file, byte* from, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int file, void* into, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, void* from, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int file, int level, int option, int* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int file, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
