using Carillon.Tests.Server;
using Xunit;

namespace Carillon.Tests.Regressions;

/// <summary>In a channel whose members may remove each other, they used to find and remove hidden ones too.</summary>
public sealed class HiddenMemberTests(LiveServer server) : IClassFixture<LiveServer>
{
    private async Task<(ChimeClient Root, string Moderator, string Member, string Hidden, string Stranger, string Channel)> Set()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("moderator", "member", "hidden", "stranger");
        var channel = await app.NewChannel(people[0], mode: "UNRESTRICTED", members: [people[1]]);
        (await app.Root.CreateChannelMembership(people[0], channel, people[2], "HIDDEN")).Ok();
        return (app.Root, people[0], people[1], people[2], people[3], channel);
    }

    [Fact]
    public async Task A_member_cannot_remove_a_hidden_one_and_learns_nothing_by_trying()
    {
        var (root, moderator, member, hidden, stranger, channel) = await Set();

        var ofHidden = await root.DeleteChannelMembership(member, channel, hidden);
        var ofNobody = await root.DeleteChannelMembership(member, channel, stranger);

        Assert.Equal(ofNobody.Status, ofHidden.Status);
        (await root.DescribeChannelMembership(moderator, channel, hidden)).Ok();
    }

    [Fact]
    public async Task A_hidden_member_leaves_and_a_moderator_removes_it()
    {
        var (root, moderator, _, hidden, _, channel) = await Set();
        (await root.DeleteChannelMembership(hidden, channel, hidden)).Ok();
        (await root.DescribeChannelMembership(moderator, channel, hidden)).NotFound();

        (await root.CreateChannelMembership(moderator, channel, hidden, "HIDDEN")).Ok();
        (await root.DeleteChannelMembership(moderator, channel, hidden)).Ok();
        (await root.DescribeChannelMembership(moderator, channel, hidden)).NotFound();
    }

    [Fact]
    public async Task A_member_cannot_tell_a_hidden_target_from_a_stranger()
    {
        var (root, moderator, member, hidden, stranger, channel) = await Set();

        var toHidden = (await root.SendChannelMessage(member, channel, "psst", target: hidden)).BadRequest();
        var toStranger = (await root.SendChannelMessage(member, channel, "psst", target: stranger)).BadRequest();

        Assert.Equal(toStranger.Body, toHidden.Body);
        (await root.SendChannelMessage(moderator, channel, "psst", target: hidden)).Ok();
    }
}
