using System.Buffers.Binary;

namespace Carillon.Wire.WebSockets;

/// <summary>Frames as a server sends them: whole, and without a mask (RFC 6455, 5.1).</summary>
public static class ServerFrame
{
    public const int LongestHeader = 10;

    /// <summary>UTF-8 of a reason that fits into a close frame beside its code.</summary>
    public const int LongestReason = 123;

    public static int HeaderLength(long payload) => payload < 126 ? 2 : payload <= ushort.MaxValue ? 4 : LongestHeader;

    /// <summary>Writes the header of a frame.</summary>
    /// <returns>Its length.</returns>
    public static int WriteHeader(Span<byte> into, Opcode opcode, long payload)
    {
        into[0] = (byte)(0x80 | (int)opcode);
        if (payload < 126)
        {
            into[1] = (byte)payload;
            return 2;
        }

        if (payload <= ushort.MaxValue)
        {
            into[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)payload);
            return 4;
        }

        into[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(into[2..], payload);
        return LongestHeader;
    }

    public static byte[] Of(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderLength(payload.Length) + payload.Length];
        payload.CopyTo(frame.AsSpan(WriteHeader(frame, opcode, payload.Length)));
        return frame;
    }

    /// <param name="code">1005 and 1006 stand for a code that was not given, and go as a close frame without one.</param>
    /// <param name="reason">Cut after whole characters where it is too long.</param>
    public static byte[] Close(int code, string reason)
    {
        if (code is CloseStatus.None or CloseStatus.Abnormal)
        {
            return Of(Opcode.Close, []);
        }

        Span<byte> payload = stackalloc byte[2 + LongestReason];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        System.Text.Unicode.Utf8.FromUtf16(reason, payload[2..], out _, out var written);
        return Of(Opcode.Close, payload[..(2 + written)]);
    }
}
