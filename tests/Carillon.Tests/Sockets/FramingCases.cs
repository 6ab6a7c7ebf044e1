using System.Text;
using Carillon.Tests.Wire.WebSockets;
using Carillon.Wire.WebSockets;

namespace Carillon.Tests.Sockets;

/// <summary>What a client says after it has its socket, and what an echoing server must answer.</summary>
/// <param name="Answers">Frames that come back, in order. Where the case ends in a close, it may overtake the last of them.</param>
/// <param name="Code">
/// Of the close frame that the server ends with; null where the socket is well and the client is the first to close.
/// </param>
internal sealed record FramingCase(byte[] Bytes, (Opcode Opcode, byte[] Payload)[] Answers, int? Code);

/// <summary>RFC 6455, sections 5 to 8, in examples.</summary>
internal static class FramingCases
{
    public const int MostInFrame = 70_000;
    public const int MostInMessage = 140_000;

    private static readonly Dictionary<string, FramingCase> _all = [];

    static FramingCases()
    {
        Lengths();
        ControlFrames();
        ReservedBitsAndOpcodes();
        Fragments();
        ValidTexts();
        InvalidTexts();
        Closes();
        MasksAndLengths();
        Limits();
    }

    public static IReadOnlyDictionary<string, FramingCase> All => _all;

    private static void Echoes(string name, params byte[][] frames) => Is(name, null, frames, Heard(frames));

    private static void Closes(string name, int code, params byte[][] frames) => Is(name, code, frames, []);

    /// <param name="good">How many of the frames are to be answered, at most, before the fault is seen.</param>
    private static void ClosesAfter(int good, string name, int code, params byte[][] frames) => Is(name, code, frames, Heard(frames[..good]));

    private static void Is(string name, int? code, byte[][] frames, IEnumerable<(Opcode, byte[])> answers) =>
        _all.Add(name, new([.. frames.SelectMany(f => f)], [.. answers], code));

    /// <summary>What faultless frames are answered with.</summary>
    private static List<(Opcode, byte[])> Heard(byte[][] frames)
    {
        var answers = new List<(Opcode, byte[])>();
        List<byte> message = [];
        var kind = Opcode.Text;
        foreach (var frame in frames)
        {
            var opcode = (Opcode)(frame[0] & 0x0f);
            var payload = ClientFrame.PayloadOf(frame);
            if (opcode == Opcode.Ping)
            {
                answers.Add((Opcode.Pong, payload));
            }
            else if (opcode < Opcode.Close)
            {
                kind = opcode == Opcode.Continuation ? kind : opcode;
                message.AddRange(payload);
                if ((frame[0] & 0x80) != 0)
                {
                    answers.Add((kind, [.. message]));
                    message.Clear();
                }
            }
        }

        return answers;
    }

    private static void Lengths()
    {
        foreach (var length in new[] { 0, 1, 124, 125, 126, 127, 128, 65_535, 65_536, MostInFrame })
        {
            Echoes($"A text of {length} bytes", ClientFrame.Of(Opcode.Text, Encoding.ASCII.GetBytes(new string('*', length))));
            var noise = new byte[length];
            new Random(length).NextBytes(noise);
            Echoes($"A binary message of {length} bytes", ClientFrame.Of(Opcode.Binary, noise));
        }

        Echoes("Many messages at once", [.. Enumerable.Range(0, 300).Select(i => ClientFrame.Text($"message {i}"))]);
    }

    private static void ControlFrames()
    {
        foreach (var length in new[] { 0, 1, 4, 124, 125 })
        {
            Echoes($"A ping of {length} bytes", ClientFrame.Of(Opcode.Ping, new byte[length]));
        }

        Echoes("A ping whose payload is no text", ClientFrame.Of(Opcode.Ping, [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]));
        Echoes("Ten pings in a row are answered in their order", [.. Enumerable.Range(0, 10).Select(i => ClientFrame.Of(Opcode.Ping, [(byte)i]))]);
        Echoes("A pong that nobody asked for", ClientFrame.Of(Opcode.Pong, []), ClientFrame.Of(Opcode.Pong, "unasked"u8), ClientFrame.Text("a"));
        foreach (var opcode in new[] { Opcode.Ping, Opcode.Pong, Opcode.Close })
        {
            Closes($"A {opcode} of 126 bytes", 1002, ClientFrame.Of(opcode, new byte[126]));
            Closes($"A {opcode} of 65536 bytes", 1002, ClientFrame.Of(opcode, new byte[65_536])[..14]);
            Closes($"A {opcode} in parts", 1002, ClientFrame.Of(opcode, [], isFinal: false));
        }

        Closes("A ping in parts that goes on", 1002, ClientFrame.Of(Opcode.Ping, "a"u8, isFinal: false), ClientFrame.Of(Opcode.Continuation, "b"u8));
    }

