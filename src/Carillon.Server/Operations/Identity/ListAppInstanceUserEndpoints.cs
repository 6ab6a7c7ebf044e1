using Carillon.Core.Pushing;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instance-users/{appInstanceUserArn}/endpoints -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record ListAppInstanceUserEndpointsRequest
{
    public string AppInstanceUserArn { get; init; } = "";

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListAppInstanceUserEndpointsResponse(
    IReadOnlyList<AppInstanceUserEndpointSummary> AppInstanceUserEndpoints, string? NextToken);

internal static class ListAppInstanceUserEndpoints
{
    public static readonly Operation<ListAppInstanceUserEndpointsRequest, ListAppInstanceUserEndpointsResponse> Operation = new(
        nameof(ListAppInstanceUserEndpoints), Route.Get("/app-instance-users/{appInstanceUserArn}/endpoints"), 200,
        Bearer.None, Declares.Nothing, In: null, IdentityJson.Default.ListAppInstanceUserEndpointsResponse,
        Bind: (r, call) => r with
        {
            AppInstanceUserArn = call.Path("appInstanceUserArn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceUserArn);
            var page = call.Store.Read(view => Endpoints.List(
                view, call.Arns.PersonAddress(r.AppInstanceUserArn), asked.Size, asked.After));
            return Task.FromResult(new ListAppInstanceUserEndpointsResponse(
                [.. page.Items.Select(endpoint => AppInstanceUserEndpointSummary.Of(endpoint, r.AppInstanceUserArn))],
                asked.Next(page)));
        });
}
