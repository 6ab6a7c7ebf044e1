using System.Text.Json.Serialization;
using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// PUT /channels/{channelArn}/channel-flow -> 200, without a body.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record AssociateChannelFlowRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? ChannelFlowArn { get; init; }
}

internal static class AssociateChannelFlow
{
    public static readonly Operation<AssociateChannelFlowRequest, Nothing> Operation = new(
        nameof(AssociateChannelFlow), Route.Put("/channels/{channelArn}/channel-flow"), 200, Bearer.Required,
        Declares.NotFound | Declares.Conflict,
        FlowsJson.Default.AssociateChannelFlowRequest, Out: null,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn, r.ChannelFlowArn!],
        Handle: (r, call) =>
        {
            var bearer = call.Bearer;
            return call.Store.Write(ledger =>
            {
                ChannelFlows.Associate(
                    ledger, bearer, call.Channel(r.ChannelArn), call.Arns.FlowAddress(r.ChannelFlowArn!));
                return Nothing.Value;
            });
        });
}
