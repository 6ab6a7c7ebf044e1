using System.Buffers;
using System.Globalization;
using System.Text;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>A WebSocket API with rooms (bench/gateway): members say by a route what all in their room hear.</summary>
internal sealed class GatewayProtocol : WebSocketProtocol
{
    private const string Target = "/ws/bench/production";

    public override string Name => "gateway";

    protected override string Host => "localhost";

    protected override string TargetOf(Member member) => Target;

    protected override void Upgraded(Member member) =>
        member.SendFrame(WebSocketFrame.Text, Encoding.ASCII.GetBytes($$"""{"action":"join","room":"{{Room(member)}}"}"""));

    protected override void Message(Member member, WebSocketFrame frame)
    {
        if (!frame.IsFinal) throw new InvalidDataException("A message in pieces.");
        if (frame.Payload.SequenceEqual("joined"u8))
        {
            member.Joined();
        }
        else if (frame.Payload.StartsWith("{\"action\""u8))
        {
            member.Hear(frame.Payload, 0);
        }
        else
        {
            throw new InvalidDataException(Encoding.UTF8.GetString(frame.Payload));
        }
    }

    public override void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to) =>
        WebSocketFrame.Write(to, WebSocketFrame.Text, [.. Before(Room(member)), .. content, .. "\"}"u8]);

    public override int ContentFor(int frame) => frame - FrameHead - Before("0").Length - 2;

    private static string Room(Member member) => member.Room.ToString(CultureInfo.InvariantCulture);

    private static byte[] Before(string room) => Encoding.ASCII.GetBytes($$"""{"action":"say","room":"{{room}}","text":" """[..^1]);
}
