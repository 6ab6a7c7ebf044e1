using System.Buffers;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>WebSocket and nothing else: a frame from a member goes to all members of its room, itself included.</summary>
internal sealed class RawProtocol : WebSocketProtocol
{
    public override string Name => "ws";

    protected override string Host => "localhost";

    protected override string TargetOf(Member member) => $"/?room={member.Room}";

    protected override void Upgraded(Member member) => member.Joined();

    protected override void Message(Member member, WebSocketFrame frame)
    {
        if (!frame.IsFinal) throw new InvalidDataException("A message in pieces.");
        member.Hear(frame.Payload, 0);
    }

    public override void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to) =>
        WebSocketFrame.Write(to, WebSocketFrame.Text, content);

    public override int ContentFor(int frame) => frame - FrameHead;
}
