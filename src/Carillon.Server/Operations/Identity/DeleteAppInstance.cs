using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// DELETE /app-instances/{appInstanceArn} -> 204.  Shape: chime-sdk-identity 2021-04-20. What it held is purged later.
internal sealed record DeleteAppInstanceRequest
{
    public string AppInstanceArn { get; init; } = "";
}

internal static class DeleteAppInstance
{
    public static readonly Operation<DeleteAppInstanceRequest, Nothing> Operation = new(
        nameof(DeleteAppInstance), Route.Delete("/app-instances/{appInstanceArn}"), 204, Bearer.None,
        Declares.ResourceLimitExceeded, In: null, Out: null,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            AppInstances.Delete(ledger, call.Arns.AppId(r.AppInstanceArn));
            return Nothing.Value;
        }));
}
