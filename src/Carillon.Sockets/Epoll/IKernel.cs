namespace Carillon.Sockets.Epoll;

/// <summary>
/// What the reactor needs of the system, and all it does to it. Calls give back what the system does, or the error's number
/// below zero. A structure, so that calls to it cost nothing; tests put one of their own in its place.
/// </summary>
internal interface IKernel
{
    int CreatePoll();

    /// <summary>Something to ring: readable until it is silenced.</summary>
    int CreateBell();

    void Ring(int bell);

    void Silence(int bell);

    int Watch(int poll, int file, uint events, ulong data, bool isNew);

    int Unwatch(int poll, int file);

    /// <param name="timeout">Milliseconds; -1 for no end.</param>
    int Wait(int poll, in PollEvents into, int timeout);

    /// <summary>The next connection, not blocking and without delay for small writes.</summary>
    int Accept(int listener, Span<byte> address, out int length);

    nint Receive(int file, Span<byte> into, bool peek);

    nint Send(int file, ReadOnlySpan<byte> bytes);

    /// <summary>Keeps what waits unsent in the kernel small: it would else come before our own, bounded queue.</summary>
    void BoundUnsent(int file);

    int ShutdownWriting(int file);

    int Close(int file);
}

internal static class Errno
{
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int NoBuffers = 105;
    public const int NoMemory = 12;
}

[Flags]
internal enum PollFlags : uint
{
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,
    HungUp = 0x10,

    /// <summary>The peer will send nothing more.</summary>
    PeerFinished = 0x2000,

    /// <summary>Once an arrival, not as long as something is there.</summary>
    Edge = 1u << 31,
}
