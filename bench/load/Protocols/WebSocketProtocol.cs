using System.Buffers;
using System.Text;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>What the protocols over WebSocket share: the upgrade, pings, the end.</summary>
internal abstract class WebSocketProtocol : Protocol
{
    /// <summary>Bytes before a server's frame of 126 to 65,535 bytes.</summary>
    protected const int FrameHead = 4;

    protected abstract string TargetOf(Member member);

    /// <summary>Further lines of the request, each with its end.</summary>
    protected virtual string HeadersOf(Member member) => "";

    /// <summary>What the request calls the server.</summary>
    protected abstract string Host { get; }

    public override void Open(Member member, IBufferWriter<byte> to) => to.Write(Encoding.ASCII.GetBytes(
        $"GET {TargetOf(member)} HTTP/1.1\r\nHost: {Host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{HeadersOf(member)}\r\n"));

    public override int Read(Member member, ReadOnlySpan<byte> data)
    {
        var used = 0;
        if (member.Stage == 0)
        {
            used = HttpAnswer.TryReadHead(data, out var status);
            if (used == 0) return 0;
            if (status != 101) throw new InvalidDataException($"The upgrade was answered with {status}.");
            member.Stage = 1;
            Upgraded(member);
        }

        while (member.State != MemberState.Dead && WebSocketFrame.TryRead(data[used..], out var frame) is > 0 and var length)
        {
            used += length;
            switch (frame.Opcode)
            {
                case WebSocketFrame.Close:
                    member.Die($"Close frame: {Reason(frame.Payload)}");
                    break;
                case WebSocketFrame.Ping:
                    member.SendFrame(WebSocketFrame.Pong, frame.Payload);
                    break;
                case WebSocketFrame.Pong:
                    break;
                default:
                    Message(member, frame);
                    break;
            }
        }

        return used;
    }

    /// <summary>The server has answered 101.</summary>
    protected abstract void Upgraded(Member member);

    /// <summary>A frame of a message.</summary>
    protected abstract void Message(Member member, WebSocketFrame frame);

    private static string Reason(ReadOnlySpan<byte> payload) => payload.Length < 2
        ? "no code"
        : $"{(payload[0] << 8) | payload[1]} {Encoding.UTF8.GetString(payload[2..])}";
}
