using System.Buffers;
using System.Text;
using Carillon.Load.Counting;
using Carillon.Load.Net;
using Carillon.Load.Protocols;
using Xunit;

namespace Carillon.Tests.Load;

/// <summary>However the bytes of a server are cut, every message in them counts once.</summary>
public sealed class ReadingTests : IDisposable
{
    private const int Messages = 5;

    private readonly Poller _poller = new();

    /// <summary>Feeds bytes in two parts, cut at every place in turn; what a read leaves over comes again with the next.</summary>
    private void EveryCut(Func<Protocol> protocolOf, int stage, Func<IReadOnlyList<byte[]>, byte[]> spell)
    {
        for (var cut = 0; ; cut++)
        {
            var audience = new Audience(1, 1, static _ => 0);
            var protocol = protocolOf();
            using var crowd = new Crowd(_poller, protocol, 0, isTls: false, audience, [0]);
            var member = crowd.Of(0, 0);
            member.Stage = stage;
            member.Joined();
            var contents = Enumerable.Range(0, Messages).Select(i =>
            {
                // Of different lengths, some beyond what one byte of a length can say.
                var content = Encoding.ASCII.GetBytes(new string('x', Stamp.Size + 1 + (i * 60)));
                audience.Next(0, 0).Write(content);
                return content;
            }).ToList();
            var bytes = spell(contents);
            if (cut > bytes.Length) return;

            var used = protocol.Read(member, bytes.AsSpan(0, cut));
            Assert.InRange(used, 0, cut);
            Assert.Equal(bytes.Length - used, protocol.Read(member, bytes.AsSpan(used)));
            Assert.Equal(Messages, audience.Delivered);
            Assert.Equal(0, audience.Repeated + audience.Strayed + audience.OutOfOrder);
        }
    }

    private static byte[] Frames(IEnumerable<byte[]> payloads)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var payload in payloads)
        {
            bytes.Write(payload.Length < 126
                ? [0x81, (byte)payload.Length]
                : (ReadOnlySpan<byte>)[0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length]);
            bytes.Write(payload);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    [Fact]
    public void Frames_cut_anywhere() => EveryCut(() => new RawProtocol(), 1, Frames);

    [Fact]
    public void Frames_of_a_session_cut_anywhere() =>
        EveryCut(() => new ChimeProtocol("localhost", [""]), 1, contents => Frames(contents.Select((content, i) => Ascii(
            $$$"""{"Headers":{"x-amz-chime-event-type":"CREATE_CHANNEL_MESSAGE","x-amz-chime-message-type":"STANDARD","x-carillon-sequence":"{{{i + 9}}}"},"Payload":"{\"Content\":\"{{{Encoding.ASCII.GetString(content)}}}\"}"}"""))));

    [Fact]
    public void Records_of_SignalR_in_one_frame_cut_anywhere() =>
        EveryCut(() => new SignalRProtocol(), 3, contents => Frames([.. Records(contents)]));

    [Fact]
    public void Records_of_SignalR_that_cross_the_edges_of_frames() =>
        EveryCut(() => new SignalRProtocol(), 3, contents => Frames(Records(contents).SelectMany(r => r).Chunk(50)));

    private static IEnumerable<byte[]> Records(IEnumerable<byte[]> contents) => contents.Select(content => Ascii(
        $$"""{"type":1,"target":"m","arguments":["{{Encoding.ASCII.GetString(content)}}"]}""" + "\u001e"));

    [Fact]
    public void Messages_of_NATS_cut_anywhere() =>
        EveryCut(() => new NatsProtocol(), 0, contents => [.. contents.SelectMany(content =>
            (byte[])[.. Ascii($"MSG r.0 1 {content.Length}\r\n"), .. content, .. Ascii("\r\n")])]);

    [Fact]
    public void Packets_of_MQTT_cut_anywhere() =>
        EveryCut(() => new MqttProtocol(), 0, contents => [.. contents.SelectMany(content =>
        {
            var length = content.Length + 5;
            byte[] head = length < 128 ? [0x30, (byte)length] : [0x30, (byte)((length & 127) | 128), (byte)(length >> 7)];
            return (byte[])[.. head, 0, 3, .. Ascii("r/0"), .. content];
        })]);

    [Fact]
    public void A_message_without_its_sequence_is_an_error()
    {
        Assert.Throws<InvalidDataException>(() => ChimeProtocol.SequenceOf("""{"Headers":{}}"""u8));
    }

    [Theory]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello")]
    [InlineData("HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")]
    public void An_answer_is_whole_at_its_last_byte_and_not_before(string text)
    {
        var bytes = Ascii(text + "HTTP/1.1 500");

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(length < text.Length ? 0 : text.Length, HttpAnswer.TryRead(bytes.AsSpan(0, length), out var status));
            if (length >= text.Length) Assert.Equal(201, status);
        }
    }

    [Fact]
    public void What_is_no_servers_frame_is_an_error()
    {
        Assert.Throws<InvalidDataException>(() => WebSocketFrame.TryRead([0x81, 0x80], out _));
        Assert.Throws<InvalidDataException>(() => WebSocketFrame.TryRead([0xc1, 0x01], out _));
    }

    [Fact]
    public async Task What_a_client_writes_a_server_can_read()
    {
        foreach (var length in (int[])[0, 125, 126, 1300, 65_535])
        {
            var payload = Encoding.ASCII.GetBytes(new string('y', length));
            var written = new ArrayBufferWriter<byte>();
            WebSocketFrame.Write(written, WebSocketFrame.Text, payload);

            using var server = System.Net.WebSockets.WebSocket.CreateFromStream(
                new MemoryStream(written.WrittenSpan.ToArray()), new() { IsServer = true });
            var received = new byte[length + 1];
            var count = 0;
            for (var done = false; !done;)
            {
                var part = await server.ReceiveAsync(received.AsMemory(count), default);
                (count, done) = (count + part.Count, part.EndOfMessage);
            }

            Assert.Equal(payload, received.AsSpan(0, count).ToArray());
        }
    }

    public void Dispose() => _poller.Dispose();
}
