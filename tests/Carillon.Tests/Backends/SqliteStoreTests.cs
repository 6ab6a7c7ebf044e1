using System.Globalization;
using System.Text.RegularExpressions;
using Carillon.Backends.Sql;
using Carillon.Backends.Sqlite;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
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

    // One row each, and the head of a list that is read in the order of its key.
    private static readonly string[] allowed = ["SCAN log_head", "SCAN q", "SCAN CONSTANT ROW"];

    [Fact]
    public async Task No_statement_of_the_daily_round_reads_a_whole_table()
    {
        var stage = Begin(pushing);
        await DailyRound(stage);

        var scans = stage.Look(sql => stage.Database.Seen
            .Where(text => !text.StartsWith("begin", StringComparison.Ordinal))
            .SelectMany(text => Plan(sql, text).Select(step => (step, text)))
            .Where(found => found.step.Contains("SCAN", StringComparison.Ordinal) && !allowed.Contains(found.step)).ToList());

        Assert.InRange(stage.Database.Seen.Count, 50, 250);
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
        var channel = await stage.MakeChannel(ada, "room", bob);
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
            v.ListAdmins(app.Key, 10, null);
            v.ListChannels(app.Key, ChannelPrivacy.Public, new(1), 10, null);
            v.ListMembers(channel.Key, false, 10, null);
            v.ListModerators(channel.Key, 10, null);
            v.ListBans(channel.Key, 10, null);
            v.ListMemberships(ada.Key, 10, null);
            v.ListLatestMemberships(ada.Key, true, 10);
            v.ListMembershipKeys(ada.Key);
            return v.LastPosition();
        });
        await DevicesOfTheDay(stage, channel, ada, bob);
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
