using System.Text;
using Carillon.Server.Gateway;
using Carillon.Server.Hosting;
using Carillon.Tests.Sockets;
using Carillon.Wire.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>A WebSocket API that sends back what comes, within the bounds that the cases of the protocol have.</summary>
public sealed class EchoGateway : LiveServer
{
    internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with
    {
        GatewayLimits = $"Frame={FramingCases.MostInFrame},Message={FramingCases.MostInMessage},Frames=1000000,UnderWay=1000000,ConnectionsPerSecond=1000000",
    };

    internal override void Configure(WebApplicationBuilder builder) => builder.Services.AddSingleton(
        new GatewayProgram("echo", "dev").On("$default", call => call.Send(call.ConnectionId, call.Body)));
}

/// <summary>The ways to an API: its path, plain and over TLS, and its host name, whose upgrade the web server does.</summary>
public enum GatewayWay
{
    Path,
    PathOverTls,
    HostName,
}

/// <summary>RFC 6455 in examples, on the sockets of the gateway.</summary>
public class GatewayFramingTests(EchoGateway server) : IClassFixture<EchoGateway>
{
    public static TheoryData<string, GatewayWay> Framings
    {
        get
        {
            var data = new TheoryData<string, GatewayWay>();
            foreach (var framing in FramingCases.All.Keys)
            {
                foreach (var way in Enum.GetValues<GatewayWay>())
                {
                    data.Add(framing, way);
                }
            }

            return data;
        }
    }

    private async Task<RawSocket> Open(GatewayWay way, byte[]? early = null)
    {
        var socket = way == GatewayWay.PathOverTls
            ? await RawSocket.Connect(server.Platform.TlsPort, hash => hash is not null)
            : await RawSocket.Connect(server.Platform.Port, trusts: null);
        var head = way == GatewayWay.HostName
            ? RawSocket.HeadOf("/dev").Replace("Host: localhost", "Host: echo.execute-api.localhost", StringComparison.Ordinal)
            : RawSocket.HeadOf("/ws/echo/dev");
        await socket.Send([.. Encoding.ASCII.GetBytes(head), .. early ?? []]);
        await socket.AcceptedAs("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        return socket;
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task What_is_sent_is_answered_as_the_protocol_says(string framing, GatewayWay way)
    {
        var one = FramingCases.All[framing];
        await using (var socket = await Open(way, early: one.Bytes))
        {
            await Judge(socket, one);
        }

        await using (var socket = await Open(way))
        {
            var sending = socket.SendInPieces(one.Bytes, Math.Max(1, one.Bytes.Length / 300));
            await Judge(socket, one);
            await sending;
        }
    }

    /// <summary>
    /// As a plain echo is judged, but for three things that are the gateway's: binary messages end with 1003; handlers answer beside the
    /// loop, so a pong may overtake an answer; and so may a close.
    /// </summary>
    private static async Task Judge(RawSocket socket, FramingCase one)
    {
        var isBinary = one.Answers.Any(answer => answer.Opcode == Opcode.Binary);
        var wanted = one.Answers.TakeWhile(answer => answer.Opcode != Opcode.Binary).ToList();
        var (texts, pongs) = (Of(wanted, Opcode.Text), Of(one.Answers, Opcode.Pong));
        var heard = new List<(Opcode Opcode, byte[] Payload)>();
        var code = isBinary ? 1003 : one.Code;
        while (code is not null || heard.Count < texts.Count + pongs.Count)
        {
            var frame = await socket.ReadFrame();
            Assert.NotNull(frame);
            if (frame.Value.Opcode == Opcode.Close)
            {
                Assert.NotNull(code);
                Assert.Equal(code, RawSocket.CloseOf(frame.Value.Payload).Code);
                break;
            }

            heard.Add(frame.Value);
        }

        var (textsHeard, pongsHeard) = (Of(heard, Opcode.Text), Of(heard, Opcode.Pong));
        Assert.Equal(heard.Count, textsHeard.Count + pongsHeard.Count);
        Assert.Equal(texts.Take(textsHeard.Count), textsHeard);
        Assert.Equal(pongs.Take(pongsHeard.Count), pongsHeard);
        if (code is null)
        {
            await socket.CloseNormally();
        }
    }

    private static List<string> Of(IEnumerable<(Opcode Opcode, byte[] Payload)> frames, Opcode opcode) =>
        [.. frames.Where(frame => frame.Opcode == opcode).Select(frame => Convert.ToHexString(frame.Payload))];
}
