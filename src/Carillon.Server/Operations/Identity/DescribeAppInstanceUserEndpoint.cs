using Carillon.Core.Pushing;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instance-users/{appInstanceUserArn}/endpoints/{endpointId} -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DescribeAppInstanceUserEndpointRequest
{
    public string AppInstanceUserArn { get; init; } = "";

    public string EndpointId { get; init; } = "";
}

internal sealed record DescribeAppInstanceUserEndpointResponse(AppInstanceUserEndpointShape AppInstanceUserEndpoint);

internal static class DescribeAppInstanceUserEndpoint
{
    public static readonly Operation<DescribeAppInstanceUserEndpointRequest, DescribeAppInstanceUserEndpointResponse> Operation = new(
        nameof(DescribeAppInstanceUserEndpoint),
        Route.Get("/app-instance-users/{appInstanceUserArn}/endpoints/{endpointId}"), 200, Bearer.None, Declares.Nothing,
        In: null, IdentityJson.Default.DescribeAppInstanceUserEndpointResponse,
        Bind: (r, call) => r with
        {
            AppInstanceUserArn = call.Path("appInstanceUserArn"),
            EndpointId = call.Path("endpointId"),
        },

        // The model calls the ARN a plain text here, and nowhere else.
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: (r, call) =>
        {
            var endpoint = call.Store.Read(view => Endpoints.Find(
                view, call.Arns.PersonAddress(r.AppInstanceUserArn), r.EndpointId));
            return Task.FromResult(new DescribeAppInstanceUserEndpointResponse(
                AppInstanceUserEndpointShape.Of(endpoint, r.AppInstanceUserArn)));
        });
}
