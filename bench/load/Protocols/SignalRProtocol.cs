using System.Buffers;
using System.Text;
using Carillon.Load.Net;

namespace Carillon.Load.Protocols;

/// <summary>SignalR's hub protocol in JSON: records that end with 0x1E, in frames that follow no record's edge.</summary>
internal sealed class SignalRProtocol : WebSocketProtocol
{
    private const byte End = 0x1e;

    public override string Name => "signalr";

    protected override string Host => "localhost";

    protected override string TargetOf(Member member) => "/hub";

    protected override void Upgraded(Member member) =>
        member.SendFrame(WebSocketFrame.Text, """{"protocol":"json","version":1}"""u8.ToArray().Append(End).ToArray());

    protected override void Message(Member member, WebSocketFrame frame)
    {
        var records = frame.Payload;
        if (member.Record is { WrittenCount: > 0 } begun)
        {
            begun.Write(records);
            records = begun.WrittenSpan;
        }

        var used = 0;
        while (records[used..].IndexOf(End) is >= 0 and var length)
        {
            Record(member, records.Slice(used, length));
            used += length + 1;
        }

        var rest = records[used..].ToArray();
        member.Record?.ResetWrittenCount();
        if (rest.Length == 0) return;
        member.Record ??= new();
        member.Record.Write(rest);
    }

    private static void Record(Member member, ReadOnlySpan<byte> record)
    {
        switch (member.Stage)
        {
            case 1 when record.SequenceEqual("{}"u8):
                member.Stage = 2;
                member.SendFrame(WebSocketFrame.Text, Encoding.ASCII.GetBytes(
                    $$"""{"type":1,"invocationId":"1","target":"Join","arguments":["{{member.Room}}"]}""" + "\u001e"));
                break;
            case 2 when record.StartsWith("""{"type":3,"""u8):
                member.Stage = 3;
                member.Joined();
                break;
            default:
                member.Hear(record, 0);
                break;
        }
    }

    public override void Publish(Member member, ReadOnlySpan<byte> content, IBufferWriter<byte> to)
    {
        var call = new ArrayBufferWriter<byte>(content.Length + 100);
        call.Write(Encoding.ASCII.GetBytes($$"""{"type":1,"target":"Send","arguments":["{{member.Room}}","""));
        call.Write("\""u8);
        call.Write(content);
        call.Write("\"]}\u001e"u8);
        WebSocketFrame.Write(to, WebSocketFrame.Text, call.WrittenSpan);
    }

    public override int ContentFor(int frame) =>
        frame - FrameHead - """{"type":1,"target":"m","arguments":[""]}""".Length - 1;
}
