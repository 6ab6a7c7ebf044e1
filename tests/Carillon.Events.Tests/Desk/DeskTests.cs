using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Talk;
using Carillon.Kit;
using Xunit;

namespace Carillon.Events.Tests.Desk;

public class DeskTests(DeskHost host) : IClassFixture<DeskHost>
{
    private static readonly TimeSpan afterWindow = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_removed_message_is_gone_for_fans_at_once_and_for_the_platform_when_it_is_too_late_to_undo()
    {
        var show = await DeskShow.Make(host, 2);
        await using var socket = await show.Fans[1].Watch(show.Show);
        var id = await show.Sent(show.Fans[0], "rude");

        var removed = await show.Moderator.Post($"{show.Desk}/messages/{id}/remove", new JsonObject { ["reason"] = "rude" });

        Assert.Equal(200, removed.Status);
        Assert.Equal(host.Clock.GetUtcNow().AddSeconds(5), removed["undoUntil"].GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Equal(id, (await socket.Next("removed")).GetProperty("messageId").GetString());
        Assert.False(Assert.Single(await show.History()).Redacted);
        // Whoever comes meanwhile is told too.
        await using var late = await show.Fans[1].Browser.Open($"/shows/{show.Show.Slug}/socket");
        Assert.Equal(id, (await late.Next("hello")).GetProperty("removed").EnumerateArray().Single().GetString());

        host.Clock.Pass(afterWindow);
        await show.Redacted(id);
        await DeskHost.Eventually(() => Task.FromResult(show.Said(id)!.State == SaidState.Removed), "it is written down");
        Assert.Equal("rude", show.Said(id)!.Text);
        Assert.Equal("WrongState", (await show.Moderator.Post($"{show.Desk}/messages/{id}/restore")).Code);
        Assert.Equal("WrongState", (await show.Moderator.Post($"{show.Desk}/messages/{id}/remove")).Code);
    }

    [Fact]
    public async Task A_removal_that_is_taken_back_in_time_never_happened_for_the_platform()
    {
        var show = await DeskShow.Make(host, 2);
        await using var socket = await show.Fans[1].Watch(show.Show);
        var id = await show.Sent(show.Fans[0], "fine after all");
        await show.Moderator.Post($"{show.Desk}/messages/{id}/remove");

        var restored = await show.Artist.Post($"{show.Desk}/messages/{id}/restore");

        Assert.Equal(200, restored.Status);
        Assert.Equal(id, (await socket.Next("restored")).GetProperty("messageId").GetString());
        host.Clock.Pass(afterWindow);
        await show.Sent(show.Fans[0], "later");
        Assert.DoesNotContain(await show.History(), m => m.Redacted);
        Assert.Equal(SaidState.Sent, show.Said(id)!.State);
    }

    [Fact]
    public async Task An_app_that_stops_does_not_leave_removals_for_later()
    {
        var show = await DeskShow.Make(host);
        var (id, other) = (await show.Sent(show.Fans[0], "one"), await show.Sent(show.Fans[0], "two"));
        await show.Moderator.Post($"{show.Desk}/messages/{id}/remove");
        await show.Moderator.Post($"{show.Desk}/messages/{other}/remove", new JsonObject { ["now"] = true });
        await show.Redacted(other);
        Assert.DoesNotContain(await show.History(), m => m.Id == id && m.Redacted);

        await host.RestartAppAsync();

        Assert.All(await show.History(), m => Assert.True(m.Redacted));
    }

    [Fact]
    public async Task A_ban_ends_page_and_credentials_and_lifting_it_gives_both_back()
    {
        var show = await DeskShow.Make(host, 2);
        var fan = show.Fans[0];
        await using var socket = await fan.Watch(show.Show);
        await show.Sent(fan, "before");

        var banned = await show.Moderator.Post($"{show.Desk}/people/1/ban", new JsonObject { ["reason"] = "spam" });

        Assert.Equal(200, banned.Status);
        Assert.Equal("spam", (await socket.Next("banned")).GetProperty("reason").GetString());
        Assert.Equal(4403, await socket.Closed());
        await DeskHost.Eventually(async () => await Status(fan) == 403, "the credentials are worth nothing");
        Assert.Equal("Banned", (await fan.Browser.Post($"/shows/{show.Show.Slug}/chat-pass")).Code);
        var person = Assert.Single((await show.Moderator.Get($"{show.Desk}/people?state=banned"))["people"].EnumerateArray());
        Assert.Equal((1, "banned", "spam"), (
            person.GetProperty("number").GetInt32(), person.GetProperty("state").GetString(), person.GetProperty("reason").GetString()));

        Assert.Equal(200, (await show.Moderator.Post($"{show.Desk}/people/1/lift")).Status);

        var again = await Fan.Come(host, show.Show, 1, fan.Browser);
        await DeskHost.Eventually(async () => await Status(again) < 300, "the fan may talk again");
        await using var back = await again.Watch(show.Show);
        Assert.Equal("WrongState", (await show.Moderator.Post($"{show.Desk}/people/1/lift")).Code);
    }

    [Fact]
    public async Task What_a_banned_fan_has_sent_already_is_not_let_pass()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { HoldFirst = true });
        var held = await show.Fans[0].Say("held");
        await show.Judged(held);
        // The ban is on disk, and the platform does not know yet.
        host.Reachable = false;
        await show.Moderator.Post($"{show.Desk}/people/1/ban", new JsonObject());