    private static void ReservedBitsAndOpcodes()
    {
        for (var bits = 0x10; bits <= 0x70; bits += 0x10)
        {
            ClosesAfter(1, $"Reserved bits {bits >> 4} on a text", 1002, ClientFrame.Text("before"), ClientFrame.Of(Opcode.Text, "a"u8, reserved: bits));
            Closes($"Reserved bits {bits >> 4} on a ping", 1002, ClientFrame.Of(Opcode.Ping, "a"u8, reserved: bits));
            Closes($"Reserved bits {bits >> 4} on a close", 1002, ClientFrame.Of(Opcode.Close, [], reserved: bits));
            Closes(
                $"Reserved bits {bits >> 4} on a continuation", 1002, ClientFrame.Text("a", isFinal: false),
                ClientFrame.Of(Opcode.Continuation, "b"u8, reserved: bits));
        }

        foreach (var code in new[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 })
        {
            ClosesAfter(1, $"The reserved opcode {code}", 1002, ClientFrame.Text("before"), ClientFrame.Of((Opcode)code, "a"u8), ClientFrame.Of(Opcode.Ping, []));
            Closes($"The reserved opcode {code} without payload", 1002, ClientFrame.Of((Opcode)code, []));
        }
    }

    private static void Fragments()
    {
        byte[] Part(string text) => ClientFrame.Text(text, isFinal: false);
        byte[] More(string text) => ClientFrame.Of(Opcode.Continuation, Encoding.UTF8.GetBytes(text), isFinal: false);
        byte[] Last(string text) => ClientFrame.Of(Opcode.Continuation, Encoding.UTF8.GetBytes(text));
        var ping = ClientFrame.Of(Opcode.Ping, "ping"u8);

        Echoes("A text in two parts", Part("one "), Last("two"));
        Echoes("A text in three parts, of which the middle is empty", Part("one "), More(""), Last("two"));
        Echoes("A text whose parts are all empty", Part(""), More(""), Last(""));
        Echoes("A text whose first part is empty", Part(""), Last("two"));
        Echoes("A text whose last part is empty", Part("one"), Last(""));
        Echoes("A text in 500 parts of one byte", [Part("x"), .. Enumerable.Repeat(More("y"), 498), Last("z")]);
        Echoes("A binary message in parts", ClientFrame.Of(Opcode.Binary, [1, 2], isFinal: false), ClientFrame.Of(Opcode.Continuation, [3]));
        Echoes("A ping in the midst of a text", Part("one "), ping, Last("two"));
        Echoes("Pings between all parts of a text", Part("1"), ping, More("2"), ping, More("3"), ping, ping, Last("4"), ping);
        Echoes("A pong in the midst of a text", Part("one "), ClientFrame.Of(Opcode.Pong, "?"u8), Last("two"));
        Echoes("Two texts in parts, one after the other", Part("1"), Last("2"), Part("3"), Last("4"));
        Closes("A continuation of nothing", 1002, More("a"));
        Closes("A last part of nothing", 1002, Last("a"), ClientFrame.Text("b"));
        ClosesAfter(1, "A last part after a whole text", 1002, ClientFrame.Text("a"), Last("b"));
        ClosesAfter(2, "A continuation after the last part", 1002, Part("a"), Last("b"), Last("c"));
        Closes("A text inside another", 1002, Part("a"), ClientFrame.Text("b"));
        Closes("A binary message inside a text", 1002, Part("a"), ClientFrame.Of(Opcode.Binary, [1]));
        Closes("A text in parts inside another", 1002, Part("a"), Part("b"), Last("c"));
        Is("A close in the midst of a text", 1000, [Part("a"), ping, ClientFrame.Close(1000), Last("b")], [(Opcode.Pong, "ping"u8.ToArray())]);
    }

