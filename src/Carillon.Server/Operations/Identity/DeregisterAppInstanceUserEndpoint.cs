using Carillon.Core.Pushing;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// DELETE /app-instance-users/{appInstanceUserArn}/endpoints/{endpointId} -> 204.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DeregisterAppInstanceUserEndpointRequest
{
    public string AppInstanceUserArn { get; init; } = "";

    public string EndpointId { get; init; } = "";
}

internal static class DeregisterAppInstanceUserEndpoint
{
    public static readonly Operation<DeregisterAppInstanceUserEndpointRequest, Nothing> Operation = new(
        nameof(DeregisterAppInstanceUserEndpoint),
        Route.Delete("/app-instance-users/{appInstanceUserArn}/endpoints/{endpointId}"), 204, Bearer.None, Declares.Nothing,
        In: null, Out: null,
        Bind: (r, call) => r with
        {
            AppInstanceUserArn = call.Path("appInstanceUserArn"),
            EndpointId = call.Path("endpointId"),
        },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            Endpoints.Deregister(ledger, call.Arns.PersonAddress(r.AppInstanceUserArn), r.EndpointId);
            return Nothing.Value;
        }));
}
