using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instances -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record ListAppInstancesRequest
{
    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListAppInstancesResponse(IReadOnlyList<AppInstanceSummary> AppInstances, string? NextToken);

internal sealed record AppInstanceSummary(string AppInstanceArn, string Name, string? Metadata);

internal static class ListAppInstances
{
    public static readonly Operation<ListAppInstancesRequest, ListAppInstancesResponse> Operation = new(
        nameof(ListAppInstances), Route.Get("/app-instances"), 200, Bearer.None, Declares.Nothing,
        In: null, IdentityJson.Default.ListAppInstancesResponse,
        Bind: (r, call) => r with { MaxResults = call.QueryNumber("max-results"), NextToken = call.Query("next-token") },
        Resources: (_, call) => [call.Arns.App("*")],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken);
            var page = call.Store.Read(view => view.ListApps(asked.Size, asked.After));
            return Task.FromResult(new ListAppInstancesResponse(
                [.. page.Items.Select(app => new AppInstanceSummary(call.Arns.App(app.Id), app.Name, app.Metadata))],
                asked.Next(page)));
        });
}