        var late = await show.Judged(await show.Fans[0].Say("late"));
        host.Reachable = true;
        host.Clock.Pass(TimeSpan.FromSeconds(40));

        Assert.Equal((SaidState.Refused, Why.Banned), (late.State, late.Why));
        Assert.Equal((SaidState.Refused, Why.Banned), (show.Said(held)!.State, show.Said(held)!.Why));
        await DeskHost.Eventually(async () => await Status(show.Fans[0]) == 403, "the platform knows");
        Assert.Empty(await show.History());
    }

    [Fact]
    public async Task A_ban_with_an_end_ends_by_itself()
    {
        var show = await DeskShow.Make(host);
        await show.Sent(show.Fans[0], "hello");
        await show.Moderator.Post(
            $"{show.Desk}/people/1/ban", new JsonObject { ["until"] = host.Clock.GetUtcNow().AddMinutes(2) });
        await DeskHost.Eventually(async () => await Status(show.Fans[0]) == 403, "the platform knows");
        await DeskHost.Eventually(
            () => Task.FromResult(host.Events.Store.Read(view => view.DueErrands(100)).All(e => e.Show != show.Show.Key)), "settled");

        host.Clock.Pass(TimeSpan.FromMinutes(3));

        await DeskHost.Eventually(async () => await Status(show.Fans[0]) < 300, "the fan may talk again");
        var log = (await show.Moderator.Get($"{show.Desk}/log"))["entries"].EnumerateArray().ToArray();
        Assert.Equal(["over", "ban"], log.Select(e => e.GetProperty("act").GetString()));
        Assert.Equal("", log[0].GetProperty("by").GetString());
    }

    [Fact]
    public async Task A_time_out_is_bound_to_the_ticket_and_over_in_time()
    {
        var show = await DeskShow.Make(host);
        var fan = show.Fans[0];
        await using var socket = await fan.Watch(show.Show);
        Assert.Equal(400, (await show.Moderator.Post($"{show.Desk}/people/1/timeout", new JsonObject { ["seconds"] = 5 })).Status);

        await show.Moderator.Post($"{show.Desk}/people/1/timeout", new JsonObject { ["seconds"] = 60, ["reason"] = "calm down" });

        var notice = await socket.Next("notice");
        Assert.Equal(("timeout", "calm down"), (notice.GetProperty("kind").GetString(), notice.GetProperty("reason").GetString()));
        Assert.Equal(Why.Timeout, (await show.Judged(await fan.Say("now"))).Why);
        // Another device, the same ticket.
        await fan.Browser.Post($"/shows/{show.Show.Slug}/leave");
        host.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.Single((await show.Moderator.Get($"{show.Desk}/people?state=timeout"))["people"].EnumerateArray());
        host.Clock.Pass(TimeSpan.FromSeconds(31));
        Assert.Empty((await show.Moderator.Get($"{show.Desk}/people?state=timeout"))["people"].EnumerateArray());
    }

    [Fact]
    public async Task A_running_time_out_is_known_to_a_page_that_is_loaded_anew()
    {
        var show = await DeskShow.Make(host);
        var fan = show.Fans[0];
        var until = host.Clock.GetUtcNow().AddSeconds(60);
        Assert.Equal(JsonValueKind.Null, (await fan.Browser.Get($"/shows/{show.Show.Slug}/me"))["timeout"].ValueKind);
        await show.Moderator.Post($"{show.Desk}/people/1/timeout", new JsonObject { ["seconds"] = 60, ["reason"] = "calm down" });

        await using (var socket = await fan.Browser.Open($"/shows/{show.Show.Slug}/socket"))
        {
            var timeout = (await socket.Next("hello")).GetProperty("timeout");
            Assert.Equal("calm down", timeout.GetProperty("reason").GetString());
            Assert.Equal(until, timeout.GetProperty("until").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        }

        var entry = (await fan.Browser.Get($"/shows/{show.Show.Slug}/me"))["timeout"];
        Assert.Equal("calm down", entry.GetProperty("reason").GetString());
        Assert.Equal(until, entry.GetProperty("until").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        host.Clock.Pass(TimeSpan.FromSeconds(61));
        await using var after = await fan.Browser.Open($"/shows/{show.Show.Slug}/socket");
        Assert.Equal(JsonValueKind.Null, (await after.Next("hello")).GetProperty("timeout").ValueKind);
    }

    [Fact]
    public async Task What_is_taken_back_is_that_act_and_not_what_others_did_since()
    {
        var show = await DeskShow.Make(host);
        var long_ = await Act("/people/1/timeout", """{"seconds":3600,"reason":"first"}""");
        var short_ = await Act("/people/1/timeout", """{"seconds":10,"reason":"slip"}""");
        // The slip is taken back, and the hour goes on.
        await Undo(short_, 200);
        Assert.Equal(("timeout", "first"), await Person());
        await Undo(short_, 409);
        // A ban is not lifted by what somebody thinks of an earlier time-out.
        var banned = await Act("/people/1/ban", """{"reason":"spam"}""");
        await Undo(long_, 200);
        Assert.Equal(("banned", "spam"), await Person());
        // Nor by an earlier ban that was lifted since.
        await show.Moderator.Post($"{show.Desk}/people/1/lift");
        var again = await Act("/people/1/ban", """{"reason":"again"}""");
        await Undo(banned, 409);
        Assert.Equal(("banned", "again"), await Person());
        // And a ban that another took the place of is there once that one is taken back.
        var wider = await Act("/people/1/ban", """{"reason":"wider"}""");
        await Undo(wider, 200);
        Assert.Equal(("banned", "again"), await Person());
        await Undo(again, 200);
        Assert.Equal(("valid", null), await Person());

        // Of the rules, what the entry changed.
        await Rules("""{"slowSeconds":10,"words":[{"text":"one"},{"text":"two"}]}""");
        var slow = await Newest();
        await Rules("""{"mode":"emoji","words":[{"text":"one"},{"text":"two"},{"text":"three"}]}""");
        await Undo(slow, 200);
        var rules = (await show.Moderator.Get(show.Desk))["rules"];
        Assert.Equal((0, "emoji"), (rules.GetProperty("slowSeconds").GetInt32(), rules.GetProperty("mode").GetString()));
        Assert.Equal(["three"], rules.GetProperty("words").EnumerateArray().Select(w => w.GetProperty("text").GetString()));

        async Task<long> Act(string path, string body)
        {
            var done = await show.Moderator.Post(show.Desk + path, JsonNode.Parse(body));
            Assert.Equal(200, done.Status);
            return done["logId"].GetInt64();
        }

        async Task Undo(long entry, int status) =>
            Assert.Equal(status, (await show.Moderator.Post($"{show.Desk}/undo", new JsonObject { ["logId"] = entry })).Status);

        async Task Rules(string body) => Assert.Equal(200, (await show.Moderator.Put($"{show.Desk}/rules", JsonNode.Parse(body)!)).Status);

        async Task<long> Newest() => (await show.Moderator.Get($"{show.Desk}/log"))["entries"][0].GetProperty("id").GetInt64();

        async Task<(string?, string?)> Person()
        {
            var person = Assert.Single((await show.Moderator.Get($"{show.Desk}/people?q=1"))["people"].EnumerateArray());
            return (person.GetProperty("state").GetString(), person.GetProperty("reason").GetString());
        }
    }

    [Fact]
    public async Task Whoever_takes_another_name_after_a_message_is_found_by_it()
    {
        var show = await DeskShow.Make(host, 2);
        var user = show.Fans[1].UserArn.Split('/')[^1];
        await show.Sent(show.Fans[1], "rude");
        await show.Fans[1].Browser.Put($"/shows/{show.Show.Slug}/nickname", new JsonObject { ["nickname"] = "Somebody Else" });

        var found = (await show.Moderator.Get($"{show.Desk}/people?user={user}"))["people"];

        Assert.Equal(2, Assert.Single(found.EnumerateArray()).GetProperty("number").GetInt32());
        var other = await DeskShow.Make(host);
        Assert.Empty((await other.Moderator.Get($"{other.Desk}/people?user={user}"))["people"].EnumerateArray());
    }

    [Fact]
    public async Task All_that_somebody_said_goes_with_a_ban_and_comes_back_with_its_undo()
    {
        var show = await DeskShow.Make(host, 2);
        foreach (var i in Enumerable.Range(0, 3)) await show.Sent(show.Fans[0], $"spam {i}");
        var kept = await show.Sent(show.Fans[1], "fine");
        var banned = await show.Moderator.Post($"{show.Desk}/people/1/ban", new JsonObject { ["removeMessages"] = true });
        Assert.Equal(3, host.Events.Store.Read(view => view.TalkCountsOf(show.Show.Key)).Removed);

        var undone = await show.Artist.Post($"{show.Desk}/undo", new JsonObject { ["logId"] = banned["logId"].GetInt64() });

        Assert.Equal(200, undone.Status);
        Assert.Equal("WrongState", (await show.Artist.Post($"{show.Desk}/undo", new JsonObject { ["logId"] = banned["logId"].GetInt64() })).Code);
        host.Clock.Pass(afterWindow);
        Assert.Equal(0, host.Events.Store.Read(view => view.TalkCountsOf(show.Show.Key)).Removed);
        await DeskHost.Eventually(async () => await Status(show.Fans[0]) < 300, "the fan may talk again");
        Assert.DoesNotContain(await show.History(), m => m.Redacted);
        Assert.Equal(SaidState.Sent, show.Said(kept)!.State);
    }

    [Fact]
    public async Task A_refusal_can_be_taken_back_as_long_as_a_removal()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { HoldFirst = true });
        var id = await show.Fans[0].Say("well");
        await show.Judged(id);
        var refused = await show.Moderator.Post(
            $"{show.Desk}/held/{id}", new JsonObject { ["decision"] = "refuse", ["reason"] = "off topic" });
        await show.Moderator.Post($"{show.Desk}/undo", new JsonObject { ["logId"] = refused["logId"].GetInt64() });
        Assert.Equal(1, (await show.Moderator.Get($"{show.Desk}/held"))["total"].GetInt64());

        await show.Moderator.Post($"{show.Desk}/held/{id}", new JsonObject { ["decision"] = "approve" });
        await show.Seen(id);

        Assert.Equal(["approve", "undo", "refuse"], (await show.Moderator.Get($"{show.Desk}/log"))["entries"].EnumerateArray()
            .Select(e => e.GetProperty("act").GetString()));
    }

    [Fact]
    public async Task A_pin_is_shown_to_all_and_goes_with_its_message()
    {
        var show = await DeskShow.Make(host);
        await using var socket = await show.Fans[0].Watch(show.Show);
        var artist = await show.Staff(show.Artist);
        var id = await show.Sent(artist, "Merch is at the door");

        await show.Moderator.Put($"{show.Desk}/pin", new JsonObject { ["messageId"] = id, ["text"] = "forged" });

        var pin = (await socket.Next("pin")).GetProperty("pin");
        Assert.Equal(("Merch is at the door", "Amalia", "artist"), (
            pin.GetProperty("text").GetString(), pin.GetProperty("author").GetString(), pin.GetProperty("kind").GetString()));
        await show.Moderator.Post($"{show.Desk}/messages/{id}/remove");
        Assert.Equal(JsonValueKind.Null, (await socket.Next("pin")).GetProperty("pin").ValueKind);
        Assert.Null(host.Events.Store.Read(view => view.PinOf(show.Show.Key)));
    }

    [Fact]
    public async Task Rules_that_are_changed_hold_from_the_next_message_and_are_told_to_all()
    {
        var show = await DeskShow.Make(host);
        await using var socket = await show.Fans[0].Watch(show.Show);
        await show.Sent(show.Fans[0], "durian");

        var put = await show.Moderator.Put($"{show.Desk}/rules", JsonNode.Parse(
            """{"slowSeconds":10,"words":[{"text":"durian","match":"word","action":"refuse"}]}""")!);

        Assert.Equal((10, "open"), (put["slowSeconds"].GetInt32(), put["mode"].GetString()));
        Assert.Equal(10, (await socket.Next("room")).GetProperty("slowSeconds").GetInt32());
        host.Clock.Pass(TimeSpan.FromSeconds(11));
        Assert.Equal(Why.Word, (await show.Judged(await show.Fans[0].Say("durian"))).Why);
        var log = (await show.Moderator.Get($"{show.Desk}/log"))["entries"][0].GetProperty("id").GetInt64();
        await show.Moderator.Post($"{show.Desk}/undo", new JsonObject { ["logId"] = log });
        await show.Sent(show.Fans[0], "durian");
        foreach (var wrong in new[]
        {
            """{"slowSeconds":121}""", """{"mode":"loud"}""", """{"words":[{"text":"(","match":"regex","action":"hold"}]}""",
            """{"words":[{"text":"","match":"word","action":"hold"}]}""", """{"words":[{"text":"a","match":"word","action":"burn"}]}""",
        })
            Assert.Equal(400, (await show.Moderator.Put($"{show.Desk}/rules", JsonNode.Parse(wrong)!)).Status);
    }

    [Theory]
    [InlineData("hello", "pass", null, "hello")]
    [InlineData("du\u200brian for all", "mask", "word", "******* for all")]
    [InlineData("a spoiler", "hold", "word", "a spoiler")]
    [InlineData("SCAM", "refuse", "word", "SCAM")]
    [InlineData("much too long a text for this room", "refuse", "long", "much too long a text for this room")]
    public async Task What_rules_would_do_can_be_tried(string text, string action, string? why, string shown)
    {
        var show = await DeskShow.Make(host, 0, rules => rules with
        {
            MaxLength = 20,
            Words = [new("durian", "word", "mask"), new("scam", "word", "refuse"), new("spoiler", "word", "hold")],
        });

        var tried = await show.Moderator.Post($"{show.Desk}/rules/test", new JsonObject { ["text"] = text });

        Assert.Equal((action, why, shown), (tried["action"].GetString(), tried["why"].GetString(), tried["text"].GetString()));
    }

    [Fact]
    public async Task What_fans_report_comes_to_the_queue_once()
    {
        var show = await DeskShow.Make(host, 3);
        var (bad, fine) = (await show.Sent(show.Fans[0], "bad"), await show.Sent(show.Fans[0], "fine"));
        var reports = $"/shows/{show.Show.Slug}/reports";
        foreach (var id in new[] { bad, bad, fine })
            Assert.Equal(204, (await show.Fans[1].Browser.Post(reports, new JsonObject { ["messageId"] = id })).Status);
        Assert.Equal(204, (await show.Fans[2].Browser.Post(reports, new JsonObject { ["messageId"] = bad })).Status);
        Assert.Equal(404, (await show.Fans[2].Browser.Post(reports, new JsonObject { ["messageId"] = "nothing" })).Status);
        using var stranger = host.NewBrowser();
        Assert.Equal(401, (await stranger.Post(reports, new JsonObject { ["messageId"] = bad })).Status);

        var items = (await show.Moderator.Get($"{show.Desk}/held"))["items"].EnumerateArray().ToArray();
        Assert.Equal([(bad, 2), (fine, 1)], items.Select(i => (i.GetProperty("messageId").GetString()!, i.GetProperty("reports").GetInt32())));
        Assert.All(items, i => Assert.Equal(("reported", "reported"), (i.GetProperty("state").GetString(), i.GetProperty("why").GetString())));
        await show.Moderator.Post($"{show.Desk}/held/{bad}", new JsonObject { ["decision"] = "refuse" });
        await show.Moderator.Post($"{show.Desk}/held/{fine}", new JsonObject { ["decision"] = "approve" });
        await show.Fans[2].Browser.Post(reports, new JsonObject { ["messageId"] = fine });

        Assert.Equal(0, (await show.Moderator.Get($"{show.Desk}/held"))["total"].GetInt64());
        host.Clock.Pass(afterWindow);
        await show.Redacted(bad);
        Assert.Single(await show.History(), m => !m.Redacted);
    }

    [Fact]
    public async Task Why_fans_report_is_told_each_reason_once_and_the_first_first()
    {
        var show = await DeskShow.Make(host, 12);
        await using var desk = await show.Moderator.Open($"{show.Desk}/socket");
        var bad = await show.Sent(show.Fans[0], "bad");
        string?[] reasons = ["hurt", "spam", null, "hurt", "<b>own words</b>"];
        foreach (var (reason, i) in reasons.Select((r, i) => (r, i)))
        {
            host.Clock.Pass(TimeSpan.FromMilliseconds(5));
            await Report(i + 1, reason);
        }

        var item = (await desk.Next("held")).GetProperty("item");
        Assert.Equal((1, "[hurt 1]"), (item.GetProperty("reports").GetInt32(), Told(item)));
        var told = await desk.Next("reports");
        while (told.GetProperty("reports").GetInt32() < 5) told = await desk.Next("reports");
        Assert.Equal((bad, "[hurt 2][spam 1][ 1][<b>own words</b> 1]"), (told.GetProperty("messageId").GetString(), Told(told)));
        var held = (await show.Moderator.Get($"{show.Desk}/held"))["items"][0];
        Assert.Equal("[hurt 2][spam 1][ 1][<b>own words</b> 1]", Told(held));

        // Of many different ones the first are told; all are counted.
        for (var i = 6; i < 12; i++) await Report(i, $"reason {i}");
        held = (await show.Moderator.Get($"{show.Desk}/held"))["items"][0];
        Assert.Equal((11, 8), (held.GetProperty("reports").GetInt32(), held.GetProperty("reasons").GetArrayLength()));

        async Task Report(int fan, string? reason) => Assert.Equal(204, (await show.Fans[fan].Browser.Post(
            $"/shows/{show.Show.Slug}/reports", new JsonObject { ["messageId"] = bad, ["reason"] = reason })).Status);

        static string Told(JsonElement item) => string.Concat(item.GetProperty("reasons").EnumerateArray()
            .Select(r => $"[{r.GetProperty("reason").GetString()} {r.GetProperty("count").GetInt32()}]"));
    }

    [Fact]
    public async Task Nobody_fills_the_queue_alone()
    {
        var show = await DeskShow.Make(host, 2, rules => rules with { Words = [new("spoiler", "part", "hold")] });
        var first = "";
        for (var i = 0; i < ChatJudge.MostHeld; i++)
        {
            first = await show.Fans[0].Say($"spoiler {i}");
            Assert.Equal(SaidState.Held, (await show.Judged(first)).State);
            host.Clock.Pass(TimeSpan.FromSeconds(2));
        }

        Assert.Equal((SaidState.Refused, Why.Queue), Of(await show.Judged(await show.Fans[0].Say("spoiler once more"))));
        Assert.Equal(SaidState.Held, (await show.Judged(await show.Fans[1].Say("spoiler of another"))).State);
        // What needs no moderator goes its way.
        await show.Sent(show.Fans[0], "good evening");
        await show.Moderator.Post($"{show.Desk}/held/{first}", new JsonObject { ["decision"] = "approve" });
        host.Clock.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(SaidState.Held, (await show.Judged(await show.Fans[0].Say("spoiler again"))).State);

        static (SaidState, string?) Of(Said said) => (said.State, said.Why);
    }

    [Fact]
    public async Task What_an_organisers_form_changes_the_desk_hears_too()
    {
        var show = await DeskShow.Make(host, 0);
        await using var desk = await show.Moderator.Open($"{show.Desk}/socket");
        await desk.Next("rules");
        host.Clock.Pass(TimeSpan.FromSeconds(2));
        await desk.Next("rules");
        using var organiser = await host.NewOrganiser();
        var form = JsonNode.Parse((await organiser.Get($"/organise/shows/{show.Show.Id}")).Body)!;
        form["chat"]!["slowSeconds"] = 20;
        Assert.Equal(200, (await organiser.Put($"/organise/shows/{show.Show.Id}", form)).Status);
        host.Clock.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(20, (await desk.Next("rules")).GetProperty("slowSeconds").GetInt32());
    }

    [Fact]
    public async Task The_desk_is_open_to_the_staff_of_its_show_alone()
    {
        var (show, other) = (await DeskShow.Make(host), await DeskShow.Make(host));
        using var nobody = host.NewBrowser();
        using var organiser = await host.NewOrganiser();
        var id = await show.Sent(show.Fans[0], "hello");

        foreach (var path in new[] { "", "/held", "/people", "/log" })
        {
            Assert.Equal("SignInNeeded", (await nobody.Get(show.Desk + path)).Code);
            Assert.Equal("SignInNeeded", (await show.Fans[0].Browser.Get(show.Desk + path)).Code);
            Assert.Equal("NotYours", (await other.Moderator.Get(show.Desk + path)).Code);
            Assert.Equal(200, (await organiser.Get(show.Desk + path)).Status);
        }

        foreach (var (path, body) in new[]
        {
            ($"/messages/{id}/remove", "{}"), ($"/messages/{id}/restore", "{}"), ("/people/1/ban", "{}"), ("/people/1/lift", "{}"),
            ("/people/1/timeout", """{"seconds":60}"""), ($"/held/{id}", """{"decision":"refuse"}"""), ("/undo", """{"logId":1}"""),
            ("/chat-pass", "{}"), ("/rules/test", """{"text":"x"}"""),
        })
        {
            Assert.Equal("NotYours", (await other.Artist.Post(show.Desk + path, JsonNode.Parse(body))).Code);
            Assert.Equal("SignInNeeded", (await nobody.Post(show.Desk + path, JsonNode.Parse(body))).Code);
        }

        Assert.Equal("NotYours", (await other.Artist.Put($"{show.Desk}/rules", new JsonObject { ["mode"] = "staff" })).Code);
        Assert.Equal("NotFound", (await other.Moderator.Post($"{other.Desk}/messages/{id}/remove")).Code);
        show.Moderator.Origin = "https://elsewhere.example";
        Assert.Equal("ForeignOrigin", (await show.Moderator.Post($"{show.Desk}/messages/{id}/remove")).Code);
        show.Moderator.Origin = null;
        Assert.Equal(SaidState.Sent, show.Said(id)!.State);
        Assert.Equal(404, (await show.Moderator.Post($"{show.Desk}/people/77/ban", new JsonObject())).Status);
    }

    [Fact]
    public async Task The_log_says_who_did_what()
    {
        var show = await DeskShow.Make(host);
        var id = await show.Sent(show.Fans[0], "hello");
        await show.Moderator.Post($"{show.Desk}/messages/{id}/remove", new JsonObject { ["reason"] = "rude" });
        await show.Artist.Post($"{show.Desk}/messages/{id}/restore");

        var entries = (await show.Moderator.Get($"{show.Desk}/log"))["entries"].EnumerateArray().ToArray();

        Assert.Equal(["Amalia restore ", "Mo remove rude"], entries.Select(e =>
            $"{e.GetProperty("by").GetString()} {e.GetProperty("act").GetString()} {e.GetProperty("reason").GetString()}"));
        Assert.All(entries, e => Assert.Equal((id, 1L), (e.GetProperty("messageId").GetString(), e.GetProperty("number").GetInt64())));
    }

    [Fact]
    public async Task A_desk_page_hears_what_happens_and_who_looks_at_what()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { HoldFirst = true });
        await using var mo = await show.Moderator.Open($"{show.Desk}/socket");
        await using var artist = await show.Artist.Open($"{show.Desk}/socket");
        Assert.True((await mo.Next("rules")).GetProperty("holdFirst").GetBoolean());
        Assert.Equal(0, (await mo.Next("numbers")).GetProperty("held").GetInt32());
        await artist.Next("numbers");

        var id = await show.Fans[0].Say("hello");
        Assert.Equal("hello", (await mo.Next("held")).GetProperty("item").GetProperty("text").GetString());
        await mo.Send(new JsonObject { ["t"] = "claim", ["messageId"] = id });
        Assert.Equal((id, "Mo"), Claim(await artist.Next("claim")));
        await artist.Send(new JsonObject { ["t"] = "claim", ["messageId"] = id });
        Assert.Equal((id, "Mo"), Claim(await artist.Next("claim")));
        Assert.Equal("Mo", (await show.Artist.Get($"{show.Desk}/held"))["items"][0].GetProperty("claimedBy").GetString());
        host.Clock.Pass(TimeSpan.FromSeconds(2));
        var numbers = await mo.Next("numbers");
        Assert.Equal((1, 1), (numbers.GetProperty("held").GetInt32(), numbers.GetProperty("messagesPerMinute").GetInt32()));

        await show.Moderator.Post($"{show.Desk}/held/{id}", new JsonObject { ["decision"] = "approve" });

        var decided = await artist.Next("decided");
        Assert.Equal((id, "Mo", "approve"), (
            decided.GetProperty("messageId").GetString(), decided.GetProperty("by").GetString(), decided.GetProperty("decision").GetString()));
        Assert.Equal("approve", (await artist.Next("log")).GetProperty("entry").GetProperty("act").GetString());
    }

    [Fact]
    public async Task Whoever_is_sent_away_hears_nothing_more()
    {
        var show = await DeskShow.Make(host, 0);
        await using var socket = await show.Moderator.Open($"{show.Desk}/socket");
        await socket.Next("numbers");

        await host.Events.Store.Write(ledger => ledger.RemoveStaff(ledger.StaffOf(show.Show.Key).Single(s => s.Name == "Mo").Key));
        host.Clock.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(4401, await socket.Closed());
    }

    [Fact]
    public async Task A_page_of_whoever_was_sent_away_meanwhile_is_told_by_its_socket()
    {
        var (show, other) = (await DeskShow.Make(host, 0), await DeskShow.Make(host, 0));
        using var nobody = host.NewBrowser();
        await using var signedOut = await nobody.Open($"{show.Desk}/socket");
        await using var ofAnother = await other.Moderator.Open($"{show.Desk}/socket");
        await using var ofNone = await other.Moderator.Open("/desk/abcdefghijkl/socket");

        Assert.Equal((4401, 4403, 4403), (await signedOut.Closed(), await ofAnother.Closed(), await ofNone.Closed()));
    }

    [Fact]
    public async Task A_desk_page_that_comes_back_hears_what_is_pinned()
    {
        var show = await DeskShow.Make(host);
        var id = await show.Sent(show.Fans[0], "hello");
        await using (var before = await show.Moderator.Open($"{show.Desk}/socket"))
            Assert.Equal(JsonValueKind.Null, (await before.Next("pin")).GetProperty("pin").ValueKind);
        await show.Artist.Put($"{show.Desk}/pin", new JsonObject { ["messageId"] = id });

        await using var after = await show.Moderator.Open($"{show.Desk}/socket");

        Assert.Equal("hello", (await after.Next("pin")).GetProperty("pin").GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_nobody_decides_on_is_lost_with_the_platforms_patience()
    {
        var show = await DeskShow.Make(host);
        var id = Ids.New();
        await host.Events.Store.Write(ledger => ledger.AddSaid(new Said(
            0, show.Show.Key, id, Ids.New(), 1, show.Show.Ticket(1).UserId, null, "old", null, ledger.Now, ledger.Now - Moderation.Patience - 1,
            SaidState.Held, Why.First, Waits: true, 0, Kept: false)));
        await using var socket = await show.Fans[0].Watch(show.Show);

        host.Clock.Pass(TimeSpan.FromSeconds(1));

        var notice = await socket.Next("notice");
        Assert.Equal(("refused", Why.Expired), (notice.GetProperty("kind").GetString(), notice.GetProperty("reason").GetString()));
        Assert.Equal(SaidState.Lost, show.Said(id)!.State);
        Assert.Equal("WrongState", (await show.Moderator.Post($"{show.Desk}/held/{id}", new JsonObject { ["decision"] = "approve" })).Code);
    }

    private static (string?, string?) Claim(JsonElement claim) => (claim.GetProperty("messageId").GetString(), claim.GetProperty("by").GetString());

    /// <summary>What the platform answers the fan who wants to say something.</summary>
    private static async Task<int> Status(Fan fan)
    {
        try
        {
            await fan.Say($"still here? {Ids.New()}");
            return 201;
        }
        catch (PlatformException refused)
        {
            return (int)refused.Status;
        }
    }
}
