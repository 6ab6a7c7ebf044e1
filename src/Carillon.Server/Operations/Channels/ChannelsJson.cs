using System.Text.Json.Serialization;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Operations.Channels;

[JsonSourceGenerationOptions(
    Converters = [typeof(EpochSecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(CreateChannelRequest))]
[JsonSerializable(typeof(CreateChannelResponse))]
[JsonSerializable(typeof(DescribeChannelResponse))]
[JsonSerializable(typeof(ListChannelsResponse))]
[JsonSerializable(typeof(ListSubChannelsResponse))]
[JsonSerializable(typeof(PutChannelExpirationSettingsRequest))]
[JsonSerializable(typeof(PutChannelExpirationSettingsResponse))]
[JsonSerializable(typeof(SearchChannelsRequest))]
[JsonSerializable(typeof(SearchChannelsResponse))]
[JsonSerializable(typeof(UpdateChannelReadMarkerResponse))]
[JsonSerializable(typeof(UpdateChannelRequest))]
[JsonSerializable(typeof(UpdateChannelResponse))]
internal sealed partial class ChannelsJson : JsonSerializerContext;
