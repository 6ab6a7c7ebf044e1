using Carillon.Core.Streaming;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Streaming;

// DELETE /app-instances/{appInstanceArn}/streaming-configurations -> 204.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DeleteMessagingStreamingConfigurationsRequest
{
    public string AppInstanceArn { get; init; } = "";
}

internal static class DeleteMessagingStreamingConfigurations
{
    public static readonly Operation<DeleteMessagingStreamingConfigurationsRequest, Nothing> Operation = new(
        nameof(DeleteMessagingStreamingConfigurations),
        Route.Delete("/app-instances/{appInstanceArn}/streaming-configurations"), 204, Bearer.None, Declares.Nothing,
        In: null, Out: null,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: (r, call) => call.Store.Write(ledger =>
        {
            StreamingConfigurations.Delete(ledger, call.Arns.AppId(r.AppInstanceArn));
            return Nothing.Value;
        }));
}
