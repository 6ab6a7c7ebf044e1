using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// DELETE /channels/{channelArn}/channel-flow/{channelFlowArn} -> 204.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DisassociateChannelFlowRequest
{
    public string ChannelArn { get; init; } = "";

    public string ChannelFlowArn { get; init; } = "";
}

internal static class DisassociateChannelFlow
{
    public static readonly Operation<DisassociateChannelFlowRequest, Nothing> Operation = new(
        nameof(DisassociateChannelFlow), Route.Delete("/channels/{channelArn}/channel-flow/{channelFlowArn}"), 204,
        Bearer.Required, Declares.NotFound | Declares.Conflict, In: null, Out: null,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn"), ChannelFlowArn = call.Path("channelFlowArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn, r.ChannelFlowArn],
        Handle: (r, call) =>
        {
            var bearer = call.Bearer;
            return call.Store.Write(ledger =>
            {
                ChannelFlows.Disassociate(
                    ledger, bearer, call.Channel(r.ChannelArn), call.Arns.FlowAddress(r.ChannelFlowArn));
                return Nothing.Value;
            });
        });
}
