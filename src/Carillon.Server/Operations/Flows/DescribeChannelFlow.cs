using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// GET /channel-flows/{channelFlowArn} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DescribeChannelFlowRequest
{
    public string ChannelFlowArn { get; init; } = "";
}

internal sealed record DescribeChannelFlowResponse(ChannelFlow ChannelFlow);

internal static class DescribeChannelFlow
{
    public static readonly Operation<DescribeChannelFlowRequest, DescribeChannelFlowResponse> Operation = new(
        nameof(DescribeChannelFlow), Route.Get("/channel-flows/{channelFlowArn}"), 200, Bearer.None, Declares.Nothing,
        In: null, FlowsJson.Default.DescribeChannelFlowResponse,
        Bind: (r, call) => r with { ChannelFlowArn = call.Path("channelFlowArn") },
        Resources: (r, _) => [r.ChannelFlowArn],
        Handle: (r, call) => Task.FromResult(new DescribeChannelFlowResponse(ChannelFlow.Of(
            call.Store.Read(view => ChannelFlows.Find(view, call.Arns.FlowAddress(r.ChannelFlowArn))), call.Arns))));
}
