using System.Buffers.Binary;
using Carillon.Wire.WebSockets;

namespace Carillon.Tests.Wire.WebSockets;

/// <summary>Frames as a client sends them, right or wrong.</summary>
internal static class ClientFrame
{
    private static readonly byte[] _mask = [0x37, 0xfa, 0x21, 0x3d];

    public static byte[] Text(string text, bool isFinal = true) => Of(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text), isFinal);

    public static byte[] Close(int code, string reason = "") =>
        Of(Opcode.Close, [(byte)(code >> 8), (byte)code, .. System.Text.Encoding.UTF8.GetBytes(reason)]);

    /// <param name="reserved">The three reserved bits, as they stand in the first byte.</param>
    /// <param name="lengthBytes">0, 2 or 8 bytes of a longer length; null for as many as are right.</param>
    public static byte[] Of(
        Opcode opcode, ReadOnlySpan<byte> payload, bool isFinal = true, int reserved = 0, byte[]? mask = null, bool isMasked = true,
        int? lengthBytes = null)
    {
        var longer = lengthBytes ?? (payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8);
        var header = new byte[2 + longer];
        header[0] = (byte)((isFinal ? 0x80 : 0) | reserved | (int)opcode);
        header[1] = (byte)((isMasked ? 0x80 : 0) | (longer switch { 0 => payload.Length, 2 => 126, _ => 127 }));
        if (longer == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)payload.Length);
        }
        else if (longer == 8)
        {
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), payload.Length);
        }

        if (!isMasked)
        {
            return [.. header, .. payload];
        }

        mask ??= _mask;
        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] ^= mask[i % 4];
        }

        return [.. header, .. mask, .. masked];
    }

    /// <summary>The payload of a whole, masked frame.</summary>
    public static byte[] PayloadOf(byte[] frame)
    {
        var mask = frame.AsSpan((frame[1] & 0x7f) switch { 126 => 4, 127 => 10, _ => 2 });
        var payload = mask[4..].ToArray();
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= mask[i % 4];
        }

        return payload;
    }
}
