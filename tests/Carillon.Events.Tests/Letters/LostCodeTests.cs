using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Tests.Desk;
using Xunit;

namespace Carillon.Events.Tests.Letters;

public class LostCodeTests(LetterHost host) : IClassFixture<LetterHost>
{
    [Fact]
    public async Task A_letter_brings_a_link_the_link_a_code_and_the_code_lets_in()
    {
        var show = await TestShow.Make(host);
        var old = (await host.Sell(show, "Ada@Example.org", holder: "Ada Lind"))[0];
        using var inside = await show.Enter(old);
        await using var socket = await inside.Open($"/shows/{show.Slug}/socket");
        await socket.Next("hello");

        var letter = await host.Letter(show, "ada@example.ORG");

        Assert.Equal("MAIL FROM:<tickets@events.example>", letter.From);
        // As the shop wrote it, and not as whoever asked did.
        Assert.Equal("RCPT TO:<Ada@Example.org>", letter.To);
        Assert.StartsWith($"https://events.example/events/{show.Slug}#lost=", letter.Link, StringComparison.Ordinal);
        Assert.Contains(show.Now.Definition.Title, letter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(old, letter.Data, StringComparison.Ordinal);
        // Until somebody presses the button nothing has changed, however often the link is opened.
        using var browser = host.NewBrowser();
        for (var i = 0; i < 3; i++)
        {
            var opened = await browser.Post($"/shows/{show.Slug}/lost/open", LetterHost.Link(letter.Token));
            var ticket = Assert.Single(opened["tickets"].EnumerateArray());
            Assert.Equal(("standard", "Ada Lind", "valid"), (ticket.GetProperty("tier").GetString(), ticket.GetProperty("holder").GetString(), ticket.GetProperty("state").GetString()));
        }

        Assert.Equal(200, (await inside.Get($"/shows/{show.Slug}/me")).Status);

        var made = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 1));

