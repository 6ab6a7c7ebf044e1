using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Pushing;
using Carillon.Server.Http;
using Carillon.Server.Pushing;

namespace Carillon.Server.Operations.Identity;

// POST /app-instance-users/{appInstanceUserArn}/endpoints -> 201.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record RegisterAppInstanceUserEndpointRequest
{
    [JsonIgnore]
    public string AppInstanceUserArn { get; init; } = "";

    public string? Name { get; init; }

    public string? Type { get; init; }

    public string? ResourceArn { get; init; }

    public EndpointAttributes? EndpointAttributes { get; init; }

    public string? ClientRequestToken { get; init; }

    public string? AllowMessages { get; init; }
}

internal sealed record RegisterAppInstanceUserEndpointResponse(string AppInstanceUserArn, string EndpointId);

// Differs from AWS: there is no Pinpoint; the ResourceArn is taken as it comes and told to the webhook.
internal static class RegisterAppInstanceUserEndpoint
{
    public static readonly Operation<RegisterAppInstanceUserEndpointRequest, RegisterAppInstanceUserEndpointResponse> Operation = new(
        nameof(RegisterAppInstanceUserEndpoint), Route.Post("/app-instance-users/{appInstanceUserArn}/endpoints"), 201,
        Bearer.None, Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.RegisterAppInstanceUserEndpointRequest,
        IdentityJson.Default.RegisterAppInstanceUserEndpointResponse,
        Bind: (r, call) => r with { AppInstanceUserArn = call.Path("appInstanceUserArn") },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: async (r, call) =>
        {
            // Without this anybody could send to the devices of another's app. The guide: Forbidden, not AccessDenied.
            if (call.WhyNot("mobiletargeting:GetApp", [r.ResourceArn!]) is { } why)
            {
                throw new ApiException(ApiError.Forbidden, why);
            }

            var device = new NewEndpoint(
                EndpointWords.Type(r.Type!), r.ResourceArn!, r.Name, r.EndpointAttributes!.DeviceToken!,
                r.EndpointAttributes.VoipDeviceToken, r.AllowMessages != EndpointWords.None);
            var repetition = new Repetition(
                r.ClientRequestToken!, [nameof(RegisterAppInstanceUserEndpoint), r.AppInstanceUserArn],
                [r.Name, r.Type, r.ResourceArn, device.Token, device.VoipToken, r.AllowMessages]);
            var id = await call.Store.Write(ledger => Endpoints.Register(
                ledger, call.Quotas, repetition, call.Arns.PersonAddress(r.AppInstanceUserArn), device));
            return new(r.AppInstanceUserArn, id);
        });
}
