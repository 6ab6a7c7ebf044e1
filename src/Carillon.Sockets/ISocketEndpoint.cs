using System.Net;
using Carillon.Wire.SigV4;
using Carillon.Wire.WebSockets;

namespace Carillon.Sockets;

/// <summary>A request for a socket, whichever way it came.</summary>
/// <param name="IsSecure">Whether it came over TLS.</param>
public sealed record UpgradeRequest(UpgradeHead Head, IPAddress? RemoteAddress, bool IsSecure)
{
    public string Target => Head.Target;

    public HeaderField[] Headers => Head.Headers;

    /// <summary>The path as it came.</summary>
    public ReadOnlySpan<char> Path => Target.AsSpan(0, Target.IndexOf('?') is var mark and >= 0 ? mark : Target.Length);

    /// <summary>The value of the first header of that name; null without one.</summary>
    public string? Header(string name) => Head.Header(name);
}

/// <summary>What is done with a socket that may be opened.</summary>
/// <param name="Serve">
/// Called on a thread of the pool once the socket is open: starts or closes it. A fault closes it with 1011.
/// </param>
/// <param name="Ended">
/// On the loop, once, when the socket is gone, served or not; also where there never was one: the client had left, or it was refused.
/// </param>
public sealed record Admission(SocketOptions Options, Func<LiveSocket, Task> Serve, Action? Ended = null)
{
    /// <summary>
    /// Who decides about the request, where that takes its time: called once on a thread of the pool, while the client waits for
    /// its answer. A fault is answered with 500. Null: it is a socket at once.
    /// </summary>
    public Func<Task<UpgradeAnswer>>? Decide { get; init; }
}

/// <summary>Who is to have the sockets of an address.</summary>
public interface ISocketEndpoint
{
    bool IsPath(ReadOnlySpan<byte> path);

    /// <summary>Whether a faultless request gets its socket. Quick, on any thread.</summary>
    /// <returns>Null where it does not, and the web server is to say so.</returns>
    Admission? Admit(UpgradeRequest request);
}
