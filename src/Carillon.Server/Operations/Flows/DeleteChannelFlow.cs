using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// DELETE /channel-flows/{channelFlowArn} -> 204.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DeleteChannelFlowRequest
{
    public string ChannelFlowArn { get; init; } = "";
}

internal static class DeleteChannelFlow
{
    public static readonly Operation<DeleteChannelFlowRequest, Nothing> Operation = new(
        nameof(DeleteChannelFlow), Route.Delete("/channel-flows/{channelFlowArn}"), 204, Bearer.None, Declares.Conflict,
        In: null, Out: null,
        Bind: (r, call) => r with { ChannelFlowArn = call.Path("channelFlowArn") },

        // The published data lists channel as the resource; the request names a flow and no channel.
        Resources: (r, _) => [r.ChannelFlowArn],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            ChannelFlows.Delete(ledger, call.Arns.FlowAddress(r.ChannelFlowArn));
            return Nothing.Value;
        }));
}
