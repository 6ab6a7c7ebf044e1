using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Streaming;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private static Page<Channel> Latest(Stage stage, Person reader, int size, long? after) =>
        stage.Read(v => v.ListLatestChannels(reader.App, ChannelPrivacy.Public, reader.Key, size, after));

    [Fact]
    public async Task Channels_are_listed_by_the_last_message_for_all_and_a_silent_one_by_its_creation()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var bob = others[0];
        var channels = new List<Channel>();
        for (var i = 0; i < 7; i++)
        {
            channels.Add(await stage.MakeChannel(ada, $"c{i}", bob));
        }

        // All of one moment: places order what times cannot.
        await stage.Send(channels[4], ada, "hello");
        await stage.Send(channels[1], ada, "hello");
        await stage.Send(channels[0], bob, "for ada alone", target: ada);
        int[] expected = [1, 4, 6, 5, 3, 2, 0];

        Assert.Equal(
            expected.Select(i => channels[i].Key), AllOf((s, a) => Latest(stage, bob, s, a)).Select(c => c.Key));
        Assert.NotNull(Latest(stage, bob, 10, null).Items[^1].LastMessage);
        stage.Look(Checked);

        // A deletion of the channel takes it out at once, before anything is purged.
        await stage.Write(l => Channels.Delete(l, ada.Address, channels[4].Address));
        Assert.Equal(
            expected.Where(i => i != 4).Select(i => channels[i].Key), AllOf((s, a) => Latest(stage, bob, s, a)).Select(c => c.Key));
        Assert.Equal(6, stage.Read(v => v.ListMembershipsByLatest(bob.Key, 10, null)).Items.Count);
    }

    [Fact]
    public async Task A_page_by_the_last_message_never_repeats_a_channel_while_messages_arrive()
    {
        var stage = Begin();
        var (_, ada, _) = await People(stage, "one");
        var channels = new List<Channel>();
        for (var i = 0; i < 9; i++)
        {
            channels.Add(await stage.MakeChannel(ada, $"c{i}"));
        }

        var spoken = new HashSet<ChannelKey>();
        foreach (var mine in new[] { true, false })
        {
            spoken.Clear();
            var seen = new List<ChannelKey>();
            long? after = null;
            var next = 0;
            do
            {
                var (items, token) = mine
                    ? stage.Read(v => v.ListMembershipsByLatest(ada.Key, 2, after)) is var a ? (a.Items.Select(m => m.Channel.Key), a.Next) : default
                    : Latest(stage, ada, 2, after) is var b ? (b.Items.Select(c => c.Key), b.Next) : default;
                seen.AddRange(items);
                after = token;
                var channel = channels[next++ * 2 % channels.Count];
                spoken.Add(channel.Key);
                await stage.Send(channel, ada, "meanwhile");
            }
            while (after is not null);

            Assert.Equal(seen.Distinct(), seen);
            Assert.Empty(channels.Select(c => c.Key).Except(seen).Except(spoken));
        }
    }

    [Fact]
    public async Task Memberships_are_listed_by_the_last_message_that_their_user_may_see()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var bob = others[0];
        var channels = new List<Channel>();
        for (var i = 0; i < 7; i++)
        {
            channels.Add(await stage.MakeChannel(ada, $"c{i}", bob, others[1]));
        }

        await stage.Send(channels[4], ada, "hello");
        await stage.Send(channels[0], ada, "for bob alone", target: bob);
        await stage.Send(channels[2], ada, "for another", target: others[1]);
        IEnumerable<ChannelKey> Of(Person user) =>
            AllOf((s, a) => stage.Read(v => v.ListMembershipsByLatest(user.Key, s, a))).Select(m => m.Channel.Key);
        IEnumerable<ChannelKey> Keys(params int[] order) => order.Select(i => channels[i].Key);

        Assert.Equal(Keys(0, 4, 6, 5, 3, 2, 1), Of(bob));
        Assert.Equal(Keys(2, 4, 6, 5, 3, 1, 0), Of(others[1]));
        Assert.Equal(Keys(2, 0, 4, 6, 5, 3, 1), Of(ada));
        stage = Restart(stage);
        Assert.Equal(Keys(0, 4, 6, 5, 3, 2, 1), Of(bob));
    }

    [Fact]
    public async Task What_there_is_in_a_channel_is_counted_without_what_only_two_can_see()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        await stage.Write(l => l.AddAdmin(ada.App, ada));
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        await stage.Join(channel, ada, others[1], hidden: true);
        var one = await stage.Send(channel, ada, "one");
        var two = await stage.Send(channel, ada, "two");
        var aside = await stage.Send(channel, ada, "aside", target: others[0]);

        Assert.Equal(new(2, 1, 2), stage.Read(v => v.Count(channel.Key)));
        await stage.Write(l => Editing.Redact(l, ada.Address, channel.Address, one));
        Assert.Equal(new(2, 1, 2), stage.Read(v => v.Count(channel.Key)));
        await stage.Write(l => Editing.Delete(l, ada.Address, channel.Address, aside));
        Assert.Equal(new(2, 1, 2), stage.Read(v => v.Count(channel.Key)));
        await stage.Write(l => Editing.Delete(l, ada.Address, channel.Address, two));
        await stage.Write(l => Memberships.Delete(l, ada.Address, channel.Address, others[1].Address));
        Assert.Equal(new(2, 0, 1), stage.Read(v => v.Count(channel.Key)));
        stage.Look(Checked);
        stage = Restart(stage);
        Assert.Equal(new(2, 0, 1), stage.Read(v => v.Count(channel.Key)));
    }

    [Fact]
    public async Task Bots_are_counted_beside_users()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var bots = await stage.Write(l =>
            Enumerable.Range(0, 3).Select(i => l.AddUser(app, PersonKind.Bot, $"b{i}", "Robot", null, null)).ToList());
        var ada = await stage.MakeUser(app, "ada");
        await stage.MakeChannel(ada, "room");

        Assert.Equal(new(1, 3, 1), stage.Read(v => v.Count(app.Key)));
        await stage.Write(l => l.DeleteUser(bots[0].Person));
        Assert.Equal(new(1, 2, 1), stage.Read(v => v.Count(app.Key)));
        await stage.Write(l => l.DeleteUser(ada));
        Assert.Equal(new(0, 2, 1), stage.Read(v => v.Count(app.Key)));
        stage.Look(Checked);
    }

    [Fact]
    public async Task A_read_marker_is_the_time_of_the_change_and_the_member_s_own()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var bob = others[0];
        var channel = await stage.MakeChannel(ada, "room", bob);
        var silent = await stage.MakeChannel(ada, "silent", bob);
        await stage.Send(channel, ada, "hello");
        await stage.Send(silent, ada, "before");
        await stage.Send(silent, ada, "again");
        IEnumerable<ChannelKey> UnreadFirst() =>
            stage.Read(v => v.ListLatestMemberships(bob.Key, true, 10)).Select(m => m.Channel.Key);

        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        var now = await stage.Write(l =>
        {
            l.SetReadMarker(silent.Key, bob.Key);
            return l.Now;
        });

        Assert.Equal(now, stage.Read(v => v.FindMembership(silent.Key, bob.Key))!.ReadMarker);
        Assert.Null(stage.Read(v => v.FindMembership(silent.Key, ada.Key))!.ReadMarker);
        Assert.Equal([channel.Key, silent.Key], UnreadFirst());
        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        await stage.Send(silent, ada, "news");
        Assert.Equal([silent.Key, channel.Key], UnreadFirst());
    }

    [Fact]
    public async Task Streaming_configurations_are_replaced_and_go_with_their_app_instance()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var other = await stage.MakeApp();
        await MakeStream(stage, "a", encrypted: true);
        await MakeStream(stage, "b", encrypted: true);
        await MakeStream(stage, "c", encrypted: true);
        IReadOnlyList<StreamingConfiguration> both = [new(StreamedData.Channel, "a"), new(StreamedData.ChannelMessage, "b")];
        await stage.Write(l => StreamingConfigurations.Put(l, app.Id, [both[1], both[0]]));
        await stage.Write(l => StreamingConfigurations.Put(l, other.Id, [both[0]]));

        Assert.Equal(both, stage.Read(v => v.ListStreaming(app.Key)));
        await stage.Write(l => StreamingConfigurations.Put(l, app.Id, [new(StreamedData.ChannelMessage, "c")]));
        Assert.Equal([new(StreamedData.ChannelMessage, "c")], stage.Read(v => v.ListStreaming(app.Key)));
        await stage.Write(l => AppInstances.Delete(l, app.Id));
        while (await stage.Write(Purging.Step))
        {
        }

        Assert.Equal(1, stage.Look(sql => sql.Number("select count(*) from streaming_configuration")));
        await stage.Write(l => StreamingConfigurations.Delete(l, other.Id));
        Assert.Empty(stage.Read(v => v.ListStreaming(other.Key)));
    }

    [Fact]
    public async Task A_search_looks_at_so_many_memberships_and_leaves_the_rest_to_the_next_page()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var bob = others[0];
        var first = await stage.MakeChannel(ada, "first", bob);
        await stage.Write(l =>
        {
            for (var i = 0; i < Searching.MostLooks; i++)
            {
                // Two members each, so that only a look at the members tells that it is the wrong two.
                var channel = l.AddChannel(new(
                    l.FindApp(ada.AppId)!, $"c{i}", "n", ChannelMode.Restricted, ChannelPrivacy.Public, null, ada, null));
                l.AddMember(channel, ada, false, ada);
                l.AddMember(channel, others[1], false, ada);
            }
        });
        var last = ChannelKey(await stage.MakeChannel(ada, "last", bob));
        await stage.Write(l =>
        {
            // Bob is in as many, so that his list is no shorter way.
            for (var i = 0; i <= Searching.MostLooks; i++)
            {
                l.AddMember(first with { Key = new(1_000_000 + i) }, bob, false, ada);
            }
        });

        var found = new List<ChannelKey>();
        var pages = 0;
        long? after = null;
        do
        {
            var statements = stage.Database.Statements;
            var page = stage.Read(v => Searching.Search(v, ada.Address, [new(true, [ada.Address, bob.Address])], 50, after));
            Assert.InRange(stage.Database.Statements - statements, 0, Searching.MostLooks + 100);
            found.AddRange(page.Items.Select(c => c.Key));
            after = page.Next;
            pages++;
        }
        while (after is not null);

        Assert.Equal([ChannelKey(first), last], found);
        Assert.InRange(pages, 2, 4);

        static ChannelKey ChannelKey(Channel channel) => channel.Key;
    }
}
