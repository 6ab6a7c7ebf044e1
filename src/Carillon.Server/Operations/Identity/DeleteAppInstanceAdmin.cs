using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// DELETE /app-instances/{appInstanceArn}/admins/{appInstanceAdminArn} -> 204.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DeleteAppInstanceAdminRequest
{
    public string AppInstanceArn { get; init; } = "";

    public string AppInstanceAdminArn { get; init; } = "";
}

internal static class DeleteAppInstanceAdmin
{
    public static readonly Operation<DeleteAppInstanceAdminRequest, Nothing> Operation = new(
        nameof(DeleteAppInstanceAdmin), Route.Delete("/app-instances/{appInstanceArn}/admins/{appInstanceAdminArn}"), 204,
        Bearer.None, Declares.ResourceLimitExceeded | Declares.Conflict, In: null, Out: null,
        Bind: (r, call) => r with
        {
            AppInstanceArn = call.Path("appInstanceArn"),
            AppInstanceAdminArn = call.Path("appInstanceAdminArn"),
        },
        Resources: (r, _) => [r.AppInstanceAdminArn, r.AppInstanceArn],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            AppInstances.RemoveAdmin(
                ledger, call.Arns.AppId(r.AppInstanceArn), call.Arns.PersonAddress(r.AppInstanceAdminArn));
            return Nothing.Value;
        }));
}
