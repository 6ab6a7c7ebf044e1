using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// DELETE /app-instance-bots/{appInstanceBotArn} -> 204.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DeleteAppInstanceBotRequest
{
    public string AppInstanceBotArn { get; init; } = "";
}

internal static class DeleteAppInstanceBot
{
    public static readonly Operation<DeleteAppInstanceBotRequest, Nothing> Operation = new(
        nameof(DeleteAppInstanceBot), Route.Delete("/app-instance-bots/{appInstanceBotArn}"), 204, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict, In: null, Out: null,
        Bind: (r, call) => r with { AppInstanceBotArn = call.Path("appInstanceBotArn") },
        Resources: (r, _) => [r.AppInstanceBotArn],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            Bots.Delete(ledger, call.Arns.PersonAddress(r.AppInstanceBotArn));
            return Nothing.Value;
        }));
}
