using Carillon.Server.Flows;
using Carillon.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Carillon.Tests.Server.Flows;

/// <summary>A processor that the server itself serves, on a port that nobody knows before it listens.</summary>
public sealed class OwnEndpointServer : LiveServer
{
    internal TaskCompletionSource<string> Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal override CarillonOptions Adjust(CarillonOptions options) =>
        base.Adjust(options) with { FlowEndpoints = "own=http://localhost:0/own/flow" };

    internal override void Mapped() => Platform.App.MapPost("/own/flow", async (HttpRequest request) =>
    {
        using var reader = new StreamReader(request.Body);
        Called.TrySetResult(await reader.ReadToEndAsync());
    });
}

public sealed class OwnEndpointTests(OwnEndpointServer server) : IClassFixture<OwnEndpointServer>
{
    [Fact]
    public async Task Port_0_of_a_processor_is_the_servers_own()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "admin");
        (await app.Root.CreateAppInstanceAdmin(app.Arn, people[1])).Ok();
        var channel = await app.NewChannel(people[1], members: [people[0]]);
        var flow = (await app.Root.CreateChannelFlow(app.Arn, "flow", "own", "ABORT")).Text("ChannelFlowArn");
        (await app.Root.AssociateChannelFlow(people[1], channel, flow)).Ok();

        var sent = await app.Root.SendChannelMessage(people[0], channel, "hello");

        Assert.Equal("PENDING", sent.Text("Status.Value"));
        var heard = await server.Called.Task.WaitAsync(SessionClient.Deadline);
        Assert.Contains(sent.Text("MessageId")!, heard, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_other_port_is_taken_as_it_stands()
    {
        var endpoints = new FlowEndpoints("a=http://localhost:0/x, b=http://localhost:81/x", () => 4711);

        Assert.Equal("http://localhost:4711/x", endpoints.Find("arn:aws:lambda:us-east-1:123456789012:function:a")!.AbsoluteUri);
        Assert.Equal("http://localhost:81/x", endpoints.Find("arn:aws:lambda:us-east-1:123456789012:function:b")!.AbsoluteUri);
    }
}
