using System.Text.Json.Nodes;
using Carillon.Tests.Server.Flows;
using Xunit;

namespace Carillon.Tests.Server.Operations.Flows;

public class ChannelFlowsTests(ChannelFlowsTests.Fixture server) : IClassFixture<ChannelFlowsTests.Fixture>
{
    public sealed class Fixture : FlowServer;

    [Fact]
    public async Task A_flow_is_described_listed_changed_and_deleted()
    {
        var app = await server.NewApp();
        var flow = (await app.Root.CreateChannelFlow(app.Arn, "first", "f", "CONTINUE")).Text("ChannelFlowArn");
        Assert.StartsWith($"{app.Arn}/channel-flow/", flow, StringComparison.Ordinal);

        var described = (await app.Root.DescribeChannelFlow(flow)).At("ChannelFlow")!;
        Assert.Equal((flow, "first"), ((string)described["ChannelFlowArn"]!, (string)described["Name"]!));
        Assert.True(JsonNode.DeepEquals(ChimeClient.Processors("f", "CONTINUE"), described["Processors"]));
        Assert.NotNull(described["CreatedTimestamp"]);

        Assert.Equal(flow, (await app.Root.UpdateChannelFlow(flow, "second", "g")).Text("ChannelFlowArn"));
        var summary = Assert.Single((await app.Root.ListChannelFlows(app.Arn)).List("ChannelFlows"))!;
        Assert.Equal((flow, "second"), ((string)summary["ChannelFlowArn"]!, (string)summary["Name"]!));
        Assert.True(JsonNode.DeepEquals(ChimeClient.Processors("g"), summary["Processors"]));

        Assert.Equal(204, (await app.Root.DeleteChannelFlow(flow)).Status);
        (await app.Root.DescribeChannelFlow(flow)).Forbidden();
        (await app.Root.UpdateChannelFlow(flow, "third", "f")).Forbidden();
        (await app.Root.DeleteChannelFlow(flow)).Forbidden();
        (await app.Root.ListChannelsOfFlow(flow)).Forbidden();
        Assert.Empty((await app.Root.ListChannelFlows(app.Arn)).List("ChannelFlows"));
    }

    [Fact]
    public async Task The_same_token_makes_one_flow_and_another_request_under_it_is_a_conflict()
    {
        var app = await server.NewApp();
        var token = ChimeClient.NewToken();
        var first = (await app.Root.CreateChannelFlow(app.Arn, "flow", "f", token: token)).Text("ChannelFlowArn");
        Assert.Equal(first, (await app.Root.CreateChannelFlow(app.Arn, "flow", "f", token: token)).Text("ChannelFlowArn"));
        (await app.Root.CreateChannelFlow(app.Arn, "flow", "g", token: token)).Conflict();
    }

    [Fact]
    public async Task A_flow_has_one_processor()
    {
        var app = await server.NewApp();
        var two = new JsonArray([.. ChimeClient.Processors("f").Concat(ChimeClient.Processors("g")).Select(p => p!.DeepClone())]);
        var body = ChimeClient.Members(
            ("AppInstanceArn", app.Arn), ("Name", "flow"), ("Processors", two), ("ClientRequestToken", ChimeClient.NewToken()));
        (await app.Root.Send("POST", "/channel-flows", body: body)).Refused(400, "ResourceLimitExceededException");

        var flow = (await app.Root.CreateChannelFlow(app.Arn, "flow", "f")).Text("ChannelFlowArn");
        (await app.Root.Send(
            "PUT", $"/channel-flows/{ChimeClient.E(flow)}",
            body: ChimeClient.Members(("Name", "flow"), ("Processors", two.DeepClone())))).BadRequest();
    }

    [Fact]
    public async Task An_app_instance_has_a_hundred_flows()
    {
        var app = await server.NewApp();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => (await app.Root.CreateChannelFlow(app.Arn, $"{i}", "f")).Ok()));
        (await app.Root.CreateChannelFlow(app.Arn, "one more", "f")).Refused(400, "ResourceLimitExceededException");

        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await app.Root.ListChannelFlows(app.Arn, "&max-results=30" + (next is null ? "" : "&next-token=" + ChimeClient.E(next)));
            names.AddRange(page.List("ChannelFlows").Select(f => (string)f!["Name"]!));
            next = page.NextToken;
        }
        while (next is not null);
        Assert.Equal(100, names.Distinct().Count());
    }

    [Fact]
    public async Task A_channel_has_one_flow_and_a_flow_many_channels()
    {
        var hall = await FlowHall.Make(server);
        var (chime, app) = (hall.Chime, hall.App);
        var other = (await chime.CreateChannelFlow(app.Arn, "other", "f")).Text("ChannelFlowArn");
        (await chime.AssociateChannelFlow(hall.Admin, hall.Channel, other)).Conflict();
        (await chime.AssociateChannelFlow(hall.Admin, hall.Channel, hall.Flow)).Conflict();
        (await chime.AssociateChannelFlow(hall.Admin, hall.Channel, other + "x")).NotFound();
        (await chime.DisassociateChannelFlow(hall.Admin, hall.Channel, other)).NotFound();
        Assert.Equal(hall.Flow, (await chime.DescribeChannel(hall.Bob, hall.Channel)).Text("Channel.ChannelFlowArn"));

        var channels = new List<string> { hall.Channel };
        for (var i = 0; i < 4; i++)
        {
            channels.Add(await app.NewChannel(hall.Ann));
            (await chime.AssociateChannelFlow(hall.Ann, channels[^1], hall.Flow)).Ok();
        }

        var listed = new List<string>();
        string? next = null;
        do
        {
            var page = await chime.ListChannelsOfFlow(hall.Flow, "&max-results=2" + (next is null ? "" : "&next-token=" + ChimeClient.E(next)));
            listed.AddRange(page.List("Channels").Select(c => (string)c!["ChannelArn"]!));
            next = page.NextToken;
        }
        while (next is not null);
        Assert.Equal(channels.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));

        (await chime.DeleteChannelFlow(hall.Flow)).Conflict();
        foreach (var channel in channels[1..])
        {
            Assert.Equal(204, (await chime.DisassociateChannelFlow(hall.Ann, channel, hall.Flow)).Status);
        }

        (await chime.DisassociateChannelFlow(hall.Ann, channels[1], hall.Flow)).NotFound();
        (await chime.DeleteChannelFlow(hall.Flow)).Conflict();
        (await chime.DeleteChannel(hall.Admin, hall.Channel)).Ok();
        (await chime.DeleteChannelFlow(hall.Flow)).Ok();
    }

    [Fact]
    public async Task Members_are_told_of_the_flow_of_their_channel()
    {
        var hall = await FlowHall.Make(server);
        await using var session = await SessionClient.Start(server, hall.Bob);
        (await hall.Chime.DisassociateChannelFlow(hall.Admin, hall.Channel, hall.Flow)).Ok();
        (await hall.Chime.AssociateChannelFlow(hall.Admin, hall.Channel, hall.Flow)).Ok();

        var told = await session.WaitForCount(2, f => f.Type == "UPDATE_CHANNEL");
        Assert.Equal([null, hall.Flow], told.Select(f => f.Text("ChannelFlowArn")));
    }

    [Fact]
    public async Task Flows_of_another_app_instance_are_strangers()
    {
        var hall = await FlowHall.Make(server);
        var elsewhere = await FlowHall.Make(server);
        (await hall.Chime.DisassociateChannelFlow(hall.Admin, hall.Channel, hall.Flow)).Ok();
        (await hall.Chime.AssociateChannelFlow(hall.Admin, hall.Channel, elsewhere.Flow)).NotFound();
    }
}
