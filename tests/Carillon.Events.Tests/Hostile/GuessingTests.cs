using System.Net;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Tickets;
using Xunit;

namespace Carillon.Events.Tests.Hostile;

/// <summary>Whoever guesses codes gets nowhere, and keeps nobody else out.</summary>
public class GuessingTests(TimedEventsHost host) : IClassFixture<TimedEventsHost>
{
    [Fact]
    public async Task Fans_who_come_at_once_from_one_address_do_not_wait_for_each_other()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(100);
        host.Clock.Pass(TimeSpan.FromMinutes(2));

        var answers = await Task.WhenAll(codes.Select(async code =>
        {
            using var browser = host.NewBrowser();
            return (await browser.Post($"/shows/{show.Slug}/enter", Code(code))).Status;
        }));

        Assert.Equal(Enumerable.Repeat(200, 100), answers);
    }

    [Fact]
    public async Task Guessing_from_many_addresses_keeps_no_fan_out_and_leaves_each_address_one_try()
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(2);
        host.Clock.Pass(TimeSpan.FromMinutes(2));
        foreach (var network in Enumerable.Range(10, 60))
        {
            using var attacker = new Browser(host) { From = new IPAddress([127, 0, (byte)network, 1]) };
            for (var i = 0; i < 10; i++)
                Assert.Equal(404, (await attacker.Post($"/shows/{show.Slug}/enter", Code(TicketCode.New()))).Status);
        }

        using var fan = new Browser(host) { From = new IPAddress([127, 0, 1, 1]) };
        Assert.Equal(200, (await fan.Post($"/shows/{show.Slug}/enter", Code(codes[0]))).Status);

        using var another = new Browser(host) { From = new IPAddress([127, 0, 2, 1]) };
        Assert.Equal(404, (await another.Post($"/shows/{show.Slug}/enter", Code(TicketCode.New()))).Status);
        // From here on it is not told whether it was right.
        Assert.Equal(429, (await another.Post($"/shows/{show.Slug}/enter", Code(TicketCode.New()))).Status);
        Assert.Equal(429, (await another.Post($"/shows/{show.Slug}/enter", Code(codes[1]))).Status);
        host.Clock.Pass(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_thousand_wrong_codes_at_once_are_ten()
    {
        var show = await TestShow.Make(host);
        host.Clock.Pass(TimeSpan.FromMinutes(2));
        using var attacker = new Browser(host) { From = new IPAddress([127, 0, 3, 1]) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async _ =>
            (await attacker.Post($"/shows/{show.Slug}/enter", Code(TicketCode.New()))).Status));

        Assert.Equal(10, answers.Count(status => status == 404));
        Assert.Equal(990, answers.Count(status => status == 429));
    }

    [Theory]
    [InlineData("0000-0000-0000")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("0000-0000-00001")]
    [InlineData("\u0000")]
    [InlineData("💩💩💩💩")]
    public async Task What_can_be_no_code_counts_like_any_and_is_answered_like_any(string? typed)
    {
        var show = await TestShow.Make(host);
        host.Clock.Pass(TimeSpan.FromMinutes(2));
        using var browser = host.NewBrowser();
        var unknown = await browser.Post($"/shows/{show.Slug}/enter", Code(TicketCode.New()));

        for (var i = 0; i < 9; i++)
        {
            var answer = await browser.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = typed });
            Assert.Equal((unknown.Status, unknown.Body), (answer.Status, answer.Body));
        }

        Assert.Equal(429, (await browser.Post($"/shows/{show.Slug}/enter", Code(TicketCode.New()))).Status);
    }

    [Fact]
    public async Task A_secret_that_was_planted_in_a_browser_is_not_its_devices()
    {
        var show = await TestShow.Make(host);
        var code = (await show.Tickets(1))[0];
        host.Clock.Pass(TimeSpan.FromMinutes(2));
        using var browser = host.NewBrowser();
        browser.Cookies.Add(host.Address, new Cookie("carillon-events-device", "planted", "/events/"));

        var entered = await browser.Post($"/shows/{show.Slug}/enter", Code(code));

        Assert.Equal(200, entered.Status);
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.DoesNotContain("planted", cookie, StringComparison.Ordinal);
        Assert.All(new[] { "httponly", "samesite=strict", "path=/events/" }, flag => Assert.Contains(flag, cookie, StringComparison.OrdinalIgnoreCase));
        using var attacker = host.NewBrowser();
        attacker.Cookies.Add(host.Address, new Cookie("carillon-events-device", "planted", "/events/"));
        Assert.Equal((401, "NotEntered"), await Of(attacker.Get($"/shows/{show.Slug}/me")));
        // A second show in it is the same device, and the first goes on.
        var second = await TestShow.Make(host);
        Assert.Equal(200, (await browser.Post($"/shows/{second.Slug}/enter", Code((await second.Tickets(1))[0]))).Status);
        Assert.Equal(200, (await browser.Get($"/shows/{show.Slug}/me")).Status);
        Assert.Equal(200, (await browser.Get($"/shows/{second.Slug}/me")).Status);
        // And a tab that enters once more leaves the others alone.
        var again = await browser.Post($"/shows/{show.Slug}/enter", Code(code));
        Assert.Equal(200, again.Status);
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_plants_the_secret_of_their_own_ticket_has_nothing_of_whoever_enters_with_it(bool sameShow)
    {
        var show = await TestShow.Make(host);
        var codes = await show.Tickets(2);
        var theirs = sameShow ? show : await TestShow.Make(host);
        host.Clock.Pass(TimeSpan.FromMinutes(2));
        using var attacker = host.NewBrowser();
        Assert.Equal(200, (await attacker.Post(
            $"/shows/{theirs.Slug}/enter", Code(sameShow ? codes[1] : (await theirs.Tickets(1))[0]))).Status);
        var planted = attacker.Cookies.GetCookies(new Uri(host.Address, "/events/"))["carillon-events-device"]!;
        using var victim = host.NewBrowser();
        victim.Cookies.Add(host.Address, new Cookie(planted.Name, planted.Value, "/events/"));

        Assert.Equal(200, (await victim.Post($"/shows/{show.Slug}/enter", Code(codes[0]))).Status);

        Assert.Equal((401, "NotEntered"), await Of(attacker.Get($"/shows/{show.Slug}/me")));
        Assert.Equal((401, "NotEntered"), await Of(attacker.Post($"/shows/{show.Slug}/chat-pass", new JsonObject())));
        Assert.Equal(200, (await victim.Get($"/shows/{show.Slug}/me")).Status);
    }

    private static JsonObject Code(string code) => new() { ["code"] = code };

    private static async Task<(int, string?)> Of(Task<Reply> asked)
    {
        var reply = await asked;
        return (reply.Status, reply.Code);
    }
}