        Assert.Equal(200, made.Status);
        Assert.Equal(4401, await socket.Closed());
        using var late = host.NewBrowser();
        Assert.Equal("UnknownCode", (await late.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = old })).Code);
        Assert.Equal(200, (await browser.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = made["code"].GetString() })).Status);
    }

    [Fact]
    public async Task Whoever_asks_is_not_told_whether_the_address_is_known_and_no_letter_goes_to_one_that_is_not()
    {
        var show = await TestShow.Make(host);
        await host.Sell(show, "known@example.org");
        using var browser = host.NewBrowser();

        var unknown = await LetterHost.Ask(browser, show, "unknown@example.org");
        var known = await LetterHost.Ask(browser, show, "known@example.org");

        Assert.Equal((202, 202), (unknown.Status, known.Status));
        Assert.Equal(unknown.Body, known.Body);
        Assert.Equal(unknown.Headers.Select(h => h.Key).Order(), known.Headers.Select(h => h.Key).Order());
        await DeskHost.Eventually(() => Task.FromResult(
            !host.Dump().Contains("known@example.org'|'en'", StringComparison.Ordinal)
            && host.Mail.Letters.Any(l => l.To.Contains("<known@example.org>", StringComparison.Ordinal))), "both were looked at");
        Assert.DoesNotContain(host.Mail.Letters, l => l.To.Contains("unknown@", StringComparison.Ordinal));
        Assert.Single(host.Mail.Letters, l => l.To.Contains("<known@example.org>", StringComparison.Ordinal));
    }

    /// <summary>Both take one write; which of them is slower changes from run to run.</summary>
    [Fact]
    public async Task The_answer_takes_as_long_for_an_address_that_is_known()
    {
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "known@example.com", 50);
        using var browser = host.NewBrowser();
        var times = new Dictionary<bool, List<double>> { [false] = [], [true] = [] };

        for (var i = 0; i < 60; i++)
        {
            // Three an hour each.
            if (i % 2 == 0 && i % 6 == 0) host.Clock.Pass(TimeSpan.FromHours(1));
            var known = i % 2 == 0;
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(202, (await LetterHost.Ask(browser, show, known ? "known@example.com" : $"nobody{i}@example.com")).Status);
            times[known].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        double Median(bool known) => times[known].Order().ElementAt(times[known].Count / 2);
        Assert.True(
            Math.Abs(Median(true) - Median(false)) < Math.Max(5, Median(false) / 2), $"{Median(true)} ms for a known one, {Median(false)} ms for others");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@example")]
    [InlineData("ada@@example.org")]
    [InlineData("ada@example.org, eve@example.org")]
    [InlineData("ada@example.org\r\nBcc: eve@example.org")]
    [InlineData("ada@example.org\nRCPT TO:<eve@example.org>")]
    [InlineData("\"a\\\" b\"@example.org")]
    [InlineData("<ada@example.org>")]
    [InlineData("Ada <ada@example.org>")]
    [InlineData("ada@[127.0.0.1]")]
    [InlineData("ada@example.org\0")]
    [InlineData("ädа@example.org")]
    public async Task What_is_no_plain_address_is_refused(string? email)
    {
        var show = await TestShow.Make(host);
        using var browser = host.NewBrowser();

        var answer = await LetterHost.Ask(browser, show, email);

        Assert.Equal((400, "email"), (answer.Status, answer["member"].GetString()));
    }

    [Fact]
    public async Task One_link_is_for_all_tickets_of_its_address_and_for_none_else()
    {
        var show = await TestShow.Make(host);
        await host.Sell(show, "family@example.org", 3);
        await host.Sell(show, "other@example.org");
        await host.Events.Store.Write(ledger => Issuing.Revoke(ledger, show.Now, 2, "Paid back"));
        var letter = await host.Letter(show, "family@example.org");
        using var browser = host.NewBrowser();

        var opened = (await browser.Post($"/shows/{show.Slug}/lost/open", LetterHost.Link(letter.Token)))["tickets"].EnumerateArray().ToArray();
        Assert.Equal(["valid", "revoked", "valid"], opened.Select(t => t.GetProperty("state").GetString()));
        Assert.Equal("Paid back", opened[1].GetProperty("reason").GetString());

        var first = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 1));
        var revoked = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 2));
        var third = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 3));
        var foreign = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 4));

        Assert.Equal((200, 200), (first.Status, third.Status));
        Assert.Equal((403, "Revoked", "Paid back"), (revoked.Status, revoked.Code, revoked["reason"].GetString()));
        Assert.Equal((404, "NotFound"), (foreign.Status, foreign.Code));
    }

    [Fact]
    public async Task A_banned_ticket_gets_the_reason_and_no_code()
    {
        var show = await TestShow.Make(host);
        await host.Sell(show, "rude@example.org");
        await host.Events.Store.Write(ledger => ledger.PutTicketState(ledger.Ticket(show.Key, 1)!, TicketState.Banned, "Insults", null));
        var letter = await host.Letter(show, "rude@example.org");
        using var browser = host.NewBrowser();

        var made = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 1));

        Assert.Equal((403, "Banned", "Insults"), (made.Status, made.Code, made["reason"].GetString()));
    }

    [Fact]
    public async Task A_link_is_good_once_for_half_an_hour_at_its_own_show()
    {
        var (show, other) = (await TestShow.Make(host), await TestShow.Make(host));
        await host.Sell(show, "once@example.org");
        await host.Sell(other, "once@example.org");
        var (letter, late) = (await host.Letter(show, "once@example.org"), await host.Letter(show, "once@example.org"));
        using var browser = host.NewBrowser();
        Assert.Equal("LinkInvalid", (await browser.Post($"/shows/{other.Slug}/lost/open", LetterHost.Link(letter.Token))).Code);
        Assert.Equal("LinkInvalid", (await browser.Post($"/shows/{show.Slug}/lost/open", LetterHost.Link("made up"))).Code);

        var first = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 1));
        // The answer was lost on the way: the same page asks once more.
        var again = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, number: 1));
        var elsewhere = await browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, "another page's own secret", 1));

        Assert.Equal((200, 200), (first.Status, again.Status));
        Assert.NotEqual(first["code"].GetString(), again["code"].GetString());
        Assert.Equal((403, "LinkUsed"), (elsewhere.Status, elsewhere.Code));
        Assert.Equal("UnknownCode", (await browser.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = first["code"].GetString() })).Code);
        Assert.Equal(200, (await browser.Post($"/shows/{show.Slug}/enter", new JsonObject { ["code"] = again["code"].GetString() })).Status);
        host.Clock.Pass(TimeSpan.FromMinutes(29));
        Assert.Equal(200, (await browser.Post($"/shows/{show.Slug}/lost/open", LetterHost.Link(late.Token))).Status);
        host.Clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal((403, "LinkExpired"), await Of(browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(late.Token, number: 1))));
    }

    [Fact]
    public async Task Of_many_pages_that_press_at_once_one_gets_a_code()
    {
        var show = await TestShow.Make(host);
        await host.Sell(show, "race@example.org");
        var letter = await host.Letter(show, "race@example.org");
        using var browser = host.NewBrowser();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => browser.Post($"/shows/{show.Slug}/lost/reissue", LetterHost.Link(letter.Token, $"the page number {i} of many", 1))));

        Assert.Equal(1, answers.Count(a => a.Status == 200));
        Assert.Equal(19, answers.Count(a => a.Code == "LinkUsed"));
    }

    [Fact]
    public async Task An_address_gets_three_letters_an_hour_known_or_not()
    {
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "often@example.org");
        using var browser = host.NewBrowser();
        host.Clock.Pass(TimeSpan.FromHours(2));
        foreach (var email in new[] { "often@example.org", "never@example.org" })
        {
            for (var i = 0; i < 3; i++) Assert.Equal(202, (await LetterHost.Ask(browser, show, email)).Status);

            var more = await LetterHost.Ask(browser, show, email.ToUpperInvariant());

            Assert.Equal((429, "TooMany"), (more.Status, more.Code));
            Assert.InRange(more["retryAfter"].GetInt32(), 3590, 3601);
            Assert.NotNull(more.Headers.RetryAfter);
        }

        host.Clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(202, (await LetterHost.Ask(browser, show, "often@example.org")).Status);
    }

    [Fact]
    public async Task Without_mail_the_page_is_told_and_so_is_whoever_asks_all_the_same()
    {
        await using var without = new EventsHost();
        await without.InitializeAsync();
        var show = await TestShow.Make(without);
        using var browser = without.NewBrowser();

        var answer = await LetterHost.Ask(browser, show, "ada@example.org");

        Assert.Equal((409, "LettersOff"), (answer.Status, answer.Code));
        Assert.False((await browser.Get($"/shows/{show.Slug}"))["lostCodes"].GetBoolean());
        var shown = await TestShow.Make(host);
        using var other = host.NewBrowser();
        Assert.True((await other.Get($"/shows/{shown.Slug}"))["lostCodes"].GetBoolean());
    }

    [Fact]
    public async Task After_the_show_there_are_no_letters_any_more()
    {
        var show = await TestShow.Make(host);
        await host.Sell(show, "after@example.org");
        await host.Events.Store.Write(ledger => ledger.PutState(show.Key, ShowState.Ended));
        using var browser = host.NewBrowser();

        Assert.Equal((410, "Ended"), await Of(LetterHost.Ask(browser, show, "after@example.org")));
    }

    [Theory]
    [InlineData("ar", "رمزًا جديدًا")]
    [InlineData("ja", "新しいコード")]
    [InlineData("xx", "new code")]
    public async Task A_letter_is_in_the_language_of_the_page(string language, string words)
    {
        var show = await TestShow.Make(host);
        await host.Sell(show, $"{language}@example.org");

        var letter = await host.Letter(show, $"{language}@example.org", language);

        Assert.Contains(words, letter.Text + (language == "xx" ? letter.Head : ""), StringComparison.Ordinal);
        Assert.NotEmpty(letter.Token);
    }

    [Fact]
    public async Task Neither_a_link_nor_an_address_stands_in_the_log_and_no_link_in_the_data()
    {
        var show = await TestShow.Make(host);
        await host.Sell(show, "silent@example.org");

        var letter = await host.Letter(show, "silent@example.org");

        Assert.DoesNotContain(letter.Token, host.Dump(), StringComparison.Ordinal);
    }

    private static async Task<(int, string?)> Of(Task<Reply> asked) => await asked is var reply ? (reply.Status, reply.Code) : default;
}

