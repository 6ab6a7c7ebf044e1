using Xunit;

namespace Carillon.Tests.Server.Operations.Channels;

public class ChannelsTests(ChannelsTests.Fixture fixture) : IClassFixture<ChannelsTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    private async Task<(App App, string Ann, string Bob)> Open()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");
        return (app, people[0], people[1]);
    }

    [Fact]
    public async Task Its_creator_is_the_first_member_and_moderator_and_a_channel_is_closed_unless_asked_otherwise()
    {
        var (app, ann, bob) = await Open();

        var channel = await app.NewChannel(ann, members: [bob, ann, bob], moderators: [ann]);

        var described = await Chime.DescribeChannel(ann, channel);
        Assert.Equal(("RESTRICTED", "PRIVATE"), (described.Text("Channel.Mode"), described.Text("Channel.Privacy")));
        Assert.Equal(ann, described.Text("Channel.CreatedBy.Arn"));
        Assert.Null(described.At("Channel.LastMessageTimestamp"));
        Assert.Equal(2, (await Chime.ListChannelMemberships(ann, channel)).List("ChannelMemberships").Count);
        Assert.Single((await Chime.ListChannelModerators(ann, channel)).List("ChannelModerators"));
    }

    [Fact]
    public async Task A_channel_with_somebody_who_is_not_there_is_not_made()
    {
        var (app, ann, _) = await Open();

        (await Chime.CreateChannel(ann, app.Arn, "c", members: [app.UserArn("nobody")], id: "half")).Forbidden();

        (await Chime.DescribeChannel(ann, app.Arn + "/channel/half")).Forbidden();
        Assert.Empty((await Chime.ListMembershipsOf(ann)).List("ChannelMemberships"));
    }

    [Fact]
    public async Task An_update_changes_what_is_given_and_leaves_the_rest()
    {
        var (app, ann, _) = await Open();
        var channel = (await Chime.CreateChannel(ann, app.Arn, "c", metadata: "m", privacy: "PUBLIC")).Text("ChannelArn");

        (await Chime.UpdateChannel(ann, channel, mode: "UNRESTRICTED")).Ok();
        (await Chime.UpdateChannel(ann, channel, name: "d")).Ok();
        (await Chime.UpdateChannel(ann, channel)).Ok();

        var now = await Chime.DescribeChannel(ann, channel);
        Assert.Equal(
            ("d", "m", "UNRESTRICTED", "PUBLIC"),
            (now.Text("Channel.Name"), now.Text("Channel.Metadata"), now.Text("Channel.Mode"), now.Text("Channel.Privacy")));
    }

    [Fact]
    public async Task A_deleted_channel_is_gone_for_everyone_and_its_id_is_free()
    {
        var (app, ann, bob) = await Open();
        var channel = await app.NewChannel(ann, members: [bob], id: "general");
        await Chime.SendText(ann, channel, "old");

        (await Chime.DeleteChannel(ann, channel)).Ok();

        (await Chime.DescribeChannel(ann, channel)).Forbidden();
        (await Chime.DeleteChannel(ann, channel)).Forbidden();
        Assert.Empty((await Chime.ListMembershipsOf(bob)).List("ChannelMemberships"));
        Assert.Equal(channel, await app.NewChannel(ann, id: "general"));
        Assert.Empty((await Chime.ListChannelMessages(ann, channel)).List("ChannelMessages"));
        (await Chime.DescribeChannel(bob, channel)).Forbidden();
    }

    [Fact]
    public async Task Lists_show_public_channels_and_private_ones_to_administrators()
    {
        var (app, ann, bob) = await Open();
        (await Chime.CreateAppInstanceAdmin(app.Arn, bob)).Ok();
        var (open, closed) = (await app.NewChannel(ann, privacy: "PUBLIC"), await app.NewChannel(ann));
        async Task<string[]> List(string bearer, string more = "") =>
            [.. (await Chime.ListChannels(bearer, app.Arn, more)).List("Channels").Select(c => (string)c!["ChannelArn"]!)];

        Assert.Equal([open], await List(ann));
        Assert.Equal([open], await List(ann, "&privacy=PUBLIC"));
        Assert.Equal([closed], await List(bob, "&privacy=PRIVATE"));
        (await Chime.ListChannels(ann, app.Arn, "&privacy=PRIVATE")).Forbidden();
        (await Chime.ListChannels(ann, (await fixture.NewApp()).Arn)).Forbidden();
    }

    [Fact]
    public async Task The_last_message_shows_where_it_was_said()
    {
        var (app, ann, bob) = await Open();
        var channel = await app.NewChannel(ann, members: [bob]);
        var id = await Chime.SendText(ann, channel, "x");
        var created = (decimal)(await Chime.GetChannelMessage(ann, channel, id)).At("ChannelMessage.CreatedTimestamp")!;

        Assert.Equal(created, (decimal)(await Chime.DescribeChannel(bob, channel)).At("Channel.LastMessageTimestamp")!);
        var membership = (await Chime.ListMembershipsOf(bob)).List("ChannelMemberships")[0]!;
        Assert.Equal(created, (decimal)membership["ChannelSummary"]!["LastMessageTimestamp"]!);
        Assert.Equal("DEFAULT", (string)membership["AppInstanceUserMembershipSummary"]!["Type"]!);
    }

    [Fact]
    public async Task An_elastic_channel_is_refused_rather_than_made_plain()
    {
        var (app, ann, _) = await Open();
        var body = ChimeClient.Members(
            ("AppInstanceArn", app.Arn), ("Name", "c"), ("ClientRequestToken", "elastic"),
            ("ElasticChannelConfiguration", ChimeClient.Members(("MaximumSubChannels", 2))));

        (await Chime.Send("POST", "/channels", ann, body)).BadRequest();
    }
}
