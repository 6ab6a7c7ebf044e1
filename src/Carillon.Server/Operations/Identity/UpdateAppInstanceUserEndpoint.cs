using System.Text.Json.Serialization;
using Carillon.Core.Pushing;
using Carillon.Server.Http;
using Carillon.Server.Pushing;

namespace Carillon.Server.Operations.Identity;

// PUT /app-instance-users/{appInstanceUserArn}/endpoints/{endpointId} -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record UpdateAppInstanceUserEndpointRequest
{
    [JsonIgnore]
    public string AppInstanceUserArn { get; init; } = "";

    [JsonIgnore]
    public string EndpointId { get; init; } = "";

    public string? Name { get; init; }

    public string? AllowMessages { get; init; }
}

internal sealed record UpdateAppInstanceUserEndpointResponse(string AppInstanceUserArn, string EndpointId);

internal static class UpdateAppInstanceUserEndpoint
{
    public static readonly Operation<UpdateAppInstanceUserEndpointRequest, UpdateAppInstanceUserEndpointResponse> Operation = new(
        nameof(UpdateAppInstanceUserEndpoint),
        Route.Put("/app-instance-users/{appInstanceUserArn}/endpoints/{endpointId}"), 200, Bearer.None, Declares.Conflict,
        IdentityJson.Default.UpdateAppInstanceUserEndpointRequest, IdentityJson.Default.UpdateAppInstanceUserEndpointResponse,
        Bind: (r, call) => r with
        {
            AppInstanceUserArn = call.Path("appInstanceUserArn"),
            EndpointId = call.Path("endpointId"),
        },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: async (r, call) =>
        {
            await call.Store.Write(ledger =>
            {
                Endpoints.Update(
                    ledger, call.Arns.PersonAddress(r.AppInstanceUserArn), r.EndpointId, r.Name,
                    r.AllowMessages is null ? null : r.AllowMessages == EndpointWords.All);
                return true;
            });
            return new(r.AppInstanceUserArn, r.EndpointId);
        });
}
