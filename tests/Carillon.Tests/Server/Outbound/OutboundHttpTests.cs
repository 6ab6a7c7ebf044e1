using System.Net;
using System.Net.Sockets;
using System.Text;
using Carillon.Server.Outbound;
using Carillon.Wire.Outbound;
using Xunit;

namespace Carillon.Tests.Server.Outbound;

public sealed class OutboundHttpTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("127.0.0.0/8,::1", "127.0.0.1", true)]
    [InlineData("127.0.0.0/8,::1", "::1", true)]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", true)]
    [InlineData("10.1.0.0/16", "10.2.0.1", false)]
    [InlineData("10.1.0.0/16", "10.1.255.255", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("", "127.0.0.1", false)]
    public void An_address_is_allowed_by_a_network_it_lies_in(string rules, string address, bool allowed) =>
        Assert.Equal(allowed, new OutboundRules(rules).AllowsAddress(IPAddress.Parse(address)));

    [Theory]
    [InlineData("hooks.example.org", "hooks.example.org", 443, true)]
    [InlineData("hooks.example.org", "HOOKS.example.org", 80, true)]
    [InlineData("hooks.example.org", "evil.hooks.example.org", 443, false)]
    [InlineData("hooks.example.org", "hooks.example.org.evil", 443, false)]
    [InlineData("hooks.example.org:8443", "hooks.example.org", 8443, true)]
    [InlineData("hooks.example.org:8443", "hooks.example.org", 443, false)]
    public void A_name_is_allowed_as_a_whole(string rules, string host, int port, bool allowed) =>
        Assert.Equal(allowed, new OutboundRules(rules).AllowsName(host, port));

    [Theory]
    [InlineData("http://x")]
    [InlineData("a b")]
    [InlineData("10.0.0.0/99")]
    [InlineData("host:port")]
    public void A_rule_that_is_none_is_refused_at_the_start(string rules) =>
        Assert.Throws<FormatException>(() => new OutboundRules(rules));

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    public async Task Whatever_way_an_address_is_spelled_no_connection_is_made_where_it_is_not_allowed(string url)
    {
        using var server = new OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var http = new OutboundHttp(new OutboundRules("192.0.2.0/24"), TimeProvider.System);
        await Assert.ThrowsAsync<OutboundException>(() => Post(http, string.Format(null, url, server.Port), Long));
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task An_allowed_place_is_asked_and_its_answer_read()
    {
        using var server = new OneAnswer("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello");
        using var http = new OutboundHttp(new OutboundRules("127.0.0.0/8"), TimeProvider.System);
        var answer = await Post(http, $"http://127.0.0.1:{server.Port}/", Long);
        Assert.Equal((201, "hello"), (answer.Status, Encoding.ASCII.GetString(answer.Body)));
        Assert.True(answer.IsSuccess);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        using var other = new OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var server = new OneAnswer(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{other.Port}/\r\nContent-Length: 0\r\n\r\n");
        using var http = new OutboundHttp(new OutboundRules("127.0.0.0/8"), TimeProvider.System);
        Assert.Equal(307, (await Post(http, $"http://127.0.0.1:{server.Port}/", Long)).Status);
        Assert.Equal(0, other.Connections);
    }

    [Fact]
    public async Task An_answer_beyond_the_bound_is_no_answer()
    {
        using var server = new OneAnswer(
            $"HTTP/1.1 200 OK\r\nContent-Length: {OutboundHttp.MostBody + 1}\r\n\r\n{new string('x', OutboundHttp.MostBody + 1)}");
        using var http = new OutboundHttp(new OutboundRules("127.0.0.0/8"), TimeProvider.System);
        await Assert.ThrowsAsync<OutboundException>(() => Post(http, $"http://127.0.0.1:{server.Port}/", Long));
    }

    [Fact]
    public async Task Who_never_answers_is_given_up_at_the_timeout()
    {
        using var server = new OneAnswer("");
        var time = new ManualTime();
        using var http = new OutboundHttp(new OutboundRules("127.0.0.0/8"), time);
        var asked = Post(http, $"http://127.0.0.1:{server.Port}/", TimeSpan.FromSeconds(10));
        await server.FirstConnection;
        time.Pass(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<OutboundException>(() => asked);
    }

    private static Task<OutboundAnswer> Post(OutboundHttp http, string url, TimeSpan timeout) => http.Send(
        new HttpRequestMessage(HttpMethod.Post, url), timeout, TestContext.Current.CancellationToken);

    /// <summary>Answers every connection with the same bytes.</summary>
    private sealed class OneAnswer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.IPv6Any, 0);
        private readonly TaskCompletionSource _first = new();
        private int _connections;

        public OneAnswer(string answer)
        {
            _listener.Server.DualMode = true;
            _listener.Start();
            _ = Serve(Encoding.ASCII.GetBytes(answer));
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Connections => Volatile.Read(ref _connections);

        public Task FirstConnection => _first.Task;

        private async Task Serve(byte[] answer)
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _connections);
                    _first.TrySetResult();
                    var buffer = new byte[4096];
                    _ = await client.GetStream().ReadAsync(buffer);
                    await client.GetStream().WriteAsync(answer);
                }
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
