using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instance-bots/{appInstanceBotArn} -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DescribeAppInstanceBotRequest
{
    public string AppInstanceBotArn { get; init; } = "";
}

internal sealed record DescribeAppInstanceBotResponse(AppInstanceBotShape AppInstanceBot);

internal sealed record AppInstanceBotShape(
    string AppInstanceBotArn, string? Name, BotConfiguration Configuration, DateTimeOffset CreatedTimestamp,
    DateTimeOffset LastUpdatedTimestamp, string? Metadata);

internal static class DescribeAppInstanceBot
{
    public static readonly Operation<DescribeAppInstanceBotRequest, DescribeAppInstanceBotResponse> Operation = new(
        nameof(DescribeAppInstanceBot), Route.Get("/app-instance-bots/{appInstanceBotArn}"), 200, Bearer.None,
        Declares.NotFound, In: null, IdentityJson.Default.DescribeAppInstanceBotResponse,
        Bind: (r, call) => r with { AppInstanceBotArn = call.Path("appInstanceBotArn") },
        Resources: (r, _) => [r.AppInstanceBotArn],
        Handle: (r, call) =>
        {
            var bot = call.Store.Read(view => Bots.Find(view, call.Arns.PersonAddress(r.AppInstanceBotArn)));
            return Task.FromResult(new DescribeAppInstanceBotResponse(new(
                call.Arns.Person(bot.Person), bot.Person.Name, BotConfiguration.Of(bot.Configuration),
                bot.Created.ToTime(), bot.Updated.ToTime(), bot.Metadata)));
        });
}
