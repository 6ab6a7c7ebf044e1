using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Samples.SupportChat;
using Carillon.Tests.Server;
using Carillon.Tests.Server.Gateway;
using Xunit;

namespace Carillon.Tests.Samples;

/// <summary>The sample of a support chat, over real sockets.</summary>
public sealed class SupportChatTests : IAsyncLifetime
{
    private readonly string _database = Path.Combine(Directory.CreateTempSubdirectory("carillon-support-").FullName, "support.db");
    private SupportServer _server = null!;
    private Ear _ear = null!;

    public async ValueTask InitializeAsync()
    {
        _ear = await Ear.Start();
        _server = await SupportServer.Start(_database, _ear.Url("/hook"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.Stop();
        await _ear.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_database)!, recursive: true);
    }

    private async Task Restart()
    {
        await _server.Stop();
        _server = await SupportServer.Start(_database, _ear.Url("/hook"), _server.Clock);
    }

    private static string Say(string text, string? room = null, string? token = null)
    {
        var said = new JsonObject { ["action"] = "sendMessage", ["message"] = text };
        if (room is not null)
        {
            said["chatRoomId"] = room;
        }

        if (token is not null)
        {
            said["token"] = token;
        }

        return said.ToJsonString();
    }

    private static string Do(string action, string? room = null) =>
        room is null ? $$"""{"action":"{{action}}"}""" : $$"""{"action":"{{action}}","chatRoomId":"{{room}}"}""";

    private static async Task<JsonNode> Ask(GatewaySocket socket, string text) => JsonNode.Parse(await socket.Ask(text))!;

    private static async Task<JsonNode> Next(GatewaySocket socket) => JsonNode.Parse(await socket.Next())!;

    [Fact]
    public async Task A_message_goes_to_its_conversation_and_to_nobody_else()
    {
        await using var ada = await _server.Visitor("ada");
        await using var phone = await _server.Visitor("ada");
        await using var ben = await _server.Visitor("ben");
        await using var amy = await _server.Agent();
        await using var idle = await _server.Agent("ann");
        Assert.Equal("history", (string?)(await Ask(phone, Do("joinRoom")))["type"]);
        Assert.Equal("sent", (string?)(await Ask(ben, Say("I am Ben")))["type"]);
        Assert.Equal("sent", (string?)(await Ask(ada, Say("Hello?")))["type"]);
        Assert.Equal("Hello?", (string?)(await Ask(amy, Do("joinRoom", "ada")))["messages"]![0]!["message"]);

        var sent = await Ask(amy, Say("How may I help?", "ada"));

        foreach (var socket in new[] { phone, ada })
        {
            var heard = await Next(socket);
            if (socket == phone && (string?)heard["message"] == "Hello?")
            {
                heard = await Next(socket);
            }

            Assert.Equal(
                ("message", "ada", "amy", "How may I help?"),
                ((string?)heard["type"], (string?)heard["chatRoomId"], (string?)heard["sender"], (string?)heard["message"]));
            Assert.Equal((string?)sent["timestamp"], (string?)heard["timestamp"]);
        }

        // Whoever has a turn after it would have heard it before the answer.
        Assert.Equal("inbox", (string?)(await Ask(idle, Do("inbox")))["type"]);
        Assert.Equal("sent", (string?)(await Ask(ben, Say("Still here")))["type"]);
        Assert.Empty(ben.Heard);
        Assert.Empty(amy.Heard);
    }

    [Fact]
    public async Task The_sender_is_whoever_holds_the_connection_whatever_the_message_claims()
    {
        await using var ada = await _server.Visitor("ada");
        await using var amy = await _server.Agent();
        await Ask(ada, """{"action":"sendMessage","message":"mine","sender":"root","name":"root","role":"agent","timestamp":"1970-01-01"}""");

        var kept = (await Ask(amy, Do("joinRoom", "ada")))["messages"]![0]!;

        Assert.Equal(("ada", "ada"), ((string?)kept["sender"], (string?)kept["name"]));
        Assert.StartsWith(_server.Clock.GetUtcNow().ToString("yyyy-MM-ddTHH"), (string?)kept["timestamp"]);
    }

