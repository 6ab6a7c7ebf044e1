using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// PUT /app-instances/{appInstanceArn}/retention-settings -> 200.  Shape: chime-sdk-identity 2021-04-20. Settings without a
// number of days keep messages for ever.
internal sealed record PutAppInstanceRetentionSettingsRequest
{
    [JsonIgnore]
    public string AppInstanceArn { get; init; } = "";

    public AppInstanceRetentionSettings? AppInstanceRetentionSettings { get; init; }
}

internal sealed record PutAppInstanceRetentionSettingsResponse(
    AppInstanceRetentionSettings AppInstanceRetentionSettings, DateTimeOffset? InitiateDeletionTimestamp);

internal static class PutAppInstanceRetentionSettings
{
    public static readonly Operation<PutAppInstanceRetentionSettingsRequest, PutAppInstanceRetentionSettingsResponse> Operation = new(
        nameof(PutAppInstanceRetentionSettings), Route.Put("/app-instances/{appInstanceArn}/retention-settings"), 200,
        Bearer.None, Declares.Nothing,
        IdentityJson.Default.PutAppInstanceRetentionSettingsRequest,
        IdentityJson.Default.PutAppInstanceRetentionSettingsResponse,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: async (r, call) =>
        {
            var days = r.AppInstanceRetentionSettings!.ChannelRetentionSettings?.RetentionDays;
            var retention = await call.Store.Write(ledger => Retention.Put(ledger, call.Arns.AppId(r.AppInstanceArn), days));
            return new(AppInstanceRetentionSettings.Of(retention), Words.Time(retention.DeletionBegins));
        });
}