/// <summary>Limits by network and show, with small numbers.</summary>
public class LostCodeRateTests : IAsyncLifetime
{
    private readonly LetterHost host = new() { Rates = new LostCodeRates(PerAddress: 3, PerNetwork: 4, PerShow: 6) };

    public ValueTask InitializeAsync() => host.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return host.DisposeAsync();
    }

    [Fact]
    public async Task A_network_waits_after_its_share_and_past_the_shows_share_each_has_one()
    {
        var show = await LetterHost.LongShow(host);
        using var first = new Browser(host) { From = IPAddress.Parse("127.0.0.2") };
        using var second = new Browser(host) { From = IPAddress.Parse("127.0.0.3") };
        using var third = new Browser(host) { From = IPAddress.Parse("127.0.0.4") };
        for (var i = 0; i < 4; i++) Assert.Equal(202, (await LetterHost.Ask(first, show, $"a{i}@example.org")).Status);
        Assert.Equal(429, (await LetterHost.Ask(first, show, "a4@example.org")).Status);
        for (var i = 0; i < 2; i++) Assert.Equal(202, (await LetterHost.Ask(second, show, $"b{i}@example.org")).Status);

        Assert.Equal(429, (await LetterHost.Ask(second, show, "b2@example.org")).Status);
        Assert.Equal(202, (await LetterHost.Ask(third, show, "c0@example.org")).Status);
        Assert.Equal(429, (await LetterHost.Ask(third, show, "c1@example.org")).Status);
        await host.RestartAppAsync();
        // Limits outlive the process: asking again and again is no way round them.
        Assert.Equal(429, (await LetterHost.Ask(third, show, "c1@example.org")).Status);
        host.Clock.Pass(TimeSpan.FromMinutes(61));
        Assert.Equal(202, (await LetterHost.Ask(first, show, "a5@example.org")).Status);
    }
}
