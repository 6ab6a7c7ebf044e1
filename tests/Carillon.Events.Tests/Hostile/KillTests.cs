using System.Text.Json.Nodes;
using Carillon.Events.Core.Talk;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Tests.Desk;
using Carillon.Kit;
using Xunit;

namespace Carillon.Events.Tests.Hostile;

/// <summary>
/// The app killed between the steps of what it does at the desk and the door: before the platform was told, or when it was told
/// and the app had not yet written that down. Either way the next start ends with what was promised, told once or told again.
/// </summary>
public class KillTests(DeskHost host) : IClassFixture<DeskHost>
{
    public static TheoryData<string, bool> All => new(
        from act in new[] { "ban", "lift", "remove", "remove now", "restore", "move", "name" }
        from told in new[] { false, true }
        select (act, told));

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_was_promised_holds_whenever_the_app_is_killed(string act, bool told)
    {
        // Where a case before this one failed.
        host.Reachable = true;
        var show = await DeskShow.Make(host);
        var fan = show.Fans[0];
        var id = await show.Sent(fan, "hello");
        var oldTag = show.Show.Ticket(1).Device!.Tag;
        if (act == "lift") await Banned(true);
        if (act == "restore") Assert.Equal(200, (await show.Moderator.Post($"{show.Desk}/messages/{id}/remove")).Status);

        host.Reachable = false;
        var promised = act switch
        {
            "ban" => await Do("/people/1/ban", new JsonObject { ["reason"] = "rude", ["removeMessages"] = true }),
            "lift" => await Do("/people/1/lift", []),
            "remove" => await Do($"/messages/{id}/remove", []),
            "remove now" => await Do($"/messages/{id}/remove", new JsonObject { ["now"] = true }),
            "restore" => await Do($"/messages/{id}/restore", []),
            "move" => await Move(),
            _ => (await fan.Browser.Put($"/shows/{show.Show.Slug}/nickname", new JsonObject { ["nickname"] = "Renamed" })).Status,
        };
        Assert.Equal(200, promised);
        var killed = host.Snapshot();
        if (told)
        {
            host.Reachable = true;
            await Held();
        }

        await host.ResumeFromAsync(killed);
        host.Reachable = true;
        await Held();

        // Nothing is left to tell, and none of it happened twice.
        await Passing(() => Task.FromResult(Left() == (0, 0)), "nothing is left to tell");
        Assert.Equal(act is "ban" or "remove" or "remove now" ? 1 : 0, host.Events.Store.Read(view => view.TalkCountsOf(show.Show.Key)).Removed);

        async Task Held()
        {
            switch (act)
            {
                case "ban":
                    await Passing(async () => await IsBanned(), "the platform knows of the ban");
                    await Passing(async () => (await show.History()).Single(m => m.Id == id).Redacted, "what was said is gone");
                    Assert.Equal(TicketState.Banned, show.Show.Ticket(1).State);
                    break;
                case "lift":
                    await Passing(async () => !await IsBanned(), "the platform knows that the ban is over");
                    await Passing(async () => await Member(), "the fan is a member again");
                    break;
                case "remove" or "remove now":
                    await Passing(async () => (await show.History()).Single(m => m.Id == id).Redacted, "the message is gone");
                    await Passing(() => Task.FromResult(show.Said(id)!.State == SaidState.Removed), "and known to be");
                    break;
                case "restore":
                    for (var i = 0; i < 20; i++) host.Clock.Pass(TimeSpan.FromSeconds(1));
                    Assert.False((await show.History()).Single(m => m.Id == id).Redacted);
                    Assert.Equal(SaidState.Sent, show.Said(id)!.State);
                    break;
                case "move":
                    await Passing(async () => await Tag() is { } tag && tag != oldTag && tag == show.Show.Ticket(1).Device!.Tag, "the new device's tag is there");
                    break;
                default:
                    await Passing(async () => await Name() == "Renamed", "the name is there");
                    break;
            }
        }

        async Task<int> Do(string path, JsonObject body) => (await show.Moderator.Post(show.Desk + path, body)).Status;

        async Task<int> Move()
        {
            var code = (string?)null;
            // The browser that comes has the code; a shop's buyer writes it down, a test asks for it.
            code = await host.Events.Store.Write(ledger =>
            {
                var known = TicketCode.New();
                ledger.PutCode(show.Show.Key, 1, host.Events.Codes.HashOf(known));
                return known;
            });
            using var second = host.NewBrowser();
            return (await second.Post($"/shows/{show.Show.Slug}/enter", new JsonObject { ["code"] = code, ["move"] = true })).Status;
        }

        async Task Banned(bool wanted)
        {
            Assert.Equal(200, await Do("/people/1/ban", new JsonObject { ["reason"] = "rude" }));
            await Passing(async () => await IsBanned() == wanted, "the ban is there");
        }

        async Task<bool> IsBanned() => (await host.Root.ChimeAsync(
            HttpMethod.Get, $"/channels/{Uri.EscapeDataString(show.Stage.ChannelArn!)}/bans", null, show.Stage.AdminArn, default))
            .GetProperty("ChannelBans").GetArrayLength() == 1;

        async Task<bool> Member() => (await host.Root.ChimeAsync(
            HttpMethod.Get, $"/channels/{Uri.EscapeDataString(show.Stage.ChannelArn!)}/memberships", null, show.Stage.AdminArn, default))
            .GetProperty("ChannelMemberships").EnumerateArray().Any(m => m.GetProperty("Member").Text("Arn") == fan.UserArn);

        async Task<string?> Tag() => (await host.Root.ChimeAsync(HttpMethod.Get, $"/tags?arn={Uri.EscapeDataString(fan.UserArn)}", null, null, default))
            .GetProperty("Tags").EnumerateArray().FirstOrDefault(t => t.Text("Key") == "device") is { ValueKind: System.Text.Json.JsonValueKind.Object } tag
            ? tag.Text("Value") : null;

        async Task<string?> Name() => (await host.Root.ChimeAsync(
            HttpMethod.Get, $"/app-instance-users/{Uri.EscapeDataString(fan.UserArn)}", null, null, default))
            .GetProperty("AppInstanceUser").Text("Name");

        (long, int) Left() => host.Events.Store.Read(view => (
            view.DueErrands(100).LongCount(e => e.Show == show.Show.Key), view.TicketsOutOfDate(100).Count(t => t.Show == show.Show.Key)));

        Task Passing(Func<Task<bool>> holds, string what) => DeskHost.Eventually(async () =>
        {
            host.Clock.Pass(TimeSpan.FromSeconds(1));
            return await holds();
        }, what);
    }
}
