using System.Net;
using System.Net.Sockets;
using System.Text;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Http;

/// <summary>
/// What a send allocates, from the first byte of the request to the last of the answer: the same on any machine, however
/// busy it is.
/// </summary>
[Collection(nameof(Regressions.MeasuresMemory))]
public sealed class AllocationTests(LiveServer server) : IClassFixture<LiveServer>
{
    private const int Sends = 200;

    /// <param name="most">Bytes. A number that rises here is a decision, not an accident.</param>
    [Theory]
    [InlineData(false, 8_400)]
    [InlineData(true, 10_000)]
    public async Task A_send_allocates_no_more_than_this(bool streamed, int most)
    {
        var app = await server.NewApp();
        if (streamed)
        {
            await server.NewStream("chime-messaging-all", shards: 4);
            (await server.Root.PutStreaming(app.Arn, ("ChannelMessage", Streams.Arn("chime-messaging-all")))).Ok();
        }

        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Platform.Port, TestContext.Current.CancellationToken);

        // The first rounds compile. What else goes on in this process can only add, so the least counts.
        var least = long.MaxValue;
        for (var round = 0; round < 8; round++)
        {
            var requests = Enumerable.Range(0, Sends).Select(_ => Request(channel, ann)).ToArray();
            var buffer = new byte[4096];
            var before = GC.GetTotalAllocatedBytes(precise: true);
            foreach (var request in requests)
            {
                Run(socket, request, buffer);
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Sends);
        }

        Assert.InRange(least, most / 2, most);
    }

    /// <summary>Sends and receives without allocating.</summary>
    private static void Run(Socket socket, byte[] request, byte[] buffer)
    {
        socket.Send(request);
        var length = 0;
        while (!IsWhole(buffer.AsSpan(0, length)))
        {
            var read = socket.Receive(buffer.AsSpan(length));
            Assert.True(read > 0 && length + read < buffer.Length, "The answer is not what was expected.");
            length += read;
        }

        Assert.True(buffer.AsSpan().StartsWith("HTTP/1.1 201 "u8));
    }

    /// <summary>The answer is one object of JSON.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer) =>
        answer.IndexOf("\r\n\r\n"u8) is > 0 and var head && answer.Length > head + 4 && answer.EndsWith("}"u8);

    /// <summary>With the headers that the SDKs send.</summary>
    private byte[] Request(string channel, string bearer)
    {
        var target = $"/channels/{Uri.EscapeDataString(channel)}/messages";
        var body = Encoding.UTF8.GetBytes(
            $$"""{"Content":"hello, all of you who are here","Type":"STANDARD","Persistence":"PERSISTENT","ClientRequestToken":"{{Guid.NewGuid()}}"}""");
        List<HeaderField> headers =
        [
            new("Host", server.Address.Authority), new("Content-Type", "application/json"), new("x-amz-chime-bearer", bearer),
        ];
        var signer = new SigV4Signer(server.Platform.Root, LiveServer.Region, "chime", TimeProvider.System);
        headers.AddRange(signer.Sign("POST", target, headers, body, declareBody: true));
        headers.Add(new("User-Agent", "aws-sdk-js/3.900.0 os/linux lang/js"));
        headers.Add(new("amz-sdk-invocation-id", Guid.NewGuid().ToString()));
        headers.Add(new("amz-sdk-request", "attempt=1; max=3"));
        var head = new StringBuilder($"POST {target} HTTP/1.1\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return [.. Encoding.ASCII.GetBytes($"{head}Content-Length: {body.Length}\r\n\r\n"), .. body];
    }
}
