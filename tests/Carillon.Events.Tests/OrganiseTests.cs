using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Xunit;

namespace Carillon.Events.Tests;

public class OrganiseTests(EventsHost host) : IClassFixture<EventsHost>
{
    [Fact]
    public async Task What_a_form_leaves_out_has_its_default()
    {
        using var organiser = await host.NewOrganiser();
        var made = await organiser.Post("/organise/shows", new JsonObject { ["title"] = "Bells" });

        var saved = await organiser.Put(
            $"/organise/shows/{made["id"].GetString()}",
            JsonNode.Parse("""{"version":1,"title":"Bells","player":{},"tickets":{},"chat":{"slowSeconds":5}}""")!);

        Assert.Equal(200, saved.Status);
        var chat = saved["chat"];
        Assert.True(chat.GetProperty("enabled").GetBoolean());
        Assert.True(chat.GetProperty("commonWords").GetBoolean());
        Assert.Equal((300, "open", 6), (
            chat.GetProperty("maxLength").GetInt32(), chat.GetProperty("mode").GetString(), chat.GetProperty("reactions").GetArrayLength()));
        Assert.Equal("none", saved["player"].GetProperty("kind").GetString());
        Assert.Equal(0, saved["player"].GetProperty("captions").GetArrayLength());
        Assert.Equal("standard", saved["tickets"].GetProperty("tiers")[0].GetString());
        // Rows from before a member was there.
        Assert.True(DefinitionJson.Read("""{"chat":{"slowSeconds":5}}""").Chat.CommonWords);
    }

    [Fact]
    public async Task A_link_signs_in_once()
    {
        var token = await host.Events.Store.Write(ledger =>
            SignIns.Invite(ledger, new SignedIn(ledger.AddAccount($"organiser {Ids.New()}").Key, null), ledger.Now));
        using var browser = await host.SignIn(token);
        using var other = host.NewBrowser();

        Assert.True((await browser.Get("/whoami"))["organiser"].GetBoolean());
        Assert.Equal("SignInUsed", (await other.Post("/sign-in", new JsonObject { ["token"] = token })).Code);
        Assert.Equal("SignInInvalid", (await other.Post("/sign-in", new JsonObject { ["token"] = "x" })).Code);
        Assert.Equal((401, "SignInNeeded"), Of(await other.Get("/whoami")));
        await browser.Post("/sign-out");
        Assert.Equal((401, "SignInNeeded"), Of(await browser.Get("/whoami")));
    }

    [Fact]
    public async Task A_show_goes_from_a_title_to_being_published_and_says_what_is_missing()
    {
        using var organiser = await host.NewOrganiser();
        var made = await organiser.Post("/organise/shows", new JsonObject { ["title"] = "Été à la plage" });
        Assert.Equal(201, made.Status);
        var path = $"/organise/shows/{made["id"].GetString()}";
        Assert.StartsWith("ete-a-la-plage", made["slug"].GetString());

        var refused = await organiser.Post($"{path}/publish");
        Assert.Equal(422, refused.Status);
        Assert.Contains(refused["missing"].EnumerateArray(), l => l.GetProperty("field").GetString() == "startsAt");

        var form = JsonNode.Parse(made.Body)!.AsObject();
        form["artist"] = "Amalia";
        form["zone"] = "Europe/Lisbon";
        form["startsAt"] = host.Time.GetUtcNow().AddDays(1);
        form["endsAt"] = host.Time.GetUtcNow().AddDays(1).AddHours(2);
        form["tickets"] = new JsonObject { ["planned"] = 500, ["tiers"] = new JsonArray("standard", "vip") };
        var saved = await organiser.Put(path, form.DeepClone());
        Assert.Equal((200, 2), (saved.Status, saved["version"].GetInt64()));
        var older = await organiser.Put(path, form.DeepClone());
        Assert.Equal((409, "Changed", 2), (older.Status, older.Code, older["current"].GetInt64()));

        Assert.Equal(200, (await organiser.Post($"{path}/publish")).Status);
        Assert.Equal(200, (await organiser.Get($"/shows/{made["slug"].GetString()}")).Status);
        Assert.Equal((409, "WrongState"), Of(await organiser.Delete(path)));
        foreach (var (member, wrong) in ((string, JsonNode?)[])[("endsAt", null), ("zone", "Mars/Olympus"), ("artist", "")])
        {
            var broken = JsonNode.Parse((await organiser.Get(path)).Body)!.AsObject();
            broken[member] = wrong?.DeepClone();
            Assert.Equal((400, member), (await organiser.Put(path, broken)) is var no ? (no.Status, no["member"].GetString()) : default);
        }

        Assert.Equal(204, (await organiser.Post($"{path}/unpublish")).Status);
        var copy = await organiser.Post($"{path}/duplicate");
        Assert.NotEqual(made["slug"].GetString(), copy["slug"].GetString());
        Assert.Equal(204, (await organiser.Delete(path)).Status);
        Assert.Equal(404, (await organiser.Get(path)).Status);
    }

    [Theory]
    [InlineData("pictureUrl", "javascript:alert(1)")]
    [InlineData("pictureUrl", "//evil.example/x.png")]
    [InlineData("title", "a\u0007b")]
    public async Task What_no_draft_may_hold_is_refused_by_its_member(string member, string value)
    {
        using var organiser = await host.NewOrganiser();
        var made = await organiser.Post("/organise/shows", new JsonObject { ["title"] = "Show" });
        var form = JsonNode.Parse(made.Body)!.AsObject();
        form[member] = value;

        var refused = await organiser.Put($"/organise/shows/{made["id"].GetString()}", form);

        Assert.Equal((400, member), (refused.Status, refused["member"].GetString()));
    }

