using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Sessions;

/// <summary>How a session begins, and every way in which it ends.</summary>
public class SessionLifeTests(SessionLifeTests.Fixture fixture) : IClassFixture<SessionLifeTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private async Task<(App App, string User)> NewUser()
    {
        var app = await fixture.NewApp();
        return (app, await app.NewUser("ann"));
    }

    private static async Task<int> CodeOf(Uri url)
    {
        await using var session = await SessionClient.Open(url);
        var code = await session.Closed;
        Assert.DoesNotContain(session.Frames, f => f.Type == "SESSION_ESTABLISHED");
        return code;
    }

    [Fact]
    public async Task A_session_is_told_first_that_it_is_established()
    {
        var (_, user) = await NewUser();

        await using var session = await SessionClient.Start(fixture, user);

        var first = session.Frames[0];
        Assert.Equal(("SESSION_ESTABLISHED", "SYSTEM"), (first.Type, first.MessageType));
        Assert.Equal(
            """{"Headers":{"x-amz-chime-event-type":"SESSION_ESTABLISHED","x-amz-chime-message-type":"SYSTEM"},"Payload":""}""", first.Raw);
    }

    [Fact]
    public async Task The_endpoint_is_a_bare_host_with_the_port_of_the_TLS_listener()
    {
        var answer = await fixture.Root.Send("GET", "/endpoints/messaging-session");

        Assert.Equal($"localhost:{fixture.Platform.TlsPort}", answer.Text("Endpoint.Url"));
    }

    [Fact]
    public async Task Prefetch_tells_of_each_channel_once_after_the_session_is_established()
    {
        var (app, user) = await NewUser();
        var owner = await app.NewUser("owner");
        var channels = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => app.NewChannel(owner, members: [user])));
        foreach (var _ in Enumerable.Range(0, 21))
        {
            await app.Root.SendText(owner, channels[0], "hello");
        }

        await app.Root.SendText(owner, channels[1], "hello");
        (await app.Root.SendChannelMessage(owner, channels[2], "past her", target: owner)).Ok();

        await using var session = await SessionClient.Start(fixture, user, "&sessionId=s&prefetch-on=connect");
        await session.WaitForCount(3, f => f.Type == "CHANNEL_DETAILS");

        Assert.Equal("SESSION_ESTABLISHED", session.Frames[0].Type);
        var details = session.Frames.Skip(1).ToDictionary(f => f.Text("Channel.ChannelArn")!);
        Assert.Equal(channels.Order(StringComparer.Ordinal), details.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([20, 1, 0], channels.Select(c => details[c].Payload!["ChannelMessages"]!.AsArray().Count));
        Assert.Equal([true, false, false], channels.Select(c => (bool)details[c].Payload!["ChannelMessagesHasMore"]!));
        Assert.All(details.Values, f => Assert.Equal(2, f.Payload!["ChannelMemberships"]!.AsArray().Count));
        Assert.Null(details[channels[2]].Payload!["Channel"]!["LastMessageTimestamp"]);
    }

    public static TheoryData<string> Unauthorized =>
    [
        "unsigned", "wrong signature", "unknown key", "another host", "no user", "no session id", "an app instance", "a bot", "an id alone",
        "a user who is not there", "a user of another account", "a signature for another service",
    ];

    [Theory]
    [MemberData(nameof(Unauthorized))]
    public async Task Who_may_not_connect_is_told_so_after_the_upgrade(string why)
    {
        var (app, user) = await NewUser();
        var good = SessionClient.Url(fixture, user);

        var url = why switch
        {
            "unsigned" => Raw($"{good.GetLeftPart(UriPartial.Path)}?userArn={Uri.EscapeDataString(user)}&sessionId=s"),
            "wrong signature" => Raw(good.OriginalString[..^4] + "0000"),
            "unknown key" => SessionClient.Url(fixture, user, new AwsCredentials("AKIAUNKNOWNUNKNOWN00", "secret", null)),
            "another host" => Raw(good.OriginalString.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)),
            "no user" => SessionClient.Url(fixture, null),
            "no session id" => SessionClient.Url(fixture, user, query: ""),
            "an app instance" => SessionClient.Url(fixture, app.Arn),
            "a bot" => SessionClient.Url(fixture, app.Arn + "/bot/b"),
            "an id alone" => SessionClient.Url(fixture, "ann"),
            "a user who is not there" => SessionClient.Url(fixture, app.UserArn("nobody")),
            "a user of another account" =>
                SessionClient.Url(fixture, user.Replace(LiveServer.Account, "999999999999", StringComparison.Ordinal)),
            "a signature for another service" => Raw(new SigV4Signer(fixture.Platform.Root, LiveServer.Region, "execute-api", fixture.Time)
                .Presign("GET", new Uri($"{good.GetLeftPart(UriPartial.Path)}?userArn={Uri.EscapeDataString(user)}&sessionId=s"), TimeSpan.FromSeconds(10))),
            _ => throw new NotSupportedException(why),
        };

        Assert.Equal(4401, await CodeOf(url));
    }

    private static Uri Raw(string url) => new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    [Fact]
    public async Task A_plain_request_to_the_session_address_is_a_bad_request()
    {
        using var answer = await fixture.Http.GetAsync(new Uri(fixture.Address, "/connect"));

        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_user_has_ten_sessions_and_the_eleventh_is_refused_until_one_ends()
    {
        var (_, user) = await NewUser();
        var sessions = new List<SessionClient>();
        for (var i = 0; i < 10; i++)
        {
            sessions.Add(await SessionClient.Start(fixture, user, $"&sessionId=s{i}"));
        }

        Assert.Equal(4003, await CodeOf(SessionClient.Url(fixture, user)));

        var count = fixture.Platform.Sessions;
        await sessions[0].DisposeAsync();
        await Patience.Until(() => fixture.Platform.Sessions < count);
        await using var another = await SessionClient.Start(fixture, user);
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task Two_sessions_may_have_the_same_id()
    {
        var (app, user) = await NewUser();
        var channel = await app.NewChannel(user);
        await using var one = await SessionClient.Start(fixture, user);
        await using var two = await SessionClient.Start(fixture, user);

        await app.Root.SendText(user, channel, "hello");

        await one.Wait("CREATE_CHANNEL_MESSAGE");
        await two.Wait("CREATE_CHANNEL_MESSAGE");
    }

    [Fact]
    public async Task The_sessions_of_a_deleted_user_end_for_good_and_others_go_on()
    {
        var (app, user) = await NewUser();
        var other = await app.NewUser("bob");
        var channel = await app.NewChannel(other);
        await using var gone = await SessionClient.Start(fixture, user);
        await using var stays = await SessionClient.Start(fixture, other);

        (await app.Root.DeleteAppInstanceUser(user)).Ok();

        Assert.Equal(4003, await gone.Closed);
        await app.Root.SendText(other, channel, "still here");
        await stays.Wait("CREATE_CHANNEL_MESSAGE");
        Assert.Equal(4401, await CodeOf(SessionClient.Url(fixture, user)));
    }

    [Fact]
    public async Task The_sessions_of_a_deleted_app_instance_end_for_good_and_those_of_others_go_on()
    {
        var (app, user) = await NewUser();
        var (another, other) = await NewUser();
        await using var gone = await SessionClient.Start(fixture, user);
        await using var stays = await SessionClient.Start(fixture, other);

        (await app.Root.DeleteAppInstance(app.Arn)).Ok();

        Assert.Equal(4003, await gone.Closed);
        await another.Root.SendText(other, await another.NewChannel(other), "still here");
        await stays.Wait("CREATE_CHANNEL_MESSAGE");
    }

    [Fact]
    public async Task A_frame_that_is_too_large_ends_the_session()
    {
        var (_, user) = await NewUser();
        await using var session = await SessionClient.Start(fixture, user);

        await session.Socket.SendAsync(new byte[4097], WebSocketMessageType.Text, true, CancellationToken.None);

        Assert.Equal(1009, await session.Closed);
    }

    [Fact]
    public async Task A_frame_in_many_pieces_counts_as_one()
    {
        var (_, user) = await NewUser();
        await using var session = await SessionClient.Start(fixture, user);

        for (var i = 0; i < 5 && session.IsOpen; i++)
        {
            await session.Socket.SendAsync(new byte[1000], WebSocketMessageType.Text, false, CancellationToken.None);
        }

        Assert.Equal(1009, await session.Closed);
    }

    [Fact]
    public async Task Too_many_frames_end_the_session()
    {
        var (_, user) = await NewUser();
        await using var session = await SessionClient.Start(fixture, user);
        try
        {
            for (var i = 0; i < 50; i++)
            {
                await session.Socket.SendAsync(Encoding.UTF8.GetBytes("{}"), WebSocketMessageType.Text, true, CancellationToken.None);
            }
        }
        catch (WebSocketException)
        {
            // Closed while sending.
        }

        Assert.Equal(1008, await session.Closed);
    }

    [Fact]
    public async Task A_little_chatter_is_borne()
    {
        var (app, user) = await NewUser();
        var channel = await app.NewChannel(user);
        await using var session = await SessionClient.Start(fixture, user);
        for (var i = 0; i < 10; i++)
        {
            await session.Socket.SendAsync(new byte[400], i % 2 == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, CancellationToken.None);
        }

        await app.Root.SendText(user, channel, "hello");

        await session.Wait("CREATE_CHANNEL_MESSAGE");
    }

    [Fact]
    public async Task A_client_that_closes_is_answered_and_forgotten()
    {
        var (_, user) = await NewUser();
        await using var session = await SessionClient.Start(fixture, user);

        await session.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        Assert.Equal(1000, await session.Closed);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_closed_and_others_hear_everything()
    {
        var (app, user) = await NewUser();
        var other = await app.NewUser("bob");
        var channel = await app.NewChannel(other, members: [user]);
        using var narrow = new SocketsHttpHandler { ConnectCallback = Narrow };
        using var invoker = new HttpMessageInvoker(narrow);
        await using var slow = await SessionClient.Open(SessionClient.Url(fixture, user), reads: false, invoker);
        await using var quick = await SessionClient.Start(fixture, other);
        var content = new string('x', 4000);
        const int most = 6000;
        var sent = 0;
        while (!fixture.Log.Lines.Any(line => line.Contains("reads too slowly (queue)", StringComparison.Ordinal)) && sent < most)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.Root.SendText(other, channel, content)));
            sent += 100;
        }

        await app.Root.SendText(other, channel, "the last");
        await quick.Wait(f => f.Text("Content") == "the last");
        Assert.Equal(sent + 1, quick.Frames.Count(f => f.Type == "CREATE_CHANNEL_MESSAGE"));

        // What had left the queue is still read, and then the reason.
        slow.Read();
        Assert.Equal(1013, await slow.Closed);
        var heard = slow.Frames.Where(f => f.Type == "CREATE_CHANNEL_MESSAGE").Select(f => f.Sequence).ToArray();
        Assert.True(heard.Length < sent);
        Assert.Equal(quick.Frames.Where(f => f.Sequence is not null).Select(f => f.Sequence).Take(heard.Length), heard);
    }

    private static async ValueTask<Stream> Narrow(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&prefetch-on=connect")]
    public async Task Who_joins_while_messages_are_sent_misses_none_and_gets_none_twice(string prefetch)
    {
        var app = await fixture.NewApp();
        var owner = await app.NewUser("owner");
        var users = await app.NewUsers([.. Enumerable.Range(0, 20).Select(i => $"user-{i}")]);
        var channel = await app.NewChannel(owner);
        (await app.Root.BatchCreateChannelMembership(owner, channel, users)).Ok();
        using var stop = new CancellationTokenSource();
        async Task Talk()
        {
            while (!stop.IsCancellationRequested)
            {
                await app.Root.SendText(owner, channel, "hello");
            }
        }

        var talking = Enumerable.Range(0, 4).Select(_ => Task.Run(Talk)).ToArray();
        var sessions = new List<SessionClient>();
        foreach (var round in Enumerable.Range(0, 10))
        {
            sessions.AddRange(await Task.WhenAll(users.Select(u => SessionClient.Start(fixture, u, $"&sessionId=s{round}{prefetch}"))));
        }

        await stop.CancelAsync();
        await Task.WhenAll(talking);
        var last = await app.Root.SendText(owner, channel, "the last");
        await Task.WhenAll(sessions.Select(s => s.Wait(f => f.Text("MessageId") == last)));

        var all = new List<string>();
        string? token = null;
        do
        {
            var page = await app.Root.ListChannelMessages(owner, channel, $"?sort-order=ASCENDING&next-token={ChimeClient.E(token ?? "")}");
            all.AddRange(page.List("ChannelMessages").Select(m => (string)m!["MessageId"]!));
            token = page.NextToken;
        }
        while (token is not null);
        var place = all.Select((id, at) => (id, at)).ToDictionary(p => p.id, p => p.at);
        Assert.Equal(200, sessions.Count);
        Assert.All(sessions, session =>
        {
            var known = session.Frames.Where(f => f.Type == "CHANNEL_DETAILS")
                .SelectMany(f => f.Payload!["ChannelMessages"]!.AsArray().Select(m => (string)m!["MessageId"]!)).Reverse();
            var live = session.Frames.Where(f => f.Type == "CREATE_CHANNEL_MESSAGE").Select(f => f.Text("MessageId")!);
            string[] heard = [.. known, .. live];
            Assert.Equal(all.Skip(place[heard[0]]), heard);
        });
        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }
    }
}
