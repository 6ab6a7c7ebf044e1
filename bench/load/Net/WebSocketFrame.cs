using System.Buffers;
using System.Buffers.Binary;

namespace Carillon.Load.Net;

/// <summary>Frames of RFC 6455, section 5.2.</summary>
internal readonly ref struct WebSocketFrame
{
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    public byte Opcode { get; private init; }

    /// <summary>The last of its message.</summary>
    public bool IsFinal { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Bytes that the first frame takes, or 0 where it is not whole yet.</summary>
    /// <exception cref="InvalidDataException">A server's frame must be unmasked, without extensions, and below 1 MiB.</exception>
    public static int TryRead(ReadOnlySpan<byte> data, out WebSocketFrame frame)
    {
        frame = default;
        if (data.Length < 2) return 0;
        if ((data[0] & 0x70) != 0 || (data[1] & 0x80) != 0) throw new InvalidDataException("This is no server's frame.");
        long length = data[1];
        var head = 2;
        if (length == 126)
        {
            head = 4;
            if (data.Length < head) return 0;
            length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
        }
        else if (length == 127)
        {
            head = 10;
            if (data.Length < head) return 0;
            length = BinaryPrimitives.ReadInt64BigEndian(data[2..]);
        }

        if (length is < 0 or > 1 << 20) throw new InvalidDataException($"A frame of {length} bytes.");
        if (data.Length - head < length) return 0;
        frame = new WebSocketFrame
        {
            Opcode = (byte)(data[0] & 15),
            IsFinal = (data[0] & 0x80) != 0,
            Payload = data.Slice(head, (int)length),
        };
        return head + (int)length;
    }

    /// <summary>A client's frame, masked with the key 0: legal, and free on this side.</summary>
    public static void Write(IBufferWriter<byte> to, byte opcode, ReadOnlySpan<byte> payload)
    {
        var head = to.GetSpan(14);
        head[0] = (byte)(0x80 | opcode);
        var length = 2;
        if (payload.Length < 126)
        {
            head[1] = (byte)(0x80 | payload.Length);
        }
        else
        {
            head[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], checked((ushort)payload.Length));
            length = 4;
        }

        head.Slice(length, 4).Clear();
        to.Advance(length + 4);
        to.Write(payload);
    }
}
