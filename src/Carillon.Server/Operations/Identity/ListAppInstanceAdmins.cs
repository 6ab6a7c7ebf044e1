using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instances/{appInstanceArn}/admins -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record ListAppInstanceAdminsRequest
{
    public string AppInstanceArn { get; init; } = "";

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListAppInstanceAdminsResponse(
    string AppInstanceArn, IReadOnlyList<AppInstanceAdminSummary> AppInstanceAdmins, string? NextToken);

internal sealed record AppInstanceAdminSummary(IdentityShape Admin);

internal static class ListAppInstanceAdmins
{
    public static readonly Operation<ListAppInstanceAdminsRequest, ListAppInstanceAdminsResponse> Operation = new(
        nameof(ListAppInstanceAdmins), Route.Get("/app-instances/{appInstanceArn}/admins"), 200, Bearer.None,
        Declares.ResourceLimitExceeded, In: null, IdentityJson.Default.ListAppInstanceAdminsResponse,
        Bind: (r, call) => r with
        {
            AppInstanceArn = call.Path("appInstanceArn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceArn);
            var page = call.Store.Read(view => view.ListAdmins(
                AppInstances.Find(view, call.Arns.AppId(r.AppInstanceArn)).Key, asked.Size, asked.After));
            return Task.FromResult(new ListAppInstanceAdminsResponse(
                r.AppInstanceArn,
                [.. page.Items.Select(admin => new AppInstanceAdminSummary(IdentityShape.Of(admin.Person, call.Arns)))],
                asked.Next(page)));
        });
}
