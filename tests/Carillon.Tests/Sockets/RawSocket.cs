using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Carillon.Tests.Wire.WebSockets;
using Carillon.Wire.WebSockets;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>A connection that sends whatever bytes it is told, and reads frames as a strict client does.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come. Nothing waits that long unless it fails.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RawSocket(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    public static Task<RawSocket> Connect(EchoServer server) =>
        Connect(server.Port, server.Way == Way.PipeOverTls ? hash => hash == EchoServer.CertificateHash : null);

    /// <param name="trusts">Whether the server has a certificate of that hash; null for a plain connection.</param>
    public static async Task<RawSocket> Connect(int port, Func<string?, bool>? trusts)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var patience = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), patience.Token);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (trusts is not null)
        {
            var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => trusts(certificate?.GetCertHashString()));
            await secure.AuthenticateAsClientAsync("localhost").WaitAsync(Deadline);
            stream = secure;
        }

        return new(socket, stream);
    }

    /// <summary>A faultless request for a socket.</summary>
    public static string HeadOf(string path, string more = "") =>
        $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n";

    /// <param name="early">Sent in one segment with the request for the socket.</param>
    public static async Task<RawSocket> Open(EchoServer server, string path = "/echo", byte[]? early = null)
    {
        var socket = await Connect(server);
        var before = server.Way == Way.Upgrade ? "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n" : "";
        await socket.Send([.. Encoding.ASCII.GetBytes(before + HeadOf(path)), .. early ?? []]);
        if (before.Length > 0)
        {
            Assert.Equal((200, "plain"), await socket.ReadAnswer());
        }

        await socket.AcceptedAs("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        return socket;
    }

    public async Task AcceptedAs(string accept)
    {
        var head = await ReadHead();
        Assert.StartsWith("HTTP/1.1 101 ", head);
        var fields = head.Split("\r\n").Skip(1).Where(line => line.Length > 0).Select(line => line.Split(": ")).ToLookup(
            pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        Assert.Equal([accept], fields["Sec-WebSocket-Accept"]);
        Assert.Equal("websocket", fields["Upgrade"].Single(), ignoreCase: true);
        Assert.Equal("upgrade", fields["Connection"].Single(), ignoreCase: true);
        Assert.Empty(fields["Sec-WebSocket-Extensions"].Concat(fields["Sec-WebSocket-Protocol"]));
    }

    public Task Send(byte[] bytes) => Write(bytes);

    private async Task Write(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes).AsTask().WaitAsync(Deadline);
        await _stream.FlushAsync();
    }

    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>In pieces, of which each leaves before the next; ends early where the server has gone.</summary>
    public async Task SendInPieces(ReadOnlyMemory<byte> bytes, int size)
    {
        try
        {
            for (; bytes.Length > 0; bytes = bytes[Math.Min(size, bytes.Length)..])
            {
                await Write(bytes[..Math.Min(size, bytes.Length)]);
            }
        }
        catch (IOException)
        {
            // The server was told enough.
        }
    }

    /// <summary>No more will be sent.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection at once.</summary>
    public void Reset()
    {
        _socket.LingerState = new(true, 0);
        _socket.Close();
    }

    /// <summary>Up to the empty line; what there is where the connection ends before it.</summary>
    public async Task<string> ReadHead()
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0 || !await ReadMore())
            {
                var length = end >= 0 ? end + 4 : _end - _start;
                var head = Encoding.Latin1.GetString(_buffer, _start, length);
                _start += length;
                return head;
            }
        }
    }

    /// <summary>A whole answer. Status 0 where the connection ended without one.</summary>
    public async Task<(int Status, string Body)> ReadAnswer()
    {
        var head = await ReadHead();
        if (head.Length == 0)
        {
            return (0, "");
        }

        var status = int.Parse(head.Split(' ')[1]);
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            var chunk = Convert.ToInt32(Encoding.ASCII.GetString((await Read(3))!).TrimEnd(), 16);
            var body = Encoding.UTF8.GetString((await Read(chunk))!);
            Assert.Equal("\r\n0\r\n\r\n", Encoding.ASCII.GetString((await Read(7))!));
            return (status, body);
        }

        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return (status, length is null ? "" : Encoding.UTF8.GetString((await Read(int.Parse(length[16..])))!));
    }

    /// <summary>Whether pings are frames to be read; they come when their second does, whatever a test is about.</summary>
    public bool HearsPings { get; set; }

    /// <summary>Null at the end of the connection, however it ended.</summary>
    public async Task<(Opcode Opcode, byte[] Payload)?> ReadFrame()
    {
        while (true)
        {
            var frame = await ReadAnyFrame();
            if (frame?.Opcode != Opcode.Ping || HearsPings)
            {
                return frame;
            }
        }
    }

    private async Task<(Opcode Opcode, byte[] Payload)?> ReadAnyFrame()
    {
        if (await Read(2) is not { } start)
        {
            return null;
        }

        Assert.Equal(0x80, start[0] & 0xf0);
        Assert.Equal(0, start[1] & 0x80);
        ulong length = start[1];
        if (length >= 126)
        {
            if (await Read(length == 126 ? 2 : 8) is not { } longer)
            {
                return null;
            }

            length = longer.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(longer) : BinaryPrimitives.ReadUInt64BigEndian(longer);
            Assert.True(longer.Length == 2 ? length > 125 : length > ushort.MaxValue);
        }

        return await Read((int)length) is { } payload ? ((Opcode)(start[0] & 0x0f), payload) : null;
    }

    public async Task<string> ReadText()
    {
        var frame = await ReadFrame();
        Assert.Equal(Opcode.Text, frame?.Opcode);
        return Encoding.UTF8.GetString(frame!.Value.Payload);
    }

    /// <summary>Reads over everything up to a close frame.</summary>
    public async Task<(int Code, string Reason)> ReadClose()
    {
        while (await ReadFrame() is { } frame)
        {
            if (frame.Opcode == Opcode.Close)
            {
                return CloseOf(frame.Payload);
            }
        }

        return (CloseStatus.Abnormal, "");
    }

    public static (int Code, string Reason) CloseOf(byte[] payload) => payload.Length < 2
        ? (CloseStatus.None, "")
        : (BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload.AsSpan(2)));

    /// <summary>Ends the socket as the protocol says, and waits until the server has closed the connection.</summary>
    public async Task CloseNormally()
    {
        await Send(ClientFrame.Close(1000));
        Assert.Equal(CloseStatus.Normal, (await ReadClose()).Code);
        Assert.Null(await ReadFrame());
    }

    /// <summary>Says something and hears it, so that everything said before has been heard too.</summary>
    public async Task EchoWorks(string text = "still here")
    {
        await Send(ClientFrame.Text(text));
        Assert.Equal(text, await ReadText());
    }

    /// <summary>All that comes until the connection ends, however that ends.</summary>
    public async Task<string> ReadToEnd()
    {
        while (await ReadMore())
        {
        }

        return Encoding.UTF8.GetString(_buffer, _start, _end - _start);
    }

    private async Task<byte[]?> Read(int count)
    {
        while (_end - _start < count)
        {
            if (!await ReadMore())
            {
                return null;
            }
        }

        var bytes = _buffer.AsSpan(_start, count).ToArray();
        _start += count;
        return bytes;
    }

    private async Task<bool> ReadMore()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        try
        {
            var count = await _stream.ReadAsync(_buffer.AsMemory(_end)).AsTask().WaitAsync(Deadline);
            _end += count;
            return count > 0;
        }
        catch (IOException)
        {
            // Broken instead of ended.
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
        }
        catch (IOException)
        {
            // A connection that is broken cannot say goodbye.
        }
    }
}
