using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Carillon.Tests.Durability;

/// <summary>
/// A session over a bare socket: it reads as fast, as slowly or as little as it is told to, and counts the events of the one
/// channel that it hears.
/// </summary>
internal sealed class RawSession : IDisposable
{
    private const int GoingAway = 0;
    private static readonly byte[] sequenceName = "\"x-carillon-sequence\":\""u8.ToArray(), timeName = "sent-at-"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _filled;
    private long? _last;
    public int Events { get; private set; }

    /// <summary>Where an event did not follow the one before.</summary>
    public string? Fault { get; private set; }

    /// <summary>How it was closed: a code, 0 where the connection ended without one, null while it is open.</summary>
    public int? Closed { get; private set; }

    /// <summary>From the sending of an event to its reading, in milliseconds.</summary>
    public List<double> Delays { get; } = [];

    /// <param name="far">
    /// As over a network: small packets and a small window, so that little of what it does not read hides in the kernel.
    /// </param>
    public async Task Open(Uri url, bool far)
    {
        const int tcp = 6, maximumSegment = 2;
        if (far)
        {
            _socket.ReceiveBufferSize = 4096;
            _socket.SetRawSocketOption(tcp, maximumSegment, BitConverter.GetBytes(1400));
        }

        await _socket.ConnectAsync(IPAddress.Loopback, url.Port);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\n\r\n"));
        int? head;
        while ((head = FaultProxy.HeadOf(_buffer.AsSpan(0, _filled))) is null)
        {
            var got = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
            _filled += got > 0 ? got : throw new IOException("The session was not opened.");
        }

        if (!_buffer.AsSpan().StartsWith("HTTP/1.1 101"u8))
        {
            throw new IOException("The session was refused: " + Encoding.ASCII.GetString(_buffer.AsSpan(0, head.Value)));
        }

        Consume(head.Value);
        await TakeFrames();
    }

    /// <summary>Reads what there is, at most so many bytes, and waits for some where there is none. False at the end.</summary>
    public async Task<bool> Read(int most, CancellationToken cancellation)
    {
        try
        {
            var got = await _socket.ReceiveAsync(_buffer.AsMemory(_filled, Math.Min(most, _buffer.Length - _filled)), cancellation);
            if (got == 0)
            {
                Closed ??= GoingAway;
            }

            _filled += got;
            await TakeFrames();
        }
        catch (SocketException)
        {
            Closed ??= GoingAway;
        }

        return Closed is null;
    }

    /// <summary>Server frames are not masked: an opcode, a length of 1, 3 or 9 bytes, and the payload.</summary>
    private async Task TakeFrames()
    {
        while (Next() is { } frame)
        {
            var (opcode, start, end) = frame;
            switch (opcode)
            {
                case 8:
                    Closed ??= end - start >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(start)) : 1005;
                    break;
                case 9:
                    // A pong, masked with zeros.
                    await _socket.SendAsync((byte[])[0x8a, (byte)(0x80 | (end - start)), 0, 0, 0, 0, .. _buffer[start..end]]);
                    break;
                case 1:
                    Heard(_buffer.AsSpan(start, end - start));
                    break;
            }

            Consume(end);
        }
    }

    private (int Opcode, int Start, int End)? Next()
    {
        var there = _buffer.AsSpan(0, _filled);
        if (there.Length < 2)
        {
            return null;
        }

        var (start, length) = (2, there[1] & 0x7f);
        if (length == 126)
        {
            if (there.Length < 4)
            {
                return null;
            }

            (start, length) = (4, BinaryPrimitives.ReadUInt16BigEndian(there[2..]));
        }
        else if (length == 127)
        {
            throw new IOException("A frame of 64 KiB or more was not asked for.");
        }

        return there.Length < start + length ? null : (there[0] & 0xf, start, start + length);
    }

    private void Heard(ReadOnlySpan<byte> frame)
    {
        var at = frame.IndexOf(sequenceName);
        if (at < 0)
        {
            return;
        }

        if (!Utf8Parser.TryParse(frame[(at + sequenceName.Length)..], out long sequence, out _))
        {
            Fault ??= "an event has no sequence";
        }

        if (_last is { } last && sequence != last + 1)
        {
            Fault ??= $"{sequence} came after {last}";
        }

        (_last, Events) = (sequence, Events + 1);
        var sent = frame.IndexOf(timeName);
        if (sent >= 0 && Utf8Parser.TryParse(frame[(sent + timeName.Length)..], out long time, out _))
        {
            Delays.Add(Stopwatch.GetElapsedTime(time).TotalMilliseconds);
        }
    }

    private void Consume(int bytes)
    {
        _buffer.AsSpan(bytes, _filled - bytes).CopyTo(_buffer);
        _filled -= bytes;
    }

    public void Dispose() => _socket.Dispose();
}
