using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using Carillon.Events.Flow;
using Carillon.Server.Outbound;
using Xunit;

namespace Carillon.Events.Tests.Desk;

/// <summary>The rules as they bind whoever has a fan's credentials: every message here is sent past the app's pages.</summary>
public class FlowTests(DeskHost host) : IClassFixture<DeskHost>
{
    [Fact]
    public async Task What_nothing_speaks_against_is_seen_as_it_was_written()
    {
        var show = await DeskShow.Make(host);

        var id = await show.Sent(show.Fans[0], "  <b>Hello</b> שלום 👋🏽  ");

        Assert.Equal("  <b>Hello</b> שלום 👋🏽  ", Assert.Single(await show.History()).Text);
        var said = show.Said(id)!;
        Assert.Equal((SaidState.Sent, 1L), (said.State, said.Number));
        Assert.Equal(show.Fans[0].UserArn.Split('/')[^1], said.UserId);
    }

    [Fact]
    public async Task Words_are_covered_held_or_refused()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with
        {
            Words = [new("durian", "word", "mask"), new("scam", "word", "refuse"), new("spoiler", "word", "hold")],
        });
        var fan = show.Fans[0];
        await using var socket = await fan.Watch(show.Show);

        var masked = await show.Sent(fan, "I like durian a lot");
        var refused = await fan.Say("not a 5cam at all");
        var notice = await socket.Next("notice");
        Assert.Equal(("refused", refused, "word"), Read(notice));
        var held = await fan.Say("spoiler: durian wins");
        Assert.Equal(("held", held, "word"), Read(await socket.Next("notice")));

        Assert.Equal("I like ****** a lot", Assert.Single(await show.History()).Text);
        Assert.Equal("I like durian a lot", show.Said(masked)!.Text);
        Assert.Equal(SaidState.Refused, show.Said(refused)!.State);
        var item = Assert.Single((await show.Moderator.Get($"{show.Desk}/held"))["items"].EnumerateArray());
        Assert.Equal(("spoiler: durian wins", "Fan 1", "word"), (
            item.GetProperty("text").GetString(), item.GetProperty("nickname").GetString(), item.GetProperty("why").GetString()));

        var decided = await show.Moderator.Post($"{show.Desk}/held/{held}", new JsonObject { ["decision"] = "approve" });

        Assert.Equal(200, decided.Status);
        Assert.Equal(("approved", held, null), Read(await socket.Next("notice")));
        await show.Seen(held);
        Assert.Equal("spoiler: ****** wins", (await show.History())[1].Text);
        Assert.Equal(0, (await show.Moderator.Get($"{show.Desk}/held"))["total"].GetInt64());
    }

    [Fact]
    public async Task Slow_mode_holds_fans_back_and_not_the_staff()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { SlowSeconds = 30 });
        var fan = show.Fans[0];
        var artist = await show.Staff(show.Artist);
        await using var socket = await fan.Watch(show.Show);
        await show.Sent(fan, "one");

        var soon = await fan.Say("two");
        var notice = await socket.Next("notice");
        await show.Sent(artist, "from the stage");
        await show.Sent(artist, "and again");

        Assert.Equal(("refused", soon, "slow"), Read(notice));
        Assert.Equal(host.Clock.GetUtcNow().AddSeconds(30), notice.GetProperty("until").GetDateTimeOffset(), TimeSpan.FromSeconds(1));
        host.Clock.Pass(TimeSpan.FromSeconds(31));
        await show.Sent(fan, "three");
        Assert.Equal(["one", "from the stage", "and again", "three"], (await show.History()).Select(m => m.Text));
    }

    [Theory]
    [InlineData("staff", "hello", false)]
    [InlineData("tier", "hello", false)]
    [InlineData("emoji", "hello", false)]
    [InlineData("emoji", "👏🏽 ❤️", true)]
    [InlineData("open", "hello", true)]
    public async Task A_room_mode_binds_whoever_is_no_staff(string mode, string text, bool passes)
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { Mode = mode });

        var id = await show.Fans[0].Say(text);
        await show.Sent(await show.Staff(show.Moderator), "house rules");

        Assert.Equal(passes ? SaidState.Sent : SaidState.Refused, (await show.Judged(id)).State);
        Assert.Equal(passes ? null : Why.Mode, show.Said(id)!.Why);
    }

    [Fact]
    public async Task A_client_that_skips_the_page_is_bound_by_the_same_rules()
    {
        var show = await DeskShow.Make(host, 2, rules => rules with { MaxLength = 10 });
        var (fan, other) = (show.Fans[0], show.Fans[1]);

        var tooLong = await fan.Say("eleven char");
        var secret = await fan.Say("psst", m => m["Target"] = new JsonArray(new JsonObject { ["MemberArn"] = other.UserArn }));
        var fleeting = await fan.Say("now", m => m["Persistence"] = "NON_PERSISTENT");
        var dressed = await fan.Say("I am staff", m => m["Metadata"] = """{"kind":"artist"}""");
        var labelled = await fan.Say("hello", m => m["MessageAttributes"] = new JsonObject
        {
            ["kind"] = new JsonObject { ["StringValues"] = new JsonArray("artist") },
        });
        var first = await fan.Say("any one?");
        await show.Seen(first);
        var answer = await fan.Say("yes, me", m => m["Metadata"] = $$"""{"inReplyTo":"{{first}}"}""");

        Assert.Equal((SaidState.Refused, Why.Long), Of(await show.Judged(tooLong)));
        Assert.Equal((SaidState.Refused, Why.Form), Of(await show.Judged(secret)));
        Assert.Equal((SaidState.Refused, Why.Form), Of(await show.Judged(fleeting)));
        Assert.Equal((SaidState.Refused, Why.Form), Of(await show.Judged(dressed)));
        Assert.Equal((SaidState.Refused, Why.Form), Of(await show.Judged(labelled)));
        await show.Seen(answer);
        // Whose message it is says the ticket alone.
        Assert.Equal(fan.Number, show.Said(answer)!.Number);
        Assert.Equal(["any one?", "yes, me"], (await show.History()).Select(m => m.Text));
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Put, $"/messages/{answer}"), (HttpMethod.Delete, $"/messages/{answer}"),
            (HttpMethod.Post, $"/messages/{answer}?operation=redact"), (HttpMethod.Post, "?operation=channel-flow-callback"),
        })
        {
            var body = path.Contains("callback", StringComparison.Ordinal)
                ? new JsonObject { ["CallbackId"] = show.Said(answer)!.CallbackId, ["ChannelMessage"] = new JsonObject { ["MessageId"] = answer } }
                : method == HttpMethod.Delete ? null : new JsonObject { ["Content"] = "changed" };
            var refused = await Assert.ThrowsAsync<Kit.PlatformException>(() => fan.Ask(method, path, body));
            Assert.Equal(403, (int)refused.Status);
        }

        static (SaidState, string?) Of(Said said) => (said.State, said.Why);
    }

    [Fact]
    public async Task A_fans_first_message_waits_until_one_was_let_pass()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { HoldFirst = true });
        var first = await show.Fans[0].Say("hello");
        Assert.Equal((SaidState.Held, Why.First), ((await show.Judged(first)).State, show.Said(first)!.Why));

        await show.Moderator.Post($"{show.Desk}/held/{first}", new JsonObject { ["decision"] = "approve" });
        await show.Seen(first);
        await show.Sent(show.Fans[0], "hello again");

        Assert.Equal(2, (await show.History()).Count);
    }

    [Fact]
    public async Task A_flood_and_the_same_again_and_again_are_stopped()
    {
        var show = await DeskShow.Make(host, 2);
        foreach (var i in Enumerable.Range(0, ChatJudge.Burst)) await show.Sent(show.Fans[0], $"message {i}");
        Assert.Equal(Why.Flood, (await show.Judged(await show.Fans[0].Say("one more"))).Why);
        await show.Sent(show.Fans[1], "Buy now");
        await show.Sent(show.Fans[1], "BUY  NOW");

        var third = await show.Judged(await show.Fans[1].Say("buy now\u200b"));

        Assert.Equal(Why.Repeat, third.Why);
        host.Clock.Pass(TimeSpan.FromSeconds(31));
        await show.Sent(show.Fans[1], "buy now");
        await show.Sent(show.Fans[0], "calm again");
    }

    [Fact]
    public async Task A_forged_question_is_refused_and_changes_nothing()
    {
        var show = await DeskShow.Make(host);
        var (body, id) = Event(show, "forged");
        var now = host.Clock.GetUtcNow();
        var secret = host.FlowSecret()!;

        Assert.Equal(401, await Ask(body, null));
        Assert.Equal(401, await Ask(body, Webhooks.Sign(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"), now, body)));
        Assert.Equal(401, await Ask(body, Webhooks.Sign(secret, now.AddMinutes(-6), body)));
        Assert.Equal(401, await Ask(body, Webhooks.Sign(secret, now, Encoding.UTF8.GetBytes("{}"))));
        Assert.Equal(401, await Ask(body, "t=1,v1="));
        Assert.Equal(401, await Ask(body, "t=9223372036854775807,v1=00"));

        Assert.Null(show.Said(id));
        Assert.Equal(204, await Ask(body, Webhooks.Sign(secret, now, body)));
        Assert.NotNull(show.Said(id));
    }

    [Fact]
    public async Task Who_asks_for_a_channel_that_is_none_of_ours_gets_no_answer_and_no_error()
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["EventType"] = "CHANNEL_MESSAGE_EVENT",
            ["CallbackId"] = Ids.New(),
            ["ChannelMessage"] = new JsonObject
            {
                ["MessageId"] = Ids.New(),
                ["ChannelArn"] = "arn:aws:chime:us-east-1:1:app-instance/a/channel/b",
                ["Content"] = "x",
                ["Sender"] = new JsonObject { ["Arn"] = "arn:aws:chime:us-east-1:1:app-instance/a/user/c" },
            },
        });

        // An error would count against the processor, for the channels of all.
        Assert.Equal(204, await Ask(body, Webhooks.Sign(host.FlowSecret()!, host.Clock.GetUtcNow(), body)));
    }

    [Fact]
    public async Task A_question_that_comes_twice_is_decided_once()
    {
        var show = await DeskShow.Make(host);
        var (body, id) = Event(show, "twice");
        var signature = Webhooks.Sign(host.FlowSecret()!, host.Clock.GetUtcNow(), body);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Ask(body, signature)));

        Assert.All(answers, a => Assert.Equal(204, a));
        // The platform knows no such message, so that it may count as lost by now.
        Assert.InRange(host.Events.Store.Read(view => view.TalkCountsOf(show.Show.Key)).Sent, 0, 1);
        Assert.Equal(1, host.Events.Store.Read(view => view.TalkerOf(show.Show.Key, 1)).Sent);
        Assert.NotNull(show.Said(id));
    }

    [Fact]
    public async Task An_app_that_ends_between_decision_and_answer_loses_and_doubles_nothing()
    {
        var show = await DeskShow.Make(host);
        host.Reachable = false;
        var id = await show.Fans[0].Say("in the middle");
        await show.Judged(id);

        await host.RestartAppAsync();
        Assert.Empty(await show.History());
        host.Reachable = true;
        // Its tries lie further and further apart, half a minute at most.
        host.Clock.Pass(TimeSpan.FromSeconds(40));
        await show.Seen(id);
        await Settled(show);

        // As if the process had ended after the platform took the answer, and before the row was gone.
        var said = show.Said(id)!;
        await host.Events.Store.Write(ledger => ledger.AddErrand(new Errand(
            0, said.Show, ErrandKind.Answer, said.Number, id, said.CallbackId, null, false, null, ledger.Now)));
        await host.RestartAppAsync();
        host.Clock.Pass(TimeSpan.FromSeconds(1));
        await Settled(show);

        Assert.Equal("in the middle", Assert.Single(await show.History()).Text);
        Assert.Equal(SaidState.Sent, show.Said(id)!.State);
    }

    [Fact]
    public async Task What_is_held_survives_a_restart()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { HoldFirst = true });
        var id = await show.Fans[0].Say("patience");
        await show.Judged(id);

        await host.RestartAppAsync();

        Assert.Equal(1, (await show.Moderator.Get($"{show.Desk}/held"))["total"].GetInt64());
        Assert.Equal(200, (await show.Moderator.Post($"{show.Desk}/held/{id}", new JsonObject { ["decision"] = "approve" })).Status);
        await show.Seen(id);
    }

    [Fact]
    public async Task Of_many_who_decide_at_once_one_wins()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { HoldFirst = true });
        var id = await show.Fans[0].Say("decide");
        await show.Judged(id);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            (i % 2 == 0 ? show.Moderator : show.Artist).Post(
                $"{show.Desk}/held/{id}", new JsonObject { ["decision"] = i % 3 == 0 ? "approve" : "refuse" })));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal("WrongState", a.Code));
        Assert.Single((await show.Moderator.Get($"{show.Desk}/log"))["entries"].EnumerateArray());
    }

    [Fact]
    public async Task Hostile_strings_pass_unharmed()
    {
        const int each = 4;
        var texts = Naughty();
        var show = await DeskShow.Make(host, (texts.Length + each - 1) / each, rules => rules with { MaxLength = 1000 });

        var ids = new string[texts.Length];
        for (var i = 0; i < texts.Length; i++) ids[i] = await show.Fans[i % show.Fans.Count].Say(texts[i]);
        foreach (var id in ids) await show.Judged(id);
        Assert.Empty(ids.Zip(texts).Where(p => show.Said(p.First)!.State != SaidState.Sent).Select(p => $"{show.Said(p.First)!.Why}: {p.Second}"));
        await DeskHost.Eventually(async () => (await show.History()).Count == texts.Length, "all are there");

        var seen = (await show.History()).ToDictionary(m => m.Id, m => m.Text);
        Assert.All(ids.Zip(texts), pair => Assert.Equal(pair.Second, seen[pair.First]));
    }

    /// <summary>A published list, and what the chats of others were attacked with.</summary>
    private static string[] Naughty()
    {
        using var stream = typeof(FlowTests).Assembly.GetManifestResourceStream("naughty.json")!;
        return
        [
            .. JsonSerializer.Deserialize<string[]>(stream)!,
            "\u202Egnp.exe", "a\u2066b\u2067c\u2069d", "\u200F\u200E\u061C", "https://example.com\u3002evil.example", "hxxps://еxample.com",
            "javascript\u0000:alert(1)", "<bdo dir=rtl>abc</bdo>", "<style>*{display:none}</style>", "![x](https://example.com/x.png)",
            "[click](javascript:alert(1))", "\u001b[31mred\u001b[0m", "\r\n\r\nHTTP/1.1 200 OK", "=HYPERLINK(\"https://example.com\")",
            "+1+cmd|' /C calc'!A0", "@everyone", "/ban 1", "{{constructor.constructor('alert(1)')()}}", "${7*7}", "#{7*7}", "%s%n%x",
            "\\u003cscript\\u003e", "\"},{\"t\":\"banned\"},{\"", "e" + new string('\u0301', 200), new string('\uFDFD', 50), "\u2028\u2029\u0085",
            "👩‍👩‍👧‍👦👨🏿‍🚀🏴\U000E0067\U000E0062\U000E007F", "\uFEFFbom", "\uFFFE\uFFFF", "data:text/html;base64,PHNjcmlwdD4=", "\u00AD\u034F\u180E",
            "'; delete from said; --",
        ];
    }

    private Task Settled(DeskShow show) => DeskHost.Eventually(
        () => Task.FromResult(host.Events.Store.Read(view => view.DueErrands(100)).All(e => e.Show != show.Show.Key)),
        "the platform was told");

    private static (string, string?, string?) Read(JsonElement notice) => (
        notice.GetProperty("kind").GetString()!, notice.GetProperty("messageId").GetString(), notice.GetProperty("reason").GetString());

    /// <summary>As the platform asks.</summary>
    private (byte[] Body, string MessageId) Event(DeskShow show, string text)
    {
        var id = Ids.New();
        return (JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["EventType"] = "CHANNEL_MESSAGE_EVENT",
            ["CallbackId"] = Ids.New(),
            ["ChannelMessage"] = new JsonObject
            {
                ["MessageId"] = id,
                ["ChannelArn"] = show.Stage.ChannelArn,
                ["Content"] = text,
                ["Sender"] = new JsonObject { ["Arn"] = show.Fans[0].UserArn, ["Name"] = "Fan 1" },
                ["Persistence"] = "PERSISTENT",
                ["Type"] = "STANDARD",
                ["CreatedTimestamp"] = host.Clock.GetUtcNow(),
            },
        }), id);
    }

    private async Task<int> Ask(byte[] body, string? signature)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, FlowEndpoint.Path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (signature is not null) request.Headers.TryAddWithoutValidation(FlowSignature.Header, signature);
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
