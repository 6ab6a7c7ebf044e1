using System.Buffers;
using System.Text;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>Pages of the events app: each with the cookie of a browser that has come in. They hear totals of reactions.</summary>
/// <param name="cookies">One for each member.</param>
internal sealed class DeviceProtocol(string target, int port, string[] cookies) : WebSocketProtocol
{
    public override string Name => "devices";

    /// <summary>Reactions that members have heard of, added up.</summary>
    public long Reactions { get; private set; }

    /// <summary>Totals that members have heard.</summary>
    public long Totals { get; private set; }

    /// <summary>Of the last total that was heard.</summary>
    public int FrameBytes { get; private set; }

    protected override string Host => $"127.0.0.1:{port}";

    protected override string TargetOf(Member member) => target;

    protected override string HeadersOf(Member member) => $"Origin: http://{Host}\r\nCookie: {cookies[member.Number]}\r\n";

    protected override void Upgraded(Member member)
    {
    }

    protected override void Message(Member member, WebSocketFrame frame)
    {
        if (frame.Payload.StartsWith("""{"t":"reactions","""u8))
        {
            Totals++;
            FrameBytes = frame.Payload.Length + 2;
            // Members react with the first of all, so that the rest are zeros.
            var counts = frame.Payload[(frame.Payload.IndexOf((byte)'[') + 1)..];
            _ = System.Buffers.Text.Utf8Parser.TryParse(counts, out int count, out _);
            Reactions += count;
        }
        else if (frame.Payload.StartsWith("""{"t":"hello","""u8))
        {
            member.Joined();
        }
        else if (!frame.Payload.StartsWith("""{"t":"present","""u8))
        {
            throw new InvalidDataException(Encoding.UTF8.GetString(frame.Payload));
        }
    }

    public override void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to) =>
        WebSocketFrame.Write(to, WebSocketFrame.Text, """{"t":"react","k":0,"n":1}"""u8);

    public override int ContentFor(int frame) => frame;
}
