using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    [Fact]
    public async Task App_instances_are_made_found_changed_listed_counted_and_deleted()
    {
        var stage = Begin();
        var one = await stage.Write(l => l.AddApp("id-1", "one", "meta"));
        var two = await stage.Write(l => l.AddApp("id-2", "two", null));
        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        var changed = await stage.Write(l => l.UpdateApp(one, "one!", null));

        Assert.Equal("meta", one.Metadata);
        Assert.Equal(changed, stage.Read(v => v.FindApp("id-1")));
        Assert.True(changed.Updated > changed.Created);
        Assert.Equal([changed, two], AllOf((size, after) => stage.Read(v => v.ListApps(size, after))));
        Assert.Equal(2, stage.Read(v => v.CountApps()));
        await stage.Write(l => l.DeleteApp(one.Key));
        Assert.Null(stage.Read(v => v.FindApp("id-1")));
        Assert.Equal([two], stage.Read(v => v.ListApps(10, null)).Items);
        Assert.Equal(1, stage.Read(v => v.CountApps()));
        Assert.NotEqual(one.Key, (await stage.Write(l => l.AddApp("id-1", "again", null))).Key);
    }

    [Fact]
    public async Task Users_are_made_found_changed_listed_and_counted_apart_from_bots()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var other = await stage.MakeApp();
        var expiration = new Expiration(30, ExpirationCriterion.CreatedTimestamp);
        var ada = await stage.Write(l => l.AddUser(app, PersonKind.User, "ada", "Ada", "meta", expiration));
        var bot = await stage.Write(l => l.AddUser(app, PersonKind.Bot, "ada", "Robot", null, null));
        var away = await stage.Write(l => l.AddUser(other, PersonKind.User, "ada", "Ada of another", null, null));
        var changed = await stage.Write(l => l.UpdateUser(ada, "Ada L.", null));

        Assert.Equal(expiration, ada.Expiration);
        Assert.Equal(changed, stage.Read(v => v.FindUser(ada.Person.Address)));
        Assert.Equal(changed.Person, stage.Read(v => v.FindPerson(ada.Person.Address)));
        Assert.Equal(bot.Person, stage.Read(v => v.FindPerson(bot.Person.Address)));
        Assert.Equal(away, stage.Read(v => v.FindUser(away.Person.Address)));
        Assert.Equal([changed], stage.Read(v => v.ListUsers(app.Key, 10, null)).Items);
        Assert.Equal(1, stage.Read(v => v.CountUsers(app.Key)));
        var more = new List<AppUser> { changed };
        for (var i = 0; i < 7; i++)
        {
            more.Add(await stage.Write(l => l.AddUser(app, PersonKind.User, $"u{i}", $"{i}", null, null)));
        }

        Assert.Equal(more, AllOf((size, after) => stage.Read(v => v.ListUsers(app.Key, size, after))));
        stage.Look(Checked);
    }

    [Fact]
    public async Task Administrators_come_and_go()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        var people = new List<Person>();
        for (var i = 0; i < 7; i++)
        {
            people.Add(await stage.MakeUser(app, $"u{i}"));
        }

        var admins = await stage.Write(l => people.Select(p => l.AddAdmin(app.Key, p)).ToList());

        Assert.Equal(admins[3], stage.Read(v => v.FindAdmin(app.Key, people[3].Key)));
        Assert.Equal(admins, AllOf((size, after) => stage.Read(v => v.ListAdmins(app.Key, size, after))));
        Assert.True(await stage.Write(l => l.DeleteAdmin(app.Key, people[3].Key)));
        Assert.False(await stage.Write(l => l.DeleteAdmin(app.Key, people[3].Key)));
        Assert.Null(stage.Read(v => v.FindAdmin(app.Key, people[3].Key)));
        Assert.Equal(6, stage.Read(v => v.CountAdmins(app.Key)));
        stage.Look(Checked);
    }

    [Fact]
    public async Task Channels_are_made_found_changed_and_listed_by_privacy()
    {
        var stage = Begin();
        var (_, ada, _) = await People(stage, "one");
        var app = stage.Read(v => v.FindApp(ada.AppId)!);
        var expiration = new Expiration(5475, ExpirationCriterion.LastMessageTimestamp);
        Channel Make(ILedger l, string id, ChannelPrivacy privacy) =>
            l.AddChannel(new(app, id, "n " + id, ChannelMode.Restricted, privacy, "m", ada, expiration));
        var open = await stage.Write(l => Enumerable.Range(0, 7).Select(i => Make(l, $"o{i}", ChannelPrivacy.Public)).ToList());
        var closed = await stage.Write(l => Make(l, "closed", ChannelPrivacy.Private));
        var changed = await stage.Write(l => l.UpdateChannel(closed, "new", ChannelMode.Unrestricted, null));

        Assert.Equal(open[0], stage.Read(v => v.FindChannel(open[0].Address)));
        Assert.Equal(changed, stage.Read(v => v.FindChannel(closed.Address)));
        Assert.Equal(open, AllOf((size, after) => stage.Read(v => v.ListChannels(app.Key, ChannelPrivacy.Public, new(1), size, after))));
        Assert.Equal([changed], stage.Read(v => v.ListChannels(app.Key, ChannelPrivacy.Private, new(1), 10, null)).Items);
        Assert.Equal(8, stage.Read(v => v.CountChannels(app.Key)));
        stage.Look(Checked);
    }

    [Fact]
    public async Task Members_moderators_and_bans_are_kept_apart_and_paged()
    {
        var stage = Begin();
        var (app, ada, _) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room");
        var people = new List<Person>();
        for (var i = 0; i < 7; i++)
        {
            people.Add(await stage.MakeUser(app, $"p{i}"));
        }

        var (members, hidden, moderators, bans) = await stage.Write(l => (
            people.Take(5).Select(p => l.AddMember(channel, p, false, ada)).ToList(),
            l.AddMember(channel, people[5], true, ada),
            people.Select(p => l.AddModerator(channel.Key, p, ada)).ToList(),
            people.Select(p => l.AddBan(channel.Key, p, ada)).ToList()));

        var founder = stage.Read(v => v.FindMember(channel.Key, ada.Key))!;
        Assert.Equal([founder, .. members], AllOf((s, a) => stage.Read(v => v.ListMembers(channel.Key, false, s, a))));
        Assert.Equal([hidden], stage.Read(v => v.ListMembers(channel.Key, true, 10, null)).Items);
        var self = stage.Read(v => v.FindModerator(channel.Key, ada.Key))!;
        Assert.Equal([self, .. moderators], AllOf((s, a) => stage.Read(v => v.ListModerators(channel.Key, s, a))));
        Assert.Equal(bans, AllOf((s, a) => stage.Read(v => v.ListBans(channel.Key, s, a))));
        Assert.Equal(bans[6], stage.Read(v => v.FindBan(channel.Key, people[6].Key)));
        Assert.Equal((7, 8), stage.Read(v => (v.CountMembers(channel.Key), v.CountModerators(channel.Key))));
        Assert.Equal(new(false, true, true, true), stage.Read(v => v.FindRoles(channel, people[5].Key)));
        Assert.Equal(new(false, true, null, true), stage.Read(v => v.FindRoles(channel, people[6].Key)));

        Assert.True(await stage.Write(l => l.DeleteModerator(channel.Key, people[0].Key)));
        Assert.False(await stage.Write(l => l.DeleteModerator(channel.Key, people[0].Key)));
        Assert.True(await stage.Write(l => l.DeleteBan(channel.Key, people[0].Key)));
        Assert.False(await stage.Write(l => l.DeleteBan(channel.Key, people[0].Key)));
        await stage.Write(l => l.DeleteMember(channel.Key, people[0].Key));
        await stage.Write(l => l.DeleteMember(channel.Key, people[0].Key));
        Assert.Null(stage.Read(v => v.FindMember(channel.Key, people[0].Key)));
        Assert.Equal(new(false, false, null, false), stage.Read(v => v.FindRoles(channel, people[0].Key)));
    }

    [Fact]
    public async Task Counters_answer_within_the_change_that_moves_them()
    {
        var (stage, channel, ada) = await Room(Begin());
        var bob = await stage.MakeUser(stage.Read(v => v.FindApp(ada.AppId)!), "bob");

        var seen = await stage.Write(l =>
        {
            l.AddMember(channel, bob, false, ada);
            l.AddModerator(channel.Key, bob, ada);
            return (l.CountMembers(channel.Key), l.CountModerators(channel.Key), l.CountMemberships(bob.Key));
        });

        Assert.Equal((2, 2, 1), seen);
    }

    [Fact]
    public async Task Memberships_are_listed_by_channel_and_by_what_was_said_last()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var bob = others[0];
        var channels = new List<Channel>();
        for (var i = 0; i < 7; i++)
        {
            channels.Add(await stage.MakeChannel(ada, $"c{i}", bob));
        }

        foreach (var i in new[] { 4, 1, 6 })
        {
            stage.Clock.Pass(TimeSpan.FromSeconds(1));
            await stage.Send(channels[i], ada, "hello");
        }

        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        await stage.Send(channels[0], ada, "for me alone", target: ada);
        var keys = channels.Select(c => c.Key).ToList();

        Assert.Equal(keys, AllOf((s, a) => stage.Read(v => v.ListMemberships(bob.Key, s, a))).Select(m => m.Channel.Key));
        Assert.Equal(keys.Select(k => new HeardLog(k, k)), stage.Read(v => v.ListMembershipKeys(bob.Key)));
        foreach (var unreadFirst in new[] { true, false })
        {
            Assert.Equal(
                [keys[6], keys[1], keys[4], keys[0]],
                stage.Read(v => v.ListLatestMemberships(bob.Key, unreadFirst, 4)).Select(m => m.Channel.Key));
        }

        Assert.Null(stage.Read(v => v.FindMembership(keys[0], bob.Key))!.Channel.LastMessage);
        await stage.Write(l => Channels.Delete(l, ada.Address, channels[2].Address));
        Assert.DoesNotContain(keys[2], stage.Read(v => v.ListMembershipKeys(bob.Key)).Select(l => l.Log));
        Assert.Equal(6, stage.Read(v => v.ListMemberships(bob.Key, 10, null)).Items.Count);
    }

    [Fact]
    public async Task A_message_is_edited_redacted_and_deleted_where_it_stands()
    {
        var (stage, channel, ada) = await Room(Begin());
        await stage.Write(l => l.AddAdmin(ada.App, ada));
        var id = await stage.Send(channel, ada, "first");
        await stage.Send(channel, ada, "second");
        var sent = stage.Read(v => v.FindMessage(channel.Key, id))!;

        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        var edited = await stage.Write(l => Editing.Update(l, ada.Address, channel.Address, id, "edited", "meta", "text/plain"));
        Assert.Equal(edited, stage.Read(v => v.FindMessage(channel.Key, id)));
        Assert.Equal((sent.Sequence, sent.Created, "edited", "meta"), (edited.Sequence, edited.Created, edited.Content, edited.Metadata));
        Assert.True(edited.Edited > sent.Created);

        await stage.Write(l => Editing.Redact(l, ada.Address, channel.Address, id));
        var redacted = stage.History(channel, ada)[0];
        Assert.Equal((id, true), (redacted.Id, redacted.Redacted));
        Assert.True(redacted.Content is null && redacted.Metadata is null && redacted.ContentType is null);

        await stage.Write(l => Editing.Delete(l, ada.Address, channel.Address, id));
        Assert.Equal(["second"], stage.History(channel, ada).Select(m => m.Content));
        Assert.Null(stage.Read(v => v.FindMessage(channel.Key, id)));
        stage.Look(Checked);
    }

    [Fact]
    public async Task Roles_and_their_policies_are_kept()
    {
        var stage = Begin();
        var roles = await stage.Write(l => Enumerable.Range(0, 7).Select(i => l.AddRole(
            $"AROA{i}", $"Role{i}", i % 2 == 0 ? "/even/" : "/", "{}", null, TimeSpan.FromHours(1), [new Tag("k", $"{i}")])).ToList());

        // Lists of tags are compared by what they hold.
        Assert.Equivalent(roles[2], stage.Read(v => v.FindRole("ROLE2")), strict: true);
        Assert.Equal(["Role0", "Role2", "Role4", "Role6"], AllOf((s, a) => stage.Read(v => v.ListRoles("/even/", s, a))).Select(r => r.Name));
        Assert.Equal(7, stage.Read(v => v.CountRoles()));

        var changed = roles[2] with { Trust = "{1}", Description = "d", LongestSession = TimeSpan.FromHours(12), Tags = [] };
        await stage.Write(l => l.UpdateRole(changed));
        Assert.Equivalent(changed, stage.Read(v => v.FindRole("role2")), strict: true);
        await stage.Write(l => l.PutRolePolicy(roles[2].Key, new("b", "{}")));
        await stage.Write(l => l.PutRolePolicy(roles[2].Key, new("a", "{}")));
        await stage.Write(l => l.PutRolePolicy(roles[2].Key, new("b", "{2}")));
        Assert.Equal([new("a", "{}"), new("b", "{2}")], stage.Read(v => v.ListRolePolicies(roles[2].Key)));
        Assert.True(await stage.Write(l => l.DeleteRolePolicy(roles[2].Key, "a")));
        Assert.False(await stage.Write(l => l.DeleteRolePolicy(roles[2].Key, "a")));
        await stage.Write(l => l.DeleteRole(roles[2].Key));
        Assert.Null(stage.Read(v => v.FindRole("role2")));
        Assert.Empty(stage.Read(v => v.ListRolePolicies(roles[2].Key)));
    }

    [Fact]
    public async Task Tags_of_one_name_take_the_last_value()
    {
        var stage = Begin();
        await stage.Write(l => l.AddTags("thing", [new("k", "1"), new("k", "2"), new("", "é😀")]));

        Assert.Equal(["=é😀", "k=2"], stage.Look(sql => sql.Query(
            "select name || '=' || value from tag where resource = 'thing' order by 1", static r => r.Text(0))));
    }

    [Fact]
    public async Task Ids_that_are_nobodys_find_nothing()
    {
        var (stage, channel, ada) = await Room(Begin());
        var id = await stage.Send(channel, ada, "hello");
        var (noApp, noUser, noChannel) = (new AppKey(9999), new UserKey(9999), new ChannelKey(9999));

        stage.Read(v =>
        {
            Assert.Null(v.FindApp("nobody"));
            Assert.Null(v.FindPerson(new(ada.AppId, PersonKind.User, "nobody")));
            Assert.Null(v.FindPerson(new("nobody", PersonKind.User, ada.Id)));
            Assert.Null(v.FindPerson(ada.Address with { Kind = PersonKind.Bot }));
            Assert.Null(v.FindUser(new(ada.AppId, PersonKind.User, "ADA")));
            Assert.Null(v.FindChannel(new(ada.AppId, "nobody")));
            Assert.Null(v.FindAdmin(noApp, ada.Key));
            Assert.Null(v.FindMember(noChannel, ada.Key));
            Assert.Null(v.FindMember(channel.Key, noUser));
            Assert.Null(v.FindMembership(noChannel, ada.Key));
            Assert.Null(v.FindModerator(channel.Key, noUser));
            Assert.Null(v.FindBan(channel.Key, ada.Key));
            Assert.Null(v.FindRole("nobody"));
            Assert.All(
                new[] { "", "nobody", new string('0', 32), new string('g', 32), id.ToUpperInvariant(), id[..31], id + "0" },
                strange => Assert.Null(v.FindMessage(channel.Key, strange)));
            Assert.Null(v.FindMessage(noChannel, id));
            Assert.Empty(v.ListMessages(noChannel, ada.Key, new(true, new(5), new(9)), 10, null).Items);
            Assert.Empty(v.ListUsers(noApp, 10, null).Items);
            Assert.Empty(v.ListChannels(noApp, ChannelPrivacy.Public, new(1), 10, null).Items);
            Assert.Empty(v.ListMembers(noChannel, false, 10, null).Items);
            Assert.Empty(v.ListMemberships(noUser, 10, null).Items);
            Assert.Empty(v.ListLatestMemberships(noUser, true, 10));
            Assert.Empty(v.ListMembershipKeys(noUser));
            Assert.Empty(v.ListLatestChannels(noApp, ChannelPrivacy.Public, ada.Key, 10, null).Items);
            Assert.Empty(v.ListMembershipsByLatest(noUser, 10, null).Items);
            Assert.Empty(v.ListModerated(noUser, ada.Key, 10, null).Items);
            Assert.Empty(v.ListChannelsOf(noUser, true, 0, 10));
            Assert.False(v.IsMember(channel.Key, noUser, true));
            Assert.Null(v.FindSeenChannel(noChannel, ada.Key));
            Assert.Empty(v.ListStreaming(noApp));
            Assert.Equal(new(0, 0, 0), v.Count(noApp));
            Assert.Equal(new(0, 0, 0), v.Count(noChannel));
            Assert.Equal(0, v.CountUsers(noApp) + v.CountChannels(noApp) + v.CountAdmins(noApp));
            Assert.Equal(0, v.CountMembers(noChannel) + v.CountModerators(noChannel) + v.CountMemberships(noUser));
            return 0;
        });
    }

    /// <summary>Walks a list in pages of three.</summary>
    private static List<T> AllOf<T>(Func<int, long?, Page<T>> list)
    {
        var all = new List<T>();
        long? after = null;
        do
        {
            var page = list(3, after);
            Assert.InRange(page.Items.Count, 0, 3);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }
}
