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

internal static class RegisterAppInstanceUserEndpoint
{
    public static readonly Operation<RegisterAppInstanceUserEndpointRequest, RegisterAppInstanceUserEndpointResponse> Operation = new(
        nameof(RegisterAppInstanceUserEndpoint), Route.Post("/app-instance-users/{appInstanceUserArn}/endpoints"), 201,
        Bearer.None, Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.RegisterAppInstanceUserEndpointRequest,
        IdentityJson.Default.RegisterAppInstanceUserEndpointResponse,
        Bind: (r, call) => r with { AppInstanceUserArn = call.Path("appInstanceUserArn") },
        Check: (r, must) => must.Arn(r.AppInstanceUserArn, "appInstanceUserArn")
            .Length(r.Name, 0, 1600, "name").Pattern(r.Name, Patterns.Line, "name")
            .Have(r.Type, "type").OneOf(r.Type, "type", "APNS", "APNS_SANDBOX", "GCM")
            .Have(r.ResourceArn, "resourceArn").Arn(r.ResourceArn, "resourceArn")
            .Have(r.EndpointAttributes, "endpointAttributes")
            .Have(r.EndpointAttributes?.DeviceToken, "endpointAttributes.deviceToken")
            .Length(r.EndpointAttributes?.DeviceToken, 1, 1600, "endpointAttributes.deviceToken")
            .Pattern(r.EndpointAttributes?.DeviceToken, Patterns.Line, "endpointAttributes.deviceToken")
            .Length(r.EndpointAttributes?.VoipDeviceToken, 1, 1600, "endpointAttributes.voipDeviceToken")
            .Pattern(r.EndpointAttributes?.VoipDeviceToken, Patterns.Line, "endpointAttributes.voipDeviceToken")
            .OneOf(r.AllowMessages, "allowMessages", EndpointWords.All, EndpointWords.None)
            .RequestToken(r.ClientRequestToken),
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
