using System.Buffers;
using System.Buffers.Text;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>Messaging sessions. Members only listen: messages go by HTTP.</summary>
/// <param name="host">As it was signed.</param>
/// <param name="targets">The presigned target of each member.</param>
internal sealed class ChimeProtocol(string host, IReadOnlyList<string> targets) : WebSocketProtocol
{
    /// <summary>Bytes at the beginning of a frame that tell what event it is.</summary>
    private const int MostHeaders = 96;

    public override string Name => "chime";

    protected override string Host => host;

    /// <summary>Bytes of the last message frame, its head included.</summary>
    public int LastFrame { get; private set; }

    protected override string TargetOf(Member member) => targets[member.Number];

    protected override void Upgraded(Member member)
    {
        // A session stands once SESSION_ESTABLISHED has come.
    }

    protected override void Message(Member member, WebSocketFrame frame)
    {
        if (!frame.IsFinal) throw new InvalidDataException("A frame of a session in pieces.");
        var headers = frame.Payload[..Math.Min(frame.Payload.Length, MostHeaders)];
        if (headers.IndexOf("\"CREATE_CHANNEL_MESSAGE\""u8) >= 0)
        {
            LastFrame = FrameHead + frame.Payload.Length;
            member.Hear(frame.Payload, SequenceOf(frame.Payload));
        }
        else if (headers.IndexOf("\"SESSION_ESTABLISHED\""u8) >= 0)
        {
            member.Joined();
        }
    }

    /// <summary>The place in the channel's log that a frame tells.</summary>
    /// <exception cref="InvalidDataException">It tells none, and a lasting message must.</exception>
    public static long SequenceOf(ReadOnlySpan<byte> frame)
    {
        var name = "\"x-carillon-sequence\":\""u8;
        var at = frame.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(frame[(at + name.Length)..], out long place, out _)
            ? place
            : throw new InvalidDataException("A message without its sequence.");
    }

    public override void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to) =>
        throw new NotSupportedException("Members of a session say nothing on it.");

    public override int ContentFor(int frame) => throw new NotSupportedException("The frame follows from the content.");
}