    private static void ValidTexts()
    {
        (string Name, string Text)[] texts =
        [
            ("Greek", "Hello-µ@ßöäüàá-UTF-8!!"), ("the word kosme", "κόσμε"), ("the smallest of two bytes", "\u0080"), ("the largest of two bytes", "\u07ff"),
            ("the smallest of three bytes", "\u0800"), ("the largest of three bytes", "\uffff"), ("the smallest of four bytes", "\U00010000"),
            ("the largest of all", "\U0010ffff"), ("the last before the surrogates", "\ud7ff"), ("the first after the surrogates", "\ue000"),
            ("the replacement character", "\ufffd"), ("non-characters", "\ufdd0\ufffe\U0001fffe\U0010fffe"), ("zero bytes", "\0a\0"), ("DEL", "\u007f"),
            ("an emoji of many parts", "👩‍👩‍👧‍👦"),
        ];
        foreach (var (name, text) in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Echoes($"A text with {name}", ClientFrame.Of(Opcode.Text, bytes));
            Echoes($"A text with {name}, in parts of one byte", Parts(bytes));
            for (var cut = 1; cut < Math.Min(bytes.Length, 6); cut++)
            {
                Echoes($"A text with {name}, in two parts cut after byte {cut}", ClientFrame.Of(Opcode.Text, bytes.AsSpan(0, cut), isFinal: false), ClientFrame.Of(Opcode.Continuation, bytes.AsSpan(cut)));
            }
        }

        Echoes("A binary message that is no text", ClientFrame.Of(Opcode.Binary, [0xc0, 0x80, 0xff]));
    }

