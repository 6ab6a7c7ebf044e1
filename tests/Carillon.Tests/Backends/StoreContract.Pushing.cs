using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    private const string PushApp = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/a";

    private protected static readonly StoreOptions pushing = new() { Pushes = true, Records = new PlainRecords() };

    private static readonly MessageIds pushIds = new();

    private protected static NewEndpoint Device(string token, bool allow = true) => new(EndpointType.Gcm, PushApp, null, token, null, allow);

    private protected static Task<string> Register(Stage stage, Person user, NewEndpoint device, string? token = null) => stage.Write(
        l => Endpoints.Register(l, new Quotas(), new Repetition(token ?? Guid.NewGuid().ToString(), ["r", user.Id], [device.Token]), user.Address, device));

    private protected static Task<string> Push(
        Stage stage, Channel channel, Person sender, string title, Person? target = null, string? attributes = null,
        bool persistent = true) => stage.Write(l => Sending.Do(l, pushIds, new NewMessage(
            sender.Address, channel.Address, MessageType.Standard, persistent, "content", null, attributes, null, target?.Address,
            new Repetition(Guid.NewGuid().ToString(), ["send", channel.Id], []))
        {
            Push = new Push(title, "body", false),
        }).Id);

    private protected static IReadOnlyList<long> Due(Stage stage) => stage.Read(v => v.ListDuePushes(v.Now, 100));

    /// <summary>Everything that waits, handed over; for each title the tokens that got it, in order.</summary>
    private static async Task<List<string>> HandOver(Stage stage)
    {
        var got = new List<string>();
        while (Due(stage) is [var first, ..])
        {
            var batch = stage.Read(v => Outbox.Next(v, first))!;
            got.AddRange(batch.To.Select(to => $"{batch.Push.Push.Title}:{to.Endpoint.Device.Token}"));
            await stage.Write(l => Outbox.Taken(l, batch, []));
        }

        return got;
    }

    private protected static Task<Person> Prefer(Stage stage, Channel channel, Person who, Preference? preference) =>
        stage.Write(l => Preferences.Put(l, who.Address, channel.Address, who.Address, preference));

    [Fact]
    public async Task An_endpoint_is_kept_listed_changed_and_gone()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var device = new NewEndpoint(EndpointType.ApnsSandbox, PushApp, "phone", "t1", "v1", AllowMessages: true);
        var id = await Register(stage, ada, device);
        var second = await Register(stage, ada, Device("t2"));
        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        await stage.Write(l => Endpoints.Update(l, ada.Address, id, null, false));
        stage = Restart(stage);

        var found = stage.Read(v => Endpoints.Find(v, ada.Address, id));
        Assert.Equal(device with { AllowMessages = false }, found.Device);
        Assert.Equal(EndpointState.Active, found.State);
        Assert.True(found.Updated > found.Created);
        Assert.Equal([id, second], stage.Read(v => Endpoints.List(v, ada.Address, 10, null)).Items.Select(e => e.Id));
        var page = stage.Read(v => Endpoints.List(v, ada.Address, 1, null));
        Assert.Equal([second], stage.Read(v => Endpoints.List(v, ada.Address, 1, page.Next)).Items.Select(e => e.Id));

        await stage.Write(l => Endpoints.Deregister(l, others[0].Address, id));
        Assert.NotNull(stage.Read(v => v.FindEndpoint(ada.Key, id)));
        await stage.Write(l => Endpoints.Deregister(l, ada.Address, id));
        await stage.Write(l => Endpoints.Deregister(l, ada.Address, id));
        Assert.Equal(Reason.EndpointUnknown, Assert.Throws<Refusal>(() => stage.Read(v => Endpoints.Find(v, ada.Address, id))).Reason);
    }

    [Fact]
    public async Task A_device_registered_again_is_the_same_endpoint_anew()
    {
        var stage = Begin(pushing);
        var (_, ada, others) = await People(stage, "one");
        var id = await Register(stage, ada, Device("t1", allow: false));
        var endpoint = stage.Read(v => Endpoints.Find(v, ada.Address, id));
        await stage.Write(l => l.DeactivateEndpoint(endpoint, EndpointState.InvalidDeviceToken));
        Assert.Equal(EndpointState.InvalidDeviceToken, stage.Read(v => Endpoints.Find(v, ada.Address, id)).State);

        Assert.Equal(id, await Register(stage, ada, Device("t1") with { Name = "new", VoipToken = "v" }));
        Assert.NotEqual(id, await Register(stage, ada, Device("t1") with { Type = EndpointType.Apns }));
        Assert.NotEqual(id, await Register(stage, others[0], Device("t1")));

        var again = stage.Read(v => Endpoints.Find(v, ada.Address, id));
        Assert.Equal((EndpointState.Active, "new", "v", true), (again.State, again.Device.Name, again.Device.VoipToken, again.Device.AllowMessages));
        Assert.Equal(2, stage.Read(v => v.CountEndpoints(ada.Key)));
    }

    [Fact]
    public async Task A_user_has_ten_endpoints_at_most_and_a_repetition_is_none()
    {
        var stage = Begin();
        var (_, ada, _) = await People(stage, "one");
        var first = await Register(stage, ada, Device("t0"), "token-0");
        for (var i = 1; i < 10; i++)
        {
            await Register(stage, ada, Device($"t{i}"));
        }

        Assert.Equal(Reason.QuotaReached, await Refused(Register(stage, ada, Device("t10"))));
        Assert.Equal(first, await Register(stage, ada, Device("t0"), "token-0"));
        Assert.Equal(Reason.TokenReused, await Refused(Register(stage, ada, Device("t1"), "token-0")));
        Assert.Equal(first, await Register(stage, ada, Device("t0")));
    }

    [Fact]
    public async Task A_push_goes_to_the_devices_of_the_other_members()
    {
        var stage = Begin(pushing);
        var (app, ada, others) = await People(stage, "one");
        var (bob, eve) = (others[0], others[1]);
        var stranger = await stage.MakeUser(app, "stranger");
        await Register(stage, ada, Device("ada"));
        await Register(stage, bob, Device("bob-1"));
        var channel = await stage.MakeChannel(ada, "room", bob);
        await stage.Join(channel, ada, eve, hidden: true);
        await Register(stage, bob, Device("bob-2"));
        await Register(stage, bob, Device("bob-mute", allow: false));
        await Register(stage, eve, Device("eve"));
        await Register(stage, stranger, Device("stranger"));

        await Push(stage, channel, ada, "all");
        await Push(stage, channel, ada, "bob", target: bob);
        await Push(stage, channel, bob, "now", persistent: false);
        await stage.Send(channel, ada, "without");
        stage = Restart(stage);

        Assert.Equal(
            ["all:bob-1", "all:bob-2", "all:eve", "bob:bob-1", "bob:bob-2", "now:ada", "now:eve"], await HandOver(stage));
        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from push")));
    }

    [Fact]
    public async Task Where_nobody_carries_pushes_none_is_kept()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        await Push(stage, channel, ada, "secret");

        Assert.Equal(0, stage.Look(sql => sql.Number("select count(*) from push")));
    }

    [Fact]
    public async Task Members_get_what_their_preferences_let_through()
    {
        var stage = Begin(pushing);
        var (app, ada, others) = await People(stage, "one");
        var (bob, eve) = (others[0], others[1]);
        var tim = await stage.MakeUser(app, "tim");
        var channel = await stage.MakeChannel(ada, "room", bob, eve, tim);
        foreach (var person in new[] { bob, eve, tim })
        {
            await Register(stage, person, Device(person.Id));
        }

        await Prefer(stage, channel, bob, new(Notifications.None, null));
        await Prefer(stage, channel, eve, new(Notifications.Filtered, """{"mention":["eve"]}"""));
        await Push(stage, channel, ada, "1");
        await Push(stage, channel, ada, "2", attributes: """{"mention":{"StringValues":["eve","bob"]},"x":{}}""");
        Assert.Equal(["1:tim", "2:eve", "2:tim"], await HandOver(stage));

        await Prefer(stage, channel, bob, null);
        await Prefer(stage, channel, eve, new(Notifications.All, """{"mention":["eve"]}"""));
        await Push(stage, channel, ada, "3");
        Assert.Equal(["3:bob", "3:eve", "3:tim"], await HandOver(stage));
    }

    [Fact]
    public async Task A_preference_ends_with_the_membership()
    {
        var stage = Begin();
        var (_, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        var preference = new Preference(Notifications.Filtered, """{"a":["b"]}""");
        await Prefer(stage, channel, others[0], preference);
        stage = Restart(stage);
        Assert.Equal(preference, stage.Read(v => v.FindPreference(channel.Key, others[0].Key)));
        Assert.Null(stage.Read(v => v.FindPreference(channel.Key, ada.Key)));

        await stage.Write(l => Memberships.Delete(l, ada.Address, channel.Address, others[0].Address));
        await stage.Join(channel, ada, others[0]);

        Assert.Null(stage.Read(v => v.FindPreference(channel.Key, others[0].Key)));
    }

    [Fact]
    public async Task Who_left_or_was_banned_or_came_later_gets_nothing()
    {
        var stage = Begin(pushing);
        var (app, ada, others) = await People(stage, "one");
        var (bob, eve) = (others[0], others[1]);
        var (tim, late) = (await stage.MakeUser(app, "tim"), await stage.MakeUser(app, "late"));
        var channel = await stage.MakeChannel(ada, "room", bob, eve, tim);
        foreach (var person in new[] { bob, eve, tim, late })
        {
            await Register(stage, person, Device(person.Id));
        }

        await Push(stage, channel, ada, "1");
        stage.Clock.Pass(TimeSpan.FromSeconds(1));
        await stage.Join(channel, ada, late);
        await stage.Write(l => Bans.Create(l, ada.Address, channel.Address, bob.Address));
        await stage.Write(l => Memberships.Delete(l, eve.Address, channel.Address, eve.Address));

        Assert.Equal(["1:tim"], await HandOver(stage));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_redacted_or_deleted_is_not_pushed_any_more_nor_kept(bool deleted)
    {
        var stage = Begin(pushing);
        var (app, ada, others) = await People(stage, "one");
        await stage.Write(l => l.AddAdmin(app.Key, ada));
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        await Register(stage, others[0], Device("bob"));
        await Push(stage, channel, ada, "stays");
        var message = await Push(stage, channel, ada, "goes");
        var batch = stage.Read(v => Outbox.Next(v, Due(stage)[1]))!;

        await stage.Write(l =>
        {
            if (deleted)
            {
                Editing.Delete(l, ada.Address, channel.Address, message);
            }
            else
            {
                Editing.Redact(l, ada.Address, channel.Address, message);
            }
        });

        Assert.Null(stage.Read(v => Outbox.Next(v, batch.Push.Position)));
        await stage.Write(l => Outbox.Failed(l, batch.Push.Position));
        await stage.Write(l => Outbox.Taken(l, batch with { Last = false }, []));
        Assert.Equal(["stays:bob"], await HandOver(stage));
    }

    [Fact]
    public async Task The_push_of_a_deleted_channel_goes_to_nobody()
    {
        var stage = Begin(pushing);
        var (_, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        await Register(stage, others[0], Device("bob"));
        await Push(stage, channel, ada, "1");
        await Push(stage, channel, ada, "2");
        await stage.Write(l => Channels.Delete(l, ada.Address, channel.Address));

        var first = Due(stage)[0];
        var batch = stage.Read(v => Outbox.Next(v, first))!;
        Assert.True(batch.Last);
        Assert.Empty(batch.To);
        (stage, _) = await PurgeAll(stage);
        Assert.Empty(Due(stage));
    }

    [Fact]
    public async Task A_push_to_many_is_handed_over_in_slices_and_goes_on_after_a_restart_where_it_was()
    {
        const int members = 250;
        var stage = Begin(pushing);
        var (app, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        await stage.Write(l =>
        {
            for (var i = 0; i < members; i++)
            {
                var user = l.AddUser(app, PersonKind.User, $"user-{i:000}", "x", null, null).Person;
                Memberships.Create(l, new Quotas(), ada.Address, channel.Address, user.Address, false);
                Endpoints.Register(l, new Quotas(), new Repetition($"r-{i}", [], []), user.Address, Device($"{i:000}"));
            }
        });
        await Push(stage, channel, ada, "p");

        var got = new List<string>();
        var sizes = new List<int>();
        while (Due(stage) is [var first])
        {
            var batch = stage.Read(v => Outbox.Next(v, first))!;
            sizes.Add(batch.To.Count);
            got.AddRange(batch.To.Select(to => to.Endpoint.Device.Token));
            await stage.Write(l => Outbox.Taken(l, batch, []));
            stage = Restart(stage);
        }

        Assert.Equal([100, 100, 50], sizes);
        Assert.Equal(Enumerable.Range(0, members).Select(i => $"{i:000}"), got);
    }

    [Fact]
    public async Task A_batch_that_was_not_written_down_comes_again_the_same()
    {
        var stage = Begin(pushing);
        var (_, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        await Register(stage, others[0], Device("bob"));
        await Push(stage, channel, ada, "p");
        var before = stage.Read(v => Outbox.Next(v, Due(stage)[0]))!;

        stage = Restart(stage);

        Assert.Equivalent(before, stage.Read(v => Outbox.Next(v, Due(stage)[0]))!);
    }

    [Fact]
    public async Task What_failed_waits_longer_each_time_and_is_given_up_after_an_hour()
    {
        var stage = Begin(pushing);
        var (_, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        await Register(stage, others[0], Device("bob"));
        await Push(stage, channel, ada, "p");
        var position = Due(stage)[0];

        foreach (var wait in new[] { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 })
        {
            await stage.Write(l => Outbox.Failed(l, position));
            Assert.Empty(stage.Read(v => v.ListDuePushes(Instant.Of(stage.Clock.GetUtcNow().AddSeconds(wait - 1)), 9)));
            stage.Clock.Pass(TimeSpan.FromSeconds(wait));
            Assert.Equal([position], stage.Read(v => v.ListDuePushes(Instant.Of(stage.Clock.GetUtcNow()), 9)));
        }

        Assert.Equal(0, await stage.Write(Outbox.GiveUp));
        await Push(stage, channel, ada, "later");
        stage.Clock.Pass(TimeSpan.FromSeconds(3600 - 1111));
        Assert.Equal(1, await stage.Write(Outbox.GiveUp));
        Assert.Equal(["later:bob"], await HandOver(stage));
    }

    [Fact]
    public async Task An_endpoint_that_no_push_can_reach_gets_no_more()
    {
        var stage = Begin(pushing);
        var (_, ada, others) = await People(stage, "one");
        var channel = await stage.MakeChannel(ada, "room", others[0]);
        var id = await Register(stage, others[0], Device("old"));
        await Register(stage, others[0], Device("new"));
        await Push(stage, channel, ada, "1");
        var batch = stage.Read(v => Outbox.Next(v, Due(stage)[0]))!;
        await stage.Write(l => Outbox.Taken(l, batch, [(batch.To[0].Endpoint, EndpointState.InvalidDeviceToken)]));
        await Push(stage, channel, ada, "2");

        Assert.Equal(["2:new"], await HandOver(stage));
        Assert.Equal(EndpointState.InvalidDeviceToken, stage.Read(v => Endpoints.Find(v, others[0].Address, id)).State);
    }

    [Fact]
    public async Task A_first_device_is_reached_in_every_channel_however_many_they_are()
    {
        const int channels = 450;
        var stage = Begin(pushing);
        var (app, ada, others) = await People(stage, "one");
        var bob = others[0];
        await stage.Write(l =>
        {
            for (var i = 0; i < channels; i++)
            {
                var wish = new ChannelWish($"c{i}", "x", ChannelMode.Restricted, ChannelPrivacy.Private, null, null, [bob.Address], [], []);
                Channels.Create(l, new Quotas(), new Repetition($"c{i}", [], []), ada.Address, app.Id, wish);
            }
        });

        await Register(stage, bob, Device("bob"));
        Assert.Equal(200, Reachable(stage));
        stage = Restart(stage);
        var steps = 0;
        while (await stage.Write(Endpoints.Step))
        {
            steps++;
        }

        Assert.Equal(2, steps);
        Assert.Equal(channels, Reachable(stage));
        await Push(stage, stage.Read(v => v.FindChannel(new(app.Id, "c449"))!), ada, "p");
        Assert.Equal(["p:bob"], await HandOver(stage));

        static long? Reachable(Stage stage) => stage.Look(sql => sql.Number("select count(*) from reachable"));
    }

    [Fact]
    public async Task Endpoints_go_with_their_user_at_once_and_with_their_app_instance_in_slices()
    {
        var stage = Begin(pushing);
        var (_, _, _) = await People(stage, "one");
        var before = stage.Look(Audit.Dump);
        var (app, ada, others) = await People(stage, "two");
        var channel = await stage.MakeChannel(ada, "room", others[0], others[1]);
        await Register(stage, others[0], Device("bob"));
        await Register(stage, others[1], Device("eve"));
        await Push(stage, channel, ada, "1");

        await stage.Write(l => Users.Delete(l, others[0].Address));
        Assert.Equal(1, stage.Look(sql => sql.Number("select count(*) from endpoint")));
        Assert.Equal(["eve"], stage.Read(v => Outbox.Next(v, Due(stage)[0]))!.To.Select(to => to.Endpoint.Device.Token));
        await stage.Write(l => AppInstances.Delete(l, app.Id));
        Assert.Empty(stage.Read(v => Outbox.Next(v, Due(stage)[0]))!.To);
        (stage, _) = await PurgeAll(stage);

        Assert.Equal(before, stage.Look(Audit.Dump));
    }
}
