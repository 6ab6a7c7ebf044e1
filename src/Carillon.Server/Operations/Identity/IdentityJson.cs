using System.Text.Json.Serialization;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Operations.Identity;

[JsonSourceGenerationOptions(
    Converters = [typeof(EpochSecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(CreateAppInstanceRequest))]
[JsonSerializable(typeof(CreateAppInstanceResponse))]
[JsonSerializable(typeof(DescribeAppInstanceResponse))]
[JsonSerializable(typeof(ListAppInstancesResponse))]
[JsonSerializable(typeof(UpdateAppInstanceRequest))]
[JsonSerializable(typeof(UpdateAppInstanceResponse))]
[JsonSerializable(typeof(CreateAppInstanceUserRequest))]
[JsonSerializable(typeof(CreateAppInstanceUserResponse))]
[JsonSerializable(typeof(DescribeAppInstanceUserResponse))]
[JsonSerializable(typeof(ListAppInstanceUsersResponse))]
[JsonSerializable(typeof(UpdateAppInstanceUserRequest))]
[JsonSerializable(typeof(UpdateAppInstanceUserResponse))]
[JsonSerializable(typeof(RegisterAppInstanceUserEndpointRequest))]
[JsonSerializable(typeof(RegisterAppInstanceUserEndpointResponse))]
[JsonSerializable(typeof(DescribeAppInstanceUserEndpointResponse))]
[JsonSerializable(typeof(ListAppInstanceUserEndpointsResponse))]
[JsonSerializable(typeof(UpdateAppInstanceUserEndpointRequest))]
[JsonSerializable(typeof(UpdateAppInstanceUserEndpointResponse))]
[JsonSerializable(typeof(CreateAppInstanceAdminRequest))]
[JsonSerializable(typeof(CreateAppInstanceAdminResponse))]
[JsonSerializable(typeof(DescribeAppInstanceAdminResponse))]
[JsonSerializable(typeof(ListAppInstanceAdminsResponse))]
[JsonSerializable(typeof(CreateAppInstanceBotRequest))]
[JsonSerializable(typeof(CreateAppInstanceBotResponse))]
[JsonSerializable(typeof(DescribeAppInstanceBotResponse))]
[JsonSerializable(typeof(ListAppInstanceBotsResponse))]
[JsonSerializable(typeof(UpdateAppInstanceBotRequest))]
[JsonSerializable(typeof(UpdateAppInstanceBotResponse))]
[JsonSerializable(typeof(PutAppInstanceUserExpirationSettingsRequest))]
[JsonSerializable(typeof(PutAppInstanceUserExpirationSettingsResponse))]
[JsonSerializable(typeof(GetAppInstanceRetentionSettingsResponse))]
[JsonSerializable(typeof(PutAppInstanceRetentionSettingsRequest))]
[JsonSerializable(typeof(PutAppInstanceRetentionSettingsResponse))]
internal sealed partial class IdentityJson : JsonSerializerContext;
