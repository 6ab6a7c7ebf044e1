using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instances/{appInstanceArn}/retention-settings -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record GetAppInstanceRetentionSettingsRequest
{
    public string AppInstanceArn { get; init; } = "";
}

internal sealed record GetAppInstanceRetentionSettingsResponse(
    AppInstanceRetentionSettings AppInstanceRetentionSettings, DateTimeOffset? InitiateDeletionTimestamp);

internal static class GetAppInstanceRetentionSettings
{
    public static readonly Operation<GetAppInstanceRetentionSettingsRequest, GetAppInstanceRetentionSettingsResponse> Operation = new(
        nameof(GetAppInstanceRetentionSettings), Route.Get("/app-instances/{appInstanceArn}/retention-settings"), 200,
        Bearer.None, Declares.Nothing, In: null, IdentityJson.Default.GetAppInstanceRetentionSettingsResponse,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: (r, call) =>
        {
            var retention = call.Store.Read(view => Retention.Of(view, call.Arns.AppId(r.AppInstanceArn)));
            return Task.FromResult(new GetAppInstanceRetentionSettingsResponse(
                AppInstanceRetentionSettings.Of(retention), Words.Time(retention.DeletionBegins)));
        });
}
