using System.Text.Json.Nodes;
using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Flows;

/// <summary>A server with processors: <c>f</c> is called, <c>gone</c> is where nobody listens.</summary>
public class FlowServer : LiveServer, IAsyncLifetime
{
    internal TestProcessor Processor { get; private set; } = null!;

    internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with
    {
        FlowEndpoints = $"f={Processor.Url}, gone=http://127.0.0.1:1/",
    };

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Processor = await TestProcessor.Start();
        await InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await DisposeAsync();
        await Processor.DisposeAsync();
    }
}

/// <summary>The same, with a clock that a test moves.</summary>
public sealed class TimedFlowServer : FlowServer
{
    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;
}

/// <summary>A channel with a flow, and its people.</summary>
internal sealed record FlowHall(FlowServer Server, App App, string Ann, string Bob, string Admin, string Channel, string Flow)
{
    public ChimeClient Chime => App.Root;

    public static async Task<FlowHall> Make(FlowServer server, string function = "f", string fallback = "ABORT")
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("ann", "bob", "admin");
        (await app.Root.CreateAppInstanceAdmin(app.Arn, people[2])).Ok();
        var channel = await app.NewChannel(people[2], members: [people[0], people[1]]);
        var flow = (await app.Root.CreateChannelFlow(app.Arn, "flow", function, fallback)).Text("ChannelFlowArn");
        (await app.Root.AssociateChannelFlow(people[2], channel, flow)).Ok();
        return new(server, app, people[0], people[1], people[2], channel, flow);
    }

    /// <summary>Sends as Ann and waits until the processor has been called.</summary>
    public async Task<ProcessorCall> Send(string content = "hello", string persistence = "PERSISTENT", string? target = null)
    {
        var answer = await Chime.SendChannelMessage(Ann, Channel, content, persistence: persistence, target: target);
        Assert.Equal("PENDING", answer.Text("Status.Value"));
        return await Server.Processor.Wait(answer.Text("MessageId"));
    }

    public async Task<ProcessorCall> Update(string message, string content)
    {
        var before = Server.Processor.Calls.Count(c => c.MessageId == message);
        Assert.Equal("PENDING", (await Chime.UpdateChannelMessage(Ann, Channel, message, content)).Text("Status.Value"));
        await Server.Processor.Wait(_ => Server.Processor.Calls.Count(c => c.MessageId == message) > before);
        return Server.Processor.Calls.Last(c => c.MessageId == message);
    }

    public Task<Answer> Allow(ProcessorCall call, JsonObject? changes = null) =>
        Chime.ChannelFlowCallback(Channel, call.CallbackId, call.MessageId, changes: changes);

    public Task<Answer> Deny(ProcessorCall call) =>
        Chime.ChannelFlowCallback(Channel, call.CallbackId, call.MessageId, deny: true);

    public async Task<string> Status(string message) =>
        (await Chime.GetChannelMessageStatus(Ann, Channel, message)).Text("Status.Value");

    /// <summary>Contents of the history, oldest first.</summary>
    public async Task<IReadOnlyList<string?>> History(string reader) =>
    [
        .. (await Chime.ListChannelMessages(reader, Channel, "?sort-order=ASCENDING")).List("ChannelMessages")
            .Select(m => (string?)m!["Content"]),
    ];
}
