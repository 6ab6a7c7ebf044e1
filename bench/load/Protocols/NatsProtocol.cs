using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Carillon.Load.Protocols;

/// <summary>Core NATS over TCP (docs.nats.io, "Client protocol").</summary>
internal sealed class NatsProtocol : Protocol
{
    public override string Name => "nats";

    public override void Open(Member member, IBufferWriter<byte> to) => to.Write(Encoding.ASCII.GetBytes(
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\",\"protocol\":1,\"echo\":true}\r\n"
        + $"SUB r.{member.Room} 1\r\nPING\r\n"));

    public override int Read(Member member, ReadOnlySpan<byte> data)
    {
        var used = 0;
        while (data[used..].IndexOf("\r\n"u8) is >= 0 and var end)
        {
            var line = data.Slice(used, end);
            var body = used + end + 2;
            if (line.StartsWith("MSG "u8))
            {
                // MSG subject sid bytes
                var size = line[(line.LastIndexOf((byte)' ') + 1)..];
                if (!Utf8Parser.TryParse(size, out int length, out _)) throw new InvalidDataException("MSG without its size.");
                if (data.Length - body < length + 2) return used;
                member.Hear(data.Slice(body, length), 0);
                body += length + 2;
            }
            else if (line.SequenceEqual("PONG"u8))
            {
                member.Joined();
            }
            else if (line.SequenceEqual("PING"u8))
            {
                member.Send("PONG\r\n"u8);
            }
            else if (line.StartsWith("-ERR"u8))
            {
                throw new InvalidDataException(Encoding.ASCII.GetString(line));
            }

            used = body;
        }

        return used;
    }

    public override void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to)
    {
        to.Write(Encoding.ASCII.GetBytes($"PUB r.{member.Room} {content.Length}\r\n"));
        to.Write(content);
        to.Write("\r\n"u8);
    }

    public override int ContentFor(int frame) => frame - $"MSG r.0 1 {frame}\r\n\r\n".Length;
}
