using System.Text.Json.Nodes;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Letters;
using Carillon.Events.Tests.Desk;
using Xunit;

namespace Carillon.Events.Tests.Letters;

/// <summary>A host with a mail server, and time that a test moves.</summary>
public sealed class LetterHost : DeskHost
{
    internal MailServer Mail { get; } = new();

    internal LostCodeRates Rates { get; set; } = new(PerNetwork: 1000);

    /// <summary>Another way out for letters; null for the server.</summary>
    internal Func<MailOptions, MailOptions?>? Change { get; set; }

    internal override EventsOptions Adjust(EventsOptions options)
    {
        var mail = new MailOptions(EmailAddress.Parse("tickets@events.example")!, () => new Uri("https://events.example/"))
        {
            Host = "127.0.0.1",
            Port = Mail.Port,
            Tls = false,
        };
        return base.Adjust(options) with { Mail = Change is null ? mail : Change(mail), LostCodes = Rates };
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await Mail.DisposeAsync();
    }

    /// <summary>A show that goes on however long a test lets time pass.</summary>
    internal static Task<TestShow> LongShow(EventsHost host) => TestShow.Make(host, d => d with { EndsAt = host.Time.GetUtcNow().AddDays(30) });

    /// <summary>Tickets that were bought with the address; their codes.</summary>
    internal async Task<string[]> Sell(TestShow show, string email, int count = 1, string? holder = null) =>
        [.. (await Events.Store.Write(ledger => Issuing.Issue(
            ledger, ledger.ShowByKey(show.Key)!, [.. Enumerable.Repeat(new NewTicket("standard", holder, email), count)], Events.Codes)))
            .Select(t => t.Code)];

    internal static Task<Reply> Ask(Browser browser, TestShow show, string? email, string language = "en") =>
        browser.Post($"/shows/{show.Slug}/lost", new JsonObject { ["email"] = email, ["language"] = language });

    /// <summary>Asks, and takes the letter out of the address's box.</summary>
    internal async Task<Received> Letter(TestShow show, string email, string language = "en")
    {
        Received[] Box() => [.. Mail.Letters.Where(l => l.To.Equals($"RCPT TO:<{email}>", StringComparison.OrdinalIgnoreCase))];

        var before = Box().Length;
        using var browser = NewBrowser();
        Assert.Equal(202, (await Ask(browser, show, email, language)).Status);
        await Eventually(() => Task.FromResult(Box().Length > before), $"a letter has come to {email}");
        return Box()[before];
    }

    internal static JsonObject Link(string token, string page = "a page of this browser", long? number = null) =>
        new() { ["token"] = token, ["page"] = page, ["number"] = number };
}
