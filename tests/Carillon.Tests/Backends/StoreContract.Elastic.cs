using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private static readonly Quotas plenty = new(new Dictionary<string, long>
    {
        ["ElasticChannelsPerAppInstance"] = 100,
        ["SubChannelsPerChannel"] = 10_000,
        ["MembershipsPerSubChannel"] = 10_000,
    });

    private static async Task<Channel> MakeElastic(
        Stage stage, Person creator, string id, Elastic elastic, Quotas? quotas = null, Expiration? expiration = null)
    {
        var wish = new ChannelWish(id, id, ChannelMode.Restricted, ChannelPrivacy.Private, null, expiration, [], [], [])
        {
            Elastic = elastic,
        };
        await stage.Write(l => Channels.Create(
            l, quotas ?? plenty, new Repetition("make", ["elastic", id], []), creator.Address, creator.AppId, wish));
        return stage.Read(v => v.FindChannel(new(creator.AppId, id))!);
    }

    private static Task<Member> JoinElastic(Stage stage, Channel channel, Person bearer, Person who, SubChannel? sub = null) =>
        stage.Write(l => Memberships.Create(
            l, plenty, bearer.Address, channel.Address with { SubChannelId = sub?.Id }, who.Address, hidden: false));

    private static async Task<int> BalanceAll(Stage stage, int most = 1000)
    {
        var steps = 0;
        while (await stage.Write(Balancing.Step))
        {
            Assert.True(++steps <= most, "Balancing does not end.");
        }

        return steps;
    }

    private static IReadOnlyList<SubChannelCount> SubChannelsOf(Stage stage, Channel channel) =>
        stage.Read(v => v.ListSubChannels(channel.Key, 1000, null)).Items;

    private static long[] CountsOf(Stage stage, Channel channel) =>
        [.. SubChannelsOf(stage, channel).Select(s => s.Members)];

    private static async Task<List<Person>> Crowd(Stage stage, AppInstance app, int count)
    {
        await stage.Write(l => Enumerable.Range(0, count).Select(i => Users.Create(
            l, new Quotas(), new Repetition("crowd", [$"{i}"], []), Stage.Address(app, $"p{i}"), $"P{i}", null, null, [])).Count());
        return stage.Read(v => Enumerable.Range(0, count).Select(i => v.FindPerson(Stage.Address(app, $"p{i}"))!).ToList());
    }

    [Fact]
    public async Task An_elastic_channel_begins_with_one_sub_channel_and_its_creator_as_moderator_alone()
    {
        var stage = Begin();
        var (_, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(4, 3, 40));

        Assert.Equal(new Elastic(4, 3, 40), channel.Elastic);
        Assert.Equal([0L], CountsOf(stage, channel));
        Assert.Null(stage.Read(v => v.FindRoles(channel, ada.Key)).Hidden);
        Assert.True(stage.Read(v => v.FindRoles(channel, ada.Key)).Moderator);
        Assert.Equal(
            [typeof(ChannelCreated), typeof(ModeratorCreated), typeof(SubChannelCreated)],
            stage.Bus.All.OfType<ChannelEvent>().Select(e => e.GetType()));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_list_that_ended_at_an_elastic_channel_goes_on_when_that_is_gone()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var (bob, log) = (others[0], await MakeElastic(stage, ada, "big", new(4, 3, 40)));
        await JoinElastic(stage, log, ada, bob);
        var after = await stage.MakeChannel(ada, "after", bob);
        var first = stage.Read(v => v.ListMemberships(bob.Key, 1, null));

        await stage.Write(l => Channels.Delete(l, ada.Address, log.Address));
        while (await stage.Write(Purging.Step))
        {
        }

        Assert.Equal(log.Key, Assert.Single(first.Items).Channel.Root);
        Assert.Equal(
            after.Key, Assert.Single(stage.Read(v => v.ListMemberships(bob.Key, 1, first.Next)).Items).Channel.Key);
        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from sub_channel")));
    }

    [Theory]
    [InlineData(2, 500_001, Reason.InvalidInput)]
    [InlineData(101, 2, Reason.QuotaReached)]
    [InlineData(2, 1001, Reason.QuotaReached)]
    public async Task An_elastic_channel_is_not_made_larger_than_the_quotas(int most, int target, Reason reason)
    {
        var stage = Begin();
        var (_, ada, _) = await People(stage, "one");

        Assert.Equal(reason, await Refused(MakeElastic(stage, ada, "big", new(most, target, 10), new Quotas())));
        await MakeElastic(stage, ada, "ok", new(100, 1000, 10), new Quotas());
        Assert.Equal(Reason.QuotaReached, await Refused(MakeElastic(stage, ada, "second", new(2, 2, 10), new Quotas())));
    }

    [Fact]
    public async Task Joins_fill_what_there_is_then_divide_it_and_end_when_all_is_full()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(3, 4, 40));
        var crowd = await Crowd(stage, app, 13);
        var seen = new List<string>();
        foreach (var person in crowd[..12])
        {
            await JoinElastic(stage, channel, ada, person);
            seen.Add(string.Join(' ', CountsOf(stage, channel)));
            stage.Look(Checked);
        }

        Assert.Equal(
            ["1", "2", "3", "4", "2 3", "3 3", "4 3", "4 4", "4 2 3", "4 3 3", "4 4 3", "4 4 4"], seen);
        var before = stage.Look(Audit.Dump);
        Assert.Equal(Reason.QuotaReached, await Refused(JoinElastic(stage, channel, ada, crowd[12])));
        Assert.Equal(before, stage.Look(Audit.Dump));
    }

    [Fact]
    public async Task What_has_become_too_empty_is_merged_and_its_messages_go_with_it()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(3, 4, 40));
        var crowd = await Crowd(stage, app, 5);
        foreach (var person in crowd)
        {
            await JoinElastic(stage, channel, ada, person);
        }

        var first = SubChannelsOf(stage, channel)[0].Sub;
        await JoinElastic(stage, channel, ada, ada, first);
        var inFirst = stage.Read(v => v.ListMembers(first.Log, false, 10, null)).Items.Select(m => m.Person).Where(p => p != ada).ToList();
        var said = await stage.Send(channel with { Sub = first }, inFirst[0], "soon gone");
        Assert.NotNull(stage.Read(v => v.FindMessage(first.Log, said)));
        stage.Look(Checked);
        Assert.InRange(await BalanceAll(stage), 0, 1);
        Assert.Equal(0, await BalanceAll(stage));
        var told = stage.Bus.All.Count;

        await stage.Write(l => Memberships.Delete(l, inFirst[0].Address, channel.Address, inFirst[0].Address));
        Assert.InRange(await BalanceAll(stage), 1, 3);

        var events = stage.Bus.All.Skip(told).Cast<ChannelEvent>().ToList();
        Assert.Equal([typeof(MemberLeft), typeof(MemberMoved), typeof(MemberLeft), typeof(SubChannelDeleted)], events.Select(e => e.GetType()));
        Assert.Equal(inFirst[1], ((MemberMoved)events[1]).Member.Person);
        Assert.True(((MemberLeft)events[2]).WithSubChannel);
        Assert.Equal(ada, ((MemberLeft)events[2]).Member.Person);
        Assert.Null(stage.Read(v => v.FindSubChannel(channel.Key, first.Id)));
        Assert.Equal([4L], CountsOf(stage, channel));
        while (await stage.Write(Purging.Step))
        {
        }

        Assert.Null(stage.Read(v => v.FindMessage(first.Log, said)));
        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from message")));
        stage.Look(Checked);
    }

    [Fact]
    public async Task Large_transfers_go_in_slices_and_go_on_after_a_restart()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(3, 600, 40));
        var crowd = await Crowd(stage, app, 601);
        await stage.Write(l => crowd[..600].Select(p => Memberships.Create(l, plenty, ada.Address, channel.Address, p.Address, false)).Count());

        await JoinElastic(stage, channel, ada, crowd[600]);
        Assert.Equal([600L - Balancing.Slice, Balancing.Slice + 1], CountsOf(stage, channel));
        Assert.True(await stage.Write(Balancing.Step));
        stage = Restart(stage);
        Assert.InRange(await BalanceAll(stage), 2, 4);
        Assert.Equal([301L, 300], CountsOf(stage, channel).Order().Reverse());
        stage.Look(Checked);

        // 240 is the least: 239 are merged into 300, in three slices, and whoever joins meanwhile finds a place.
        var emptier = SubChannelsOf(stage, channel).MinBy(s => s.Members)!.Sub;
        var there = stage.Read(v => v.ListMembers(emptier.Log, false, 1000, null)).Items.Select(m => m.Person).ToList();
        await stage.Write(l =>
        {
            foreach (var person in there[..61])
            {
                Memberships.Delete(l, ada.Address, channel.Address, person.Address);
            }
        });
        Assert.True(await stage.Write(Balancing.Step));
        stage = Restart(stage);
        Assert.Equal([239L - Balancing.Slice, 301 + Balancing.Slice], CountsOf(stage, channel).Order());
        await JoinElastic(stage, channel, ada, there[0]);
        Assert.InRange(await BalanceAll(stage), 2, 5);
        Assert.Equal([541L], CountsOf(stage, channel));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_join_costs_the_same_however_many_are_there()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(300, 5, 40));
        var crowd = await Crowd(stage, app, 1400);
        async Task<long> Cost(Person person)
        {
            var before = stage.Database.Statements;
            await JoinElastic(stage, channel, ada, person);
            return stage.Database.Statements - before;
        }

        await JoinElastic(stage, channel, ada, crowd[0]);
        var first = await Cost(crowd[1]);
        await stage.Write(l => crowd[2..1398].Select(p => Memberships.Create(l, plenty, ada.Address, channel.Address, p.Address, false)).Count());
        await BalanceAll(stage);

        Assert.Equal(first, await Cost(crowd[1398]));
        Assert.InRange(first, 5, 25);
    }

    [Fact]
    public async Task A_merger_is_given_up_when_so_many_come_that_both_are_needed()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(2, 500, 40));
        var crowd = await Crowd(stage, app, 1000);
        Task Join(IEnumerable<Person> who) => stage.Write(l =>
        {
            foreach (var person in who)
            {
                Memberships.Create(l, plenty, ada.Address, channel.Address, person.Address, false);
            }
        });
        await Join(crowd[..501]);
        await BalanceAll(stage);
        var emptier = SubChannelsOf(stage, channel).MinBy(s => s.Members)!.Sub;
        var there = stage.Read(v => v.ListMembers(emptier.Log, false, 1000, null)).Items.Select(m => m.Person).ToList();
        await stage.Write(l => there[..60].ForEach(p => Memberships.Delete(l, ada.Address, channel.Address, p.Address)));
        Assert.True(await stage.Write(Balancing.Step));

        await Join([.. there[..60], .. crowd[501..]]);
        await BalanceAll(stage);

        Assert.Equal([500L, 500], CountsOf(stage, channel));
        Assert.DoesNotContain(stage.Bus.All, e => e is SubChannelDeleted);
        stage.Look(Checked);
    }

    [Fact]
    public async Task Moderators_are_where_they_chose_and_promotion_demotion_and_ban_end_every_membership()
    {
        var stage = Begin();
        var (app, ada, others) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(3, 2, 40));
        foreach (var person in await Crowd(stage, app, 3))
        {
            await JoinElastic(stage, channel, ada, person);
        }

        var subs = SubChannelsOf(stage, channel).Select(s => s.Sub).ToList();
        var bob = others[0];
        Assert.Equal(Reason.InvalidInput, await Refused(JoinElastic(stage, channel, ada, bob, subs[0])));
        Assert.Equal(Reason.InvalidInput, await Refused(JoinElastic(stage, channel, ada, ada)));
        var placed = await JoinElastic(stage, channel, ada, bob);
        Assert.Equal(Reason.MemberExists, await Refused(JoinElastic(stage, channel, ada, bob)));

        await stage.Write(l => Moderators.Create(l, plenty, ada.Address, channel.Address, bob.Address));
        Assert.Empty(stage.Read(v => v.FindMembers(channel.Key, bob.Key)));
        await JoinElastic(stage, channel, ada, bob, subs[1]);
        await JoinElastic(stage, channel, ada, bob, subs[0]);
        Assert.Equal(Reason.MemberExists, await Refused(JoinElastic(stage, channel, ada, bob, subs[0])));
        Assert.Equal(subs, stage.Read(v => v.FindMembers(channel.Key, bob.Key)).Select(m => m.Sub));
        Assert.Equal(subs.Select(s => s.Id), AllOf((size, after) => stage.Read(v => v.ListMemberships(bob.Key, size, after))).Select(m => m.Channel.Sub!.Id).Order().OrderBy(id => subs.FindIndex(s => s.Id == id)));
        Assert.Equal(2, stage.Read(v => v.CountMemberships(bob.Key)));
        Assert.Equal(4, AllOf((size, after) => stage.Read(v => v.ListElasticMembers(channel.Key, size, after))).Count);

        await stage.Write(l => Memberships.Delete(l, bob.Address, channel.Address with { SubChannelId = subs[0].Id }, bob.Address));
        Assert.Equal([subs[1]], stage.Read(v => v.FindMembers(channel.Key, bob.Key)).Select(m => m.Sub));
        await JoinElastic(stage, channel, ada, bob, subs[0]);
        await stage.Write(l => Moderators.Delete(l, ada.Address, channel.Address, bob.Address));
        Assert.Empty(stage.Read(v => v.FindMembers(channel.Key, bob.Key)));
        await JoinElastic(stage, channel, ada, bob);
        await stage.Write(l => Bans.Create(l, ada.Address, channel.Address, bob.Address));
        Assert.Empty(stage.Read(v => v.FindMembers(channel.Key, bob.Key)));
        Assert.Equal(0, stage.Read(v => v.CountMemberships(bob.Key)));
        Assert.NotNull(placed.Sub);
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_deleted_elastic_channel_goes_in_slices_with_all_its_parts_and_nothing_else_does()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var crowd = await Crowd(stage, app, 9);
        async Task Furnish(Channel channel)
        {
            foreach (var person in crowd)
            {
                await JoinElastic(stage, channel, ada, person);
            }

            foreach (var member in crowd.Select(p => stage.Read(v => v.FindMembers(channel.Key, p.Key))[0]))
            {
                await stage.Send(channel with { Sub = member.Sub }, member.Person, "hello");
            }
        }

        await Furnish(await MakeElastic(stage, ada, "stays", new(5, 3, 40)));
        await BalanceAll(stage);
        var before = stage.Look(Audit.Dump);
        var channel = await MakeElastic(stage, ada, "goes", new(5, 3, 40));
        await Furnish(channel);
        await stage.Write(l => Memberships.Delete(l, crowd[0].Address, channel.Address, crowd[0].Address));

        await stage.Write(l => Channels.Delete(l, ada.Address, channel.Address));
        Assert.False(await stage.Write(Balancing.Step));
        (stage, _) = await PurgeAll(stage);

        Assert.Equal(before, stage.Look(Audit.Dump));
    }

    [Fact]
    public async Task A_deleted_user_leaves_its_sub_channel_with_an_event_and_every_log_of_its_own_counts_from_one()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(stage, ada, "big", new(3, 2, 40));
        var crowd = await Crowd(stage, app, 3);
        foreach (var person in crowd)
        {
            await JoinElastic(stage, channel, ada, person);
        }

        var member = stage.Read(v => v.FindMembers(channel.Key, crowd[2].Key))[0];
        await stage.Write(l => Users.Delete(l, crowd[2].Address));

        var left = Assert.IsType<MemberLeft>(stage.Bus.All[^1]);
        Assert.Equal((member.Channel, member.Sub), (left.Channel.Key, left.Channel.Sub));
        Assert.All(
            stage.Bus.All.OfType<ChannelEvent>().GroupBy(e => e.Channel.Key),
            log => Assert.Equal(Enumerable.Range(1, log.Count()).Select(i => (long)i), log.Select(e => e.Sequence)));
        stage.Look(Checked);
    }

    [Fact]
    public async Task An_elastic_channel_that_counts_from_its_last_message_hears_those_of_its_parts()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await MakeElastic(
            stage, ada, "big", new(3, 2, 40), expiration: new(3, ExpirationCriterion.LastMessageTimestamp));
        var bob = (await Crowd(stage, app, 1))[0];
        var member = await JoinElastic(stage, channel, ada, bob);
        stage.Clock.Pass(TimeSpan.FromDays(2));
        await stage.Send(channel with { Sub = member.Sub }, bob, "still here", target: bob);

        stage.Clock.Pass(TimeSpan.FromDays(1));
        await ExpireAll(stage);
        Assert.NotNull(Find(stage, ada, "big"));
        stage.Clock.Pass(TimeSpan.FromDays(2));
        await ExpireAll(stage);
        Assert.Null(Find(stage, ada, "big"));
    }

    /// <summary>Something done to an elastic channel. The numbers choose who and where.</summary>
    internal sealed record Move(Doing Doing, int Who, int Where);

    internal enum Doing
    {
        Join, JoinMany, Leave, LeaveMany, Say, Promote, Demote, Ban, Unban, ModeratorJoins, ModeratorLeaves, Sweep,
    }

    private static readonly Gen<Move> oneMove =
        from doing in Gen.Frequency(
            (6, Gen.Constant(Doing.Join)), (6, Gen.Constant(Doing.Leave)), (4, Gen.Constant(Doing.Sweep)),
            (5, Gen.Elements(Enum.GetValues<Doing>())))
        from who in Gen.Choose(0, 13)
        from @where in Gen.Choose(0, 5)
        select new Move(doing, who, @where);

    [Fact]
    public void Whatever_comes_and_goes_every_member_is_in_one_place_and_the_events_tell_which() =>
        Prop.ForAll(
                (from target in Gen.Choose(2, 5)
                 from most in Gen.Choose(2, 4)
                 from least in Gen.Choose(1, 40)
                 from moves in oneMove.ArrayOf(60)
                 select (new Elastic(most, target, least), moves)).ToArbitrary(),
                t => Play(t.Item1, t.moves).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private async Task<bool> Play(Elastic elastic, Move[] moves)
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var ada = await stage.MakeUser(app, "ada");
        await stage.Write(l => l.AddAdmin(app.Key, ada));
        var crowd = await Crowd(stage, app, 14);
        var channel = await MakeElastic(stage, ada, "big", elastic);
        foreach (var move in moves)
        {
            try
            {
                await Do(stage, channel, ada, crowd, move);
            }
            catch (Refusal)
            {
                // Many of these cannot succeed; what counts is what they leave behind.
            }

            Consistent(stage, channel, crowd);
        }

        await BalanceAll(stage, most: 50);
        Consistent(stage, channel, crowd);
        stage.Look(Checked);
        var kept = stage.Bus.All.OfType<ChannelEvent>().Where(e => e.Sequence > 0).Select(Audit.EntryOf).ToList();
        Assert.Equal(stage.Look(Audit.Log), kept);

        // At rest nothing is left that a merger could better.
        var placed = stage.Look(sql => sql.Query(
            "select placed from sub_channel where deleted is null order by placed", static r => r.Integer(0)));
        Assert.False(placed.Count > 1 && placed[0] < elastic.Least && placed[0] + placed[1] <= elastic.Target - (elastic.Target / 10));
        return true;
    }

    private static Task Do(Stage stage, Channel channel, Person ada, List<Person> crowd, Move move)
    {
        var who = crowd[move.Who];
        var subs = SubChannelsOf(stage, channel);
        var sub = subs[move.Where % subs.Count].Sub;
        Task Each(IEnumerable<Person> people, Action<ILedger, Person> act) => stage.Write(l =>
        {
            foreach (var person in people)
            {
                act(l, person);
            }
        });
        return move.Doing switch
        {
            Doing.Join => JoinElastic(stage, channel, ada, who),
            Doing.JoinMany => stage.Write(l => Memberships.CreateBatch(
                l, plenty, ada.Address, channel.Address, [.. crowd.Skip(move.Who).Select(p => p.Address)], false, out _)),
            Doing.Leave => Each([who], (l, p) => Memberships.Delete(l, p.Address, channel.Address, p.Address)),
            Doing.LeaveMany => Each(crowd.Take(move.Who), (l, p) => Memberships.Delete(l, ada.Address, channel.Address, p.Address)),
            Doing.Say => stage.Send(
                channel with { Sub = stage.Read(v => v.FindMembers(channel.Key, who.Key)) is [var first, ..] ? first.Sub : sub },
                who, "hello"),
            Doing.Promote => Each([who], (l, p) => Moderators.Create(l, plenty, ada.Address, channel.Address, p.Address)),
            Doing.Demote => Each([who], (l, p) => Moderators.Delete(l, ada.Address, channel.Address, p.Address)),
            Doing.Ban => Each([who], (l, p) => Bans.Create(l, ada.Address, channel.Address, p.Address)),
            Doing.Unban => Each([who], (l, p) => Bans.Delete(l, ada.Address, channel.Address, p.Address)),
            Doing.ModeratorJoins => JoinElastic(stage, channel, ada, who, sub),
            Doing.ModeratorLeaves => stage.Write(l =>
                Memberships.Delete(l, who.Address, channel.Address with { SubChannelId = sub.Id }, who.Address)),
            _ => stage.Write(Balancing.Step),
        };
    }

    private static void Consistent(Stage stage, Channel channel, List<Person> crowd)
    {
        // The events alone, from nothing.
        var rosters = new Dictionary<string, SortedSet<long>>();
        foreach (var happened in stage.Bus.All)
        {
            switch (happened)
            {
                case SubChannelCreated e:
                    rosters.Add(e.Made.Id, []);
                    break;
                case SubChannelDeleted e:
                    Assert.Empty(rosters[e.Gone.Id]);
                    rosters.Remove(e.Gone.Id);
                    break;
                case MemberJoined e:
                    Assert.True(rosters[e.Channel.Sub!.Id].Add(e.Member.Person.Key.Value));
                    break;
                case MemberLeft e:
                    Assert.True(rosters[e.Channel.Sub!.Id].Remove(e.Member.Person.Key.Value));
                    break;
                case MemberMoved e:
                    Assert.True(rosters[e.From.Id].Remove(e.Member.Person.Key.Value));
                    Assert.True(rosters[e.Member.Sub!.Id].Add(e.Member.Person.Key.Value));
                    break;
            }
        }

        var subs = SubChannelsOf(stage, channel);
        Assert.InRange(subs.Count, 1, channel.Elastic!.MostSubChannels);
        Assert.Equal(
            subs.OrderBy(s => s.Sub.Id, StringComparer.Ordinal).Select(s => (s.Sub.Id, string.Join(' ', stage.Read(v => v.ListMembers(s.Sub.Log, false, 100, null)).Items.Select(m => m.Person.Key.Value)))),
            rosters.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, string.Join(' ', r.Value))));
        Assert.All(subs, s => Assert.Equal(s.Members, rosters[s.Sub.Id].Count));
        foreach (var person in crowd)
        {
            var roles = stage.Read(v => v.FindRoles(channel, person.Key));
            var places = rosters.Count(r => r.Value.Contains(person.Key.Value));
            Assert.True(roles.Moderator || places <= 1);
            Assert.Equal(places > 0, roles.Member);
            Assert.False(roles.Banned && roles.Member);
        }

        Assert.Equal(0, stage.Look(sql => sql.Number(
            "select count(*) from sub_channel where deleted is null and placed > $1", channel.Elastic.Target)));
        stage.Look(Checked);
    }
}
