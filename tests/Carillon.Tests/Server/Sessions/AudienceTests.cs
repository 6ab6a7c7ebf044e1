using Xunit;

namespace Carillon.Tests.Server.Sessions;

/// <summary>Every event reaches exactly the sessions it is for.</summary>
public class AudienceTests(AudienceTests.Fixture fixture) : IClassFixture<AudienceTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private static readonly string[] _members = ["owner", "ann", "ann again", "bob", "hidden"];

    /// <summary>What is done, the event that comes of it (empty for none), and whose sessions hear it.</summary>
    public static TheoryData<string, string, string[]> Cases => new()
    {
        { "send", "CREATE_CHANNEL_MESSAGE", _members },
        { "send control", "CREATE_CHANNEL_MESSAGE", _members },
        { "send what is not kept", "CREATE_CHANNEL_MESSAGE", _members },
        { "send to a target", "CREATE_CHANNEL_MESSAGE", ["owner", "ann", "ann again"] },
        { "send to oneself", "CREATE_CHANNEL_MESSAGE", ["owner"] },
        { "update", "UPDATE_CHANNEL_MESSAGE", _members },
        { "redact", "REDACT_CHANNEL_MESSAGE", _members },
        { "redact again", "", [] },
        { "redact what has a target", "REDACT_CHANNEL_MESSAGE", ["owner", "ann", "ann again"] },
        { "delete", "DELETE_CHANNEL_MESSAGE", _members },
        { "delete what has a target", "DELETE_CHANNEL_MESSAGE", ["owner", "ann", "ann again"] },
        { "send again with the same token", "", [] },
        { "update channel", "UPDATE_CHANNEL", _members },
        { "delete channel", "DELETE_CHANNEL", _members },
        { "create channel", "CREATE_CHANNEL_MEMBERSHIP", ["owner"] },
        { "add", "CREATE_CHANNEL_MEMBERSHIP", [.. _members, "stranger"] },
        { "add hidden", "CREATE_CHANNEL_MEMBERSHIP", ["stranger"] },
        { "add who is there", "", [] },
        { "add a batch", "BATCH_CREATE_CHANNEL_MEMBERSHIP", [.. _members, "stranger", "admin"] },
        { "add a batch of those who are there", "", [] },
        { "remove", "DELETE_CHANNEL_MEMBERSHIP", _members },
        { "remove hidden", "DELETE_CHANNEL_MEMBERSHIP", ["hidden"] },
        { "remove who is not there", "", [] },
        { "leave", "DELETE_CHANNEL_MEMBERSHIP", _members },
        { "ban a member", "DELETE_CHANNEL_MEMBERSHIP", _members },
        { "ban a stranger", "", [] },
        { "lift a ban", "", [] },
        { "make a moderator", "", [] },
        { "dismiss a moderator", "", [] },
        { "delete a user", "DELETE_CHANNEL_MEMBERSHIP", _members },
        { "be refused", "", [] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_event_is_heard_by_whom_it_is_for_and_by_nobody_else(string act, string eventType, string[] hearers)
    {
        await using var hall = await Hall.Open(fixture);
        var prepared = await Prepare(hall, act);
        await hall.Settle();

        var heard = await hall.Heard(() => Act(hall, act, prepared));

        Assert.Equal(hearers.Order(StringComparer.Ordinal), heard.Keys.Order(StringComparer.Ordinal));
        Assert.All(heard.Values, frames => Assert.Equal(eventType, Assert.Single(frames).Type));

        // All hear the very same bytes.
        Assert.True(heard.Values.Select(frames => frames[0].Raw).Distinct().Count() <= 1);
    }

    private static async Task<string> Prepare(Hall hall, string act)
    {
        var chime = hall.Chime;
        switch (act)
        {
            case "update" or "redact" or "delete":
                return await chime.SendText(hall.Owner, hall.Channel, "hello");
            case "redact again":
                var redacted = await chime.SendText(hall.Owner, hall.Channel, "hello");
                (await chime.RedactChannelMessage(hall.Owner, hall.Channel, redacted)).Ok();
                return redacted;
            case "redact what has a target" or "delete what has a target":
                return (await chime.SendChannelMessage(hall.Owner, hall.Channel, "psst", target: hall.Arn("ann"))).Text("MessageId");
            case "send again with the same token":
                (await chime.SendChannelMessage(hall.Owner, hall.Channel, "once", token: "once")).Ok();
                return "";
            case "lift a ban":
                (await chime.CreateChannelBan(hall.Owner, hall.Channel, hall.Arn("stranger"))).Ok();
                return "";
            case "delete a user":
                var user = await hall.App.NewUser("gone");
                (await chime.CreateChannelMembership(hall.Owner, hall.Channel, user)).Ok();
                return user;
            default:
                return "";
        }
    }

    private static async Task Act(Hall hall, string act, string prepared)
    {
        var (chime, owner, channel) = (hall.Chime, hall.Owner, hall.Channel);
        var (ann, bob, stranger, admin) = (hall.Arn("ann"), hall.Arn("bob"), hall.Arn("stranger"), hall.Arn("admin"));
        switch (act)
        {
            case "be refused":
                (await chime.SendChannelMessage(stranger, channel, "no")).Forbidden();
                (await chime.DeleteChannel(ann, channel)).Forbidden();
                return;
            case "add who is there":
                (await chime.CreateChannelMembership(owner, channel, ann)).Conflict();
                return;
        }

        (await (act switch
        {
            "send" => chime.SendChannelMessage(owner, channel, "hello"),
            "send control" => chime.SendChannelMessage(owner, channel, "typing", type: "CONTROL"),
            "send what is not kept" => chime.SendChannelMessage(owner, channel, "hello", persistence: "NON_PERSISTENT"),
            "send to a target" => chime.SendChannelMessage(owner, channel, "psst", target: ann),
            "send to oneself" => chime.SendChannelMessage(owner, channel, "note", target: owner),
            "send again with the same token" => chime.SendChannelMessage(owner, channel, "once", token: "once"),
            "update" => chime.UpdateChannelMessage(owner, channel, prepared, "changed"),
            "redact" or "redact again" or "redact what has a target" => chime.RedactChannelMessage(owner, channel, prepared),
            "delete" or "delete what has a target" => chime.DeleteChannelMessage(admin, channel, prepared),
            "update channel" => chime.UpdateChannel(admin, channel, name: "renamed"),
            "delete channel" => chime.DeleteChannel(owner, channel),
            "create channel" => chime.CreateChannel(owner, hall.App.Arn, "another"),
            "add" => chime.CreateChannelMembership(owner, channel, stranger),
            "add hidden" => chime.CreateChannelMembership(owner, channel, stranger, "HIDDEN"),
            "add a batch" => chime.BatchCreateChannelMembership(owner, channel, [stranger, ann, admin]),
            "add a batch of those who are there" => chime.BatchCreateChannelMembership(owner, channel, [ann, bob]),
            "remove" => chime.DeleteChannelMembership(owner, channel, ann),
            "remove hidden" => chime.DeleteChannelMembership(owner, channel, hall.Arn("hidden")),
            "remove who is not there" => chime.DeleteChannelMembership(owner, channel, stranger),
            "leave" => chime.DeleteChannelMembership(bob, channel, bob),
            "ban a member" => chime.CreateChannelBan(owner, channel, bob),
            "ban a stranger" => chime.CreateChannelBan(owner, channel, stranger),
            "lift a ban" => chime.DeleteChannelBan(owner, channel, stranger),
            "make a moderator" => chime.CreateChannelModerator(owner, channel, ann),
            "dismiss a moderator" => chime.DeleteChannelModerator(owner, channel, hall.Arn("moderator")),
            "delete a user" => chime.DeleteAppInstanceUser(prepared),
            _ => throw new NotSupportedException(act),
        })).Ok();
    }

    [Fact]
    public async Task Who_was_removed_hears_of_it_and_then_nothing_more()
    {
        await using var hall = await Hall.Open(fixture);
        var heard = await hall.Heard(async () =>
        {
            (await hall.Chime.DeleteChannelMembership(hall.Owner, hall.Channel, hall.Arn("ann"))).Ok();
            await hall.Chime.SendText(hall.Owner, hall.Channel, "she is gone");
            (await hall.Chime.UpdateChannel(hall.Owner, hall.Channel, name: "without her")).Ok();
        });

        Assert.Equal(["DELETE_CHANNEL_MEMBERSHIP"], heard["ann"].Select(f => f.Type));
        Assert.Equal(["DELETE_CHANNEL_MEMBERSHIP"], heard["ann again"].Select(f => f.Type));
        Assert.Equal(["DELETE_CHANNEL_MEMBERSHIP", "CREATE_CHANNEL_MESSAGE", "UPDATE_CHANNEL"], heard["bob"].Select(f => f.Type));
    }

    [Fact]
    public async Task Who_joins_hears_everything_from_the_joining_on_and_again_after_coming_back()
    {
        await using var hall = await Hall.Open(fixture);
        var stranger = hall.Arn("stranger");
        var heard = await hall.Heard(async () =>
        {
            await hall.Chime.SendText(hall.Owner, hall.Channel, "before");
            (await hall.Chime.CreateChannelMembership(hall.Owner, hall.Channel, stranger)).Ok();
            await hall.Chime.SendText(hall.Owner, hall.Channel, "within");
            (await hall.Chime.DeleteChannelMembership(stranger, hall.Channel, stranger)).Ok();
            await hall.Chime.SendText(hall.Owner, hall.Channel, "between");
            (await hall.Chime.CreateChannelMembership(hall.Owner, hall.Channel, stranger)).Ok();
            await hall.Chime.SendText(hall.Owner, hall.Channel, "again");
        });

        Assert.Equal(
            ["CREATE_CHANNEL_MEMBERSHIP", "within", "DELETE_CHANNEL_MEMBERSHIP", "CREATE_CHANNEL_MEMBERSHIP", "again"],
            heard["stranger"].Select(f => f.Text("Content") ?? f.Type));
    }

    [Fact]
    public async Task Sequences_rise_by_one_for_whoever_hears_everything_and_never_fall_for_others()
    {
        await using var hall = await Hall.Open(fixture);
        var heard = await hall.Heard(async () =>
        {
            var sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => hall.Chime.SendText(hall.Owner, hall.Channel, $"{i}")));
            (await hall.Chime.SendChannelMessage(hall.Owner, hall.Channel, "passing", persistence: "NON_PERSISTENT")).Ok();
            await Task.WhenAll(sent.Select(id => hall.Chime.UpdateChannelMessage(hall.Owner, hall.Channel, id, "edited")));
            (await hall.Chime.SendChannelMessage(hall.Owner, hall.Channel, "psst", target: hall.Arn("ann"))).Ok();
            (await hall.Chime.UpdateChannel(hall.Owner, hall.Channel, name: "renamed")).Ok();
        });

        var owner = heard["owner"].Where(f => f.Sequence is not null).Select(f => f.Sequence!.Value).ToArray();
        Assert.Equal(Enumerable.Range(0, owner.Length).Select(i => owner[0] + i), owner);
        Assert.Equal(42, owner.Length);
        Assert.Null(Assert.Single(heard["owner"], f => f.Text("Content") == "passing").Sequence);
        Assert.All(heard.Values, frames =>
        {
            var sequences = frames.Where(f => f.Sequence is not null).Select(f => f.Sequence!.Value).ToArray();
            Assert.Equal(sequences.Order().Distinct(), sequences);
        });
    }

    [Fact]
    public async Task Message_frames_carry_the_message_s_own_type_and_the_others_are_of_the_system()
    {
        await using var hall = await Hall.Open(fixture);
        var heard = await hall.Heard(async () =>
        {
            await hall.Chime.SendText(hall.Owner, hall.Channel, "words");
            (await hall.Chime.SendChannelMessage(hall.Owner, hall.Channel, "typing", type: "CONTROL", persistence: "NON_PERSISTENT")).Ok();
            (await hall.Chime.UpdateChannel(hall.Owner, hall.Channel, name: "renamed")).Ok();
        });

        Assert.Equal(["STANDARD", "CONTROL", "SYSTEM"], heard["bob"].Select(f => f.MessageType));
        Assert.All(heard["bob"][..2], f =>
        {
            Assert.Equal("SENT", f.Text("Status.Value"));
            Assert.False((bool)f.Payload!["Redacted"]!);
            Assert.Equal("owner", f.Text("Sender.Name"));
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", f.Text("CreatedTimestamp"));
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", f.Text("LastUpdatedTimestamp"));
        });
        Assert.All(heard["bob"], f => Assert.DoesNotContain(":null", f.Raw, StringComparison.Ordinal));
    }
}
