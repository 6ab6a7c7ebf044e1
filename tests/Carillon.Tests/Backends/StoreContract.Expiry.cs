using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(3);

    private static Task<string> MakeExpiring(Stage stage, Person creator, string id, ExpirationCriterion criterion, params Person[] members)
    {
        var wish = new ChannelWish(
            id, id, ChannelMode.Unrestricted, ChannelPrivacy.Public, null, new Expiration(3, criterion),
            [.. members.Select(m => m.Address)], [], []);
        return stage.Write(l => Channels.Create(
            l, new Quotas(), new Repetition("tt", ["make", id], []), creator.Address, creator.AppId, wish));
    }

    private static async Task<int> ExpireAll(Stage stage)
    {
        var steps = 0;
        while (await stage.Write(Expiring.Step))
        {
            steps++;
        }

        return steps;
    }

    private static Channel? Find(Stage stage, Person creator, string id) =>
        stage.Read(view => view.FindChannel(new(creator.AppId, id)));

    [Fact]
    public async Task A_channel_ends_with_its_days_and_not_before_and_its_end_is_announced()
    {
        var stage = Begin();
        var (_, ada, _) = await People(stage, "one");
        await stage.MakeChannel(ada, "stays");
        await MakeExpiring(stage, ada, "goes", ExpirationCriterion.CreatedTimestamp);

        stage.Clock.Pass(Days - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await ExpireAll(stage));
        Assert.NotNull(Find(stage, ada, "goes"));

        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await ExpireAll(stage));
        Assert.Null(Find(stage, ada, "goes"));
        Assert.NotNull(Find(stage, ada, "stays"));
        Assert.Equal("goes", Assert.IsType<ChannelDeleted>(stage.Bus.All[^1]).Channel.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_is_said_puts_off_the_end_of_a_channel_that_counts_from_its_last_message(bool targeted)
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        await MakeExpiring(stage, ada, "talk", ExpirationCriterion.LastMessageTimestamp, others[0]);
        await MakeExpiring(stage, ada, "silent", ExpirationCriterion.LastMessageTimestamp);
        stage.Clock.Pass(TimeSpan.FromDays(2));
        await stage.Send(Find(stage, ada, "talk")!, ada, "still here", target: targeted ? others[0] : null);

        stage.Clock.Pass(TimeSpan.FromDays(1));
        await ExpireAll(stage);
        Assert.NotNull(Find(stage, ada, "talk"));
        Assert.Null(Find(stage, ada, "silent"));

        stage.Clock.Pass(TimeSpan.FromDays(2));
        await ExpireAll(stage);
        Assert.Null(Find(stage, ada, "talk"));
    }

    [Fact]
    public async Task A_user_ends_with_its_days_and_leaves_its_channels()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var address = Stage.Address(app, "guest");
        await stage.Write(l => Users.Create(
            l, new Quotas(), new Repetition("tt", ["user"], []), address, "Guest", null,
            new Expiration(3, ExpirationCriterion.CreatedTimestamp), []));
        var guest = stage.Read(view => view.FindPerson(address)!);
        var channel = await stage.MakeChannel(ada, "room", guest);

        stage.Clock.Pass(Days);
        Assert.Equal(1, await ExpireAll(stage));

        Assert.Null(stage.Read(view => view.FindPerson(address)));
        Assert.Equal([ada], stage.Read(v => v.ListMembers(channel.Key, false, 10, null)).Items.Select(m => m.Person));
        Assert.Contains(stage.Bus.All, e => e is UserDeleted gone && gone.User == guest.Key);
    }

    [Theory]
    [InlineData(ExpirationCriterion.CreatedTimestamp)]
    [InlineData(ExpirationCriterion.LastMessageTimestamp)]
    public async Task Changed_settings_move_the_end_of_a_channel_both_ways(ExpirationCriterion criterion)
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        foreach (var id in new[] { "sooner", "later", "never" })
        {
            await MakeExpiring(stage, ada, id, criterion);
        }

        Task Put(string id, int? days) => stage.Write(l => Channels.SetExpiration(
            l, ada.Address, new(app.Id, id), days is { } d ? new Expiration(d, criterion) : null));
        await Put("sooner", 1);
        await Put("later", 5);
        await Put("never", null);

        string[] Left() => [.. new[] { "sooner", "later", "never" }.Where(id => Find(stage, ada, id) is not null)];
        stage.Clock.Pass(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await ExpireAll(stage));
        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await ExpireAll(stage));
        Assert.Equal(["later", "never"], Left());
        stage.Clock.Pass(TimeSpan.FromDays(3));
        Assert.Equal(0, await ExpireAll(stage));
        stage.Clock.Pass(TimeSpan.FromDays(1));
        Assert.Equal(1, await ExpireAll(stage));
        stage.Clock.Pass(TimeSpan.FromDays(10_000));
        Assert.Equal(0, await ExpireAll(stage));
        Assert.Equal(["never"], Left());
    }

    [Fact]
    public async Task Settings_that_count_from_the_last_message_count_from_one_that_was_there_before_them()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room");
        stage.Clock.Pass(TimeSpan.FromDays(10));
        await stage.Send(channel, ada, "hello");
        stage.Clock.Pass(TimeSpan.FromDays(1));

        var put = await stage.Write(l => Channels.SetExpiration(
            l, ada.Address, new(app.Id, "room"), new Expiration(3, ExpirationCriterion.LastMessageTimestamp)));

        Assert.Equal(3, put.Expiration!.Days);
        stage.Clock.Pass(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await ExpireAll(stage));
        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await ExpireAll(stage));
    }

    [Fact]
    public async Task A_change_of_settings_is_an_event_of_the_channel_and_setting_the_same_again_is_none()
    {
        var stage = Begin();
        var (_, ada, _) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room");
        var before = stage.Bus.All.Count;
        var settings = new Expiration(3, ExpirationCriterion.LastMessageTimestamp);
        for (var i = 0; i < 2; i++)
        {
            await stage.Write(l => Channels.SetExpiration(l, ada.Address, channel.Address, settings));
        }

        await stage.Write(l => Channels.SetExpiration(l, ada.Address, channel.Address, null));

        var events = stage.Bus.All.Skip(before).Cast<ChannelExpirationUpdated>().ToList();
        Assert.Equal([ada.Key, ada.Key], events.Select(e => e.Actor!.Key));
        Assert.Equal([settings, null], events.Select(e => e.Channel.Expiration));
        Assert.Equal(events.Select(Audit.EntryOf), stage.Look(Audit.Log).TakeLast(2));
        Assert.Equal(
            ["3", "null"],
            stage.Look(sql => sql.Query("select detail from event where kind = 13 order by position", static r => r.Text(0)))
                .Select(detail => System.Text.Json.Nodes.JsonNode.Parse(detail)!["ExpireDays"]?.ToJsonString() ?? "null"));
        stage.Look(Checked);
        Assert.Equal(channel.Updated, Find(stage, ada, "room")!.Updated);
    }

    [Fact]
    public async Task Changed_settings_move_the_end_of_a_user_both_ways()
    {
        var stage = Begin();
        var (app, _, others) = await People(stage, "one");
        var (bob, eve) = (others[0], others[1]);
        Task Put(Person who, int? days) => stage.Write(l => Users.SetExpiration(
            l, who.Address, days is { } d ? new Expiration(d, ExpirationCriterion.CreatedTimestamp) : null));
        await Put(bob, 3);
        await Put(eve, 3);
        await Put(bob, 1);
        await Put(eve, null);

        stage.Clock.Pass(TimeSpan.FromDays(1));
        Assert.Equal(1, await ExpireAll(stage));
        Assert.Null(stage.Read(v => v.FindPerson(bob.Address)));
        stage.Clock.Pass(TimeSpan.FromDays(100));
        Assert.Equal(0, await ExpireAll(stage));
        Assert.NotNull(stage.Read(v => v.FindPerson(eve.Address)));

        // What has passed already ends at the next look.
        await Put(eve, 50);
        Assert.Equal(1, await ExpireAll(stage));
        Assert.Equal(1, stage.Read(v => v.CountUsers(app.Key)));
    }
}