    [Fact]
    public async Task Tickets_are_made_listed_found_replaced_and_ended()
    {
        var show = await TestShow.Make(host);
        using var organiser = await host.NewOrganiser();
        var path = $"/organise/shows/{show.Id}/tickets";

        var made = await organiser.Post(path, new JsonObject { ["count"] = 120, ["tier"] = "vip" });
        Assert.Equal(201, made.Status);
        var codes = made["codes"].EnumerateArray().Select(c => c.GetProperty("code").GetString()!).ToArray();
        Assert.Equal(120, codes.Distinct().Count());

        var page = await organiser.Get($"{path}?limit=100");
        Assert.Equal((100, "100"), (page["tickets"].GetArrayLength(), page["next"].GetString()));
        Assert.Equal(20, (await organiser.Get($"{path}?limit=100&after=100"))["tickets"].GetArrayLength());

        using var fan = await show.Enter(codes[6], "Anna");
        var found = await organiser.Get($"{path}?q=ann");
        Assert.Equal(7, Assert.Single(found["tickets"].EnumerateArray()).GetProperty("number").GetInt64());
        Assert.Single((await organiser.Get($"{path}?state=entered"))["tickets"].EnumerateArray());

        var again = await organiser.Post($"{path}/7/reissue");
        using var back = host.NewBrowser();
        Assert.Equal(404, (await back.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = codes[6] })).Status);
        Assert.Equal(401, (await fan.Get($"/shows/{show.Slug}/me")).Status);
        Assert.Equal(200, (await back.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = again["code"].GetString() })).Status);

        Assert.Equal(204, (await organiser.Post($"{path}/8/revoke", new JsonObject { ["reason"] = "refund" })).Status);
        var counts = (await organiser.Get(path))["counts"];
        Assert.Equal((119, 1, 1), (counts.GetProperty("valid").GetInt64(), counts.GetProperty("revoked").GetInt64(), counts.GetProperty("entered").GetInt64()));
    }

    [Fact]
    public async Task A_file_may_be_brought_in_twice()
    {
        var show = await TestShow.Make(host);
        using var organiser = await host.NewOrganiser();
        const string file = "holder,email,tier,reference\nAda,ada@example.org,vip,A1\nBen,,standard,A2\nCid,,balcony,A3\n";

        var first = await Import(file);
        var second = await Import(file + "Dee,,vip,A4\n");

        Assert.Equal((2, 0), (first["made"].GetInt32(), first["known"].GetInt32()));
        Assert.Equal("tier", first["refused"][0].GetProperty("why").GetString());
        Assert.Equal((1, 2), (second["made"].GetInt32(), second["known"].GetInt32()));
        var line = Assert.Single((await organiser.Get($"/organise/shows/{show.Id}/tickets?q=ada"))["tickets"].EnumerateArray());
        Assert.Equal("ada@example.org", line.GetProperty("email").GetString());

        Task<Reply> Import(string text) =>
            organiser.SendText(HttpMethod.Post, $"/organise/shows/{show.Id}/tickets/import", text, "text/csv");
    }

    [Fact]
    public async Task A_shop_adds_a_ticket_once_for_each_reference()
    {
        var show = await TestShow.Make(host);
        using var organiser = await host.NewOrganiser();
        var key = (await organiser.Post($"/organise/shows/{show.Id}/shop-keys"))["key"].GetString();
        using var shop = host.NewBrowser();
        shop.Origin = "";

        var first = await Sell("""{"reference":"S-1","tier":"vip","holder":"Ada"}""", key);
        var second = await Sell("""{"reference":"S-1","tier":"vip","holder":"Ada"}""", key);
        var third = await Sell("""{"reference":"S-1","reissue":true}""", key);

        Assert.Equal(200, first.Status);
        Assert.EndsWith($"/events/{show.Slug}#{first["code"].GetString()}", first["url"].GetString());
        Assert.Equal(first["number"].GetInt64(), second["number"].GetInt64());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second["code"].ValueKind);
        Assert.NotEqual(first["code"].GetString(), third["code"].GetString());
        Assert.Equal(401, (await Sell("""{"reference":"S-2"}""", "wrong")).Status);

        Task<Reply> Sell(string body, string? with) => shop.SendText(
            HttpMethod.Post, "/shop/tickets", body, "application/json", ("Authorization", $"Bearer {with}"));
    }

    [Fact]
    public async Task Somebody_of_the_staff_comes_in_by_a_link_and_may_not_organise()
    {
        var show = await TestShow.Make(host);
        using var organiser = await host.NewOrganiser();
        var invited = await organiser.Post($"/organise/shows/{show.Id}/staff", new JsonObject { ["name"] = "Mo", ["kind"] = "moderator" });
        using var mo = await host.SignIn(invited["link"].GetString()!.Split('#')[1]);

        var who = await mo.Get("/whoami");
        Assert.Equal(("Mo", false), (who["name"].GetString(), who["organiser"].GetBoolean()));
        Assert.Equal(show.Id, who["shows"][0].GetProperty("id").GetString());
        Assert.Equal((403, "NotYours"), Of(await mo.Get($"/organise/shows/{show.Id}")));
        using var nobody = host.NewBrowser();
        Assert.Equal((401, "SignInNeeded"), Of(await nobody.Get($"/organise/shows/{show.Id}")));

        await organiser.Delete($"/organise/shows/{show.Id}/staff/{invited["id"].GetString()}");
        Assert.Equal((401, "SignInNeeded"), Of(await mo.Get("/whoami")));
    }

    private static (int, string?) Of(Reply reply) => (reply.Status, reply.Code);
}
