using System.Text.Json.Serialization;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Operations.Flows;

[JsonSourceGenerationOptions(
    Converters = [typeof(EpochSecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(CreateChannelFlowRequest))]
[JsonSerializable(typeof(CreateChannelFlowResponse))]
[JsonSerializable(typeof(DescribeChannelFlowResponse))]
[JsonSerializable(typeof(UpdateChannelFlowRequest))]
[JsonSerializable(typeof(UpdateChannelFlowResponse))]
[JsonSerializable(typeof(ListChannelFlowsResponse))]
[JsonSerializable(typeof(ListChannelsAssociatedWithChannelFlowResponse))]
[JsonSerializable(typeof(AssociateChannelFlowRequest))]
[JsonSerializable(typeof(ChannelFlowCallbackRequest))]
[JsonSerializable(typeof(ChannelFlowCallbackResponse))]
internal sealed partial class FlowsJson : JsonSerializerContext;
