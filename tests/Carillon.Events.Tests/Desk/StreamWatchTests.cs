using System.Net;
using System.Net.Sockets;
using System.Text;
using Carillon.Events.Core.Shows;
using Carillon.Events.Desk;
using Carillon.Tests;
using Xunit;

namespace Carillon.Events.Tests.Desk;

public sealed class StreamWatchTests(DeskHost host) : IClassFixture<DeskHost>
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("2001:0:a00:1::", false)]
    public void Streams_are_looked_at_on_the_public_internet_alone(string address, bool isPublic) =>
        Assert.Equal(isPublic, StreamFetch.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void A_playlist_says_what_it_is()
    {
        Assert.Null(StreamWatch.Playlist.Read("<html>"));
        Assert.Equal("low/live.m3u8", StreamWatch.Playlist.Read(
            "#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\nlow/live.m3u8\r\n#EXT-X-STREAM-INF:BANDWIDTH=2\r\nhigh/live.m3u8\r\n")!.Variant);
        var media = StreamWatch.Playlist.Read("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n")!;
        Assert.Equal((null, true, 4), (media.Variant, media.Ended, media.Segment));
    }

    [Fact]
    public async Task A_live_stream_plays_while_its_playlist_moves_and_is_down_once_it_stands_still_or_is_gone()
    {
        await using var stream = new FakeStream();
        using var watch = new StreamWatch(host.Events);
        var show = (await TestShow.Make(host, d => d with { Player = new Player("hls", stream.Url) })).Now;
        Assert.Equal("unknown", watch.Of(show));

        for (var n = 0; n < 4; n++)
        {
            stream.Sequence++;
            await Looked(watch, show, stream);
            Assert.Equal("ok", watch.Of(show));
        }

        for (var waited = TimeSpan.Zero; waited <= TimeSpan.FromSeconds(18); waited += StreamWatch.Between) await Looked(watch, show, stream);
        Assert.Equal("down", watch.Of(show));

        stream.Sequence++;
        await Looked(watch, show, stream);
        Assert.Equal("ok", watch.Of(show));

        stream.Status = 404;
        await Looked(watch, show, stream);
        Assert.Equal("ok", watch.Of(show));
        await Looked(watch, show, stream);
        Assert.Equal("down", watch.Of(show));
        Assert.Equal("unknown", watch.Of(show with { Definition = show.Definition with { Player = new Player("hls", stream.Url + "?other") } }));
    }

    [Fact]
    public async Task No_request_leaves_for_a_private_address_that_nobody_allowed()
    {
        await using var stream = new FakeStream();
        using var fetch = new StreamFetch(host.Events.Options with { AllowedOutbound = "" });
        await Assert.ThrowsAsync<StreamFetch.NotAllowedException>(() => fetch.ReadAsync(stream.Url, default));
        await Assert.ThrowsAsync<StreamFetch.NotAllowedException>(() => fetch.ReadAsync(stream.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), default));
        Assert.Equal(0, stream.Asked);
        // Nor by a redirect of a place that may be asked.
        stream.Redirect = "http://[::1]:9/secret";
        using var allowed = new StreamFetch(host.Events.Options with { AllowedOutbound = "127.0.0.1" });
        await Assert.ThrowsAsync<StreamFetch.NotAllowedException>(() => allowed.ReadAsync(stream.Url, default));
        stream.Redirect = "file:///etc/passwd";
        await Assert.ThrowsAsync<StreamFetch.NotAllowedException>(() => allowed.ReadAsync(stream.Url, default));
    }

    [Fact]
    public async Task The_desk_tells_the_state_of_the_stream_the_roster_and_the_phase()
    {
        await using var stream = new FakeStream { Ended = true };
        var made = await DeskShow.Make(host);
        await host.Events.Store.Write(ledger =>
        {
            var show = ledger.ShowByKey(made.Show.Key)!;
            ledger.PutDefinition(show.Key, show.Definition with { Player = new Player("hls", stream.Url) });
        });
        await using var desk = await made.Moderator.Open($"{made.Desk}/socket");
        var staff = (await desk.Next("staff")).GetProperty("staff");
        Assert.Equal(["Mo moderator", "Amalia artist"], staff.EnumerateArray().Select(s => $"{s.GetProperty("name")} {s.GetProperty("kind")}"));
        Assert.Equal("live", (await desk.Next("phase")).GetProperty("phase").GetString());
        await DeskHost.Eventually(
            () =>
            {
                host.Clock.Pass(DeskRooms.Tick);
                return Task.FromResult(host.Events.Streams.Of(made.Show.Now) == "ok");
            },
            "the stream plays");
        while ((await desk.Next("numbers")).GetProperty("stream").GetString() != "ok") host.Clock.Pass(DeskRooms.Tick);
        Assert.Equal(
            staff.GetRawText(), (await made.Moderator.Get(made.Desk))["staff"].GetRawText());
    }

    private async Task Looked(StreamWatch watch, Show show, FakeStream stream)
    {
        host.Clock.Pass(StreamWatch.Between);
        var asked = stream.Asked;
        watch.Look(show);
        await DeskHost.Eventually(() => Task.FromResult(stream.Asked > asked && watch.IsIdle(show.Key)), "the stream is looked at");
    }

    /// <summary>A live playlist whose segments a test counts on.</summary>
    private sealed class FakeStream : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource ending = new();
        private readonly Task serving;
        private int asked;

        public FakeStream()
        {
            listener.Start();
            serving = ServeAsync();
        }

        public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/live.m3u8";

        public int Asked => Volatile.Read(ref asked);

        public int Sequence { get; set; }

        public int Status { get; set; } = 200;

        public string? Redirect { get; set; }

        /// <summary>A recording, which stays as it is.</summary>
        public bool Ended { get; set; }

        public async ValueTask DisposeAsync()
        {
            await ending.CancelAsync();
            listener.Stop();
            await serving;
            ending.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(ending.Token);
                    await using var stream = client.GetStream();
                    using var reader = new StreamReader(stream, leaveOpen: true);
                    while (await reader.ReadLineAsync(ending.Token) is { Length: > 0 })
                    {
                    }

                    var body = $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{Sequence}\n#EXTINF:2,\n{Sequence}.ts\n{(Ended ? "#EXT-X-ENDLIST\n" : "")}";
                    var head = Redirect is { } to ? $"HTTP/1.1 302 Found\r\nLocation: {to}\r\n" : $"HTTP/1.1 {Status} x\r\n";
                    await stream.WriteAsync(
                        Encoding.ASCII.GetBytes($"{head}Connection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"), ending.Token);
                    Interlocked.Increment(ref asked);
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException or IOException or InvalidOperationException)
            {
                // The test is over.
            }
        }
    }
}
