using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    /// <summary>A message a day at the same time of day, the first today; the clock stands at the last.</summary>
    private static async Task TalkDaily(Stage stage, Channel channel, Person sender, int days)
    {
        for (var day = 0; day < days; day++)
        {
            stage.Clock.Pass(TimeSpan.FromDays(day == 0 ? 0 : 1));
            await stage.Send(channel, sender, $"day {day}");
        }
    }

    private static Task<Retention> Keep(Stage stage, AppInstance app, int? days) => stage.Write(l => Retention.Put(l, app.Id, days));

    private static string[] Said(Stage stage, Channel channel, Person reader) =>
        [.. stage.History(channel, reader).Select(m => m.Content!)];

    private static string[] Days0To(int last, int from = 0) => [.. Enumerable.Range(from, last - from + 1).Select(day => $"day {day}")];

    private async Task<(Stage Stage, int Steps)> RetainAll(Stage stage)
    {
        var steps = 0;
        while (await stage.Write(Retaining.Step))
        {
            stage.Look(Checked);
            if (++steps % 2 == 0)
            {
                stage = Restart(stage);
            }
        }

        return (stage, steps);
    }

    private static long Rows(Stage stage) => stage.Look(sql => sql.Number("select count(*) from message"))!.Value;

    [Fact]
    public async Task What_is_past_its_retention_is_out_of_sight_at_once_and_still_there()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room");
        await TalkDaily(stage, channel, ada, 10);
        var first = stage.History(channel, ada)[0];

        await Keep(stage, app, 3);

        // What is exactly three days old is past.
        Assert.Equal(Days0To(9, from: 7), Said(stage, channel, ada));
        Assert.Null(stage.Read(v => v.FindMessage(channel.Key, first.Id)));
        Assert.Null(await stage.Write(l => l.FindMessage(channel.Key, first.Id)));
        var page = stage.Read(v => v.ListMessages(channel.Key, ada.Key, new(false, null, null), 3, null));
        Assert.Equal((3, null), (page.Items.Count, page.Next));
        Assert.Equal(3, stage.Read(v => v.ListMessages(channel.Key, ada.Key, new(true, new(0), null), 50, null)).Items.Count);
        stage.Clock.Pass(TimeSpan.FromDays(1));
        Assert.Equal(Days0To(9, from: 8), Said(stage, channel, ada));
        Assert.False(await stage.Write(Retaining.Step));
        Assert.Equal(10, Rows(stage));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public async Task Within_the_grace_period_a_wider_policy_brings_back_what_it_keeps(int? days)
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room");
        await TalkDaily(stage, channel, ada, 10);
        await Keep(stage, app, 1);
        stage.Clock.Pass(Retention.Grace - TimeSpan.FromMilliseconds(1));
        Assert.Empty(Said(stage, channel, ada));
        Assert.False(await stage.Write(Retaining.Step));

        await Keep(stage, app, days is null ? null : days + 30);

        Assert.Equal(Days0To(9, from: days is null ? 0 : 1), Said(stage, channel, ada));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1000)]
    public async Task After_the_grace_period_nothing_brings_back_what_was_past_even_before_it_is_deleted(int? days)
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room");
        await TalkDaily(stage, channel, ada, 10);
        await Keep(stage, app, 35);
        stage.Clock.Pass(Retention.Grace);
        Assert.Equal(Days0To(9, from: 5), Said(stage, channel, ada));

        await Keep(stage, app, days);

        Assert.Equal(Days0To(9, from: 5), Said(stage, channel, ada));
        stage.Clock.Pass(TimeSpan.FromDays(20));
        Assert.Equal(Days0To(9, from: 5), Said(stage, channel, ada));
        Assert.True(await stage.Write(Retaining.Step));
        Assert.False(await stage.Write(Retaining.Step));
        Assert.Equal(5, Rows(stage));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_change_begins_a_new_grace_period_and_setting_the_same_again_does_not()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room");
        await TalkDaily(stage, channel, ada, 10);
        var begun = await Keep(stage, app, 5);
        stage.Clock.Pass(TimeSpan.FromDays(29));
        Assert.Equal(begun, await Keep(stage, app, 5));
        var changed = await Keep(stage, app, 4);
        Assert.Equal(begun.DeletionBegins!.Value.Plus(TimeSpan.FromDays(29)), changed.DeletionBegins);

        stage.Clock.Pass(TimeSpan.FromDays(29));
        Assert.False(await stage.Write(Retaining.Step));
        Assert.Equal(changed, await Keep(stage, app, 4));

        stage.Clock.Pass(TimeSpan.FromDays(1));
        Assert.True(await stage.Write(Retaining.Step));
        Assert.Equal(0, Rows(stage));
    }

    [Fact]
    public async Task What_is_gone_is_deleted_in_slices_channel_by_channel_and_nobody_else_s_is_touched()
    {
        var stage = Begin();
        var (app, ada, others) = await People(stage, "one");
        var (_, eva, more) = await People(stage, "two");
        var elsewhere = await stage.MakeChannel(eva, "elsewhere");
        await Furnish(stage, elsewhere, eva, [more[0], more[1]]);
        List<Channel> channels = [];
        foreach (var id in new[] { "a", "b", "c" })
        {
            channels.Add(await stage.MakeChannel(ada, id));
            await Furnish(stage, channels[^1], ada, others);
        }

        var gone = stage.History(channels[0], ada);
        await stage.Write(l => l.EraseMessage(gone[0], MessageState.Deleted));
        await stage.Write(l => l.EraseMessage(gone[1], MessageState.Redacted));
        await Keep(stage, app, 5);
        stage.Clock.Pass(TimeSpan.FromDays(31));
        var kept = await stage.Send(channels[1], ada, "still new");
        var events = stage.Look(sql => sql.Number("select count(*) from event"));
        var position = stage.Read(v => v.LastPosition());

        (stage, var steps) = await RetainAll(stage);

        // 450 messages of each channel are three slices of at most 200.
        Assert.Equal(9, steps);
        Assert.Equal(["still new"], stage.History(channels[1], ada).Select(m => m.Content));
        Assert.Equal(kept, stage.History(channels[1], ada)[0].Id);
        Assert.Equal(450, stage.History(elsewhere, eva).Count);
        Assert.Equal(451, Rows(stage));
        Assert.Equal((events, position), (stage.Look(sql => sql.Number("select count(*) from event")), stage.Read(v => v.LastPosition())));

        Assert.Equal(gone[^1].Created, Find(stage, ada, "a")!.LastMessage);

        // Places that are empty stay taken.
        var next = await stage.Send(channels[0], ada, "after");
        Assert.Equal(gone[^1].Sequence + 1, stage.Read(v => v.FindMessage(channels[0].Key, next))!.Sequence);
        stage.Look(Checked);
        Assert.False(await stage.Write(Retaining.Step));
    }

    [Fact]
    public async Task A_channel_counts_its_end_from_a_message_that_retention_has_deleted()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        await MakeExpiring(stage, ada, "talk", ExpirationCriterion.LastMessageTimestamp);
        await stage.Write(l => Channels.SetExpiration(
            l, ada.Address, new(app.Id, "talk"), new Expiration(100, ExpirationCriterion.LastMessageTimestamp)));
        await Keep(stage, app, 1);
        stage.Clock.Pass(TimeSpan.FromDays(60));
        await stage.Send(Find(stage, ada, "talk")!, ada, "last word");
        stage.Clock.Pass(TimeSpan.FromDays(41));
        Assert.True(await stage.Write(Retaining.Step));

        await ExpireAll(stage);
        Assert.NotNull(Find(stage, ada, "talk"));
        stage.Clock.Pass(TimeSpan.FromDays(59));
        await ExpireAll(stage);
        Assert.Null(Find(stage, ada, "talk"));
    }

    [Fact]
    public async Task A_channel_or_app_instance_that_is_deleted_meanwhile_goes_as_ever()
    {
        var stage = Begin();
        var (_, eva, _) = await People(stage, "stays");
        await stage.MakeChannel(eva, "room");
        var before = stage.Look(Audit.Dump);
        var (app, ada, others) = await People(stage, "goes");
        var (first, second) = (await stage.MakeChannel(ada, "first"), await stage.MakeChannel(ada, "second"));
        await Furnish(stage, first, ada, others);
        await Furnish(stage, second, ada, others);
        await Keep(stage, app, 1);
        stage.Clock.Pass(TimeSpan.FromDays(40));

        Assert.True(await stage.Write(Retaining.Step));
        await stage.Write(l => Channels.Delete(l, ada.Address, first.Address));
        Assert.True(await stage.Write(Purging.Step));
        Assert.True(await stage.Write(Retaining.Step));
        await stage.Write(l => AppInstances.Delete(l, app.Id));
        Assert.False(await stage.Write(Retaining.Step));
        (stage, _) = await PurgeAll(stage);

        Assert.Equal(before, stage.Look(Audit.Dump));
    }
}
