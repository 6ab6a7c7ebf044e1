using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Events.Tests.Hostile;

/// <summary>Every route of the application, asked what no page asks: it says no, at once, and nothing has changed.</summary>
public class RequestTests(LoudHost host) : IClassFixture<LoudHost>
{
    private const int triesOfRoute = 60;

    // What each route that reads a body may be sent by a page.
    private static readonly Dictionary<string, string> sound = new()
    {
        ["POST /shows/{slug}/enter"] = """{"code":"0000-0000-00000","move":false}""",
        ["PUT /shows/{slug}/nickname"] = """{"nickname":"Anna"}""",
        ["POST /shows/{slug}/reports"] = """{"messageId":"abc","reason":"rude"}""",
        ["POST /shows/{slug}/lost"] = """{"email":"a@b.example","language":"en"}""",
        ["POST /shows/{slug}/lost/open"] = """{"token":"abc","page":"a page of a browser"}""",
        ["POST /shows/{slug}/lost/reissue"] = """{"token":"abc","page":"a page of a browser","number":1}""",
        ["POST /sign-in"] = """{"token":"abc"}""",
        ["POST /organise/shows"] = """{"title":"Another","zone":"Europe/Vienna"}""",
        ["PUT /organise/shows/{id}"] =
            """
            {"version":1,"title":"A","artist":"B","about":"C","pictureUrl":"https://a.example/b","zone":"Europe/Vienna",
            "startsAt":"2030-01-01T20:00:00Z","doorsAt":"2030-01-01T19:00:00Z","endsAt":"2030-01-01T22:00:00Z",
            "player":{"kind":"hls","url":"https://a.example/c.m3u8","captions":[{"lang":"en","label":"English","url":"https://a.example/d.vtt"}]},
            "tickets":{"planned":10,"tiers":["standard","vip"]},
            "chat":{"enabled":true,"audience":"one","slowSeconds":0,"mode":"open","maxLength":300,"reactions":["a"],
            "words":[{"text":"durian","match":"word","action":"hold"}],"commonWords":true,"holdFirst":false}}
            """,
        ["PUT /organise/words"] = """{"words":[{"text":"durian","match":"word","action":"hold"}],"version":77}""",
        ["POST /organise/shows/{id}/staff"] = """{"name":"Mo","kind":"moderator"}""",
        ["POST /organise/shows/{id}/tickets"] = """{"count":1,"tier":"standard","batch":"b-1"}""",
        ["POST /organise/shows/{id}/tickets/{number}/revoke"] = """{"reason":"resold"}""",
        ["POST /shop/tickets"] = """{"reference":"A1","tier":"standard","holder":"Ada","email":"a@b.example","reissue":false}""",
        ["POST /organise/shows/{id}/progress"] = """{"action":"pause"}""",
        ["POST /organise/shows/{id}/clear"] = """{"title":"Never this"}""",
        ["POST /desk/{id}/held/{messageId}"] = """{"decision":"approve","reason":"fine"}""",
        ["POST /desk/{id}/messages/{messageId}/remove"] = """{"reason":"rude","now":false}""",
        ["POST /desk/{id}/people/{number}/timeout"] = """{"seconds":60,"reason":"rude"}""",
        ["POST /desk/{id}/people/{number}/ban"] = """{"until":null,"reason":"rude","removeMessages":true}""",
        ["PUT /desk/{id}/rules"] =
            """{"slowSeconds":5,"mode":"open","holdFirst":true,"words":[{"text":"durian","match":"word","action":"mask"}]}""",
        ["POST /desk/{id}/rules/test"] = """{"text":"durian","words":[{"text":"durian","match":"word","action":"mask"}]}""",
        ["PUT /desk/{id}/pin"] = """{"messageId":"abc"}""",
        ["POST /desk/{id}/undo"] = """{"logId":1}""",
    };

    // They read no body: whatever comes with them is passed over.
    private static readonly string[] bodiless =
    [
        "POST /shows/{slug}/leave", "POST /shows/{slug}/chat-pass", "POST /sign-out", "DELETE /organise/shows/{id}",
        "POST /organise/shows/{id}/publish", "POST /organise/shows/{id}/unpublish", "POST /organise/shows/{id}/end",
        "POST /organise/shows/{id}/duplicate", "POST /organise/shows/{id}/staff/{sid}/link", "DELETE /organise/shows/{id}/staff/{sid}",
        "POST /organise/shows/{id}/tickets/{number}/reissue", "POST /organise/shows/{id}/shop-keys",
        "DELETE /organise/shows/{id}/shop-keys/{key}", "POST /desk/{id}/chat-pass",
        "POST /desk/{id}/messages/{messageId}/restore", "POST /desk/{id}/people/{number}/lift",
    ];

    // A file, which has tests of its own.
    private static readonly string[] files =
        ["POST /organise/shows/{id}/tickets/import", "POST /organise/words/read", "POST /desk/{id}/words/read"];

    [Fact]
    public void Every_route_that_changes_something_is_known_here() => Assert.Equal(
        sound.Keys.Concat(bodiless).Concat(files).Order(),
        Changing().Select(r => r.Name).Order());

