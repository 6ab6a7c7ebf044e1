using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// GET /channels?scope=channel-flow-associations&channel-flow-arn=... -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListChannelsAssociatedWithChannelFlowRequest
{
    public string? ChannelFlowArn { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListChannelsAssociatedWithChannelFlowResponse(
    IReadOnlyList<ChannelAssociatedWithFlowSummary> Channels, string? NextToken);

internal static class ListChannelsAssociatedWithChannelFlow
{
    public static readonly Operation<
        ListChannelsAssociatedWithChannelFlowRequest, ListChannelsAssociatedWithChannelFlowResponse> Operation = new(
        nameof(ListChannelsAssociatedWithChannelFlow), Route.Get("/channels?scope=channel-flow-associations"), 200,
        Bearer.None, Declares.Nothing,
        In: null, FlowsJson.Default.ListChannelsAssociatedWithChannelFlowResponse,
        Bind: (r, call) => r with
        {
            ChannelFlowArn = call.Query("channel-flow-arn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },
        Resources: (r, _) => [r.ChannelFlowArn!],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.ChannelFlowArn);
            var page = call.Store.Read(view => view.ListFlowChannels(
                ChannelFlows.Find(view, call.Arns.FlowAddress(r.ChannelFlowArn!)).Key, asked.Size, asked.After));
            return Task.FromResult(new ListChannelsAssociatedWithChannelFlowResponse(
                [.. page.Items.Select(channel => ChannelAssociatedWithFlowSummary.Of(channel, call.Arns))],
                asked.Next(page)));
        });
}
