using System.Text.Json.Serialization;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Operations.Messages;

[JsonSourceGenerationOptions(
    Converters = [typeof(EpochSecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(SendChannelMessageRequest))]
[JsonSerializable(typeof(GetChannelMessageResponse))]
[JsonSerializable(typeof(GetChannelMessageStatusResponse))]
[JsonSerializable(typeof(ListChannelMessagesResponse))]
[JsonSerializable(typeof(UpdateChannelMessageRequest))]
[JsonSerializable(typeof(UpdateChannelMessageResponse))]
[JsonSerializable(typeof(RedactChannelMessageRequest))]
[JsonSerializable(typeof(RedactChannelMessageResponse))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, MessageAttributeValue>))]
internal sealed partial class MessagesJson : JsonSerializerContext;

/// <summary>The answer that is given most often. Without converters, the generated code writes it member by member.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SendChannelMessageResponse))]
internal sealed partial class SentJson : JsonSerializerContext;
