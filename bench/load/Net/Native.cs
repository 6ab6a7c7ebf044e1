using System.Runtime.InteropServices;

namespace Carillon.Load.Net;

/// <summary>The few calls of the C library that the client makes itself; numbers are Linux's, x86-64 and arm64.</summary>
internal static unsafe partial class Native
{
    public const int Inet = 2;
    public const int Stream = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int SolSocket = 1;
    public const int SoError = 4;
    public const int SoLinger = 13;
    public const int Ip = 0;
    public const int BindAddressNoPort = 24;
    public const int Tcp = 6;
    public const int NoDelay = 1;
    public const int NoSignal = 0x4000;
    public const int Again = 11;
    public const int Interrupted = 4;
    public const int InProgress = 115;
    public const int EpollAdd = 1;
    public const int EpollModify = 3;
    public const int EpollDelete = 2;
    public const uint EpollIn = 1;
    public const uint EpollOut = 4;
    public const uint EpollError = 8;
    public const uint EpollHangup = 16;
    public const int Terminate = 15;
    public const int ScheduleClockTicks = 2;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(int fd, int level, int name, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(int fd, int level, int name, void* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int fd, byte* happening);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(int epoll, byte* happenings, int most, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sysconf(int name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setaffinity(int process, nint size, byte* mask);
}
