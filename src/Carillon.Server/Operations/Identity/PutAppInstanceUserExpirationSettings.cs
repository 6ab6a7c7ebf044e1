using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// PUT /app-instance-users/{appInstanceUserArn}/expiration-settings -> 200.  Shape: chime-sdk-identity 2021-04-20.
// Without settings it removes them.
internal sealed record PutAppInstanceUserExpirationSettingsRequest
{
    [JsonIgnore]
    public string AppInstanceUserArn { get; init; } = "";

    public ExpirationSettings? ExpirationSettings { get; init; }
}

internal sealed record PutAppInstanceUserExpirationSettingsResponse(
    string AppInstanceUserArn, ExpirationSettings? ExpirationSettings);

internal static class PutAppInstanceUserExpirationSettings
{
    public static readonly Operation<PutAppInstanceUserExpirationSettingsRequest, PutAppInstanceUserExpirationSettingsResponse> Operation = new(
        nameof(PutAppInstanceUserExpirationSettings),
        Route.Put("/app-instance-users/{appInstanceUserArn}/expiration-settings"), 200, Bearer.None, Declares.Conflict,
        IdentityJson.Default.PutAppInstanceUserExpirationSettingsRequest,
        IdentityJson.Default.PutAppInstanceUserExpirationSettingsResponse,
        Bind: (r, call) => r with { AppInstanceUserArn = call.Path("appInstanceUserArn") },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: async (r, call) =>
        {
            var user = await call.Store.Write(ledger => Users.SetExpiration(
                ledger, call.Arns.PersonAddress(r.AppInstanceUserArn), r.ExpirationSettings?.Read()));
            return new(r.AppInstanceUserArn, ExpirationSettings.Of(user.Expiration));
        });
}
