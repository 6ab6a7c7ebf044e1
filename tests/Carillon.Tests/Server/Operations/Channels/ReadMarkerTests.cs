using Xunit;

namespace Carillon.Tests.Server.Operations.Channels;

public sealed class ReadMarkerTests(TimedServer server) : IClassFixture<TimedServer>
{
    private async Task<decimal?> MarkerOf(string bearer, string channel) => (decimal?)(await server.Root.DescribeMembershipOf(
        bearer, channel, bearer)).At("ChannelMembership.AppInstanceUserMembershipSummary.ReadMarkerTimestamp");

    [Theory]
    [InlineData("DEFAULT")]
    [InlineData("HIDDEN")]
    public async Task A_member_marks_what_it_has_read_and_finds_it_in_its_list(string type)
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "bob");
        var channel = await app.NewChannel(people[0]);
        (await server.Root.CreateChannelMembership(people[0], channel, people[1], type)).Ok();
        Assert.Null(await MarkerOf(people[1], channel));

        server.Clock.Pass(TimeSpan.FromSeconds(5));
        var answer = await server.Root.UpdateChannelReadMarker(people[1], channel);

        Assert.Equal(channel, answer.Text("ChannelArn"));
        var now = server.Clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000m;
        Assert.Equal(now, await MarkerOf(people[1], channel));
        var listed = Assert.Single((await server.Root.ListMembershipsOf(people[1])).List("ChannelMemberships"));
        Assert.Equal(now, (decimal)listed!["AppInstanceUserMembershipSummary"]!["ReadMarkerTimestamp"]!);
        Assert.Null(await MarkerOf(people[0], channel));
    }

    [Fact]
    public async Task Unread_channels_are_prefetched_first_until_they_are_marked()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "bob");
        var channels = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            channels.Add(await app.NewChannel(people[0], members: [people[1]]));
            server.Clock.Pass(TimeSpan.FromSeconds(1));
            await server.Root.SendText(people[0], channels[i], "hello");
        }

        server.Clock.Pass(TimeSpan.FromSeconds(1));
        (await server.Root.UpdateChannelReadMarker(people[1], channels[2])).Ok();

        await using var session = await SessionClient.Start(
            server, people[1], "&sessionId=s&prefetch-on=connect&prefetch-sort-by=unread");
        await session.Wait(f => f.Type == "CHANNEL_DETAILS" && (string)f.Payload!["Channel"]!["ChannelArn"]! == channels[2]);
        var details = session.Frames.Where(f => f.Type == "CHANNEL_DETAILS").ToList();
        Assert.Equal([channels[1], channels[0], channels[2]], details.Select(f => (string)f.Payload!["Channel"]!["ChannelArn"]!));
        Assert.Equal(
            [false, false, true], details.Select(f => f.Payload!["ReadMarkerTimestamp"] is not null));
    }

    [Fact]
    public async Task A_membership_that_ends_takes_its_marker_along()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "bob");
        var channel = await app.NewChannel(people[0], members: [people[1]]);
        (await server.Root.UpdateChannelReadMarker(people[1], channel)).Ok();

        (await server.Root.DeleteChannelMembership(people[1], channel, people[1])).Ok();
        (await server.Root.UpdateChannelReadMarker(people[1], channel)).Forbidden();
        (await server.Root.CreateChannelMembership(people[0], channel, people[1])).Ok();

        Assert.Null(await MarkerOf(people[1], channel));
    }
}
