using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Carillon.Load.Protocols;

/// <summary>MQTT 3.1.1 over TCP, everything with QoS 0.</summary>
internal sealed class MqttProtocol : Protocol
{
    public override string Name => "mqtt";

    public override void Open(Member member, IBufferWriter<byte> to)
    {
        // Clean session, no keep-alive; the subscription follows at once.
        Packet(to, 0x10, [.. Text("MQTT"), 4, 2, 0, 0, .. Text($"bench-{member.Number}")]);
        Packet(to, 0x82, [0, 1, .. Text(Topic(member)), 0]);
    }

    public override int Read(Member member, ReadOnlySpan<byte> data)
    {
        var used = 0;
        while (TryRead(data[used..], out var type, out var body) is > 0 and var length)
        {
            used += length;
            switch (type & 0xf0)
            {
                case 0x20 when body is not [_, 0]:
                case 0x90 when body is not [_, _, 0]:
                    throw new InvalidDataException("The broker refused the connection or the subscription.");
                case 0x90:
                    member.Joined();
                    break;
                case 0x30:
                    member.Hear(body[(2 + BinaryPrimitives.ReadUInt16BigEndian(body))..], 0);
                    break;
            }
        }

        return used;
    }

    /// <summary>Bytes that the first packet takes, or 0 where it is not whole yet.</summary>
    public static int TryRead(ReadOnlySpan<byte> data, out byte type, out ReadOnlySpan<byte> body)
    {
        type = data.IsEmpty ? (byte)0 : data[0];
        body = default;
        int length = 0, head = 1;
        for (var shift = 0; ; shift += 7)
        {
            if (head >= data.Length) return 0;
            if (shift > 21) throw new InvalidDataException("A length of more than four bytes.");
            var part = data[head++];
            length |= (part & 127) << shift;
            if ((part & 128) == 0) break;
        }

        if (data.Length - head < length) return 0;
        body = data.Slice(head, length);
        return head + length;
    }

    public override void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to) =>
        Packet(to, 0x30, [.. Text(Topic(member)), .. content]);

    public override int ContentFor(int frame) => frame - 3 - Text("r/0").Length;

    private static string Topic(Member member) => $"r/{member.Room}";

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private static void Packet(IBufferWriter<byte> to, byte type, ReadOnlySpan<byte> body)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = type;
        var length = 1;
        for (var left = body.Length; ; left >>= 7)
        {
            head[length++] = (byte)(left > 127 ? (left & 127) | 128 : left);
            if (left <= 127) break;
        }

        to.Write(head[..length]);
        to.Write(body);
    }
}
