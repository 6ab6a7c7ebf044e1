using System.Text.Json.Serialization;
using Carillon.Core.Streaming;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Streaming;

// PUT /app-instances/{appInstanceArn}/streaming-configurations -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record PutMessagingStreamingConfigurationsRequest
{
    [JsonIgnore]
    public string AppInstanceArn { get; init; } = "";

    public IReadOnlyList<StreamingConfigurationShape>? StreamingConfigurations { get; init; }
}

internal sealed record PutMessagingStreamingConfigurationsResponse(
    IReadOnlyList<StreamingConfigurationShape> StreamingConfigurations);

internal static class PutMessagingStreamingConfigurations
{
    private const string DescribeStream = "kinesis:DescribeStream";

    public static readonly
        Operation<PutMessagingStreamingConfigurationsRequest, PutMessagingStreamingConfigurationsResponse> Operation = new(
        nameof(PutMessagingStreamingConfigurations), Route.Put("/app-instances/{appInstanceArn}/streaming-configurations"), 200,
        Bearer.None, Declares.NotFound | Declares.Conflict,
        StreamingJson.Default.PutMessagingStreamingConfigurationsRequest,
        StreamingJson.Default.PutMessagingStreamingConfigurationsResponse,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Check: (r, must) => must.Hold(
            r.StreamingConfigurations is not [var first, var second] || first.DataType != second.DataType,
            "A DataType may stand in 'streamingConfigurations' once."),
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: async (r, call) =>
        {
            var configurations = r.StreamingConfigurations!.Select(c => c.Read(call.Arns)).ToList();

            // The caller must be one that may see the stream ("Streaming messaging data", developer guide, 2026-11).
            foreach (var configuration in configurations)
            {
                call.Authorize(DescribeStream, [configuration.Resource]);
            }

            await call.Store.Write(ledger =>
            {
                StreamingConfigurations.Put(ledger, call.Arns.AppId(r.AppInstanceArn), configurations);
                return Nothing.Value;
            });
            return new(StreamingConfigurationShape.Of(configurations));
        });
}
