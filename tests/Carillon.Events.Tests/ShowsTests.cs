using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Xunit;

namespace Carillon.Events.Tests;

public class ShowsTests(EventsHost host) : IClassFixture<EventsHost>
{
    [Fact]
    public async Task A_show_is_announced_to_anybody_once_it_is_published()
    {
        var slug = $"show-{Ids.New()}";
        var definition = new ShowDefinition { Title = "First light", StartsAt = DateTimeOffset.UnixEpoch.AddYears(90) };
        var key = await host.Events.Store.Write(ledger => ledger.AddShow(Ids.New(), slug, definition, sample: false));
        using var browser = host.NewBrowser();

        Assert.Equal("NotFound", (await browser.Get($"/shows/{slug}")).Code);

        await host.Events.Store.Write(ledger => ledger.PutState(key, ShowState.Published));
        var page = await browser.Get($"/shows/{slug}");

        Assert.Equal(200, page.Status);
        Assert.Equal("announced", page["phase"].GetString());
        Assert.Contains((await browser.Get("/shows")).Json.EnumerateArray(), s => s.GetProperty("slug").GetString() == slug);
    }

    [Fact]
    public async Task What_a_change_did_before_it_failed_is_undone_and_its_neighbours_are_not()
    {
        var store = host.Events.Store;
        var key = await store.Write(ledger => ledger.AddShow(Ids.New(), Ids.New(), new ShowDefinition(), sample: false));

        var added = await Task.WhenAll(Enumerable.Range(1, 50).Select(async number =>
        {
            try
            {
                return await store.Write(ledger =>
                {
                    var code = host.Events.Codes.HashOf(TicketCode.New());
                    ledger.AddTicket(key, number, Ids.NewUser("t-"), code, new NewTicket("standard"), null);
                    return number % 2 == 0 ? throw new Refused(Reason.BadRequest) : true;
                });
            }
            catch (Refused)
            {
                return false;
            }
        }));

        Assert.Equal(25, added.Count(yes => yes));
        Assert.Equal(25, store.Read(view => view.CountsOf(key)).Valid);
        Assert.All(store.Read(view => view.Tickets(key, TicketFilter.All, null, 0, 100)), t => Assert.Equal(1, t.Number % 2));
    }
}
