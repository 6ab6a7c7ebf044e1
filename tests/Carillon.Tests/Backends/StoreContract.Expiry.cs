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
}
