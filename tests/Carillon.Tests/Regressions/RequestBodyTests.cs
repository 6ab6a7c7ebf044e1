using System.Net.Sockets;
using System.Text;
using Carillon.Server.Http;
using Carillon.Tests.Server;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>Bodies of strangers: what they promise costs nothing, and what they break is theirs.</summary>
public sealed class RequestBodyTests(LiveServer server) : IClassFixture<LiveServer>
{
    [Theory]
    [InlineData("/channels")]
    [InlineData("/")]
    public async Task A_chunk_size_that_overflows_is_the_clients_fault(string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Platform.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{{}}\r\n0\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        using var patience = new CancellationTokenSource(SessionClient.Deadline);

        Assert.StartsWith("HTTP/1.1 400 ", await reader.ReadLineAsync(patience.Token), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Memory_is_taken_for_what_has_come_and_not_for_what_is_announced()
    {
        var http = new DefaultHttpContext();
        var stream = new Trickle(new byte[RequestBody.Most]);
        http.Request.Body = stream;
        http.Request.ContentLength = RequestBody.Most;

        using var body = await RequestBody.Read(http);

        Assert.InRange(stream.FirstBuffer, 1, 32 * 1024);
        Assert.Equal(RequestBody.Most, body.Bytes.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(100_000)]
    public async Task A_body_of_any_size_arrives_whole(int size)
    {
        var sent = new byte[size];
        Random.Shared.NextBytes(sent);
        foreach (var announced in new long?[] { size, null })
        {
            var http = new DefaultHttpContext();
            http.Request.Body = new Trickle(sent);
            http.Request.ContentLength = announced;
            using var body = await RequestBody.Read(http);
            Assert.Equal(sent, body.Bytes.ToArray());
        }
    }

    /// <summary>Gives a part at a time, and remembers how much room it was offered first.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public int FirstBuffer { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            FirstBuffer = FirstBuffer == 0 ? buffer.Length : FirstBuffer;
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 3000)], cancellationToken);
        }
    }
}
