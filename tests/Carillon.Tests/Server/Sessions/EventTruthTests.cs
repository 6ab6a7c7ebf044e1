using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Sql.Sqlite;
using Xunit;

namespace Carillon.Tests.Server.Sessions;

/// <summary>State before + events == state after.</summary>
public class EventTruthTests(EventTruthTests.Fixture fixture) : IClassFixture<EventTruthTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    public static TheoryData<string> Acts =>
    [
        "send", "send to me", "send past me", "send control", "send what is not kept", "update", "redact", "delete", "update channel", "add",
        "add hidden", "add a batch", "remove", "remove me", "ban", "ban me", "leave", "delete channel", "rename a user",
    ];

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task A_client_that_applies_what_it_hears_knows_what_a_fresh_reader_reads(string act)
    {
        await using var hall = await Hall.Open(fixture);
        var ann = hall.Arn("ann");
        await hall.Chime.SendText(hall.Owner, hall.Channel, "from before");
        await hall.Settle();
        var random = new Random(1);
        var model = await ClientModel.Read(hall.Chime, ann, hall.Channel);

        var heard = await hall.Heard(() => Act(hall, act, random));

        foreach (var frame in heard.GetValueOrDefault("ann", []))
        {
            model.Apply(frame);
        }

        Assert.Equal((await ClientModel.Read(hall.Chime, ann, hall.Channel)).Text(), model.Text());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task It_holds_after_any_history(int seed)
    {
        await using var hall = await Hall.Open(fixture, mode: "UNRESTRICTED");
        var ann = hall.Arn("ann");
        var random = new Random(seed);
        var acts = new[]
        {
            "send", "send", "send to me", "send past me", "send control", "send what is not kept", "update", "update", "redact",
            "delete", "update channel", "add", "add hidden", "add a batch", "remove", "ban", "lift", "leave",
        };
        var model = await ClientModel.Read(hall.Chime, ann, hall.Channel);

        var heard = await hall.Heard(async () =>
        {
            for (var step = 0; step < 120; step++)
            {
                await Act(hall, acts[random.Next(acts.Length)], random);
            }
        });

        foreach (var frame in heard["ann"])
        {
            model.Apply(frame);
        }

        Assert.Equal((await ClientModel.Read(hall.Chime, ann, hall.Channel)).Text(), model.Text());
    }

    [Fact]
    public async Task It_holds_when_everything_happens_at_once()
    {
        await using var hall = await Hall.Open(fixture, mode: "UNRESTRICTED");
        var ann = hall.Arn("ann");
        var acts = new[] { "send", "update channel", "send to me", "update", "add", "remove", "redact", "send control" };
        var model = await ClientModel.Read(hall.Chime, ann, hall.Channel);

        var heard = await hall.Heard(() => Task.WhenAll(
            Enumerable.Range(0, 160).Select(i => Act(hall, acts[i % acts.Length], new Random(i)))));

        foreach (var frame in heard["ann"])
        {
            model.Apply(frame);
        }

        Assert.Equal((await ClientModel.Read(hall.Chime, ann, hall.Channel)).Text(), model.Text());
    }

    [Fact]
    public async Task A_change_that_shares_its_commit_with_a_message_knows_of_it()
    {
        var folder = Directory.CreateTempSubdirectory("carillon-batch-").FullName;
        var heard = new Kept();
        var store = SqlStore.Open(new SqliteDatabase(Path.Combine(folder, "data.db")), new StoreOptions(), TimeProvider.System, heard);
        var ann = new PersonAddress("", PersonKind.User, "ann");
        var address = await store.Write(ledger =>
        {
            var app = AppInstances.Create(ledger, new Quotas(), Token("1"), "a", null, []);
            ann = ann with { AppId = app };
            Users.Create(ledger, new Quotas(), Token("2"), ann, "Ann", null, null, []);
            var wish = new ChannelWish(null, "c", ChannelMode.Restricted, ChannelPrivacy.Private, null, null, [], [], []);
            return new ChannelAddress(app, Channels.Create(ledger, new Quotas(), Token("3"), ann, app, wish));
        });
        using var runs = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();

        // The two share a transaction: both stand in line while the writer is held.
        var holding = store.Write(_ =>
        {
            runs.Set();
            return gate.Wait(SessionClient.Deadline);
        });
        Assert.True(runs.Wait(SessionClient.Deadline));
        var send = store.Write(ledger => Sending.Do(ledger, new MessageIds(), new NewMessage(
            ann, address, MessageType.Standard, true, "hello", null, null, null, null, Token("4"))));
        var update = store.Write(ledger => Channels.Update(ledger, ann, address, "renamed", null, null));
        gate.Set();
        await Task.WhenAll(holding, send, update);

        var created = Assert.Single(heard.Events.OfType<MessageCreated>());
        var updated = Assert.Single(heard.Events.OfType<ChannelUpdated>());
        Assert.Equal(created.Message.Created, updated.Channel.LastMessage);
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Repetition Token(string token) => new(token, [], []);

    private sealed class Kept : IBus
    {
        public List<Event> Events { get; } = [];

        public void Publish(IReadOnlyList<Event> events) => Events.AddRange(events);
    }

    /// <summary>Some act of this kind; where it cannot be done at the moment, nothing.</summary>
    private static async Task Act(Hall hall, string act, Random random)
    {
        var (chime, owner, channel) = (hall.Chime, hall.Owner, hall.Channel);
        var (ann, bob) = (hall.Arn("ann"), hall.Arn("bob"));
        string[] others = [bob, hall.Arn("stranger"), hall.Arn("admin"), hall.Arn("hidden")];
        var someone = others[random.Next(others.Length)];
        async Task<string?> SomeMessage()
        {
            var ids = (await chime.ListChannelMessages(owner, channel)).List("ChannelMessages")
                .Where(m => (string)m!["Sender"]!["Arn"]! == owner).Select(m => (string)m!["MessageId"]!).ToArray();
            return ids.Length == 0 ? null : ids[random.Next(ids.Length)];
        }

        switch (act)
        {
            case "send":
                await chime.SendChannelMessage(owner, channel, $"hello \"{random.Next()}\" \u0000 \u2028 😀", metadata: "{\"a\":[1]}");
                break;
            case "send to me":
                await chime.SendChannelMessage(owner, channel, "for ann", target: ann);
                break;
            case "send past me":
                await chime.SendChannelMessage(owner, channel, "not for ann", target: owner);
                break;
            case "send control":
                await chime.SendChannelMessage(owner, channel, "control", type: "CONTROL");
                break;
            case "send what is not kept":
                await chime.SendChannelMessage(owner, channel, "passing", persistence: "NON_PERSISTENT");
                break;
            case "update" when await SomeMessage() is { } id:
                await chime.UpdateChannelMessage(owner, channel, id, "edited", random.Next(2) == 0 ? "new metadata" : null);
                break;
            case "redact" when await SomeMessage() is { } id:
                await chime.RedactChannelMessage(owner, channel, id);
                break;
            case "delete" when await SomeMessage() is { } id:
                await chime.DeleteChannelMessage(hall.Arn("admin"), channel, id);
                break;
            case "update channel":
                await chime.UpdateChannel(owner, channel, $"name {random.Next()}", metadata: random.Next(2) == 0 ? "{}" : null);
                break;
            case "add":
                await chime.CreateChannelMembership(owner, channel, someone);
                break;
            case "add hidden":
                await chime.CreateChannelMembership(owner, channel, someone, "HIDDEN");
                break;
            case "add a batch":
                await chime.BatchCreateChannelMembership(owner, channel, others);
                break;
            case "remove":
                await chime.DeleteChannelMembership(owner, channel, someone);
                break;
            case "remove me":
                (await chime.DeleteChannelMembership(owner, channel, ann)).Ok();
                break;
            case "ban":
                await chime.CreateChannelBan(owner, channel, someone);
                break;
            case "ban me":
                (await chime.CreateChannelBan(owner, channel, ann)).Ok();
                break;
            case "lift":
                await chime.DeleteChannelBan(owner, channel, someone);
                break;
            case "leave":
                await chime.DeleteChannelMembership(bob, channel, bob);
                break;
            case "delete channel":
                (await chime.DeleteChannel(owner, channel)).Ok();
                break;
            case "rename a user":
                // Told to nobody, and only what is not a member of anything here changes.
                (await chime.UpdateAppInstanceUser(hall.Arn("stranger"), "Renamed")).Ok();
                break;
        }
    }
}
