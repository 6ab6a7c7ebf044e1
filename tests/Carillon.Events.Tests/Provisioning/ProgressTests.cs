using System.Text.Json.Nodes;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class ProgressTests(ProvisionerHost host) : IClassFixture<ProvisionerHost>
{
    [Fact]
    public async Task An_organiser_sees_how_far_it_is_stops_it_lets_it_go_on_and_clears_it_with_the_title_alone()
    {
        var show = await host.NewShow(40, title: "Cleared at last");
        var path = $"/organise/shows/{show.Id}";
        using var organiser = await host.NewOrganiser();
        Assert.Equal("paused", (await organiser.Post(path + "/progress", new JsonObject { ["action"] = "pause" }))["state"].GetString());
        using var provisioner = await host.Hire();
        Assert.Equal(40, (await organiser.Get(path + "/progress"))["planned"].GetInt64());
        Assert.Equal("none", (await organiser.Get(path + "/archive"))["state"].GetString());
        Assert.Equal(400, (await organiser.Post(path + "/progress", new JsonObject { ["action"] = "dance" })).Status);

        await organiser.Post(path + "/progress", new JsonObject { ["action"] = "resume" });
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.CountsOf(show.Key)).Provisioned == 40);
        var stage = host.StageOf(show);
        await host.Say(stage.ChannelArn!, host.UserOf(show, 1), "hello");
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ArchiveOf(show.Key)) is { Messages: 1 });
        Assert.Equal("growing", (await organiser.Get(path + "/archive"))["state"].GetString());

        Assert.Equal("WrongState", (await organiser.Post(path + "/clear", new JsonObject { ["title"] = "Cleared at last" })).Code);
        await organiser.Post(path + "/end");
        Assert.Equal("BadRequest", (await organiser.Post(path + "/clear", new JsonObject { ["title"] = "Something else" })).Code);
        Assert.Equal(200, (await organiser.Post(path + "/clear", new JsonObject { ["title"] = "Cleared at last" })).Status);
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Cleared);
        Assert.Equal("cleared", (await organiser.Get(path + "/progress"))["state"].GetString());
        var archive = await organiser.Get(path + "/archive");
        Assert.Equal(("closed", true, 1), (archive["state"].GetString(), archive["verified"].GetBoolean(), archive["messages"].GetInt64()));
        Assert.Contains("hello", (await organiser.Get(path + "/archive.jsonl")).Body, StringComparison.Ordinal);
        Assert.Contains("hello", (await organiser.Get(path + "/archive.html")).Body, StringComparison.Ordinal);
        await provisioner.StopAsync(default);
    }

    [Fact]
    public async Task Progress_and_archive_are_the_organisers_alone()
    {
        var show = await host.NewShow(1);
        using var stranger = host.NewBrowser();
        foreach (var path in (string[])["progress", "archive", "archive.jsonl", "archive.html"])
            Assert.Equal("SignInNeeded", (await stranger.Get($"/organise/shows/{show.Id}/{path}")).Code);
    }

    [Fact]
    public async Task Whoever_comes_before_the_ticket_is_made_goes_before_the_others()
    {
        var show = await host.NewShow(3);
        await host.Events.Store.Write(ledger => ledger.PutWanted(show.Key, 2));
        Assert.Equal(
            (1, 2),
            host.Events.Store.Read(view => (
                view.SeatsOf(show.Key).Where(g => g.Line == Core.Provisioning.SeatLine.AtTheDoor).Sum(g => g.Count),
                view.SeatsOf(show.Key).Where(g => g.Line == Core.Provisioning.SeatLine.DayOf).Sum(g => g.Count))));
        await host.Events.Store.Write(ledger => ledger.PutTicketState(ledger.Ticket(show.Key, 3)!, TicketState.Revoked, "test", null));
        Assert.Equal(2, host.Events.Store.Read(view => view.ProgressOf(show.Key)).Planned);
    }
}
