using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    /// <summary>Purges to the end, with a restart after every third step; the number of steps that did something.</summary>
    private async Task<(Stage Stage, int Steps)> PurgeAll(Stage stage)
    {
        var steps = 0;
        while (await stage.Write(Purging.Step))
        {
            stage.Look(Checked);
            if (++steps % 3 == 0)
            {
                stage = Restart(stage);
            }
        }

        return (stage, steps);
    }

    /// <summary>Everything that can hang on a channel: 450 messages, events, members, moderators, bans and tags.</summary>
    private static async Task Furnish(Stage stage, Channel channel, Person creator, List<Person> others)
    {
        foreach (var person in others)
        {
            await stage.Join(channel, creator, person);
        }

        await stage.Write(l => Moderators.Create(l, new Quotas(), creator.Address, channel.Address, others[0].Address));
        await stage.Write(l => Bans.Create(l, creator.Address, channel.Address, others[1].Address));
        await stage.Write(l => Enumerable.Range(0, 450).Select(i => stage.Say(l, channel, creator, $"{i}")).Count());
    }

    private static async Task<(AppInstance App, Person Ada, List<Person> Others)> People(Stage stage, string name)
    {
        var app = await stage.MakeApp(name, new Tag("a", "1"));
        var ada = await stage.MakeUser(app, "ada", new Tag("u", "1"));
        List<Person> others = [await stage.MakeUser(app, "bob", new Tag("u", "2")), await stage.MakeUser(app, "eve")];
        return (app, ada, others);
    }

    /// <summary>The stream replays the log: a tie that ended without an event would live on in every copy.</summary>
    [Fact]
    public async Task Every_tie_of_a_deleted_user_ends_with_an_event_of_its_channel()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "stays");
        await Furnish(stage, channel, ada, others);
        var before = stage.Bus.All.Count;

        await stage.Write(l => Users.Delete(l, others[0].Address));
        await stage.Write(l => Users.Delete(l, others[1].Address));
        while (await stage.Write(Purging.Step))
        {
        }

        var ended = stage.Bus.All.Skip(before).OfType<ChannelEvent>().Select(e => e.GetType()).ToList();
        Assert.Equal([typeof(MemberLeft), typeof(ModeratorDeleted), typeof(BanDeleted)], ended);
        Assert.Empty(stage.Read(v => v.ListBans(channel.Key, 10, null)).Items);
        Assert.Equal([ada], stage.Read(v => v.ListModerators(channel.Key, 10, null)).Items.Select(m => m.Person));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_deleted_channel_goes_in_slices_with_all_it_had_and_nothing_else_does()
    {
        var stage = Begin();
        var (app, ada, others) = await People(stage, "one");
        await Furnish(stage, await stage.MakeChannel(ada, "stays"), ada, others);
        var before = stage.Look(Audit.Dump);
        var channel = await stage.MakeChannel(ada, "goes");
        await Furnish(stage, channel, ada, others);

        await stage.Write(l => Channels.Delete(l, ada.Address, channel.Address));
        Assert.Null(stage.Read(view => view.FindChannel(channel.Address)));
        Assert.Null(stage.Read(view => view.FindMembership(channel.Key, ada.Key)));
        Assert.Equal(1, stage.Read(view => view.CountChannels(app.Key)));
        (stage, var steps) = await PurgeAll(stage);

        Assert.InRange(steps, 4, 20);
        Assert.Equal(before, stage.Look(Audit.Dump));
        Assert.Equal("goes", (await stage.MakeChannel(ada, "goes")).Id);
    }

    [Fact]
    public async Task A_deleted_app_instance_goes_in_slices_with_all_it_had_and_nothing_else_does()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        await Furnish(stage, await stage.MakeChannel(ada, "stays"), ada, others);
        var before = stage.Look(Audit.Dump);
        var (app, eva, more) = await People(stage, "two");
        await stage.Write(l => l.AddAdmin(app.Key, eva));
        await Furnish(stage, await stage.MakeChannel(eva, "first"), eva, more);
        await Furnish(stage, await stage.MakeChannel(eva, "second"), eva, more);
        await stage.Write(l => Enumerable.Range(0, 450).Select(i => Users.Create(
            l, new Quotas(), new Repetition($"t{i}", [], []), Stage.Address(app, $"user-{i}"), "x", null, null,
            [new Tag("u", $"{i}")])).Count());
        await stage.Write(l => Users.Delete(l, more[0].Address));

        await stage.Write(l => AppInstances.Delete(l, app.Id));
        Assert.Null(stage.Read(view => view.FindApp(app.Id)));
        Assert.Null(stage.Read(view => view.FindPerson(eva.Address)));
        Assert.Null(stage.Read(view => view.FindChannel(new(app.Id, "first"))));
        (stage, var steps) = await PurgeAll(stage);

        Assert.InRange(steps, 12, 60);
        Assert.Equal(before, stage.Look(Audit.Dump));
    }

    [Fact]
    public async Task A_deleted_user_leaves_its_channels_and_its_messages_keep_its_name()
    {
        const int channels = 450;
        var stage = Begin();
        var (app, ada, others) = await People(stage, "one");
        var bob = others[0];
        var room = await stage.MakeChannel(ada, "room", bob);
        await stage.Send(room, bob, "said");
        await stage.Write(l =>
        {
            l.AddAdmin(app.Key, bob);
            for (var i = 0; i < channels; i++)
            {
                var wish = new ChannelWish(
                    $"c{i}", "x", ChannelMode.Restricted, ChannelPrivacy.Private, null, null, [bob.Address],
                    i % 100 == 0 ? [bob.Address] : [], []);
                Channels.Create(l, new Quotas(), new Repetition($"c{i}", [], []), ada.Address, app.Id, wish);
            }
        });
        var announced = stage.Bus.All.Count;

        await stage.Write(l => Users.Delete(l, bob.Address));
        Assert.Null(stage.Read(view => view.FindPerson(bob.Address)));
        Assert.Null(stage.Read(view => view.FindAdmin(app.Key, bob.Key)));
        var told = stage.Bus.All.Skip(announced).ToList();
        Assert.IsType<UserDeleted>(told[0]);
        Assert.Equal(Purging.Slice, told.OfType<MemberLeft>().Count());
        (stage, var steps) = await PurgeAll(stage);

        Assert.InRange(steps, 2, 3);
        Assert.Equal(0, stage.Read(view => view.CountMemberships(bob.Key)));
        Assert.Equal(channels + 1, stage.Read(view => view.CountMemberships(ada.Key)));
        Assert.Equal(channels + 1, stage.Look(sql => sql.Number("select count(*) from event where kind = 8 and subject = $1", bob.Key.Value)));
        Assert.Equal("name of bob", Assert.Single(stage.History(room, ada)).Sender.Name);
        Assert.Equal(0, stage.Look(sql => sql.Number(
            """
            select (select count(*) from member where person = $1) + (select count(*) from moderator where person = $1)
                + (select count(*) from ban where person = $1) + (select count(*) from admin where person = $1)
                + (select count(*) from tag where resource like '%user/bob')
            """,
            bob.Key.Value)));
        var again = await stage.MakeUser(app, "bob");
        Assert.NotEqual(bob.Key, again.Key);
        Assert.Empty(stage.Read(view => view.ListMembershipKeys(again.Key)));
    }
}
