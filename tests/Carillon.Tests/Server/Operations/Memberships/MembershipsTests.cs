using Xunit;

namespace Carillon.Tests.Server.Operations.Memberships;

public class MembershipsTests(MembershipsTests.Fixture fixture) : IClassFixture<MembershipsTests.Fixture>
{
    public sealed class Fixture : LiveServer
    {
        internal override Carillon.Server.Hosting.CarillonOptions Adjust(Carillon.Server.Hosting.CarillonOptions options) =>
            options with { Quotas = "AppInstances=1000,MembershipsPerChannel=4,MembershipsPerUser=3,ModeratorsPerChannel=2,AdminsPerAppInstance=1" };
    }

    private ChimeClient Chime => fixture.Root;

    private async Task<(App App, string[] People, string Channel)> Open()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "carol", "dora", "eve");
        return (app, people, await app.NewChannel(people[0]));
    }

    [Fact]
    public async Task A_membership_says_who_invited_whom()
    {
        var (_, people, channel) = await Open();

        var made = await Chime.CreateChannelMembership(people[0], channel, people[1], type: null);

        Assert.Equal((people[1], "bob"), (made.Text("Member.Arn"), made.Text("Member.Name")));
        var described = await Chime.DescribeChannelMembership(people[1], channel, people[1]);
        Assert.Equal(
            (people[0], "DEFAULT", channel),
            (described.Text("ChannelMembership.InvitedBy.Arn"), described.Text("ChannelMembership.Type"), described.Text("ChannelMembership.ChannelArn")));
    }

    [Fact]
    public async Task Who_is_there_cannot_be_added_and_who_is_not_cannot_be_found()
    {
        var (app, people, channel) = await Open();

        (await Chime.CreateChannelMembership(people[0], channel, people[0])).Conflict();
        (await Chime.CreateChannelMembership(people[0], channel, people[0], "HIDDEN")).Conflict();
        (await Chime.CreateChannelMembership(people[0], channel, app.UserArn("nobody"))).NotFound();
        (await Chime.DescribeChannelMembership(people[0], channel, people[1])).NotFound();
        (await Chime.DeleteChannelMembership(people[0], channel, people[1])).Ok();
    }

    [Fact]
    public async Task A_hidden_member_is_listed_and_described_to_those_who_may_know()
    {
        var (_, people, channel) = await Open();
        (await Chime.CreateChannelMembership(people[0], channel, people[1])).Ok();
        (await Chime.CreateChannelMembership(people[0], channel, people[2], "HIDDEN")).Ok();

        Assert.Equal(2, (await Chime.ListChannelMemberships(people[1], channel)).List("ChannelMemberships").Count);
        Assert.Single((await Chime.ListChannelMemberships(people[0], channel, "?type=HIDDEN")).List("ChannelMemberships"));
        (await Chime.DescribeChannelMembership(people[1], channel, people[2])).NotFound();
        Assert.Equal("HIDDEN", (await Chime.DescribeChannelMembership(people[0], channel, people[2])).Text("ChannelMembership.Type"));
        Assert.Equal("HIDDEN", (await Chime.DescribeChannelMembership(people[2], channel, people[2])).Text("ChannelMembership.Type"));
    }

    [Fact]
    public async Task A_batch_adds_whom_it_can_and_reports_the_others_one_by_one()
    {
        var (app, people, channel) = await Open();
        (await Chime.CreateChannelBan(people[0], channel, people[1])).Ok();

        var answer = await Chime.BatchCreateChannelMembership(
            people[0], channel, [people[0], people[1], people[2], people[2], app.UserArn("nobody")]);

        Assert.Equal(people[2], (string)answer.At("BatchChannelMemberships.Members")![0]!["Arn"]!);
        Assert.Equal(people[0], answer.Text("BatchChannelMemberships.InvitedBy.Arn"));
        Assert.Equal(
            [(people[0], "Conflict"), (people[1], "Forbidden"), (people[2], "Conflict"), (app.UserArn("nobody"), "NotFound")],
            answer.List("Errors").Select(e => ((string)e!["MemberArn"]!, (string)e["ErrorCode"]!)));
    }

    [Fact]
    public async Task Quotas_end_what_may_be_added()
    {
        var (app, people, channel) = await Open();

        var batch = await Chime.BatchCreateChannelMembership(people[0], channel, people[1..]);
        Assert.Equal("ResourceLimitExceeded", (string)Assert.Single(batch.List("Errors"))!["ErrorCode"]!);
        (await Chime.CreateChannelMembership(people[0], channel, people[4])).Refused(400, "ResourceLimitExceededException");
        (await Chime.DeleteChannelMembership(people[0], channel, people[1])).Ok();
        (await Chime.CreateChannelMembership(people[0], channel, people[4])).Ok();

        (await Chime.CreateChannelModerator(people[0], channel, people[2])).Ok();
        (await Chime.CreateChannelModerator(people[0], channel, people[3])).Refused(400, "ResourceLimitExceededException");

        await app.NewChannel(people[0]);
        await app.NewChannel(people[0]);
        (await Chime.CreateChannel(people[0], app.Arn, "one too many")).Refused(400, "ResourceLimitExceededException");

        (await Chime.CreateAppInstanceAdmin(app.Arn, people[0])).Ok();
        (await Chime.CreateAppInstanceAdmin(app.Arn, people[1])).Refused(400, "ResourceLimitExceededException");
    }

    [Fact]
    public async Task Everyone_sees_the_own_memberships_and_administrators_see_anyone_s()
    {
        var (app, people, channel) = await Open();
        (await Chime.CreateAppInstanceAdmin(app.Arn, people[4])).Ok();

        Assert.Equal(
            channel, (string)(await Chime.ListMembershipsOf(people[0])).List("ChannelMemberships")[0]!["ChannelSummary"]!["ChannelArn"]!);
        Assert.Single((await Chime.ListMembershipsOf(people[4], people[0])).List("ChannelMemberships"));
        Assert.Equal(
            channel, (await Chime.DescribeMembershipOf(people[4], channel, people[0])).Text("ChannelMembership.ChannelSummary.ChannelArn"));
        (await Chime.DescribeMembershipOf(people[1], channel, people[1])).Forbidden();
        (await Chime.ListMembershipsOf(people[4], app.UserArn("nobody"))).Forbidden();
    }
}
