using System.Text.Json.Serialization;
using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// PUT /channel-flows/{channelFlowArn} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record UpdateChannelFlowRequest
{
    [JsonIgnore]
    public string ChannelFlowArn { get; init; } = "";

    public IReadOnlyList<Processor>? Processors { get; init; }

    public string? Name { get; init; }
}

internal sealed record UpdateChannelFlowResponse(string ChannelFlowArn);

internal static class UpdateChannelFlow
{
    public static readonly Operation<UpdateChannelFlowRequest, UpdateChannelFlowResponse> Operation = new(
        nameof(UpdateChannelFlow), Route.Put("/channel-flows/{channelFlowArn}"), 200, Bearer.None, Declares.Conflict,
        FlowsJson.Default.UpdateChannelFlowRequest, FlowsJson.Default.UpdateChannelFlowResponse,
        Bind: (r, call) => r with { ChannelFlowArn = call.Path("channelFlowArn") },
        Resources: (r, _) => [r.ChannelFlowArn],
        Handle: async (r, call) =>
        {
            var processors = Processor.Read(r.Processors!);
            await call.Store.Write(ledger => ChannelFlows.Update(
                ledger, call.Arns.FlowAddress(r.ChannelFlowArn), r.Name!, processors));
            return new(r.ChannelFlowArn);
        });
}
