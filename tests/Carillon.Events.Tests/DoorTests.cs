using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Carillon.Kit;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Events.Tests;

public class DoorTests(EventsHost host) : IClassFixture<EventsHost>
{
    [Fact]
    public async Task A_code_lets_in_and_is_remembered_by_the_browser()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        using var browser = host.NewBrowser();

        var entered = await browser.Post($"/shows/{show.Slug}/enter", Code(code.ToLowerInvariant().Replace('-', ' ')));

        Assert.Equal(200, entered.Status);
        Assert.Equal("preparing", entered["chat"].GetProperty("state").GetString());
        Assert.Equal(200, (await browser.Get($"/shows/{show.Slug}/me")).Status);
        using var stranger = host.NewBrowser();
        Assert.Equal((401, "NotEntered"), await Of(stranger.Get($"/shows/{show.Slug}/me")));
        Assert.Equal(1, host.Events.Store.Read(view => view.CountsOf(show.Key)).Entered);
    }

    [Fact]
    public async Task What_is_unknown_and_what_is_no_code_get_the_same_answer()
    {
        var show = await TestShow.Make(host);
        using var browser = host.NewBrowser();

        var unknown = await browser.Post($"/shows/{show.Slug}/enter", Code(TicketCode.Format(TicketCode.New())));
        var malformed = await browser.Post($"/shows/{show.Slug}/enter", Code("' or 1=1 --"));

        Assert.Equal((404, "UnknownCode"), (unknown.Status, unknown.Code));
        Assert.Equal(unknown.Body, malformed.Body);
        Assert.False(unknown.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Another_device_is_asked_first_and_then_takes_the_ticket_over()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        using var first = await show.Enter(code);
        await using var socket = await first.Open($"/shows/{show.Slug}/socket");
        await socket.Next("hello");
        using var second = host.NewBrowser();
        second.UserAgent = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";

        var asked = await second.Post($"/shows/{show.Slug}/enter", Code(code));
        Assert.Equal((409, "OnAnotherDevice", "Chrome on Linux"), (asked.Status, asked.Code, asked["device"].GetString()));
        var moved = await second.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = true });
        Assert.Equal(200, moved.Status);

        Assert.Equal("moved", (await socket.Next("moved")).GetProperty("t").GetString());
        Assert.Equal(4003, await socket.Closed());
        var lost = await first.Get($"/shows/{show.Slug}/me");
        Assert.Equal((409, "OnAnotherDevice", "Chrome on Android"), (lost.Status, lost.Code, lost["device"].GetString()));

        // "Move back here" is the same the other way around.
        Assert.Equal(200, (await first.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = true })).Status);
        Assert.Equal((409, "OnAnotherDevice"), await Of(second.Get($"/shows/{show.Slug}/me")));
    }

    [Fact]
    public async Task Tabs_of_one_browser_do_not_fight()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        using var browser = await show.Enter(code);
        await using var one = await browser.Open($"/shows/{show.Slug}/socket");
        await using var two = await browser.Open($"/shows/{show.Slug}/socket");
        await one.Next("hello");
        await two.Next("hello");

        Assert.Equal(200, (await browser.Post($"/shows/{show.Slug}/enter", Code(code))).Status);
        await one.Send(new JsonObject { ["t"] = "react", ["k"] = 1, ["n"] = 1 });

        Assert.Equal(1, (await two.Next("reactions")).GetProperty("counts")[1].GetInt32());
        Assert.Equal(1, (await one.Next("reactions")).GetProperty("counts")[1].GetInt32());
        Assert.Equal(1, host.Events.Devices.NumbersOf(show.Key).Present);
    }

    [Fact]
    public async Task Of_a_thousand_devices_that_come_with_one_code_at_once_one_has_it()
    {
        var show = await TestShow.Make(host);
        var code = host.Events.Codes.HashOf(TicketCode.Parse((await show.Tickets(1))[0])!);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            try
            {
                await host.Events.Store.Write(ledger => Core.Tickets.Door.Enter(
                    ledger, ledger.ShowByKey(show.Key)!, code, null, Core.Ids.HashOf($"device {i}"), "Browser", move: false));
                return "in";
            }
            catch (Core.Refused refused)
            {
                return refused.Reason.ToString();
            }
        }));

        Assert.Equal(1, answers.Count(a => a == "in"));
        Assert.Equal(999, answers.Count(a => a == "OnAnotherDevice"));
    }

    [Fact]
    public async Task A_nickname_is_unique_by_its_look_and_others_are_suggested()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(2);
        using var anna = await show.Enter(codes[0], "Anna");
        using var other = await show.Enter(codes[1]);

        var taken = await other.Put($"/shows/{show.Slug}/nickname", new JsonObject { ["nickname"] = "ＡNNА" });

        Assert.Equal((409, "NicknameTaken"), (taken.Status, taken.Code));
        var suggestions = taken["suggestions"].EnumerateArray().Select(s => s.GetString()).ToArray();
        Assert.Equal(3, suggestions.Length);
        var good = await other.Put($"/shows/{show.Slug}/nickname", new JsonObject { ["nickname"] = suggestions[0] });
        Assert.Equal(200, good.Status);
        var artist = await other.Put($"/shows/{show.Slug}/nickname", new JsonObject { ["nickname"] = "Amаlia" });
        Assert.Equal((400, "reserved"), (artist.Status, artist["why"].GetString()));
        // One's own name may change its case.
        Assert.Equal(200, (await anna.Put($"/shows/{show.Slug}/nickname", new JsonObject { ["nickname"] = "ANNA" })).Status);
    }

    [Fact]
    public async Task A_pass_for_the_chat_sends_as_its_fan_and_as_nobody_else()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(2);
        using var browser = await show.Enter(codes[0]);
        Assert.Equal((409, "NicknameNeeded"), await Of(browser.Post($"/shows/{show.Slug}/chat-pass")));
        await browser.Put($"/shows/{show.Slug}/nickname", new JsonObject { ["nickname"] = "Anna" });
        Assert.Equal((425, "ChatPreparing"), await Of(browser.Post($"/shows/{show.Slug}/chat-pass")));
        await show.MakeStage();

        var pass = await browser.Post($"/shows/{show.Slug}/chat-pass");

        Assert.Equal(200, pass.Status);
        var chat = host.As(KeyOf(pass));
        var (user, channel) = (pass["userArn"].GetString()!, pass["channelArn"].GetString()!);
        Assert.Equal((await browser.Get($"/shows/{show.Slug}/me"))["userArn"].GetString(), user);
        await Send(chat, channel, user, "Hello");
        var messages = await chat.ChimeAsync(HttpMethod.Get, $"/channels/{E(channel)}/messages", null, user, default);
        var sender = messages.GetProperty("ChannelMessages")[0].GetProperty("Sender");
        Assert.Equal("Anna", sender.GetProperty("Name").GetString());

        var other = $"{user[..user.LastIndexOf('/')]}/{show.Ticket(2).UserId}";
        await Forbidden(Send(chat, channel, other, "I am somebody else"));
        var id = messages.GetProperty("ChannelMessages")[0].GetProperty("MessageId").GetString();
        await Forbidden(chat.ChimeAsync(
            HttpMethod.Delete, $"/channels/{E(channel)}/messages/{id}", null, user, default));
        await Forbidden(chat.ChimeAsync(HttpMethod.Get, $"/tags?arn={E(user)}", null, null, default));
    }

    [Fact]
    public async Task With_the_next_device_the_credentials_of_the_old_one_are_worth_nothing()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        await show.MakeStage();
        using var first = await show.Enter(code, "Anna");
        var old = await first.Post($"/shows/{show.Slug}/chat-pass");
        var (user, channel) = (old["userArn"].GetString()!, old["channelArn"].GetString()!);
        await Send(host.As(KeyOf(old)), channel, user, "from the first");

        using var second = host.NewBrowser();
        await second.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = true });

        // Before the second device asks for any: the app tells the platform by itself.
        await Until(async () => await Refuses(Send(host.As(KeyOf(old)), channel, user, "from the first still")));
        var pass = await second.Post($"/shows/{show.Slug}/chat-pass");
        await Send(host.As(KeyOf(pass)), channel, user, "from the second");
        await Forbidden(Send(host.As(KeyOf(old)), channel, user, "from the first again"));
    }

    [Fact]
    public async Task A_revoked_ticket_ends_page_and_credentials()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        await show.MakeStage();
        using var fan = await show.Enter(code, "Anna");
        var pass = await fan.Post($"/shows/{show.Slug}/chat-pass");
        await using var socket = await fan.Open($"/shows/{show.Slug}/socket");
        await socket.Next("hello");
        using var organiser = await host.NewOrganiser();

        var revoked = await organiser.Post($"/organise/shows/{show.Id}/tickets/1/revoke", new JsonObject { ["reason"] = "resold" });

        Assert.Equal(204, revoked.Status);
        Assert.Equal("resold", (await socket.Next("banned")).GetProperty("reason").GetString());
        Assert.Equal(4403, await socket.Closed());
        var back = await fan.Post($"/shows/{show.Slug}/enter", Code(code));
        Assert.Equal((403, "Revoked", "resold"), (back.Status, back.Code, back["reason"].GetString()));
        // The device was taken from it, and the browser that had it is told why all the same.
        var me = await fan.Get($"/shows/{show.Slug}/me");
        Assert.Equal((403, "Revoked", "resold"), (me.Status, me.Code, me["reason"].GetString()));
        await using var again = await fan.Open($"/shows/{show.Slug}/socket");
        Assert.Equal("resold", (await again.Next("banned")).GetProperty("reason").GetString());
        Assert.Equal(4403, await again.Closed());
        await Until(async () => await Refuses(
            Send(host.As(KeyOf(pass)), pass["channelArn"].GetString()!, pass["userArn"].GetString()!, "still here")));
    }

    [Fact]
    public async Task A_page_that_slept_while_its_ticket_was_taken_is_told_by_the_socket_it_opens()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(2);
        using var moved = await show.Enter(codes[0]);
        using var other = host.NewBrowser();
        await other.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = codes[0], ["move"] = true });

        await using var late = await moved.Open($"/shows/{show.Slug}/socket");
        await late.Next("moved");
        Assert.Equal(4003, await late.Closed());

        using var reissued = await show.Enter(codes[1]);
        var held = show.Now;
        await host.Events.Store.Write(ledger => Issuing.Reissue(ledger, held, 2, host.Events.Codes));
        await using var old = await reissued.Open($"/shows/{show.Slug}/socket");
        Assert.Equal(4401, await old.Closed());

        using var stranger = host.NewBrowser();
        await using var without = await stranger.Open($"/shows/{show.Slug}/socket");
        Assert.Equal(4401, await without.Closed());
        Assert.Equal(0, host.Events.Devices.NumbersOf(show.Key).Present);
    }

    [Fact]
    public async Task A_banned_browser_learns_of_the_ban_and_not_where_the_stream_is()
    {
        var show = await TestShow.Make(host, d => d with { Player = new Player("hls", "https://stream.example/live.m3u8") });
        using var fan = await show.Enter((await show.Tickets(1))[0]);
        Assert.Contains("stream.example", (await fan.Get($"/shows/{show.Slug}/me")).Body, StringComparison.Ordinal);

        var ticket = show.Ticket(1);
        await host.Events.Store.Write(ledger => ledger.PutTicketState(ticket, TicketState.Banned, "spam", null));

        var me = await fan.Get($"/shows/{show.Slug}/me");
        Assert.Equal((200, "spam"), (me.Status, me["banned"].GetProperty("reason").GetString()));
        Assert.Equal("none", me["player"].GetProperty("kind").GetString());
        Assert.DoesNotContain("stream.example", me.Body, StringComparison.Ordinal);
        await using var socket = await fan.Open($"/shows/{show.Slug}/socket");
        Assert.Equal("spam", (await socket.Next("banned")).GetProperty("reason").GetString());
        Assert.Equal(4403, await socket.Closed());

        ticket = show.Ticket(1);
        await host.Events.Store.Write(ledger => ledger.PutTicketState(ticket, TicketState.Valid, null, null));
        Assert.Contains("stream.example", (await fan.Get($"/shows/{show.Slug}/me")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_hear_of_a_change_of_what_they_show_and_of_no_other()
    {
        var show = await TestShow.Make(host);
        using var fan = await show.Enter((await show.Tickets(1))[0]);
        await using var socket = await fan.Open($"/shows/{show.Slug}/socket");
        await socket.Next("hello");

        await Change(show, d => d with { Tickets = d.Tickets with { Planned = 7 } });
        Assert.Equal("staff", await Said());
        await Change(show, d => d with { Player = new Player("hls", "https://stream.example/spare.m3u8") });
        Assert.Equal("show", await Said());
        await Change(show, d => d with { StartsAt = d.StartsAt!.Value.AddHours(1), EndsAt = d.EndsAt!.Value.AddHours(1) });
        await socket.Next("show");
        Assert.Equal("doors", (await socket.Next("phase")).GetProperty("phase").GetString());

        async Task<string?> Said()
        {
            while (true)
                if ((await socket.Next())?.GetProperty("t").GetString() is var kind && kind != "present") return kind;
        }
    }

    private async Task Change(TestShow show, Func<ShowDefinition, ShowDefinition> change)
    {
        var changed = change(show.Now.Definition);
        await host.Events.Store.Write(ledger => ledger.PutDefinition(show.Key, changed));
        host.Events.Devices.Changed(show.Key);
    }

    [Fact]
    public async Task One_device_cannot_flood_reactions()
    {
        var show = await TestShow.Make(host);
        using var browser = await show.Enter((await show.Tickets(1))[0]);
        await using var socket = await browser.Open($"/shows/{show.Slug}/socket");
        await socket.Next("hello");

        for (var i = 0; i < 50; i++) await socket.Send(new JsonObject { ["t"] = "react", ["k"] = 0, ["n"] = 10 });

        Assert.InRange((await socket.Next("reactions")).GetProperty("counts")[0].GetInt32(), 1, 4);
    }

    [Fact]
    public async Task A_page_that_says_what_no_page_says_is_closed()
    {
        var show = await TestShow.Make(host);
        using var browser = await show.Enter((await show.Tickets(1))[0]);
        await using var socket = await browser.Open($"/shows/{show.Slug}/socket");

        await socket.Send(new JsonObject { ["t"] = "shutdown" });

        Assert.Equal(1008, await socket.Closed());
    }

    [Fact]
    public async Task A_socket_of_another_site_is_refused()
    {
        var show = await TestShow.Make(host);
        using var browser = await show.Enter((await show.Tickets(1))[0]);
        browser.Origin = "https://evil.example";

        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => browser.Open($"/shows/{show.Slug}/socket"));
        Assert.Equal((403, "ForeignOrigin"), await Of(browser.Post($"/shows/{show.Slug}/leave")));
    }

    internal static async Task Until(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not come about within 20 s.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static JsonObject Code(string code) => new() { ["code"] = code };

    private static string E(string text) => Uri.EscapeDataString(text);

    private static AwsCredentials KeyOf(Reply pass)
    {
        var key = pass["credentials"];
        return new AwsCredentials(
            key.GetProperty("accessKeyId").GetString()!, key.GetProperty("secretAccessKey").GetString()!,
            key.GetProperty("sessionToken").GetString());
    }

    private static Task<JsonElement> Send(PlatformClient as_, string channel, string user, string text) => as_.ChimeAsync(
        HttpMethod.Post, $"/channels/{E(channel)}/messages",
        new JsonObject
        {
            ["Content"] = text,
            ["Type"] = "STANDARD",
            ["Persistence"] = "PERSISTENT",
            ["ClientRequestToken"] = Core.Ids.New(),
        }, user, default);

    private static async Task<bool> Refuses(Task<JsonElement> asked)
    {
        try
        {
            await asked;
            return false;
        }
        catch (PlatformException refused) when (refused.Status is HttpStatusCode.Forbidden)
        {
            return true;
        }
    }

    private static async Task Forbidden(Task<JsonElement> asked) => Assert.True(await Refuses(asked), "It was allowed.");

    private static async Task<(int, string?)> Of(Task<Reply> asked)
    {
        var reply = await asked;
        return (reply.Status, reply.Code);
    }
}
