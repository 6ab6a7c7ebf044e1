using System.Globalization;
using System.Text.RegularExpressions;
using Carillon.Backends.Sql;
using Carillon.Backends.Sqlite;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Xunit;

namespace Carillon.Tests.Backends;

public sealed partial class SqliteStoreTests : StoreContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-store-").FullName;
    private int _opened;

    private string File => Path.Combine(_folder, $"{_opened}.db");

    protected override SqlDatabase Open()
    {
        _opened++;
        return new SqliteDatabase(File);
    }

    protected override SqlDatabase Reopen() => new SqliteDatabase(File);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_folder, recursive: true);
    }

    // One row each, the head of a list that is read in the order of its key, and a page that a subquery has found.
    // Streams are counted when one is made, and a quota bounds their number.
    private static readonly string[] allowed =
    [
        "SCAN log_head", "SCAN q", "SCAN w", "SCAN CONSTANT ROW", "SCAN o",
        "SCAN data_stream USING INDEX data_stream_name", "SCAN stream_key USING INDEX stream_key_newest",
    ];

    [Fact]
    public async Task No_statement_of_the_daily_round_reads_a_whole_table()
    {
        var stage = Begin(pushing);
        await DailyRound(stage);

        var scans = stage.Look(sql => stage.Database.Seen
            .Where(text => !text.StartsWith("begin", StringComparison.Ordinal))
            .SelectMany(text => Plan(sql, text).Select(step => (step, text)))
            .Where(found => found.step.Contains("SCAN", StringComparison.Ordinal) && !allowed.Contains(found.step)).ToList());

        Assert.InRange(stage.Database.Seen.Count, 50, 1_000);
        Assert.Empty(scans);
    }

    /// <summary>A channel of 10,000 in which nobody has a device costs a push one look into an index.</summary>
    [Fact]
    public async Task The_recipients_of_a_push_come_in_order_out_of_an_index_of_those_who_may_have_devices()
    {
        var stage = Begin(pushing);
        await DailyRound(stage);

        var plan = stage.Look(sql => Plan(sql, stage.Database.Seen.Single(text => text.Contains("cross join endpoint e", StringComparison.Ordinal))));

        Assert.Contains(plan, step => step.StartsWith("SEARCH r USING PRIMARY KEY (channel=? AND person>? AND person<?)", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    private static List<string> Plan(SqlConnection sql, string text)
    {
        var most = Parameter().Matches(text).Select(m => int.Parse(m.ValueSpan[1..], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
        return sql.Query("explain query plan " + text, static row => row.Text(3), new SqlValue[most]);
    }

    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Parameter();

    /// <summary>What servers do all day, except for making app instances and roles.</summary>
    private static async Task DailyRound(Stage stage)
    {
        var app = await stage.Write(l => l.AddApp("id", "app", null));
        var (ada, bob) = (await stage.MakeUser(app, "ada", new Tag("a", "b")), await stage.MakeUser(app, "bob"));
        await stage.Write(l => AppInstances.AddAdmin(l, new Quotas(), app.Id, ada.Address));
        var bot = await MakeBot(stage, app, "helper");
        await stage.Write(l => Retention.Put(l, app.Id, 10));
        await MakeStream(stage, "stream", encrypted: true);
        await Configure(stage, app, "stream", "stream");
        var channel = await stage.MakeChannel(ada, "room", bob);
        await stage.Join(channel, ada, bot.Person);
        await stage.Send(channel, ada, "for the bot");
        var call = stage.Read(v => v.ListBotCalls(10)).Single();
        await stage.Write(l => l.PostponeBotCall(call, l.Now));
        await stage.Write(l => BotCalls.Answer(l, new(), l.FindQuestion(call)!, new("x", "y", null)));
        var id = await stage.Send(channel, bob, "hello", target: ada);
        await stage.Write(l => Editing.Update(l, bob.Address, channel.Address, id, "edited", null, null));
        await stage.Write(l => Editing.Redact(l, ada.Address, channel.Address, id));
        await stage.Write(l => Editing.Delete(l, ada.Address, channel.Address, id));
        await stage.Write(l => Bans.Create(l, ada.Address, channel.Address, bob.Address));
        await stage.Write(l => Bans.Delete(l, ada.Address, channel.Address, bob.Address));
        await stage.Join(channel, ada, bob);
        await stage.Write(l => Moderators.Create(l, new Quotas(), ada.Address, channel.Address, bob.Address));
        await stage.Write(l => Moderators.Delete(l, ada.Address, channel.Address, bob.Address));
        await stage.Write(l => Memberships.Delete(l, bob.Address, channel.Address, bob.Address));
        await stage.Write(l => Channels.Update(l, ada.Address, channel.Address, "new", null, null));
        await stage.Join(channel, ada, bob);
        await FlowRound(stage, app, ada, channel);
        await StreamRound(stage);
        stage.Read(v =>
        {
            v.ListMessages(channel.Key, ada.Key, new(true, new(0), new(long.MaxValue / 2)), 10, null);
            v.ListMessages(channel.Key, ada.Key, new(false, null, null), 10, 5);
            v.FindMessage(channel.Key, new string('0', 32));
            v.FindUser(ada.Address);
            v.FindMember(channel.Key, ada.Key);
            v.FindMembership(channel.Key, ada.Key);
            v.FindModerator(channel.Key, ada.Key);
            v.FindBan(channel.Key, ada.Key);
            v.FindRole("role");
            v.ListRolePolicies(new(1));
            v.ListUsers(app.Key, 10, null);
            v.FindBot(bot.Person.Address);
            v.ListBots(app.Key, 10, null);
            v.ListBotMembers(channel.Key);
            v.HasMembersBesides(channel.Key, ada.Key, 1);
            v.ListBotCalls(10);
            v.FindQuestion(new(1, bot.Person.Key, channel.Key, 1, 0));
            v.FindRetention(app.Key);
            foreach (var kind in Enum.GetValues<ResourceKind>())
            {
                v.Exists(new(kind, app.Id, "id"));
                v.ListTags(new ResourceAddress(kind, app.Id, "id").Path);
            }

            v.ListAdmins(app.Key, 10, null);
            v.ListChannels(app.Key, ChannelPrivacy.Public, new(1), 10, null);
            v.ListMembers(channel.Key, false, 10, null);
            v.ListModerators(channel.Key, 10, null);
            v.ListBans(channel.Key, 10, null);
            v.ListMemberships(ada.Key, 10, null);
            v.ListLatestMemberships(ada.Key, true, 10);
            v.ListMembershipKeys(ada.Key);
            v.CountElasticChannels(app.Key);
            v.ListLatestChannels(app.Key, ChannelPrivacy.Public, new(1), 10, null);
            v.ListMembershipsByLatest(ada.Key, 10, null);
            v.ListModerated(ada.Key, bob.Key, 10, null);
            v.ListStreaming(app.Key);
            v.Count(app.Key);
            v.Count(channel.Key);
            Searching.Search(v, ada.Address, [new(true, [ada.Address, bob.Address])], 10, null);
            Searching.Search(v, bob.Address, [new(false, [ada.Address])], 10, null);
            return v.LastPosition();
        });
        await DevicesOfTheDay(stage, channel, ada, bob);
        await ElasticRound(stage, app, ada, bob);
        await stage.Write(l => Tagging.Add(l, ResourceAddress.Of(bot.Person.Address), [new("k", "v")]));
        await stage.Write(l => Tagging.Remove(l, ResourceAddress.Of(bot.Person.Address), ["k"]));
        await stage.Write(l => Bots.Update(l, bot.Person.Address, "new", null, null));
        await stage.Write(l => Channels.SetExpiration(l, ada.Address, channel.Address, new(300, ExpirationCriterion.LastMessageTimestamp)));
        await stage.Write(l => Users.SetExpiration(l, bob.Address, new(300, ExpirationCriterion.CreatedTimestamp)));
        await stage.Write(Expiring.Step);
        await stage.Send(channel, bob, "old");
        stage.Clock.Pass(TimeSpan.FromDays(41));
        stage.History(channel, ada);
        await stage.Write(Retaining.Step);
        await stage.Write(Expiring.Step);
        await stage.Write(l => Bots.Delete(l, bot.Person.Address));
        await stage.Write(l => Memberships.MarkRead(l, bob.Address, channel.Address));
        await stage.Write(l => l.PutRelay(DataStreams.Find(l, "stream").Key, new(1, l.Now)));
        stage.Read(v => v.FindRelay(DataStreams.Find(v, "stream").Key));
        await stage.Write(l => DataStreams.Decrypt(l, "stream"));
        await stage.Write(l => StreamingConfigurations.Delete(l, app.Id));
        await stage.Write(l => Users.Delete(l, bob.Address));
        await stage.Write(l => Channels.Delete(l, ada.Address, channel.Address));
        while (await stage.Write(Purging.Step))
        {
        }

        await stage.Write(l => AppInstances.Delete(l, app.Id));
        while (await stage.Write(Purging.Step))
        {
        }
    }

    private static async Task DevicesOfTheDay(Stage stage, Channel channel, Person ada, Person bob)
    {
        var device = await Register(stage, bob, Device("t"));
        await Register(stage, bob, Device("t"));
        await stage.Write(l => Endpoints.Update(l, bob.Address, device, "name", true));
        await Prefer(stage, channel, bob, new(Notifications.All, null));
        stage.Read(v => Preferences.Get(v, bob.Address, channel.Address, bob.Address));
        stage.Read(v => Endpoints.List(v, bob.Address, 10, null));
        await Push(stage, channel, ada, "p", target: bob);
        var position = Due(stage)[0];
        var batch = stage.Read(v => Outbox.Next(v, position))!;
        await stage.Write(l => Outbox.Failed(l, position));
        await stage.Write(l => Outbox.Taken(l, batch with { Last = false }, [(batch.To[0].Endpoint, EndpointState.InvalidResource)]));
        await stage.Write(l => Outbox.Taken(l, batch, []));
        await stage.Write(Outbox.GiveUp);
        await stage.Write(Endpoints.Step);
        await stage.Write(l => Endpoints.Deregister(l, bob.Address, device));
    }

    /// <summary>Everything an elastic channel does: members come, are taken elsewhere, and go.</summary>
    private static async Task ElasticRound(Stage stage, AppInstance app, Person ada, Person bob)
    {
        var wish = new ChannelWish(
            "big", "big", ChannelMode.Restricted, ChannelPrivacy.Public, null,
            new Expiration(3, ExpirationCriterion.LastMessageTimestamp), [], [], [])
        {
            Elastic = new(3, 2, 40),
        };
        await stage.Write(l => Channels.Create(
            l, new Quotas(), new Repetition("big", ["big"], []), ada.Address, app.Id, wish));
        var channel = stage.Read(v => v.FindChannel(new(app.Id, "big"))!);
        List<Person> crowd = [bob];
        for (var i = 0; i < 4; i++)
        {
            crowd.Add(await stage.MakeUser(app, $"crowd-{i}"));
        }

        foreach (var person in crowd)
        {
            await stage.Join(channel, ada, person);
        }

        var sub = stage.Read(v => v.FindMembers(channel.Key, bob.Key))[0].Sub!;
        await stage.Send(channel.In(sub), bob, "hello");
        await stage.Write(l => Memberships.Create(
            l, new Quotas(), ada.Address, channel.Address with { SubChannelId = sub.Id }, ada.Address, false));
        stage.Read(v =>
        {
            v.FindSubChannel(channel.Key, sub.Id);
            v.ListSubChannels(channel.Key, 10, null);
            v.FindQuestion(new(1, new(0), sub.Log, 1, 0));
            v.ListElasticMembers(channel.Key, 10, null);
            v.ListMemberships(ada.Key, 1, sub.Log.Value);
            return v.FindMembership(channel.Key, bob.Key);
        });
        foreach (var person in crowd)
        {
            await stage.Write(l => Memberships.Delete(l, ada.Address, channel.Address, person.Address));
        }

        while (await stage.Write(Balancing.Step))
        {
        }

        stage.Clock.Pass(TimeSpan.FromDays(2));
        await stage.Write(l => l.ListHeld(sub.Log, 10));
        await stage.Write(l => l.LastSaid(channel));
        await stage.Write(l => l.PostponeExpiry(channel.Key, l.Now));
        await stage.Write(l => Channels.Delete(l, ada.Address, channel.Address));
    }

    private static async Task StreamRound(Stage stage)
    {
        var stream = await stage.Write(l => DataStreams.Create(l, new Quotas(), "s", StreamMode.Provisioned, 2, 1024, [new Tag("a", "b")]));
        await stage.Write(l => DataStreams.Encrypt(l, "s", "key"));
        var place = await stage.Write(l => l.AddRecord(l.FindStream("s")!, "k", null, new byte[10]));
        await stage.Write(l => l.AddRecord(l.FindStream("s")!, l.TakePosition(), "k", new byte[10]));
        await stage.Write(l => l.ReplaceRecord(l.FindStream("s")!, place.Position, "k", new byte[5]));
        await stage.Write(l => Resharding.Resize(l, new Quotas(), "s", 3));
        await stage.Write(l => l.ReplaceRecord(l.FindStream("s")!, place.Position, "k", new byte[5]));
        await stage.Write(l => DataStreams.RemoveTags(l, "s", ["a"]));
        stage.Read(v => (v.ListStreams(null, 10), v.ListStreamTags(stream.Key), v.ListShards(stream, null, 10), v.ListChildren(place.Shard),
            v.FindShard(stream, 0), v.ReadRecords(stream, place.Shard, 0, 10, 1000), v.PositionBefore(place.Shard, v.Now)));
        stage.Clock.Pass(TimeSpan.FromHours(25));
        while (await stage.Write(Trimming.Step))
        {
        }

        stage.Read(v => v.ReadRecords(stream, place.Shard, 0, 10, 1000));
        await stage.Write(l => DataStreams.Delete(l, "s"));
    }

    private static async Task FlowRound(Stage stage, AppInstance app, Person ada, Channel channel)
    {
        var id = await stage.Write(l => ChannelFlows.Create(
            l, new Quotas(), new Repetition("flow", [], []), app.Id, "flow", [new("p", "arn:f", 1, FallbackAction.Abort)], []));
        var flow = stage.Read(v => v.FindFlow(new(app.Id, id))!);
        await stage.Write(l => ChannelFlows.Update(l, flow.Address, "flow", flow.Processors));
        await stage.Write(l => ChannelFlows.Associate(l, ada.Address, channel.Address, flow.Address));
        foreach (var content in new[] { "allowed", "failed" })
        {
            var message = await stage.Send(channel, ada, content);
            var pending = Assert.Single(await stage.Write(l => l.ClaimPending(10, l.Now.Plus(TimeSpan.FromSeconds(15)))));
            if (content == "failed")
            {
                await stage.Write(l => Processing.Unreachable(l, pending.Key));
                continue;
            }

            await stage.Write(l => Processing.HandedOver(l, pending.Key));
            await stage.Write(l => Processing.Callback(
                l, channel.Address, pending.CallbackId, message, new(false, null, null, null, null, null)));
        }

        stage.Read(v => (v.ListFlows(app.Key, 10, null), v.ListFlowChannels(flow.Key, 10, null)));
        stage.Clock.Pass(TimeSpan.FromHours(49));
        await stage.Write(Processing.Step);
        await stage.Write(l => ChannelFlows.Disassociate(l, ada.Address, channel.Address, flow.Address));
        await stage.Write(l => ChannelFlows.Delete(l, flow.Address));
    }

    /// <summary>A store as the version with the first three steps of the schema left it.</summary>
    private Stage OpenOlder(string rows)
    {
        Open();
        using (var sql = new SqliteDatabase(File).OpenWriter())
        {
            var assembly = typeof(SqlStore).Assembly;
            Migrator.Migrate(sql, Dialect.Sqlite, [.. new[] { "0001-first-light", "0002-iam-roles", "0003-elastic-channels-and-flows" }.Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name + ".sql")!);
                return new Migration(int.Parse(name[..4], CultureInfo.InvariantCulture), reader.ReadToEnd());
            })]);
            sql.ExecuteScript(rows);
        }

        return new Stage(Reopen());
    }

    [Fact]
    public void Messages_from_before_retention_are_known_to_it()
    {
        using var stage = OpenOlder(
            """
            insert into app_instance(key, id, name, users, channels, created, updated) values (1, 'a', 'a', 1, 1, 1, 1);
            insert into person(key, app, kind, id, name, created, updated) values (1, 1, 0, 'p', 'p', 1, 1);
            insert into channel(key, app, id, name, mode, privacy, created_by, created, updated) values (1, 1, 'c', 'c', 0, 0, 1, 1, 1);
            insert into channel_head(channel, sequence, last_message, members, moderators, messages) values (1, 2, 2000, 0, 0, 2);
            insert into message(position, channel, sequence, id, type, state, sender, created, updated, content)
              values (1, 1, 1, x'01', 0, 0, 1, 1000, 1000, 'one'), (2, 1, 2, x'02', 0, 0, 1, 2000, 2000, 'two');
            update log_head set position = 2, at = 2000;
            """);

        stage.Look(Checked);
        Assert.Equal(1000, stage.Look(sql => sql.Number("select oldest from history where channel = 1 and app = 1")));
    }

    /// <summary>Hidden members, whispers, what is redacted or deleted, and a channel and a user that are being purged.</summary>
    [Fact]
    public async Task Whatever_an_older_version_has_left_is_counted_anew_and_goes_on()
    {
        using var stage = OpenOlder(
            """
            insert into app_instance(key, id, name, users, channels, admins, created, updated) values (1, 'a', 'a', 3, 3, 1, 1, 1);
            insert into person(key, app, kind, id, name, memberships, created, updated, deleted) values
              (1, 1, 0, 'ada', 'ada', 4, 1, 1, null), (2, 1, 0, 'bob', 'bob', 2, 1, 1, null), (3, 1, 0, 'eve', 'eve', 1, 1, 1, null),
              (4, 1, 0, 'old', 'old', 1, 1, 1, 9);
            insert into admin(app, person, created) values (1, 1, 1);
            insert into channel(key, app, id, name, mode, privacy, created_by, created, updated, deleted) values
              (1, 1, 'c', 'c', 0, 0, 1, 1, 1, null), (2, 1, 'gone', 'gone', 0, 0, 1, 1, 1, 9), (3, 1, 'empty', 'empty', 0, 0, 1, 1, 1, null),
              (4, 1, 'whispers', 'whispers', 0, 0, 1, 1, 1, null);
            insert into channel_head(channel, sequence, last_message, members, moderators, messages) values
              (1, 12, 1008, 4, 1, 4), (2, 2, 1014, 1, 0, 1), (3, 1, null, 1, 0, 0), (4, 2, null, 2, 0, 1);
            insert into member(channel, person, hidden, invited_by, read_marker, last_targeted, created, updated) values
              (1, 1, 0, 1, 1006, 1007, 1, 1), (1, 2, 0, 1, null, 1007, 1, 1), (1, 3, 1, 1, null, null, 1, 1), (1, 4, 0, 1, null, null, 1, 1),
              (2, 1, 0, 1, null, null, 1, 1), (3, 1, 0, 1, null, null, 1, 1), (4, 1, 0, 1, null, 1017, 1, 1), (4, 2, 0, 1, null, 1017, 1, 1);
            insert into moderator(channel, person, created_by, created) values (1, 1, 1, 1);
            insert into message(position, channel, sequence, id, type, state, sender, target, created, updated, content) values
              (5, 1, 5, x'05', 0, 0, 1, null, 1005, 1005, 'plain'), (6, 1, 6, x'06', 0, 0, 2, 1, 1006, 1006, 'whispered'),
              (7, 1, 7, x'07', 0, 0, 1, 2, 1007, 1007, 'and back'), (8, 1, 8, x'08', 0, 1, 1, null, 1008, 1010, null),
              (9, 1, 9, x'09', 0, 2, 2, 1, 1009, 1011, null),
              (14, 2, 2, x'0e', 0, 0, 1, null, 1014, 1014, 'soon gone'), (17, 4, 2, x'11', 0, 0, 2, 1, 1017, 1017, 'psst');
            insert into event(position, channel, sequence, kind, at, actor, subject, message_sequence) values
              (1, 1, 1, 4, 1, 1, null, null), (2, 1, 2, 7, 1, 1, 1, null), (3, 1, 3, 9, 1, 1, 1, null), (4, 1, 4, 7, 1, 1, 2, null),
              (10, 1, 10, 2, 1010, 1, 1, 8), (11, 1, 11, 3, 1011, 1, 2, 9), (12, 1, 12, 5, 1012, 1, null, null),
              (13, 2, 1, 4, 1013, 1, null, null), (15, 3, 1, 4, 1015, 1, null, null), (16, 4, 1, 4, 1016, 1, null, null);
            insert into tag(resource, name, value) values ('app-instance/a/channel/c', 'k', 'v');
            insert into purge(kind, key) values (2, 2), (1, 4);
            update log_head set position = 17, at = 1017;
            """);
        var (ada, bob) = (stage.Read(v => v.FindPerson(new("a", PersonKind.User, "ada"))!), stage.Read(v => v.FindPerson(new("a", PersonKind.User, "bob"))!));
        var channel = stage.Read(v => v.FindChannel(new("a", "c"))!);
        string[] Latest(Person who) => [.. stage.Read(v => v.ListMembershipsByLatest(who.Key, 10, null)).Items.Select(m => m.Channel.Id)];

        stage.Look(Checked);
        Assert.Equal(new ChannelCounts(3, 1, 2), stage.Read(v => v.Count(channel.Key)));
        Assert.Equal(["whispers", "empty", "c"], Latest(ada));
        Assert.Equal(["whispers", "c"], Latest(bob));
        Assert.Equal(
            ["whispers", "empty", "c"],
            stage.Read(v => v.ListLatestChannels(ada.App, ChannelPrivacy.Public, ada.Key, 10, null)).Items.Select(c => c.Id));
        Assert.Equal(["plain", "whispered", "and back", null], stage.History(channel, bob).Select(m => m.Content));

        while (await stage.Write(Purging.Step))
        {
            stage.Look(Checked);
        }

        await stage.Send(channel, bob, "new", target: ada);
        Assert.Equal(["c", "whispers"], Latest(bob));
        stage.Look(Checked);
        await stage.Write(l => Retention.Put(l, "a", 1));
        stage.Clock.Pass(TimeSpan.FromDays(40));
        while (await stage.Write(Retaining.Step))
        {
        }

        Assert.Equal(0, stage.Read(v => v.Count(channel.Key)).Messages);
        stage.Look(Checked);
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_named()
    {
        System.IO.File.WriteAllText(File, new string('x', 5000));

        var refused = Assert.Throws<StoreUnusableException>(() =>
            SqliteBackend.Open(File, new StoreOptions(), TimeProvider.System, new Announcements()));

        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_a_newer_version_are_refused()
    {
        Begin().Dispose();
        using (var sql = new SqliteDatabase(File).OpenWriter())
        {
            sql.Execute("insert into schema_version(version) values (1000)");
        }

        var refused = Assert.Throws<StoreUnusableException>(() =>
            SqliteBackend.Open(File, new StoreOptions(), TimeProvider.System, new Announcements()));

        Assert.Contains("Start a newer version", refused.Message, StringComparison.Ordinal);
    }
}
