using Xunit;

namespace Carillon.Tests.Server.Operations.Identity;

/// <summary>App instances, users and administrators.</summary>
public class IdentityTests(IdentityTests.Fixture fixture) : IClassFixture<IdentityTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private ChimeClient Chime => fixture.Root;

    [Fact]
    public async Task An_app_instance_is_described_as_it_was_made_and_updated()
    {
        var arn = (await Chime.CreateAppInstance("first", metadata: "{\n}")).Text("AppInstanceArn");
        Assert.Matches("^arn:aws:chime:us-east-1:123456789012:app-instance/[0-9a-f-]{36}$", arn);
        var made = await Chime.DescribeAppInstance(arn);
        Assert.Equal(("first", "{\n}"), (made.Text("AppInstance.Name"), made.Text("AppInstance.Metadata")));

        (await Chime.UpdateAppInstance(arn, "second", "")).Ok();

        var updated = await Chime.DescribeAppInstance(arn);
        Assert.Equal(("second", ""), (updated.Text("AppInstance.Name"), updated.Text("AppInstance.Metadata")));
        Assert.Equal((decimal)made.At("AppInstance.CreatedTimestamp")!, (decimal)updated.At("AppInstance.CreatedTimestamp")!);
    }

    [Fact]
    public async Task Times_are_seconds_with_three_decimals_at_most()
    {
        var app = await fixture.NewApp();

        var time = (await Chime.DescribeAppInstance(app.Arn)).At("AppInstance.CreatedTimestamp")!.ToJsonString();

        Assert.Matches(@"^\d{10}(\.\d{1,3})?$", time);
    }

    [Fact]
    public async Task A_deleted_app_instance_takes_everything_with_it_at_once()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);

        (await Chime.DeleteAppInstance(app.Arn)).Ok();

        (await Chime.DescribeAppInstance(app.Arn)).Forbidden();
        (await Chime.DescribeAppInstanceUser(ann)).Forbidden();
        (await Chime.DescribeChannel(ann, channel)).Forbidden();
        (await Chime.SendChannelMessage(ann, channel, "x")).Forbidden();
        (await Chime.CreateAppInstanceUser(app.Arn, "bob", "Bob")).Forbidden();
        (await Chime.ListAppInstanceUsers(app.Arn)).Forbidden();
        (await Chime.DeleteAppInstance(app.Arn)).Forbidden();
    }

    [Fact]
    public async Task A_new_name_shows_on_old_messages()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann", "Ann");
        var channel = await app.NewChannel(ann);
        var id = await Chime.SendText(ann, channel, "x");

        (await Chime.UpdateAppInstanceUser(ann, "Anna", "m")).Ok();

        Assert.Equal("Anna", (await Chime.GetChannelMessage(ann, channel, id)).Text("ChannelMessage.Sender.Name"));
        Assert.Equal("Anna", (await Chime.DescribeAppInstanceUser(ann)).Text("AppInstanceUser.Name"));
        Assert.Equal("m", (await Chime.DescribeAppInstanceUser(ann)).Text("AppInstanceUser.Metadata"));
    }

    [Fact]
    public async Task A_deleted_user_leaves_its_channels_and_its_messages_stay()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");
        var channel = await app.NewChannel(people[0], members: [people[1]]);
        var id = await Chime.SendText(people[1], channel, "still here");

        (await Chime.DeleteAppInstanceUser(people[1])).Ok();

        (await Chime.DescribeAppInstanceUser(people[1])).Forbidden();
        (await Chime.SendChannelMessage(people[1], channel, "x")).Forbidden();
        Assert.Single((await Chime.ListChannelMemberships(people[0], channel)).List("ChannelMemberships"));
        Assert.Equal("still here", (await Chime.GetChannelMessage(people[0], channel, id)).Text("ChannelMessage.Content"));
        (await Chime.CreateChannelMembership(people[0], channel, people[1])).NotFound();
    }

    [Fact]
    public async Task A_user_who_comes_back_under_the_same_id_is_another_one()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob");
        (await Chime.CreateAppInstanceAdmin(app.Arn, people[1])).Ok();
        var channel = await app.NewChannel(people[0], members: [people[1]]);
        (await Chime.DeleteAppInstanceUser(people[1])).Ok();

        Assert.Equal(people[1], await app.NewUser("bob", "Another Bob"));

        (await Chime.DescribeChannel(people[1], channel)).Forbidden();
        Assert.Empty((await Chime.ListMembershipsOf(people[1])).List("ChannelMemberships"));
        Assert.Empty((await Chime.ListAppInstanceAdmins(app.Arn)).List("AppInstanceAdmins"));
    }

    [Fact]
    public async Task Administrators_are_made_once_and_dismissed_quietly()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");

        (await Chime.CreateAppInstanceAdmin(app.Arn, ann)).Ok();
        (await Chime.CreateAppInstanceAdmin(app.Arn, ann)).Conflict();
        Assert.Equal(ann, (await Chime.DescribeAppInstanceAdmin(app.Arn, ann)).Text("AppInstanceAdmin.Admin.Arn"));
        (await Chime.DeleteAppInstanceAdmin(app.Arn, ann)).Ok();
        (await Chime.DeleteAppInstanceAdmin(app.Arn, ann)).Ok();
        (await Chime.DescribeAppInstanceAdmin(app.Arn, ann)).Forbidden();
        (await Chime.CreateAppInstanceAdmin(app.Arn, app.UserArn("nobody"))).Forbidden();
        (await Chime.CreateAppInstanceAdmin((await fixture.NewApp()).Arn, ann)).Forbidden();
    }

    [Fact]
    public async Task What_is_of_another_region_or_account_is_not_here()
    {
        var app = await fixture.NewApp();
        var elsewhere = app.Arn.Replace("us-east-1", "eu-central-1", StringComparison.Ordinal);
        var another = app.Arn.Replace(LiveServer.Account, "999999999999", StringComparison.Ordinal);

        (await Chime.DescribeAppInstance(elsewhere)).Forbidden();
        (await Chime.DescribeAppInstance(another)).Forbidden();
        (await Chime.DescribeAppInstance(app.Arn + "/user/x")).Forbidden();
    }
}
