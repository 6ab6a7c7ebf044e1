using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Carillon.Tests.Durability;

/// <summary>Where a connection is cut. What is counted in bytes goes through; the rest never does.</summary>
internal abstract record Cut
{
    public sealed record Never : Cut;

    /// <summary>The server gets so many bytes of the request and no end of it.</summary>
    public sealed record InRequest(int Bytes) : Cut;

    /// <summary>The server gets the whole request; nobody waits for its answer.</summary>
    public sealed record AfterRequest : Cut;

    /// <summary>The server has answered; the client gets so many bytes of it.</summary>
    public sealed record InResponse(int Bytes) : Cut;
}

/// <summary>A line between client and server that breaks where it is told to. One connection at a time, one request each.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly Task _serving;

    public FaultProxy(Uri server)
    {
        _server = new IPEndPoint(IPAddress.Loopback, server.Port);
        _listener.Start();
        _serving = Serve();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>For the next connection.</summary>
    public Cut Next { get; set; } = new Cut.Never();

    /// <summary>The server's last answer, whole, whatever the client got of it; null where none was waited for.</summary>
    public byte[]? Answer { get; private set; }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptSocketAsync();
                try
                {
                    await Carry(client, Next);
                }
                catch (SocketException)
                {
                    // One side is gone; the other sees it.
                }

                // Reset, as by a line that breaks: what the client has not read yet may be lost as well.
                client.Close(0);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException or SocketException)
        {
            // The listener is closed.
        }
    }

    private async Task Carry(Socket client, Cut cut)
    {
        Answer = null;
        var request = await ReadMessage(client);
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync(_server);
        await server.SendAsync(cut is Cut.InRequest part ? request.AsMemory(0, Math.Min(part.Bytes, request.Length - 1)) : request);
        if (cut is Cut.InRequest or Cut.AfterRequest)
        {
            server.Close(cut is Cut.InRequest ? 0 : -1);
            return;
        }

        var answer = await ReadMessage(server);
        Answer = answer;
        var through = cut is Cut.InResponse inside ? Math.Min(inside.Bytes, answer.Length) : answer.Length;
        await client.SendAsync(answer.AsMemory(0, through));
        if (cut is Cut.Never)
        {
            client.Shutdown(SocketShutdown.Send);
            await client.ReceiveAsync(new byte[1]);
        }
    }

    /// <summary>A head and the body whose length it tells.</summary>
    private static async Task<byte[]> ReadMessage(Socket from)
    {
        var all = new byte[64 * 1024];
        var size = 0;
        while (true)
        {
            var got = await from.ReceiveAsync(all.AsMemory(size));
            if (got == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            size += got;
            if (HeadOf(all.AsSpan(0, size)) is { } head && size >= head + BodyOf(all.AsSpan(0, head)))
            {
                return all[..size];
            }
        }
    }

    /// <summary>Bytes up to and with the empty line; null where it has not come.</summary>
    public static int? HeadOf(ReadOnlySpan<byte> message) => message.IndexOf("\r\n\r\n"u8) is >= 0 and var end ? end + 4 : null;

    private static int BodyOf(ReadOnlySpan<byte> head)
    {
        const string name = "content-length:";
        var text = Encoding.ASCII.GetString(head);
        var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(text[(at + name.Length)..text.IndexOf('\r', at)]);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10));
        _listener.Dispose();
    }
}
