using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// PUT /app-instance-bots/{appInstanceBotArn} -> 200.  Shape: chime-sdk-identity 2021-04-20. Name and Metadata are both
// required; without a Configuration the one that is there stays.
internal sealed record UpdateAppInstanceBotRequest
{
    [JsonIgnore]
    public string AppInstanceBotArn { get; init; } = "";

    public string? Name { get; init; }

    public string? Metadata { get; init; }

    public BotConfiguration? Configuration { get; init; }
}

internal sealed record UpdateAppInstanceBotResponse(string AppInstanceBotArn);

internal static class UpdateAppInstanceBot
{
    public static readonly Operation<UpdateAppInstanceBotRequest, UpdateAppInstanceBotResponse> Operation = new(
        nameof(UpdateAppInstanceBot), Route.Put("/app-instance-bots/{appInstanceBotArn}"), 200, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.UpdateAppInstanceBotRequest, IdentityJson.Default.UpdateAppInstanceBotResponse,
        Bind: (r, call) => r with { AppInstanceBotArn = call.Path("appInstanceBotArn") },
        Resources: (r, _) => [r.AppInstanceBotArn],
        Handle: async (r, call) =>
        {
            await call.Store.Write(ledger => Bots.Update(
                ledger, call.Arns.PersonAddress(r.AppInstanceBotArn), r.Name!, r.Metadata, r.Configuration?.Read()));
            return new(r.AppInstanceBotArn);
        });
}
