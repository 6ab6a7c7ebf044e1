using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// PUT /app-instance-users/{appInstanceUserArn} -> 200.  Shape: chime-sdk-identity 2021-04-20. Both members are required.
internal sealed record UpdateAppInstanceUserRequest
{
    [JsonIgnore]
    public string AppInstanceUserArn { get; init; } = "";

    public string? Name { get; init; }

    public string? Metadata { get; init; }
}

internal sealed record UpdateAppInstanceUserResponse(string AppInstanceUserArn);

internal static class UpdateAppInstanceUser
{
    public static readonly Operation<UpdateAppInstanceUserRequest, UpdateAppInstanceUserResponse> Operation = new(
        nameof(UpdateAppInstanceUser), Route.Put("/app-instance-users/{appInstanceUserArn}"), 200, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.UpdateAppInstanceUserRequest, IdentityJson.Default.UpdateAppInstanceUserResponse,
        Bind: (r, call) => r with { AppInstanceUserArn = call.Path("appInstanceUserArn") },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: async (r, call) =>
        {
            await call.Store.Write(ledger =>
                Users.Update(ledger, call.Arns.PersonAddress(r.AppInstanceUserArn), r.Name!, r.Metadata));
            return new(r.AppInstanceUserArn);
        });
}
