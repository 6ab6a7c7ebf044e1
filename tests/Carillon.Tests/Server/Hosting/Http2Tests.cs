using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Server.Hosting;
using Carillon.Sockets;
using Carillon.Tests.Server.Sessions;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Xunit;

namespace Carillon.Tests.Server.Hosting;

/// <summary>HTTP/2 beside HTTP/1.1 at the same address: by prior knowledge without TLS, by ALPN with it.</summary>
public sealed class Http2Tests(LiveServer server, PipeServer pipes) : IClassFixture<LiveServer>, IClassFixture<PipeServer>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private LiveServer On(string transport) => transport == "pipe" ? pipes : server;

    private static SocketsHttpHandler AnyCertificate() => new()
    {
        EnableMultipleHttp2Connections = false,
#pragma warning disable CA5359 // The certificate is one that the server made for itself; whether it is well made is tested elsewhere.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
#pragma warning restore CA5359
    };

    private static HttpRequestMessage Http2(HttpMethod method, string url) => new(method, url)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static string Address(LiveServer on, bool isSecure) =>
        isSecure ? $"https://127.0.0.1:{on.Platform.TlsPort}" : $"http://127.0.0.1:{on.Platform.Port}";

    [Theory]
    [InlineData("reactor", false)]
    [InlineData("pipe", false)]
    [InlineData("reactor", true)]
    public async Task Signed_requests_are_answered_over_HTTP_2(string transport, bool isSecure)
    {
        var on = On(transport);
        var app = await on.NewApp();
        using var client = new HttpClient(AnyCertificate());
        var address = new Uri(Address(on, isSecure));
        var body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["AppInstanceArn"] = app.Arn,
            ["AppInstanceUserId"] = "ann",
            ["Name"] = new string('é', 100),
            ["ClientRequestToken"] = "token",
        }.ToJsonString());

        async Task<(HttpStatusCode, Version)> Create()
        {
            List<HeaderField> sent = [new("Host", address.Authority), new("Content-Type", "application/json")];
            using var request = Http2(HttpMethod.Post, address + "app-instance-users");
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            foreach (var field in new SigV4Signer(on.Platform.Root, LiveServer.Region, "chime", on.Time)
                .Sign("POST", "/app-instance-users", sent, body))
            {
                request.Headers.TryAddWithoutValidation(field.Name, field.Value);
            }

            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, answer.Version);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Create()));

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Created, HttpVersion.Version20), answer));
        using var old = await client.GetAsync(address + "healthz", TestContext.Current.CancellationToken);
        Assert.Equal((HttpVersion.Version11, "alive\n"), (old.Version, await old.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("reactor", false)]
    [InlineData("pipe", false)]
    [InlineData("reactor", true)]
    public async Task A_session_works_as_a_stream_of_an_HTTP_2_connection(string transport, bool isSecure)
    {
        var on = On(transport);
        var app = await on.NewApp();
        var user = await app.NewUser("ann");
        var channel = await app.NewChannel(user);
        var address = new Uri($"{(isSecure ? "wss" : "ws")}://{Address(on, isSecure).Split("//")[1]}/connect?sessionId=s1&userArn={Uri.EscapeDataString(user)}");
        using var invoker = new HttpMessageInvoker(AnyCertificate());
        using var alive = await invoker.SendAsync(Http2(HttpMethod.Get, Address(on, isSecure) + "/healthz"), CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        var before = on.Platform.Loop.CountOf("upgrade");

        await using var session = await SessionClient.Open(
            new(
                new SigV4Signer(on.Platform.Root, LiveServer.Region, "chime", on.Time).Presign("GET", address, TimeSpan.FromSeconds(10)),
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }),
            invoker: invoker, version: HttpVersion.Version20);
        await session.Wait("SESSION_ESTABLISHED");
        Assert.Equal(before + 1, on.Platform.Loop.CountOf("upgrade"));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => app.Root.SendText(user, channel, "hello")));
        var heard = await session.WaitForCount(300, f => f.Type == "CREATE_CHANNEL_MESSAGE");

        Assert.Equal(heard.Select(f => f.Sequence).Order(), heard.Select(f => f.Sequence));
        await session.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await session.Closed;
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_caller_over_plain_HTTP_2_cannot_pretend_that_its_connection_is_secure(string scheme)
    {
        var secure = await server.Root.Assume(
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}""");
        var plain = await server.Root.Assume(
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}""");

        Assert.True(await IsAllowed(plain, scheme));
        Assert.False(await IsAllowed(secure, scheme));
    }

    /// <summary>Asks in frames of our own: no client says a scheme that its connection does not have.</summary>
    private async Task<bool> IsAllowed(AwsCredentials credentials, string scheme)
    {
        var host = $"127.0.0.1:{server.Platform.Port}";
        var signed = new SigV4Signer(credentials, LiveServer.Region, "chime", server.Time).Sign("GET", "/app-instances", [new("Host", host)], []);
        var block = new MemoryStream();
        foreach (var (name, value) in signed.Select(f => (f.Name.ToLowerInvariant(), f.Value))
            .Prepend((":authority", host)).Prepend((":path", "/app-instances")).Prepend((":scheme", scheme)).Prepend((":method", "GET")))
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        using var socket = await Connect(server);
        byte[] length = [(byte)(block.Length >> 16), (byte)(block.Length >> 8), (byte)block.Length];
        await socket.SendAsync(
            (byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8, .. length, 1, 5, 0, 0, 0, 1, .. block.ToArray()]);
        using var stream = new NetworkStream(socket);
        using var patience = new CancellationTokenSource(Deadline);
        while (true)
        {
            var head = new byte[9];
            await stream.ReadExactlyAsync(head, patience.Token);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await stream.ReadExactlyAsync(payload, patience.Token);
            if (head[3] == 1)
            {
                // The entry of HPACK's static table that says 200.
                return payload[0] == 0x88;
            }
        }
    }

    private static void WriteText(MemoryStream block, string text)
    {
        // A length of HPACK: seven bits, and what is above in groups of seven.
        var (bytes, rest) = (Encoding.ASCII.GetBytes(text), text.Length - 127);
        block.WriteByte((byte)Math.Min(bytes.Length, 127));
        for (; rest >= 0; rest = rest < 128 ? -1 : rest >> 7)
        {
            block.WriteByte((byte)(rest < 128 ? rest : (rest & 127) | 128));
        }

        block.Write(bytes);
    }

    [Theory]
    [InlineData("reactor", "PRI * HTTP/2.1\r\n\r\n")]
    [InlineData("pipe", "PRI * HTTP/2.1\r\n\r\n")]
    [InlineData("reactor", "PR /\r\n\r\n")]
    [InlineData("pipe", "PR /\r\n\r\n")]
    [InlineData("reactor", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("reactor", "\u0016\u0003\u0001\u0002\0\u0001")]
    [InlineData("pipe", "\u0016\u0003\u0001\u0002\0\u0001")]
    public async Task What_only_begins_like_HTTP_2_is_refused_at_once(string transport, string bytes)
    {
        using var socket = await Connect(On(transport));
        await socket.SendAsync(Encoding.Latin1.GetBytes(bytes));

        // The web server tells a preface that is not quite one with a GOAWAY frame.
        var answer = await ReadToEnd(socket);
        string[] refusals = ["HTTP/1.1 400 ", "HTTP/1.1 505 ", "\0\0\b\a"];
        Assert.Contains(refusals, refusal => answer.StartsWith(refusal, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("reactor")]
    [InlineData("pipe")]
    public async Task A_preface_in_pieces_is_a_preface_and_one_that_breaks_off_is_nothing(string transport)
    {
        var preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
        using (var whole = await Connect(On(transport)))
        {
            foreach (var octet in preface)
            {
                await whole.SendAsync(new[] { octet });
                await Task.Yield();
            }

            Assert.NotEqual(0, await ReadSome(whole));
        }

        using var broken = await Connect(On(transport));
        await broken.SendAsync(preface.AsMemory(0, 10));
        broken.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await ReadToEnd(broken));
    }

    [Theory]
    [InlineData("P")]
    [InlineData("PR")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r")]
    public async Task A_preface_that_stops_is_given_up_after_ten_seconds_and_more_bytes_don_t_put_that_off(string begun)
    {
        var time = new ManualTime();
        var (connection, far, served) = Step(time, out var run);
        for (var i = 1; i <= begun.Length; i++)
        {
            await far.WriteAsync(Encoding.ASCII.GetBytes(begun).AsMemory(i - 1, 1), TestContext.Current.CancellationToken);
            time.Pass(SocketServing.HeadTimeout / (begun.Length + 1));
        }

        Assert.False(run.IsCompleted);
        time.Pass(SocketServing.HeadTimeout);

        await run.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Empty(served);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Who_says_nothing_is_left_to_the_web_server()
    {
        var time = new ManualTime();
        var (connection, _, served) = Step(time, out var run);

        time.Pass(SocketServing.HeadTimeout);

        await run.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(["HTTP/1.1"], served);
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore", "h2")]
    [InlineData("PRI * HTTP/1.1\r\n\r\n", "HTTP/1.1")]
    [InlineData("G", "HTTP/1.1")]
    public async Task All_bytes_go_on_unread(string bytes, string protocol)
    {
        var (connection, far, served) = Step(new ManualTime(), out var run);
        await far.WriteAsync(Encoding.ASCII.GetBytes(bytes), TestContext.Current.CancellationToken);

        await run.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal([protocol], served);
        var left = await connection.Transport.Input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(bytes, Encoding.ASCII.GetString(left.Buffer));
        await connection.DisposeAsync();
    }

    /// <summary>The step alone, with what it hands on.</summary>
    private static (DefaultConnectionContext Connection, PipeWriter Far, List<string> Served) Step(TimeProvider time, out Task run)
    {
        var served = new List<string>();
        var (there, back) = (new Pipe(), new Pipe());
        var connection = new DefaultConnectionContext("one") { Transport = new Ends(there.Reader, back.Writer) };
        run = new PriorKnowledge(time).Around(c =>
        {
            served.Add(c.Features.Get<ITlsApplicationProtocolFeature>() is { } tls && c.Features.Get<ITlsConnectionFeature>() is not null
                ? Encoding.ASCII.GetString(tls.ApplicationProtocol.Span)
                : "HTTP/1.1");
            return Task.CompletedTask;
        })(connection);
        return (connection, there.Writer, served);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private static async Task<Socket> Connect(LiveServer on)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, on.Platform.Port);
        return socket;
    }

    private static async Task<int> ReadSome(Socket socket)
    {
        using var patience = new CancellationTokenSource(Deadline);
        return await socket.ReceiveAsync(new byte[4096], patience.Token);
    }

    private static async Task<string> ReadToEnd(Socket socket)
    {
        using var patience = new CancellationTokenSource(Deadline);
        var (text, bytes) = (new StringBuilder(), new byte[4096]);
        while (await socket.ReceiveAsync(bytes, patience.Token) is var count and > 0)
        {
            text.Append(Encoding.Latin1.GetString(bytes, 0, count));
        }

        return text.ToString();
    }
}
