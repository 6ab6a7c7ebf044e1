using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instance-users?app-instance-arn=... -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record ListAppInstanceUsersRequest
{
    public string? AppInstanceArn { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListAppInstanceUsersResponse(
    string AppInstanceArn, IReadOnlyList<AppInstanceUserSummary> AppInstanceUsers, string? NextToken);

internal sealed record AppInstanceUserSummary(string AppInstanceUserArn, string? Name, string? Metadata);

internal static class ListAppInstanceUsers
{
    public static readonly Operation<ListAppInstanceUsersRequest, ListAppInstanceUsersResponse> Operation = new(
        nameof(ListAppInstanceUsers), Route.Get("/app-instance-users"), 200, Bearer.None, Declares.Nothing,
        In: null, IdentityJson.Default.ListAppInstanceUsersResponse,
        Bind: (r, call) => r with
        {
            AppInstanceArn = call.Query("app-instance-arn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },
        // The published data lists app-instance-user as the resource, and policies write <app>/user/*.
        Resources: (r, _) => [$"{r.AppInstanceArn}/user/*"],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceArn);
            var page = call.Store.Read(view => view.ListUsers(
                AppInstances.Find(view, call.Arns.AppId(r.AppInstanceArn!)).Key, asked.Size, asked.After));
            return Task.FromResult(new ListAppInstanceUsersResponse(
                r.AppInstanceArn!,
                [.. page.Items.Select(user => new AppInstanceUserSummary(
                    call.Arns.Person(user.Person), user.Person.Name, user.Metadata))],
                asked.Next(page)));
        });
}