    private static void InvalidTexts()
    {
        (string Name, byte[] Bytes)[] texts =
        [
            ("a lone continuation byte", [0x80]), ("continuation bytes", [0xbf, 0x80, 0xbf]), ("a lone start of two", [0xc3]), ("a start of two and a space", [0xc3, 0x20]),
            ("a lone start of three", [0xe2, 0x82]), ("a lone start of four", [0xf0, 0x9f, 0x98]), ("the byte FE", [0xfe]), ("the byte FF", [0xff]),
            ("a slash in two bytes", [0xc0, 0xaf]), ("a slash in three bytes", [0xe0, 0x80, 0xaf]), ("a slash in four bytes", [0xf0, 0x80, 0x80, 0xaf]),
            ("a zero in two bytes", [0xc0, 0x80]), ("the largest overlong of two", [0xc1, 0xbf]), ("the largest overlong of three", [0xe0, 0x9f, 0xbf]),
            ("the largest overlong of four", [0xf0, 0x8f, 0xbf, 0xbf]), ("the first high surrogate", [0xed, 0xa0, 0x80]), ("the last high surrogate", [0xed, 0xaf, 0xbf]),
            ("the first low surrogate", [0xed, 0xb0, 0x80]), ("the last low surrogate", [0xed, 0xbf, 0xbf]), ("a pair of surrogates", [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]),
            ("one more than there is", [0xf4, 0x90, 0x80, 0x80]), ("five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]), ("six bytes", [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]),
            ("kosme and a surrogate", [0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5, 0xed, 0xa0, 0x80, 0x65]),
        ];
        foreach (var (name, bytes) in texts)
        {
            Closes($"A text that is {name}", 1007, ClientFrame.Of(Opcode.Text, bytes));
            ClosesAfter(1, $"A text that is {name}, among good ones", 1007, ClientFrame.Text("good"), ClientFrame.Of(Opcode.Text, [0x61, .. bytes, 0x62]), ClientFrame.Text("late"));
            if (bytes.Length > 1)
            {
                Closes($"A text that is {name}, in parts of one byte", 1007, Parts(bytes));
            }
        }
    }

    private static void Closes()
    {
        Is("A close without a code", 1005, [ClientFrame.Of(Opcode.Close, [])], []);
        foreach (var code in new[] { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4401, 4999 })
        {
            Is($"A close with {code}", code, [ClientFrame.Close(code)], []);
        }

        foreach (var code in new[] { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 })
        {
            Is($"A close with {code}, which nobody may send", 1002, [ClientFrame.Close(code)], []);
        }

        Is("A close with a reason", 1000, [ClientFrame.Close(1000, "Goodbye, κόσμε.")], []);
        Is("A close with the longest reason", 1000, [ClientFrame.Close(1000, new string('*', 123))], []);
        Is("A close with a reason that is too long", 1002, [ClientFrame.Close(1000, new string('*', 124))], []);
        Is("A close with half a code", 1002, [ClientFrame.Of(Opcode.Close, [0x03])], []);
        Is("A close whose reason is not UTF-8", 1007, [ClientFrame.Of(Opcode.Close, [0x03, 0xe8, 0xce, 0xba, 0xed, 0xa0, 0x80])], []);
        Is("A text after the close", 1000, [ClientFrame.Close(1000), ClientFrame.Text("late")], []);
        Is("A ping after the close", 1000, [ClientFrame.Close(1000), ClientFrame.Of(Opcode.Ping, [])], []);
        Is("Two closes", 1000, [ClientFrame.Close(1000), ClientFrame.Close(1001)], []);
        Is("Noise after the close", 1001, [ClientFrame.Close(1001), [0xff, 0xff, 0xff, 0xff, 0xff]], []);
        Is("A large message after the close", 1000, [ClientFrame.Close(1000), ClientFrame.Of(Opcode.Binary, new byte[65_536])], []);
    }

    private static void MasksAndLengths()
    {
        Closes("A text without a mask", 1002, ClientFrame.Of(Opcode.Text, "a"u8, isMasked: false));
        ClosesAfter(1, "A text without a mask, after one with", 1002, ClientFrame.Text("good"), ClientFrame.Of(Opcode.Text, "a"u8, isMasked: false));
        Closes("A ping without a mask", 1002, ClientFrame.Of(Opcode.Ping, [], isMasked: false));
        Closes("A close without a mask", 1002, ClientFrame.Of(Opcode.Close, [], isMasked: false));
        Echoes("A mask of zeros", ClientFrame.Of(Opcode.Text, "as it is"u8, mask: [0, 0, 0, 0]));
        Echoes("A mask of ones", ClientFrame.Of(Opcode.Text, "turned around"u8, mask: [0xff, 0xff, 0xff, 0xff]));
        Echoes(
            "Another mask for each frame",
            [.. Enumerable.Range(0, 20).Select(i => ClientFrame.Of(Opcode.Binary, new byte[i], mask: [(byte)i, (byte)(3 * i), 0, 0x80]))]);
        foreach (var (length, bytes) in new[] { (0, 2), (1, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65_535, 8) })
        {
            Closes($"A length of {length} written in {bytes} bytes", 1002, ClientFrame.Of(Opcode.Binary, new byte[length], lengthBytes: bytes)[..(6 + bytes)]);
        }

        Closes("A length with its highest bit set", 1002, [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]);
    }

    private static void Limits()
    {
        byte[] Part(Opcode opcode, int length, bool isFinal = false) => ClientFrame.Of(opcode, new byte[length], isFinal);

        Closes("A frame that is a byte too long", 1009, Part(Opcode.Binary, MostInFrame + 1, isFinal: true)[..14]);
        Closes("A frame of the largest length there is", 1009, [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);
        Echoes("A message in parts that is as long as it may be", Part(Opcode.Binary, MostInFrame), Part(Opcode.Continuation, MostInFrame, isFinal: true));
        Closes(
            "A message in parts that is a byte too long", 1009, Part(Opcode.Binary, MostInFrame), Part(Opcode.Continuation, MostInFrame),
            Part(Opcode.Continuation, 1, isFinal: true));
        Closes("Parts without end", 1009, [Part(Opcode.Binary, 1), .. Enumerable.Repeat(Part(Opcode.Continuation, 50_000), 3)]);
    }

    private static byte[][] Parts(byte[] bytes) =>
        [.. bytes.Select((octet, at) => ClientFrame.Of(at == 0 ? Opcode.Text : Opcode.Continuation, [octet], at == bytes.Length - 1))];
}
