using System.Text.Json.Nodes;
using Carillon.Events.Core.Tickets;
using Xunit;

namespace Carillon.Events.Tests;

public class DoorTimeTests(TimedEventsHost host) : IClassFixture<TimedEventsHost>
{
    [Fact]
    public async Task After_ten_wrong_codes_an_address_waits_even_with_the_right_one()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        using var browser = host.NewBrowser();
        host.Clock.Pass(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 10; i++)
            Assert.Equal(404, (await browser.Post($"/shows/{show.Slug}/enter", Code(TicketCode.New()))).Status);

        var waits = await browser.Post($"/shows/{show.Slug}/enter", Code(code));

        Assert.Equal((429, "TooMany", 60), (waits.Status, waits.Code, waits["retryAfter"].GetInt32()));
        host.Clock.Pass(TimeSpan.FromSeconds(61));
        Assert.Equal(200, (await browser.Post($"/shows/{show.Slug}/enter", Code(code))).Status);
    }

    [Fact]
    public async Task A_page_hears_when_the_show_begins_and_when_it_is_over()
    {
        var now = host.Time.GetUtcNow();
        var show = await TestShow.Make(host, d => d with
        {
            DoorsAt = now.AddMinutes(-1),
            StartsAt = now.AddMinutes(5),
            EndsAt = now.AddMinutes(10),
        });
        var code = (await show.Tickets(2))[0];
        using var browser = await show.Enter(code);
        await using var socket = await browser.Open($"/shows/{show.Slug}/socket");
        Assert.Equal("doors", (await socket.Next("hello")).GetProperty("phase").GetString());

        host.Clock.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal("live", (await socket.Next("phase")).GetProperty("phase").GetString());
        host.Clock.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal("ended", (await socket.Next("phase")).GetProperty("phase").GetString());

        Assert.Equal(4410, await socket.Closed());
        using var late = host.NewBrowser();
        Assert.Equal("Ended", (await late.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = true })).Code);
    }

    private static JsonObject Code(string code) => new() { ["code"] = code };
}
