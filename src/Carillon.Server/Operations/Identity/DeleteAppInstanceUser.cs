using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// DELETE /app-instance-users/{appInstanceUserArn} -> 204.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DeleteAppInstanceUserRequest
{
    public string AppInstanceUserArn { get; init; } = "";
}

internal static class DeleteAppInstanceUser
{
    public static readonly Operation<DeleteAppInstanceUserRequest, Nothing> Operation = new(
        nameof(DeleteAppInstanceUser), Route.Delete("/app-instance-users/{appInstanceUserArn}"), 204, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict, In: null, Out: null,
        Bind: (r, call) => r with { AppInstanceUserArn = call.Path("appInstanceUserArn") },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            Users.Delete(ledger, call.Arns.PersonAddress(r.AppInstanceUserArn));
            return Nothing.Value;
        }));
}
