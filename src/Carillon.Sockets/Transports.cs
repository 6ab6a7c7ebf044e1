using Carillon.Sockets.Epoll;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Carillon.Sockets;

/// <summary>Which ways there are for sockets to get in.</summary>
public static class Transports
{
    /// <summary>Has the loop read and write plain sockets itself. Before it starts.</summary>
    /// <returns>Null; or why it cannot, in a sentence: then all sockets are the web server's pipes.</returns>
    public static string? TryUseReactor(SocketLoop loop)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "The reactor needs Linux.";
        }

        try
        {
            loop.Use(new Reactor<LinuxKernel>(loop, default));
            return null;
        }
        catch (Exception e) when (e is PlatformNotSupportedException or DllNotFoundException or EntryPointNotFoundException)
        {
            return e.Message;
        }
    }

    /// <summary>The web server's way to listen at each <see cref="ReactorEndPoint"/>. The loop must use the reactor.</summary>
    /// <param name="limit">Null where there is none.</param>
    public static IConnectionListenerFactory Listeners(
        SocketLoop loop, SocketServing serving, IAddressLimit? limit, ILoggerFactory logs) =>
        new ReactorTransport<LinuxKernel>((Reactor<LinuxKernel>)loop.Io, serving, limit, logs);
}
