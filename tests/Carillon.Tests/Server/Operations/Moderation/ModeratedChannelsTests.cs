using Xunit;

namespace Carillon.Tests.Server.Operations.Moderation;

public class ModeratedChannelsTests(ModeratedChannelsTests.Fixture fixture) : IClassFixture<ModeratedChannelsTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    [Fact]
    public async Task A_user_sees_which_channels_it_moderates_member_or_not()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "boss");
        var (ann, bob, boss) = (people[0], people[1], people[2]);
        (await Chime.CreateAppInstanceAdmin(app.Arn, boss)).Ok();
        var own = await app.NewChannel(bob, id: "own");
        var kept = await app.NewChannel(ann, moderators: [bob], id: "kept");
        var joined = await app.NewChannel(ann, members: [bob], id: "joined");
        await Chime.SendText(ann, kept, "hello");

        async Task<string[]> Of(string bearer, string? user = null) =>
            [.. (await Chime.ListModeratedBy(bearer, user)).List("Channels").Select(c => (string)c!["ChannelSummary"]!["ChannelArn"]!)];
        Assert.Equal([own, kept], await Of(bob));
        Assert.Equal([own, kept], await Of(bob, bob));
        Assert.Equal([own, kept], await Of(boss, bob));
        Assert.Empty(await Of(boss));
        (await Chime.ListModeratedBy(ann, bob)).Forbidden();

        Assert.Equal(kept, (await Chime.DescribeModeratedBy(bob, kept, bob)).Text("Channel.ChannelSummary.ChannelArn"));
        Assert.NotNull((await Chime.DescribeModeratedBy(boss, kept, bob)).At("Channel.ChannelSummary.LastMessageTimestamp"));
        var refused = (await Chime.DescribeModeratedBy(bob, joined, bob)).Forbidden();
        Assert.Equal(refused.Body, (await Chime.DescribeModeratedBy(bob, app.Arn + "/channel/absent", bob)).Forbidden().Body);

        (await Chime.DeleteChannelModerator(ann, kept, bob)).Ok();
        (await Chime.DeleteChannel(bob, own)).Ok();
        Assert.Empty(await Of(bob));
        (await Chime.DescribeModeratedBy(bob, own, bob)).Forbidden();
    }

    [Fact]
    public async Task An_administrator_is_not_told_of_messages_that_only_the_moderator_sees()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "boss");
        (await Chime.CreateAppInstanceAdmin(app.Arn, people[2])).Ok();
        var channel = await app.NewChannel(people[0], members: [people[1]]);
        (await Chime.SendChannelMessage(people[0], channel, "aside", target: people[1])).Ok();

        Assert.NotNull((await Chime.DescribeModeratedBy(people[0], channel, people[0])).At("Channel.ChannelSummary.LastMessageTimestamp"));
        Assert.Null((await Chime.DescribeModeratedBy(people[2], channel, people[0])).At("Channel.ChannelSummary.LastMessageTimestamp"));
    }
}
