using Carillon.Core.Streaming;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Streaming;

// GET /app-instances/{appInstanceArn}/streaming-configurations -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record GetMessagingStreamingConfigurationsRequest
{
    public string AppInstanceArn { get; init; } = "";
}

internal sealed record GetMessagingStreamingConfigurationsResponse(
    IReadOnlyList<StreamingConfigurationShape> StreamingConfigurations);

internal static class GetMessagingStreamingConfigurations
{
    public static readonly
        Operation<GetMessagingStreamingConfigurationsRequest, GetMessagingStreamingConfigurationsResponse> Operation = new(
        nameof(GetMessagingStreamingConfigurations), Route.Get("/app-instances/{appInstanceArn}/streaming-configurations"), 200,
        Bearer.None, Declares.NotFound, In: null, StreamingJson.Default.GetMessagingStreamingConfigurationsResponse,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: (r, call) =>
        {
            var configurations = call.Store.Read(view => StreamingConfigurations.Get(view, call.Arns.AppId(r.AppInstanceArn)));
            return Task.FromResult(new GetMessagingStreamingConfigurationsResponse(
                StreamingConfigurationShape.Of(configurations)));
        });
}
