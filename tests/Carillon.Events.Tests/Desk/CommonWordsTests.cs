using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Talk;
using Xunit;

namespace Carillon.Events.Tests.Desk;

/// <summary>The words that hold for every show. Each test leaves the list empty behind it.</summary>
public class CommonWordsTests(DeskHost host) : IClassFixture<DeskHost>
{
    [Fact]
    public async Task They_hold_in_a_running_show_from_the_next_message_on_and_not_where_it_does_without()
    {
        var show = await DeskShow.Make(host, 1, rules => rules with { Words = [new("spoiler", "word", "mask")] });
        var without = await DeskShow.Make(host, 1, rules => rules with { CommonWords = false });
        using var organiser = await host.NewOrganiser();
        await using var desk = await show.Moderator.Open($"{show.Desk}/socket");
        await show.Sent(show.Fans[0], "durian one");

        var put = await Put(organiser, """[{"text":"durian","match":"word","action":"refuse"}]""");

        Assert.Equal(200, put.Status);
        await desk.Next("common");
        Assert.Equal(Why.Word, (await show.Judged(await show.Fans[0].Say("a spoiler and a durian"))).Why);
        await without.Sent(without.Fans[0], "durian");
        var tried = await show.Moderator.Post($"{show.Desk}/rules/test", new JsonObject { ["text"] = "a spoiler and a durian" });
        Assert.Equal("refuse", tried["action"].GetString());
        Assert.Equal(
            [("spoiler", "show"), ("durian", "common")],
            tried["hits"].EnumerateArray().Select(h => (h.GetProperty("rule").GetString()!, h.GetProperty("list").GetString()!)));
        // Words that are not in force yet are tried beside the common ones.
        var draft = await show.Moderator.Post($"{show.Desk}/rules/test", JsonNode.Parse("""{"text":"durian","words":[]}""")!);
        Assert.Equal("refuse", draft["action"].GetString());
        Assert.Equal("pass", (await without.Moderator.Post(
            $"{without.Desk}/rules/test", new JsonObject { ["text"] = "durian" }))["action"].GetString());
        var read = await show.Moderator.Get($"{show.Desk}/words");
        Assert.True(read["used"].GetBoolean());
        Assert.Equal("durian", Assert.Single(read["words"].EnumerateArray()).GetProperty("text").GetString());
        Assert.StartsWith("organiser ", read["updatedBy"].GetString(), StringComparison.Ordinal);
        Assert.False((await without.Moderator.Get($"{without.Desk}/words"))["used"].GetBoolean());

        // A name is no way around them.
        var named = await show.Fans[0].Browser.Put($"/shows/{show.Show.Slug}/nickname", new JsonObject { ["nickname"] = "Durian" });
        Assert.Equal(("NicknameRefused", "word"), (named.Code, named["why"].GetString()));
        await Put(organiser, "[]");
        await show.Sent(show.Fans[0], "durian two");
    }

    [Fact]
    public async Task What_another_process_stores_holds_as_well_and_survives_a_restart()
    {
        var show = await DeskShow.Make(host);
        await show.Sent(show.Fans[0], "durian");
        // As another process on the same database does: nothing here is told.
        await host.Events.Store.Write(ledger => ledger.PutCommonWords([new("durian", "word", "refuse")], "Ada"));

        Assert.Equal(Why.Word, (await show.Judged(await show.Fans[0].Say("durian"))).Why);
        await host.RestartAppAsync();
        Assert.Equal(Why.Word, (await show.Judged(await show.Fans[0].Say("durian again"))).Why);

        await host.Events.Store.Write(ledger => ledger.PutCommonWords([], "Ada"));
    }

    [Fact]
    public async Task Of_two_who_change_them_the_second_is_told_and_what_cannot_be_is_refused()
    {
        using var organiser = await host.NewOrganiser();
        var version = (await organiser.Get("/organise/words"))["version"].GetInt64();
        var body = new JsonObject { ["version"] = version, ["words"] = JsonNode.Parse("""[{"text":"x","match":"word","action":"hold"}]""") };

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => organiser.Put("/organise/words", body.DeepClone())));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal(("Changed", version + 1), (a.Code, a["current"].GetInt64())));
        foreach (var (words, member) in new[]
        {
            ("""[{"text":"("}]""", "words[0]"), ("""[{"text":"a"},{"text":"(a)\\1","match":"regex"}]""", "words[1]"), ("""[{"text":" "}]""", "words[0]"),
            ("[null]", null), ("null", "words"), ("""[{"match":"word"}]""", null), ("{}", null),
        })
        {
            var refused = await Put(organiser, words.Replace("\"(\"", "\"(\",\"match\":\"regex\"", StringComparison.Ordinal));
            Assert.Equal(400, refused.Status);
            if (member is not null) Assert.Equal(member, refused["member"].GetString());
        }

        Assert.Equal(400, (await organiser.Put("/organise/words", new JsonObject { ["words"] = new JsonArray() })).Status);
        Assert.Equal(200, (await Put(organiser, "[]")).Status);
    }

    [Fact]
    public async Task Organisers_change_them_staff_read_them_and_nobody_else_learns_of_them()
    {
        var (show, other) = (await DeskShow.Make(host), await DeskShow.Make(host, 0));
        using var nobody = host.NewBrowser();
        using var organiser = await host.NewOrganiser();
        foreach (var (browser, code) in new[] { (show.Moderator, "NotYours"), (show.Fans[0].Browser, "SignInNeeded"), (nobody, "SignInNeeded") })
        {
            Assert.Equal(code, (await browser.Get("/organise/words")).Code);
            Assert.Equal(code, (await Put(browser, "[]", 1)).Code);
            Assert.Equal(code, (await Read(browser, "/organise/words/read", "text\nx")).Code);
        }

        Assert.Equal("NotYours", (await other.Moderator.Get($"{show.Desk}/words")).Code);
        Assert.Equal("NotYours", (await Read(other.Moderator, $"{show.Desk}/words/read", "text\nx")).Code);
        Assert.Equal("SignInNeeded", (await nobody.Get($"{show.Desk}/words")).Code);
        foreach (var (browser, path) in new[] { (organiser, "/organise/words/read"), (show.Moderator, $"{show.Desk}/words/read") })
        {
            var read = await Read(browser, path, "text,match,action\nx,part,mask\ny,loud,mask\n");
            Assert.Equal(200, read.Status);
            Assert.Equal("x", Assert.Single(read["words"].EnumerateArray()).GetProperty("text").GetString());
            Assert.Equal(
                (3, "match"), (read["refused"][0].GetProperty("line").GetInt32(), read["refused"][0].GetProperty("why").GetString()));
            Assert.Equal("header", (await Read(browser, path, "a,b\n1,2"))["why"].GetString());
            Assert.Equal("length", (await Read(browser, path, "text\n" + new string('a', 1024 * 1024)))["why"].GetString());
            Assert.Equal("Content-Type", (await browser.Post(path, new JsonObject()))["why"].GetString());
        }

        Assert.NotEmpty((await organiser.Get("/organise/words"))["starters"].EnumerateArray());
        Assert.Empty((await organiser.Get("/organise/words"))["words"].EnumerateArray());
    }

    private static Task<Reply> Read(Browser browser, string path, string file) => browser.SendText(HttpMethod.Post, path, file, "text/csv");

    private static async Task<Reply> Put(Browser browser, string words, long? version = null)
    {
        version ??= (await browser.Get("/organise/words"))["version"].GetInt64();
        return await browser.Put("/organise/words", JsonNode.Parse($$"""{"version":{{version}},"words":{{words}}}""")!);
    }
}