    [Fact]
    public async Task What_is_no_JSON_is_refused_and_changes_nothing()
    {
        var known = await Known.Make(host);
        var malformed = new Malformed(1);
        var before = host.Dump();
        foreach (var (name, method, path) in Changing().Where(r => sound.ContainsKey(r.Name)))
        {
            var body = JsonNode.Parse(sound[name])!;
            for (var i = 0; i < triesOfRoute; i++)
            {
                var bytes = malformed.Broken(body);
                var reply = await known.Send(method, path, bytes, "application/json");
                Assert.True(reply.Status == 400, $"{name} answered {reply.Status} to {Encoding.Latin1.GetString(bytes[..Math.Min(200, bytes.Length)])}");
            }

            foreach (var type in new[] { null, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", "application/json-seq" })
                Assert.Equal(400, (await known.Send(method, path, Encoding.UTF8.GetBytes(body.ToJsonString()), type)).Status);
            Assert.Equal(400, (await known.Send(method, path, new byte[2_000_000], "application/json")).Status);
        }

        Assert.Equal(before, host.Dump());
        AssertCalm();
    }

    [Fact]
    public async Task JSON_of_any_shape_gets_an_answer_and_what_is_refused_changes_nothing()
    {
        var malformed = new Malformed(2);
        foreach (var (name, method, path) in Changing().Where(r => sound.ContainsKey(r.Name)))
        {
            var known = await Known.Make(host);
            var body = JsonNode.Parse(sound[name])!;
            var before = Dump();
            var asked = 0;
            foreach (var text in Malformed.Replaced(body).Concat(Enumerable.Range(0, triesOfRoute).Select(_ => malformed.Odd(body))))
            {
                var reply = await known.Send(method, path, Encoding.UTF8.GetBytes(text), "application/json; charset=utf-8");
                Assert.True(reply.Status is >= 200 and < 500, $"{name} answered {reply.Status} to {text[..Math.Min(300, text.Length)]}");
                if (reply.Status < 400) before = Dump();
                else if (++asked % 10 == 0) Assert.True(before == Dump(), $"{name} changed something by {text}");
            }

            // What was taken can be read again, by all who read it.
            foreach (var page in new[] { "/shows", $"/shows/{known.Show.Slug}", $"/organise/shows/{known.Show.Id}", $"/desk/{known.Show.Id}", "/organise/shows" })
                Assert.True((await known.Browser.Get(page)).Status is 200 or 404, $"After {name} {page} cannot be read.");
        }

        AssertCalm();

        // Without what the app does in its own time with what was taken.
        string Dump() => host.Dump("errand", "user_sync");
    }

    [Fact]
    public async Task Another_site_can_change_nothing()
    {
        var known = await Known.Make(host);
        var before = host.Dump();
        foreach (var (name, method, path) in Changing().Where(r => r.Name != "POST /shop/tickets"))
        {
            var body = Encoding.UTF8.GetBytes(sound.GetValueOrDefault(name, "{}"));
            var own = host.Address.GetLeftPart(UriPartial.Authority);
            foreach (var (origin, site) in new[]
            {
                ("https://evil.example", null), ("null", null), ("", null), (own + ".evil.example", null), (own.Replace("http", "https", StringComparison.Ordinal), null),
                (own, "cross-site"), (own, "same-site"), ("", "cross-site"), ("", "none"), ("https://evil.example", "same-origin"),
                (own.Replace(host.Address.Port.ToString(CultureInfo.InvariantCulture), "1", StringComparison.Ordinal), null),
            })
            {
                known.Browser.Origin = origin;
                var reply = site is null ? await known.Browser.SendBytes(method, known.Fill(path), body, "application/json")
                    : await known.Browser.SendBytes(method, known.Fill(path), body, "application/json", ("Sec-Fetch-Site", site));
                Assert.True(reply is { Status: 403, Code: "ForeignOrigin" }, $"{name} answered {reply.Status} {reply.Code} to {origin} {site}");
            }
        }

        Assert.Equal(before, host.Dump());
    }

    [Fact]
    public async Task Addresses_and_queries_of_any_kind_get_an_answer()
    {
        var known = await Known.Make(host);
        string[] odd =
        [
            "%00", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%ff", "%ED%A0%80", "%C0%AF", "-1", "0", "99999999999999999999", "9223372036854775807",
            "%20", "%F0%9F%92%A9", "'%20or%201=1--", new string('a', 3000), "%25", "NaN", "1e3", "%E2%80%AE", "a%0d%0ab", "{slug}",
        ];
        var before = host.Dump();
        foreach (var route in host.Routes.Where(IsOurs))
        {
            var path = "/" + route.RoutePattern.RawText!.TrimStart('/');
            foreach (var value in odd)
            {
                foreach (var place in Regex.Matches(path, "{[^}]+}").Select(m => m.Value))
                    await Ask(known.Fill(path.Replace(place, value, StringComparison.Ordinal)));
                foreach (var query in new[] { "q", "after", "limit", "state", "max" })
                    await Ask($"{known.Fill(path)}?{query}={value}&{query}=");
            }

            async Task Ask(string asked)
            {
                var reply = await known.Browser.SendBytes(HttpMethod.Get, "/../.." + asked, null, null);
                Assert.True(reply.Status < 500, $"GET {asked} answered {reply.Status}");
            }
        }

        Assert.Equal(before, host.Dump());
        AssertCalm();
    }

    [Fact]
    public async Task A_socket_that_hears_anything_but_what_pages_say_is_closed_and_nothing_else_happens()
    {
        var known = await Known.Make(host);
        var frames = new (byte[] Bytes, WebSocketMessageType Type)[]
        {
            ("""{"t":"\ud800"}"""u8.ToArray(), WebSocketMessageType.Text), ("""{"\ud800":1}"""u8.ToArray(), WebSocketMessageType.Text),
            ("""{"t":"react","k":1e9}"""u8.ToArray(), WebSocketMessageType.Text), ("""{"t":"react","k":"0"}"""u8.ToArray(), WebSocketMessageType.Text),
            ("""{"t":"react","k":-1}"""u8.ToArray(), WebSocketMessageType.Text), ("""{"t":"react","k":0,"n":1000}"""u8.ToArray(), WebSocketMessageType.Text),
            ("""{"t":{}}"""u8.ToArray(), WebSocketMessageType.Text), ("[]"u8.ToArray(), WebSocketMessageType.Text), ("null"u8.ToArray(), WebSocketMessageType.Text),
            ([], WebSocketMessageType.Text), ([0xFF, 0xFE], WebSocketMessageType.Text), ([0], WebSocketMessageType.Binary),
            ("""{"t":"claim","messageId":"\ud800"}"""u8.ToArray(), WebSocketMessageType.Text),
            (Enumerable.Repeat((byte)'[', 400).ToArray(), WebSocketMessageType.Text), (new byte[100_000], WebSocketMessageType.Text),
        };
        foreach (var path in new[] { $"/shows/{known.Show.Slug}/socket", $"/desk/{known.Show.Id}/socket" })
        {
            foreach (var (bytes, type) in frames)
            {
                await using var socket = await known.Browser.Open(path);
                await socket.Send(bytes, type);
                // 1007 is the protocol's own word for what is no UTF-8; the framework may end the connection before it arrives.
                var code = await socket.ClosedOrLost();
                Assert.True(code is 1008 || (bytes is [0xFF, 0xFE] && code is 1007 or null), $"{path} {Encoding.UTF8.GetString(bytes.Take(50).ToArray())} {socket.CloseCode}");
            }
        }

        AssertCalm();
    }

    private static bool IsOurs(RouteEndpoint route) => route.RoutePattern.RawText!.TrimStart('/').StartsWith("events", StringComparison.Ordinal);

    private IEnumerable<(string Name, HttpMethod Method, string Path)> Changing() =>
        from route in host.Routes.Where(IsOurs)
        let path = "/" + route.RoutePattern.RawText!.TrimStart('/')
        where path.StartsWith("/events/api/", StringComparison.Ordinal)
        from method in route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        where method is "POST" or "PUT" or "DELETE"
        let below = path["/events/api".Length..]
        select ($"{method} {below}", new HttpMethod(method), below);

    /// <summary>Nothing that came was an accident to the app.</summary>
    private void AssertCalm() => Assert.DoesNotContain(host.Logged, l => l.Level >= LogLevel.Error);

    /// <summary>A show with a fan, an organiser and a moderator, all in one browser, and a shop's key.</summary>
    private sealed class Known
    {
        public required TestShow Show { get; init; }

        public required Browser Browser { get; init; }

        public required string Staff { get; init; }

        public required string ShopKey { get; init; }

        public static async Task<Known> Make(LoudHost host)
        {
            var show = await TestShow.Make(host);
            var code = (await show.Tickets(3))[0];
            var browser = await host.NewOrganiser();
            await browser.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = code });
            var member = await host.Events.Store.Write(ledger => ledger.AddStaff(show.Key, "Mo", "mo", StaffKind.Moderator, Ids.NewUser("mod-")));
            var key = (await browser.Post($"/organise/shows/{show.Id}/shop-keys"))["key"].GetString()!;
            host.Forget();
            return new Known { Show = show, Browser = browser, Staff = member.Id, ShopKey = key };
        }

        public string Fill(string path) => path.Replace("{slug}", Show.Slug, StringComparison.Ordinal)
            .Replace("{id}", Show.Id, StringComparison.Ordinal).Replace("{number}", "2", StringComparison.Ordinal)
            .Replace("{sid}", Staff, StringComparison.Ordinal).Replace("{key}", "0123456789ab", StringComparison.Ordinal).Replace("{messageId}", "abc", StringComparison.Ordinal)
            .Replace("{**rest}", "x", StringComparison.Ordinal);

        public Task<Reply> Send(HttpMethod method, string path, byte[] body, string? type) => path == "/shop/tickets"
            ? Browser.SendBytes(method, path, body, type, ("Authorization", $"Bearer {ShopKey}"))
            : Browser.SendBytes(method, Fill(path), body, type);
    }
}
