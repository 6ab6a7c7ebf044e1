using System.Text.Json.Serialization;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Operations.Moderation;

[JsonSourceGenerationOptions(
    Converters = [typeof(EpochSecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(CreateChannelModeratorRequest))]
[JsonSerializable(typeof(CreateChannelModeratorResponse))]
[JsonSerializable(typeof(DescribeChannelModeratorResponse))]
[JsonSerializable(typeof(ListChannelModeratorsResponse))]
[JsonSerializable(typeof(ListChannelsModeratedByAppInstanceUserResponse))]
[JsonSerializable(typeof(DescribeChannelModeratedByAppInstanceUserResponse))]
[JsonSerializable(typeof(CreateChannelBanRequest))]
[JsonSerializable(typeof(CreateChannelBanResponse))]
[JsonSerializable(typeof(DescribeChannelBanResponse))]
[JsonSerializable(typeof(ListChannelBansResponse))]
internal sealed partial class ModerationJson : JsonSerializerContext;
