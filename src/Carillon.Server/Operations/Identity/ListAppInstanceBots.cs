using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instance-bots -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record ListAppInstanceBotsRequest
{
    public string? AppInstanceArn { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }
}

internal sealed record ListAppInstanceBotsResponse(
    string AppInstanceArn, IReadOnlyList<AppInstanceBotSummary> AppInstanceBots, string? NextToken);

internal sealed record AppInstanceBotSummary(string AppInstanceBotArn, string? Name, string? Metadata);

internal static class ListAppInstanceBots
{
    public static readonly Operation<ListAppInstanceBotsRequest, ListAppInstanceBotsResponse> Operation = new(
        nameof(ListAppInstanceBots), Route.Get("/app-instance-bots"), 200, Bearer.None, Declares.ResourceLimitExceeded,
        In: null, IdentityJson.Default.ListAppInstanceBotsResponse,
        Bind: (r, call) => r with
        {
            AppInstanceArn = call.Query("app-instance-arn"),
            MaxResults = call.QueryNumber("max-results"),
            NextToken = call.Query("next-token"),
        },

        // The published data lists app-instance-bot as the resource.
        Resources: (r, _) => [$"{r.AppInstanceArn}/bot/*"],
        Handle: (r, call) =>
        {
            var asked = call.PageOf(r.MaxResults, r.NextToken, r.AppInstanceArn);
            var page = call.Store.Read(view => view.ListBots(
                AppInstances.Find(view, call.Arns.AppId(r.AppInstanceArn!)).Key, asked.Size, asked.After));
            return Task.FromResult(new ListAppInstanceBotsResponse(
                r.AppInstanceArn!,
                [.. page.Items.Select(bot => new AppInstanceBotSummary(
                    call.Arns.Person(bot.Person), bot.Person.Name, bot.Metadata))],
                asked.Next(page)));
        });
}
