using Xunit;

namespace Carillon.Tests.Server.Operations.Moderation;

public class ModerationTests(ModerationTests.Fixture fixture) : IClassFixture<ModerationTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    private async Task<(App App, string Ann, string Bob, string Channel)> Open()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");
        return (app, people[0], people[1], await app.NewChannel(people[0], privacy: "PUBLIC", members: [people[1]]));
    }

    [Fact]
    public async Task A_moderator_is_made_described_and_dismissed()
    {
        var (app, ann, bob, channel) = await Open();

        Assert.Equal(bob, (await Chime.CreateChannelModerator(ann, channel, bob)).Text("ChannelModerator.Arn"));
        (await Chime.CreateChannelModerator(ann, channel, bob)).Conflict();
        Assert.Equal(ann, (await Chime.DescribeChannelModerator(bob, channel, bob)).Text("ChannelModerator.CreatedBy.Arn"));
        (await Chime.DeleteChannelModerator(ann, channel, bob)).Ok();
        (await Chime.DeleteChannelModerator(ann, channel, bob)).Ok();
        (await Chime.DescribeChannelModerator(ann, channel, bob)).NotFound();
        (await Chime.CreateChannelModerator(ann, channel, app.UserArn("nobody"))).Forbidden();
    }

    [Fact]
    public async Task A_ban_ends_the_membership_and_everything_a_stranger_may_do()
    {
        var (app, ann, bob, channel) = await Open();
        var id = await Chime.SendText(bob, channel, "rude");

        Assert.Equal(bob, (await Chime.CreateChannelBan(ann, channel, bob)).Text("Member.Arn"));

        (await Chime.CreateChannelBan(ann, channel, bob)).Conflict();
        Assert.Equal(ann, (await Chime.DescribeChannelBan(ann, channel, bob)).Text("ChannelBan.CreatedBy.Arn"));
        (await Chime.DescribeChannelMembership(ann, channel, bob)).NotFound();
        (await Chime.GetChannelMessage(bob, channel, id)).Forbidden();
        (await Chime.CreateChannelMembership(ann, channel, bob)).Forbidden();
        (await Chime.CreateChannelModerator(ann, channel, bob)).Forbidden();
        (await Chime.GetChannelMessage(ann, channel, id)).Ok();
        (await Chime.CreateChannelBan(ann, channel, app.UserArn("nobody"))).Forbidden();
    }

    [Fact]
    public async Task A_lifted_ban_leaves_a_stranger()
    {
        var (_, ann, bob, channel) = await Open();
        (await Chime.CreateChannelBan(ann, channel, bob)).Ok();

        (await Chime.DeleteChannelBan(ann, channel, bob)).Ok();
        (await Chime.DeleteChannelBan(ann, channel, bob)).Ok();

        (await Chime.DescribeChannelBan(ann, channel, bob)).NotFound();
        (await Chime.DescribeChannel(bob, channel)).Ok();
        (await Chime.SendChannelMessage(bob, channel, "x")).Forbidden();
        (await Chime.CreateChannelMembership(bob, channel, bob)).Ok();
    }

    [Fact]
    public async Task Bans_go_with_the_banned_user()
    {
        var (app, ann, bob, channel) = await Open();
        (await Chime.CreateChannelBan(ann, channel, bob)).Ok();

        (await Chime.DeleteAppInstanceUser(bob)).Ok();

        Assert.Empty((await Chime.ListChannelBans(ann, channel)).List("ChannelBans"));
        await app.NewUser("bob");
        (await Chime.CreateChannelMembership(ann, channel, bob)).Ok();
    }
}
