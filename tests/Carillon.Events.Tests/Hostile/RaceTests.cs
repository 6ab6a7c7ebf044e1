using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Tests.Desk;
using Xunit;

namespace Carillon.Events.Tests.Hostile;

/// <summary>What happens at once ends as if one had come after the other.</summary>
public class RaceTests(LoudHost host) : IClassFixture<LoudHost>
{
    [Fact]
    public async Task However_devices_come_move_and_leave_at_once_one_at_most_has_the_ticket_and_hears()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        var random = new Random(5);
        var browsers = Enumerable.Range(0, 6).Select(_ => host.NewBrowser()).ToArray();
        for (var round = 0; round < 25; round++)
        {
            var sockets = await Task.WhenAll(browsers.Select(async browser =>
            {
                if (random.Next(3) == 0) await browser.Post($"/shows/{show.Slug}/leave");
                else await browser.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = random.Next(3) > 0 });
                try
                {
                    return await browser.Open($"/shows/{show.Slug}/socket");
                }
                catch (WebSocketException)
                {
                    return null;
                }
            }));

            var inside = 0;
            foreach (var browser in browsers)
                if ((await browser.Get($"/shows/{show.Slug}/me")).Status == 200) inside++;
            Assert.Equal(show.Ticket(1).Device is null ? 0 : 1, inside);
            await DeskHost.Eventually(
                () => Task.FromResult(host.Events.Devices.NumbersOf(show.Key).Present <= inside), "sockets of devices that lost the ticket end");
            var open = 0;
            host.Events.Devices.TellAll(show.Key, "{\"t\":\"last\"}"u8.ToArray());
            foreach (var socket in sockets.OfType<PageSocket>())
            {
                await foreach (var heard in Heard(socket))
                {
                    if (heard != "last") continue;
                    open++;
                    break;
                }

                await socket.DisposeAsync();
            }

            Assert.True(open <= inside, $"{open} hear, {inside} are in");
        }
    }

    [Fact]
    public async Task A_code_that_is_replaced_while_somebody_comes_in_with_it_lets_nobody_stay()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(20);
        using var organiser = await host.NewOrganiser();
        for (var i = 0; i < codes.Length; i++)
        {
            using var fan = host.NewBrowser();
            var entering = Task.Run(async () =>
            {
                await fan.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = codes[i] });
                try
                {
                    await using var socket = await fan.Open($"/shows/{show.Slug}/socket");
                    return await socket.Closed();
                }
                catch (WebSocketException)
                {
                    return 0;
                }
            }, TestContext.Current.CancellationToken);
            if (i % 2 == 0) await Task.Yield();
            else await DeskHost.Eventually(() => Task.FromResult(show.Ticket(i + 1).Device is not null), "the fan is in");
            Assert.Equal(200, (await organiser.Post($"/organise/shows/{show.Id}/tickets/{i + 1}/reissue")).Status);

            // Not that another device has it: nobody has.
            Assert.True(await entering is 0 or 4401, $"closed with {await entering}");
            Assert.Null(show.Ticket(i + 1).Device);
            Assert.Equal(401, (await fan.Get($"/shows/{show.Slug}/me")).Status);
            Assert.Equal(404, (await fan.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = codes[i] })).Status);
        }
    }

    [Fact]
    public async Task Of_many_who_want_one_name_at_once_however_they_write_it_one_has_it()
    {
        var show = await TestShow.Make(host);
        string[] spelled = ["Bella", "BELLA", "ＢELLA", "B e l l a", "Веlla", "Bellа", "Béllà", "𝐁𝐞𝐥𝐥𝐚", "BeIIa", "Be11a"];
        var codes = await show.Tickets(spelled.Length);
        var fans = await Task.WhenAll(codes.Select(code => show.Enter(code)));

        var answers = await Task.WhenAll(fans.Select((fan, i) => fan.Put($"/shows/{show.Slug}/nickname", new JsonObject { ["nickname"] = spelled[i] })));

        Assert.Equal(1, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal("NicknameTaken", a.Code));
        Assert.Single(Enumerable.Range(1, spelled.Length), n => show.Ticket(n).Nickname is not null);
    }

    [Fact]
    public async Task One_ticket_does_not_take_the_places_of_others()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(2);
        using var greedy = await show.Enter(codes[0]);
        using var fan = await show.Enter(codes[1]);
        var tabs = new List<PageSocket>();
        for (var i = 0; i < 16; i++)
        {
            tabs.Add(await greedy.Open($"/shows/{show.Slug}/socket"));
            await tabs[i].Next("hello");
        }

        await using var beyond = await greedy.Open($"/shows/{show.Slug}/socket");

        Assert.Equal(1013, await beyond.Closed());
        await using var other = await fan.Open($"/shows/{show.Slug}/socket");
        Assert.Equal(2, (await other.Next("hello")).GetProperty("present").GetInt32());
        await tabs[0].DisposeAsync();
        await DeskHost.Eventually(async () =>
        {
            await using var again = await greedy.Open($"/shows/{show.Slug}/socket");
            return (await again.Next())?.GetProperty("t").GetString() == "hello";
        }, "a tab that was closed makes room for another");
        foreach (var tab in tabs) await tab.DisposeAsync();
    }

    [Fact]
    public async Task A_page_that_talks_without_end_is_closed_and_one_that_reads_nothing_holds_nobody_up()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(3);
        using var loud = await show.Enter(codes[0]);
        using var deaf = await show.Enter(codes[1]);
        using var fan = await show.Enter(codes[2]);
        await using var talking = await loud.Open($"/shows/{show.Slug}/socket");
        await using var silent = await deaf.Open($"/shows/{show.Slug}/socket");
        await using var page = await fan.Open($"/shows/{show.Slug}/socket");
        await page.Next("hello");

        try
        {
            for (var i = 0; i < 300; i++) await talking.Send("""{"t":"ping"}"""u8.ToArray());
        }
        catch (WebSocketException)
        {
            // It was closed while it talked.
        }

        Assert.Equal(1008, await talking.Closed());
        // More than all that lies between can hold.
        var notice = Encoding.ASCII.GetBytes($$"""{"t":"filler","text":"{{new string('x', 60_000)}}"}""");
        for (var i = 0; i < 400; i++)
        {
            host.Events.Devices.TellAll(show.Key, notice);
            await page.Next("filler");
        }

        Assert.Equal(TicketState.Valid, show.Ticket(2).State);
    }

    private static async IAsyncEnumerable<string> Heard(PageSocket socket)
    {
        while (true)
        {
            System.Text.Json.JsonElement? next;
            try
            {
                next = await socket.Next();
            }
            catch (WebSocketException)
            {
                yield break;
            }

            if (next is not { } heard) yield break;
            yield return heard.GetProperty("t").GetString()!;
        }
    }
}
