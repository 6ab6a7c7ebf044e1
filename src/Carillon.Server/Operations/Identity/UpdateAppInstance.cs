using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// PUT /app-instances/{appInstanceArn} -> 200.  Shape: chime-sdk-identity 2021-04-20. Name and Metadata are both required.
internal sealed record UpdateAppInstanceRequest
{
    [JsonIgnore]
    public string AppInstanceArn { get; init; } = "";

    public string? Name { get; init; }

    public string? Metadata { get; init; }
}

internal sealed record UpdateAppInstanceResponse(string AppInstanceArn);

internal static class UpdateAppInstance
{
    public static readonly Operation<UpdateAppInstanceRequest, UpdateAppInstanceResponse> Operation = new(
        nameof(UpdateAppInstance), Route.Put("/app-instances/{appInstanceArn}"), 200, Bearer.None, Declares.Conflict,
        IdentityJson.Default.UpdateAppInstanceRequest, IdentityJson.Default.UpdateAppInstanceResponse,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: async (r, call) =>
        {
            await call.Store.Write(ledger =>
                AppInstances.Update(ledger, call.Arns.AppId(r.AppInstanceArn), r.Name!, r.Metadata));
            return new(r.AppInstanceArn);
        });
}
