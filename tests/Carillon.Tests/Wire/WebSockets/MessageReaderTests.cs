using Carillon.Wire.WebSockets;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Wire.WebSockets;

/// <summary>What a reader makes of a client's bytes does not depend on how they are cut.</summary>
public class MessageReaderTests
{
    private static readonly MessageLimits _limits = new(300, 500);

    private static readonly Gen<byte[]> _payload = Gen.OneOf(
        Gen.Elements("", "a", "é", "€", "😀", new string('x', 125), new string('y', 126), new string('z', 200))
            .Select(System.Text.Encoding.UTF8.GetBytes),
        Gen.Elements<byte[]>([0xc3], [0xa9], [0xed, 0xa0, 0x80], [0xff], [0x03, 0xe8], [0x03, 0xed, 0x20], [0x0f], new byte[301], new byte[65_600]));

    private static readonly Gen<byte[]> _frame =
        from opcode in Gen.Frequency(
            (4, Gen.Constant(Opcode.Text)), (2, Gen.Constant(Opcode.Binary)), (5, Gen.Constant(Opcode.Continuation)),
            (3, Gen.Constant(Opcode.Ping)), (2, Gen.Constant(Opcode.Pong)), (1, Gen.Constant(Opcode.Close)),
            (1, Gen.Choose(0, 15).Select(code => (Opcode)code)))
        from payload in _payload
        from isFinal in Gen.Frequency((2, Gen.Constant(true)), (1, Gen.Constant(opcode >= Opcode.Close)))
        from mask in Gen.Choose(0, 255).Select(octet => (byte)octet).ArrayOf(4)
        from reserved in Gen.Frequency((40, Gen.Constant(0)), (1, Gen.Elements(0x10, 0x20, 0x40)))
        from isMasked in Gen.Frequency((40, Gen.Constant(true)), (1, Gen.Constant(false)))
        from length in Gen.Frequency((40, Gen.Constant((int?)null)), (1, Gen.Elements<int?>(2, 8)))
        select ClientFrame.Of(opcode, payload, isFinal, reserved, mask, isMasked, length);

    private static readonly Gen<byte[]> _stream = Gen.Frequency(
        (5, _frame.ArrayOf().Select(frames => frames.SelectMany(f => f).ToArray())),
        (1, Gen.Choose(0, 255).Select(octet => (byte)octet).ArrayOf()));

    [Fact]
    public void The_same_bytes_give_the_same_messages_however_they_are_cut() => Prop.ForAll(
        (from bytes in _stream
         from cuts in Gen.Choose(0, Math.Max(1, bytes.Length)).ArrayOf()
         select (bytes, cuts)).ToArbitrary(),
        sample => Read(sample.bytes, []).SequenceEqual(Read(sample.bytes, sample.cuts)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void A_conversation_is_read_alike_when_it_is_cut_at_any_two_places_or_at_all()
    {
        byte[] bytes =
        [
            .. ClientFrame.Text("κόσ", isFinal: false), .. ClientFrame.Of(Opcode.Ping, "?"u8),
            .. ClientFrame.Of(Opcode.Continuation, [], isFinal: false), .. ClientFrame.Of(Opcode.Continuation, "με"u8),
            .. ClientFrame.Of(Opcode.Binary, new byte[130]), .. ClientFrame.Of(Opcode.Pong, []), .. ClientFrame.Close(1000, "bye"),
            .. ClientFrame.Text("after the end"),
        ];
        var whole = Read(bytes, []);

        Assert.Equal(["frame", "frame", "ping 3F", "frame", "frame", "text CEBACF8CCF83CEBCCEB5", "frame"], whole.Take(7));
        Assert.Equal(["pong ", "frame", "close 1000 627965"], whole.TakeLast(3));
        Assert.Equal(whole, Read(bytes, [.. Enumerable.Range(0, bytes.Length)]));
        for (var first = 0; first < bytes.Length; first++)
        {
            for (var second = first; second < bytes.Length; second += 7)
            {
                Assert.Equal(whole, Read(bytes, [first, second]));
            }
        }
    }

    [Fact]
    public void Memory_grows_with_what_came_and_not_with_what_a_header_announces()
    {
        var header = ClientFrame.Of(Opcode.Binary, new byte[70_000])[..14];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), 1_000_000_000);
        var limits = new MessageLimits(int.MaxValue, int.MaxValue);
        var heard = new Recorder();
        var reader = default(MessageReader);
        Assert.True(reader.Read(header, limits, ref heard).IsNone);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(reader.Read(new byte[100], limits, ref heard).IsNone);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    /// <summary>All that is heard, and how it ended.</summary>
    private static List<string> Read(byte[] bytes, int[] cuts)
    {
        var heard = new Recorder();
        var reader = default(MessageReader);
        var start = 0;
        foreach (var cut in cuts.Order().Append(bytes.Length))
        {
            var part = bytes[start..Math.Max(start, Math.Min(cut, bytes.Length))];
            start += part.Length;
            var fault = reader.Read(part, _limits, ref heard);
            if (!fault.IsNone)
            {
                heard.Heard.Add($"fault {fault.Code} {fault.Reason}");
            }
        }

        return heard.Heard;
    }

    private sealed class Recorder : IMessageSink
    {
        public List<string> Heard { get; } = [];

        public bool Frame()
        {
            Heard.Add("frame");
            return Heard.Count < 100;
        }

        public void Message(bool isText, ReadOnlySpan<byte> payload) =>
            Heard.Add((isText ? "text " : "binary ") + Convert.ToHexString(payload));

        public void Ping(ReadOnlySpan<byte> payload) => Heard.Add("ping " + Convert.ToHexString(payload));

        public void Pong(ReadOnlySpan<byte> payload) => Heard.Add("pong " + Convert.ToHexString(payload));

        public void Close(int code, ReadOnlySpan<byte> reason) => Heard.Add($"close {code} {Convert.ToHexString(reason)}".TrimEnd());
    }
}