    [Fact]
    public async Task Only_a_token_of_the_site_opens_a_connection()
    {
        var good = _server.Token("ada");
        var parts = good.Split('.');
        var none = Base64Url.EncodeToString("""{"alg":"none"}"""u8);
        string Signed(string head, string claims)
        {
            var text = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(head))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
            return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(SupportServer.Secret, Encoding.ASCII.GetBytes(text)))}";
        }

        const string head = """{"alg":"HS256"}""";
        var bad = new[]
        {
            "", "x", "a.b.c", good[..^1], good + "A", $"{none}.{parts[1]}.", $"{none}.{parts[1]}.{parts[2]}",
            new Tokens("another secret of another desk ok"u8.ToArray(), _server.Clock).Make(new("ada", "ada", true), TimeSpan.FromHours(1)),
            _server.Tokens.Make(new("ada", "ada", false), TimeSpan.FromSeconds(-1)),
            _server.Tokens.Make(new("a/b", "ada", false), TimeSpan.FromHours(1)),
            Signed("""{"alg":"none"}""", """{"sub":"ada","role":"agent","exp":99999999999}"""),
            Signed(head, """{"sub":"ada","role":"root","exp":99999999999}"""), Signed(head, """{"sub":"ada","role":"agent"}"""),
            Signed(head, """{"sub":7,"role":"agent","exp":99999999999}"""), Signed(head, "[]"), Signed("[]", "{}"), Signed(head, "{"),
        };
        foreach (var token in bad)
        {
            Assert.Equal(401, await GatewaySocket.Status(_server.Url(token)));
        }

        Assert.Equal(101, await GatewaySocket.Status(_server.Url(good)));
        Assert.Equal(101, await GatewaySocket.Status(_server.Url(Signed(head, """{"sub":"ada","role":"agent","exp":99999999999}"""))));
        Assert.Equal(401, await GatewaySocket.Status(new($"ws://127.0.0.1:{_server.Platform.Port}/ws/support/production")));
    }

    [Theory]
    [InlineData("sendMessage")]
    [InlineData("joinRoom")]
    [InlineData("history")]
    public async Task Another_persons_conversation_cannot_be_told_from_none(string action)
    {
        await using var ada = await _server.Visitor("ada");
        await Ask(ada, Say("private"));
        await using var ad = await _server.Visitor("ad");
        string On(string room) => $$"""{"action":"{{action}}","chatRoomId":"{{room}}","message":"let me in"}""";

        var foreign = await ad.Ask(On("ada"));

        Assert.Equal("""{"type":"error","message":"There is no such conversation."}""", foreign);
        foreach (var room in new[] { "nobody", "", "ada/1", "ad2", "AD", new string('x', 200) })
        {
            Assert.Equal(foreign, await ad.Ask(On(room)));
        }

        await using var amy = await _server.Agent();
        Assert.Equal(foreign, await amy.Ask(On("nobody")));
        Assert.NotEqual(foreign, await ad.Ask(On("ad/order 7")));
        Assert.Single((await Ask(ada, Do("history")))["messages"]!.AsArray());
    }

    [Fact]
    public async Task History_outlives_the_process_and_comes_in_pages_by_time()
    {
        await using (var ada = await _server.Visitor("ada"))
        {
            // The clock stands still: each message still has a time of its own.
            for (var i = 0; i < 120; i++)
            {
                await Ask(ada, Say($"{i}"));
            }
        }

        await Restart();
        await using var amy = await _server.Agent();
        var newest = (await Ask(amy, Do("joinRoom", "ada")))["messages"]!.AsArray();
        Assert.Equal(Enumerable.Range(70, 50).Select(i => $"{i}"), newest.Select(m => (string?)m!["message"]));
        string Stamp(JsonArray page, int at) => (string)page[at]!["timestamp"]!;

        async Task<JsonArray> PageOf(string bound, string stamp) =>
            (await Ask(amy, $$"""{"action":"history","chatRoomId":"ada","{{bound}}":"{{stamp}}"}"""))["messages"]!.AsArray();
        var before = await PageOf("before", Stamp(newest, 0));
        Assert.Equal(Enumerable.Range(20, 50).Select(i => $"{i}"), before.Select(m => (string?)m!["message"]));
        Assert.Equal(20, (await PageOf("before", Stamp(before, 0))).Count);
        Assert.Equal(["118", "119"], (await PageOf("after", Stamp(newest, 47))).Select(m => (string?)m!["message"]));
        var stamps = before.Concat(newest).Select(m => (string)m!["timestamp"]!).ToList();
        Assert.Equal(stamps.Distinct().Order(StringComparer.Ordinal), stamps);
    }

    [Fact]
    public async Task A_message_that_is_sent_again_is_kept_and_heard_once()
    {
        await using var ada = await _server.Visitor("ada");
        await using var phone = await _server.Visitor("ada");
        await Ask(phone, Do("joinRoom"));

        var first = await ada.Ask(Say("once", token: "t1"));
        Assert.Equal(first, await ada.Ask(Say("once", token: "t1")));
        Assert.NotEqual(first, await ada.Ask(Say("twice", token: "t2")));

        Assert.Equal("once", (string?)(await Next(phone))["message"]);
        Assert.Equal("twice", (string?)(await Next(phone))["message"]);
        Assert.Equal(2, (await Ask(ada, Do("history")))["messages"]!.AsArray().Count);
    }

    [Fact]
    public async Task Agents_are_told_once_of_a_conversation_until_one_of_them_answers()
    {
        await using var ada = await _server.Visitor("ada");
        for (var i = 0; i < 3; i++)
        {
            await Ask(ada, Say($"Is anybody there? {i}"));
        }

        var told = (await _ear.Wait(1))[0];
        Assert.Equal(("waiting", "ada", "ada"), ((string?)told.Json["type"], (string?)told.Json["chatRoomId"], (string?)told.Json["visitor"]));
        Assert.DoesNotContain("anybody", Encoding.UTF8.GetString(told.Body));
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(SupportServer.Secret, told.Body)), told.Headers["x-support-signature"]);

        await using var amy = await _server.Agent();
        Assert.Equal("ada", (string?)(await Ask(amy, Do("inbox")))["conversations"]![0]!["chatRoomId"]);
        await Ask(amy, Say("Yes.", "ada"));
        Assert.Empty((await Ask(amy, Do("inbox")))["conversations"]!.AsArray());
        await amy.Send(Do("leaveRoom", "ada"));
        Assert.Empty((await Ask(amy, Do("inbox")))["conversations"]!.AsArray());

        await using var ben = await _server.Visitor("ben");
        await Next(ada);
        await Ask(ada, Say("Good."));
        await Ask(ben, Say("And me?"));
        var all = await _ear.Wait(3);
        Assert.Equal(["ada", "ada", "ben"], all.Select(t => (string?)t.Json["chatRoomId"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nobody_is_told_while_an_agent_looks_and_all_are_once_the_last_has_turned_away()
    {
        await using var ada = await _server.Visitor("ada");
        await Ask(ada, Say("Hello"));
        await _ear.Wait(1);
        var amy = await _server.Agent();
        await Ask(amy, Say("Hello", "ada"));
        await Next(ada);
        await Ask(ada, Say("One more thing"));
        await using var ben = await _server.Visitor("ben");
        await Ask(ben, Say("Next"));
        Assert.Equal("ben", (string?)(await _ear.Wait(2))[1].Json["chatRoomId"]);

        await amy.DisposeAsync();

        Assert.Equal("ada", (string?)(await _ear.Wait(3))[2].Json["chatRoomId"]);
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_later_and_after_a_restart()
    {
        var isDown = true;
        _ear.Status = _ => isDown ? 503 : 200;
        await using (var ada = await _server.Visitor("ada"))
        {
            await Ask(ada, Say("Hello"));
            await _ear.Wait(1);
        }

        using var patience = new CancellationTokenSource(SessionClient.Deadline);
        while (_ear.Heard.Count < 2)
        {
            _server.Clock.Pass(TimeSpan.FromSeconds(10));
            await Task.Delay(5, patience.Token);
        }

        var before = _ear.Heard.Count;
        isDown = false;
        await Restart();
        Assert.Equal("ada", (string?)(await _ear.Wait(before + 1))[before].Json["chatRoomId"]);
        await Restart();
        await using var ben = await _server.Visitor("ben");
        await Ask(ben, Say("Hello"));
        Assert.Equal("ben", (string?)(await _ear.Wait(before + 2))[before + 1].Json["chatRoomId"]);
    }

    [Fact]
    public async Task An_agents_browser_is_told_in_words_that_only_it_can_read_until_it_is_gone()
    {
        using var browser = new Browser(_ear.Url("/push/1"));
        using var gone = new Browser(_ear.Url("/push/gone"));
        _ear.Status = told => told.Path == "/push/gone" ? 410 : 201;
        await using var amy = await _server.Agent();
        var key = Base64Url.DecodeFromChars((string)(await Ask(amy, Do("subscribe")))["key"]!);
        foreach (var one in new[] { browser, gone })
        {
            var answer = await Ask(amy, new JsonObject { ["action"] = "subscribe", ["subscription"] = one.Subscription }.ToJsonString());
            Assert.Equal("subscribe", (string?)answer["type"]);
        }

        await using var ada = await _server.Visitor("ada");
        await Ask(ada, Say("Hello"));
        var told = await _ear.Wait(3);
        var push = told.Single(t => t.Path == "/push/1");
        Assert.Equal("ada", (string?)JsonNode.Parse(browser.Read(push.Body))!["chatRoomId"]);
        Assert.Equal("aes128gcm", push.Headers.ContentEncoding);
        Assert.Equal("3600", push.Headers["TTL"]);
        Assert.Matches("^[A-Za-z0-9_-]{32}$", push.Headers["Topic"].ToString());

        // RFC 8292: a token for the origin of the push service, signed with the key that the browser subscribed with.
        var vapid = push.Headers.Authorization.ToString();
        Assert.Matches("^vapid t=[^,]+, k=[^,]+$", vapid);
        var (token, named) = (vapid[8..vapid.IndexOf(',')].Split('.'), vapid[(vapid.IndexOf("k=", StringComparison.Ordinal) + 2)..]);
        Assert.Equal(key, Base64Url.DecodeFromChars(named));
        using var signer = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = key[1..33], Y = key[33..] } });
        Assert.True(signer.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA256));
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token[1]))!;
        Assert.Equal(_ear.Url("/").GetLeftPart(UriPartial.Authority), (string?)claims["aud"]);
        Assert.Equal(_server.Clock.GetUtcNow().AddHours(12).ToUnixTimeSeconds(), (long?)claims["exp"]);

        // The one that is gone is asked no more; the key is the same after a restart, as subscriptions hold on to it.
        await Restart();
        await using var ben = await _server.Visitor("ben");
        await Ask(ben, Say("Hello"));
        Assert.Equal(["/hook", "/push/1"], (await _ear.Wait(5)).Skip(3).Select(t => t.Path).Order(StringComparer.Ordinal));
        await using var again = await _server.Agent();
        Assert.Equal(key, Base64Url.DecodeFromChars((string)(await Ask(again, Do("subscribe")))["key"]!));
    }

    [Fact]
    public async Task Only_agents_subscribe_and_only_to_push_services_that_are_known()
    {
        await using var ada = await _server.Visitor("ada");
        await using var amy = await _server.Agent();
        using var good = new Browser(new("https://push.example.com/1"));
        string With(JsonNode subscription) => new JsonObject { ["action"] = "subscribe", ["subscription"] = subscription }.ToJsonString();
        Assert.Equal("""{"type":"error","message":"Only agents may."}""", await ada.Ask(With(good.Subscription)));
        Assert.Equal("""{"type":"error","message":"Only agents may."}""", await ada.Ask(Do("inbox")));

        foreach (var url in new[]
        {
            "https://169.254.169.254/latest", "http://push.example.com/1", "https://evilexample.com/1", "https://example.com.evil.test/1", "file:///etc/passwd",
        })
        {
            using var bad = new Browser(new(url));
            Assert.Equal("error", (string?)(await Ask(amy, With(bad.Subscription)))["type"]);
        }

        var broken = good.Subscription;
        broken["keys"]!["p256dh"] = "BAAA";
        Assert.Equal("error", (string?)(await Ask(amy, With(broken)))["type"]);
        foreach (var nonsense in new[] { "1", "{}", "\"x\"", "[]", """{"endpoint":"https://push.example.com/1"}""" })
        {
            Assert.Equal("error", (string?)(await Ask(amy, With(JsonNode.Parse(nonsense)!)))["type"]);
        }

        Assert.Equal("subscribe", (string?)(await Ask(amy, With(good.Subscription)))["type"]);
    }

    [Fact]
    public async Task What_is_no_message_is_told_so_and_kept_nowhere()
    {
        await using var ada = await _server.Visitor("ada");
        foreach (var said in new[]
        {
            "hello", "{}", "[]", """{"action":"nothing"}""", """{"action":"sendMessage"}""", """{"action":"sendMessage","message":" "}""",
            """{"action":"sendMessage","message":{"a":1}}""", """{"action":"sendMessage","message":null}""", """{"action":"sendMessage","message":"\ud800"}""",
            Say(new string('x', 4_001)), Say("x", token: ""), """{"action":"sendMessage","message":"x","chatRoomId":7}""",
            """{"action":"history","before":"yesterday"}""", """{"action":"history","after":7}""",
        })
        {
            Assert.Equal((said, "error"), (said, (string?)(await Ask(ada, said))["type"]));
        }

        Assert.Empty((await Ask(ada, Do("history")))["messages"]!.AsArray());
        Assert.Equal("sent", (string?)(await Ask(ada, Say(new string('x', 4_000))))["type"]);
        Assert.Equal("naïve \"🎉\" <b>", (string?)(await Ask(ada, Say("naïve \"🎉\" <b>")) is { } ? (await Ask(ada, Do("history")))["messages"]![1]!["message"] : null));
        Assert.DoesNotContain(_server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    /// <summary>The example of RFC 8291, appendix A.</summary>
    [Fact]
    public void A_push_is_sealed_as_the_standard_seals_its_example()
    {
        byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);
        var own = Bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        using var key = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = own[1..33], Y = own[33..] },
            D = Bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        });
        var to = new Subscription(
            "https://push.example.net/", "amy",
            Bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"), Bytes("BTBZMqHH6r4Tts7J_aSIgg"));

        var body = WebPush.Encrypt("When I grow up, I want to be a watermelon"u8, to, key, Bytes("DGv6ra1nlYgDCS1FRnbzlw"));

        Assert.Equal(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4M"
            + "qgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
            Base64Url.EncodeToString(body));
    }

    [Fact]
    public void Settings_that_cannot_be_used_are_told_of()
    {
        Assert.Contains("SUPPORT_SECRET", Assert.Throws<FormatException>(() => DeskSettings.Of(_ => null)).Message);
        string? Set(string name, string webhook) => name switch { "SUPPORT_SECRET" => new string('s', 32), "SUPPORT_WEBHOOK" => webhook, _ => null };
        Assert.Contains("SUPPORT_WEBHOOK", Assert.Throws<FormatException>(() => DeskSettings.Of(name => Set(name, "ftp://x"))).Message);
        Assert.Equal(new Uri("https://example.org/hook"), DeskSettings.Of(name => Set(name, "https://example.org/hook")).Webhook);
        Assert.Null(DeskSettings.Of(name => Set(name, "")).Webhook);
    }
}
