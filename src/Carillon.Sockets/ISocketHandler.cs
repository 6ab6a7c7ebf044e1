namespace Carillon.Sockets;

/// <summary>
/// What becomes of one socket. Calls for one socket come one after the other; a message may come on any thread, and its
/// bytes are gone when the call returns. No call may block.
/// </summary>
public interface ISocketHandler
{
    void Message(LiveSocket socket, bool isText, ReadOnlySpan<byte> payload);

    /// <summary>On the loop, once, when the socket is gone; nothing comes after it.</summary>
    void Ended(LiveSocket socket);
}

/// <summary>
/// How many sockets a frame goes to, which decides who goes first: ten are not to wait for ten thousand.
/// </summary>
public enum Lane
{
    /// <summary>Up to 64.</summary>
    Narrow = 0,

    /// <summary>Up to 1,024.</summary>
    Middle = 1,
    Wide = 2,
}

public static class Lanes
{
    public static Lane Of(int sockets) => sockets <= 64 ? Lane.Narrow : sockets <= 1024 ? Lane.Middle : Lane.Wide;
}
