using System.Text.Json.Serialization;
using Carillon.Core.Streaming;
using Carillon.Server.Http;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Operations.Streaming;

/// <summary>StreamingConfiguration of the service model.</summary>
internal sealed record StreamingConfigurationShape(string? DataType, string? ResourceArn)
{
    public static IReadOnlyList<StreamingConfigurationShape> Of(IReadOnlyList<StreamingConfiguration> configurations) =>
        [.. configurations.Select(c => new StreamingConfigurationShape(Word(c.Data), c.Resource))];

    /// <exception cref="ApiException">BadRequest: the ARN names no stream that may be used.</exception>
    public StreamingConfiguration Read(Arns arns) =>
        arns.WhyNoMessagingStream(ResourceArn!) is { } why
            ? throw new ApiException(ApiError.BadRequest, why)
            : new(DataType == Words.ChannelMessageData ? StreamedData.ChannelMessage : StreamedData.Channel, ResourceArn!);

    private static string Word(StreamedData data) =>
        data == StreamedData.ChannelMessage ? Words.ChannelMessageData : Words.ChannelData;
}

[JsonSourceGenerationOptions(
    Converters = [typeof(EpochSecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(PutMessagingStreamingConfigurationsRequest))]
[JsonSerializable(typeof(PutMessagingStreamingConfigurationsResponse))]
[JsonSerializable(typeof(GetMessagingStreamingConfigurationsResponse))]
internal sealed partial class StreamingJson : JsonSerializerContext;
