using System.Text.Json.Nodes;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Provisioner;
using Carillon.Events.Tests.Desk;
using Carillon.Kit;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

/// <summary>Audiences beyond the quota of a channel, on the real platform.</summary>
public class ElasticTests(ProvisionerHost host) : IClassFixture<ProvisionerHost>
{
    private Task<ProvisionerService> Hire() => host.Hire(o => o with { MembersPerChannel = 50, MembersPerPart = 40 });

    private async Task<(Show Show, Stage Stage)> Ready(int tickets)
    {
        var show = await host.NewShow(tickets, staff: 1);
        await ProvisionerHost.Until(() => host.Events.Store.Read(view =>
            view.ProgressOf(show.Key).State == ProgressState.Ready && view.StaffMade(show.Key).Count == 1));
        var stage = host.StageOf(show);
        Assert.True(stage.Elastic);
        return (show, stage);
    }

    private static string Channel(Stage stage) => $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}";

    /// <summary>Who is in which part.</summary>
    private async Task<Dictionary<string, HashSet<string>>> Parts(Stage stage)
    {
        var parts = new Dictionary<string, HashSet<string>>();
        foreach (var part in await host.All($"{Channel(stage)}/subchannels?max-results=50", "SubChannels", stage.AdminArn))
        {
            var id = part.Text("SubChannelId")!;
            var members = await host.All(
                $"{Channel(stage)}/memberships?max-results=50&sub-channel-id={id}", "ChannelMemberships", stage.AdminArn);
            parts.Add(id, [.. members.Select(m => m.GetProperty("Member").Text("Arn")!)]);
        }

        return parts;
    }

    private async Task<string?> PartOf(Stage stage, string user) =>
        (await Parts(stage)).FirstOrDefault(part => part.Value.Contains(user)).Key;

    private async Task<bool> IsBanned(Stage stage, string user) =>
        (await host.All($"{Channel(stage)}/bans?max-results=50", "ChannelBans", stage.AdminArn))
            .Exists(ban => ban.GetProperty("Member").Text("Arn") == user);

    [Fact]
    public async Task An_audience_beyond_the_quota_gets_an_elastic_channel_and_staff_in_all_its_parts()
    {
        using var provisioner = await Hire();
        var (show, stage) = await Ready(150);
        var artist = $"{stage.AppInstanceArn}/user/{host.Events.Store.Read(view => view.StaffMade(show.Key))[0]}";

        await DeskHost.Eventually(
            async () => await Parts(stage) is { Count: > 2 } parts && parts.Values.All(members => members.Contains(artist)),
            "the artist is in all parts");
        Assert.Equal(150 + 1, (await Parts(stage)).Values.SelectMany(members => members).Distinct().Count());
        await provisioner.StopAsync(default);
    }

    [Fact]
    public async Task A_ban_ends_the_membership_whichever_part_it_is_in_and_when_it_is_lifted_the_fan_is_somewhere_again()
    {
        using var provisioner = await Hire();
        var (show, stage) = await Ready(120);
        var user = host.UserOf(show, 77);
        var part = await PartOf(stage, user);
        await host.Say(stage.ChannelArn!, user, "first", part);
        using var organiser = await host.NewOrganiser();

        Assert.Equal(200, (await organiser.Post($"/desk/{show.Id}/people/77/ban", new JsonObject { ["reason"] = "spam" })).Status);
        await DeskHost.Eventually(
            async () => await IsBanned(stage, user) && await PartOf(stage, user) is null, "the platform knows of the ban");
        await Assert.ThrowsAsync<PlatformException>(() => host.Say(stage.ChannelArn!, user, "still here", part));

        Assert.Equal(200, (await organiser.Post($"/desk/{show.Id}/people/77/lift")).Status);
        await DeskHost.Eventually(
            async () => !await IsBanned(stage, user) && await PartOf(stage, user) is not null, "the fan is a member again");
        var place = await PartOf(stage, user);
        await DeskHost.Eventually(
            () => Task.FromResult(host.Events.Store.Read(view => view.Ticket(show.Key, 77))!.SubChannelId == place), "the app knows where");
        await host.Say(stage.ChannelArn!, user, "back again", place);

        // Banned and revoked: nobody is left over, and no call is stuck.
        await organiser.Post($"/desk/{show.Id}/people/78/ban", new JsonObject { ["reason"] = "spam" });
        await DeskHost.Eventually(() => IsBanned(stage, host.UserOf(show, 78)), "the platform knows of the second ban");
        await organiser.Post($"/organise/shows/{show.Id}/tickets/78/revoke", new JsonObject { ["reason"] = "sold twice" });
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ProgressOf(show.Key)) is { Made: 119, Removing: 0, Failed: 0 });
        await provisioner.StopAsync(default);
    }

    [Fact]
    public async Task What_was_said_in_parts_that_are_merged_is_in_the_archive_which_closes_all_the_same()
    {
        using var provisioner = await Hire();
        var (show, stage) = await Ready(150);
        var before = await Parts(stage);
        var said = 0;
        for (var number = 1; number <= 150; number += 10)
        {
            var user = host.UserOf(show, number);
            await host.Say(stage.ChannelArn!, user, $"from {number}", before.First(p => p.Value.Contains(user)).Key);
            said++;
        }

        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ArchiveOf(show.Key))?.Messages == said);
        await host.Events.Store.Write(ledger =>
        {
            foreach (var ticket in ledger.Tickets(show.Key, TicketFilter.All, null, 0, 200).Where(t => t.Number > 20))
                ledger.PutTicketState(ticket, TicketState.Revoked, "test", null);
        });
        await DeskHost.Eventually(async () => (await Parts(stage)).Count < before.Count, "parts are merged");
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ProgressOf(show.Key)) is { Removing: 0 });

        await host.Events.Store.Write(ledger => ledger.PutState(show.Key, ShowState.Ended));
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Archived);
        var head = host.Events.Store.Read(view => view.ArchiveOf(show.Key))!;
        Assert.Equal((said, 0, true), (head.Messages, head.Removed, head.Verified));
        Assert.InRange(head.Standing, 0, said - 1);
        await host.Events.Store.Write(ledger => ledger.Clear(show.Key));
        await ProvisionerHost.Until(() => host.Events.Store.Read(view => view.ShowByKey(show.Key))!.State == ShowState.Cleared);
        await host.NothingRemains(show, stage);
        await provisioner.StopAsync(default);
    }
}
