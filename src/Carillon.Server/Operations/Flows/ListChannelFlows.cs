using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// GET /channel-flows?app-instance-arn=... -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record ListChannelFlowsRequest
{
    public string? AppInstanceArn { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListChannelFlowsResponse(IReadOnlyList<ChannelFlowSummary> ChannelFlows, string? NextToken);

internal static class ListChannelFlows
{
    public static readonly Operation<ListChannelFlowsRequest, ListChannelFlowsResponse> Operation = new(
        nameof(ListChannelFlows), Route.Get("/channel-flows"), 200, Bearer.None, Declares.Nothing,
        In: null, FlowsJson.Default.ListChannelFlowsResponse,
        Bind: (r, call) => r with
        {
            AppInstanceArn = call.Query("app-instance-arn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },

        // The published data lists channel-flow as the resource, and policies write <app>/channel-flow/*.
        Resources: (r, _) => [$"{r.AppInstanceArn}/channel-flow/*"],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceArn);
            var page = call.Store.Read(view => view.ListFlows(
                AppInstances.Find(view, call.Arns.AppId(r.AppInstanceArn!)).Key, asked.Size, asked.After));
            return Task.FromResult(new ListChannelFlowsResponse(
                [.. page.Items.Select(flow => ChannelFlowSummary.Of(flow, call.Arns))], asked.Next(page)));
        });
}
