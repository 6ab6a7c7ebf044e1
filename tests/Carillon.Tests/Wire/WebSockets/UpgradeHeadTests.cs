using System.Text;
using Carillon.Wire.WebSockets;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Wire.WebSockets;

public class UpgradeHeadTests
{
    private const string Faultless =
        "GET /connect?a=b HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Note: a\tb\r\n\r\n";

    private static readonly string[] _pieces =
    [
        "GET /connect", "GET /", "GET ", "POST /connect", "?x=1", " HTTP/1.1", " HTTP/1.0", "\r\n", "\r\n\r\n", "\n", "\r", "\n\n", " ", "\t", ":",
        "Host: h", "host:h", "Upgrade: websocket", "upgrade: h2c, WebSocket", "Upgrade: websockets", "Connection: upgrade",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: x",
        "Content-Length: 0", "Transfer-Encoding: chunked", "X: Upgrade: websocket", "X\u00e9: y", "X: \u00e9", "\u0000", "#", new string('a', 9_000),
    ];

    private static readonly Gen<byte[]> _heads = Gen.OneOf(
        Gen.Elements(_pieces).ArrayOf().Select(string.Concat),
        from at in Gen.Choose(0, Faultless.Length)
        from length in Gen.Choose(0, 3)
        from piece in Gen.Elements(_pieces)
        select Faultless[..at] + piece + Faultless[Math.Min(at + length, Faultless.Length)..]).Select(Encoding.Latin1.GetBytes);

    [Fact]
    public void A_faultless_request_is_one_once_it_is_whole_whatever_follows()
    {
        var bytes = Encoding.Latin1.GetBytes(Faultless + "\u0081\u0080");
        for (var known = 0; known <= bytes.Length; known++)
        {
            var isWhole = known >= Faultless.Length;
            Assert.Equal(isWhole ? HeadVerdict.Upgrade : HeadVerdict.NotYet, Read(bytes.AsSpan(0, known), out var head, out var length));
            Assert.Equal(isWhole ? Faultless.Length : 0, isWhole ? length : 0);
            Assert.Equal(isWhole ? "/connect?a=b" : null, head?.Target);
        }
    }

    [Fact]
    public void Whatever_comes_a_verdict_stands_once_it_is_given_and_nothing_is_thrown() => Prop.ForAll(
        Gen.OneOf(_heads, Gen.Choose(0, 255).Select(octet => (byte)octet).ArrayOf()).ToArbitrary(),
        bytes =>
        {
            var verdict = HeadVerdict.NotYet;
            for (var known = 0; known <= bytes.Length; known += known < 2_000 || known > bytes.Length - 300 ? 1 : 97)
            {
                var now = Read(bytes.AsSpan(0, known), out _, out _);
                if (verdict != HeadVerdict.NotYet && now != verdict)
                {
                    return false;
                }

                verdict = now;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Theory]
    [InlineData("GET /connect HTTP/1.1\n", "a bare line feed")]
    [InlineData("GET /connect HTTP/1.1\r\nHost: a\n", "a bare line feed in the headers")]
    [InlineData("GET /connect HTTP/1.1\rH", "a bare carriage return")]
    [InlineData("GET /other HTTP/1.1", "another path")]
    [InlineData("GET http://h/connect", "an absolute form")]
    [InlineData("POST /", "another method")]
    [InlineData("PRI * HTTP/2.0", "another protocol")]
    [InlineData("\r\nGET /connect", "an empty line before")]
    public void What_cannot_become_one_is_known_before_its_head_is_whole(string start, string because) =>
        Assert.True(Read(Encoding.Latin1.GetBytes(start), out _, out _) == HeadVerdict.NotOurs, because);

    [Fact]
    public void A_head_without_end_is_not_waited_for()
    {
        var bytes = Encoding.Latin1.GetBytes(Faultless[..^2] + "X: " + new string('x', UpgradeHead.Longest));

        Assert.Equal(HeadVerdict.NotYet, Read(bytes.AsSpan(0, UpgradeHead.Longest - 1), out _, out _));
        Assert.Equal(HeadVerdict.NotOurs, Read(bytes.AsSpan(0, UpgradeHead.Longest), out _, out _));
    }

    private static HeadVerdict Read(ReadOnlySpan<byte> bytes, out UpgradeHead? head, out int length) =>
        UpgradeHead.Read(bytes, path => path.SequenceEqual("/connect"u8), out head, out length);
}
