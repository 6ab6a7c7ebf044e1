using System.Text.Json.Serialization;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Operations.Memberships;

[JsonSourceGenerationOptions(
    Converters = [typeof(EpochSecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(CreateChannelMembershipRequest))]
[JsonSerializable(typeof(CreateChannelMembershipResponse))]
[JsonSerializable(typeof(BatchCreateChannelMembershipRequest))]
[JsonSerializable(typeof(BatchCreateChannelMembershipResponse))]
[JsonSerializable(typeof(DescribeChannelMembershipResponse))]
[JsonSerializable(typeof(ListChannelMembershipsResponse))]
[JsonSerializable(typeof(ListChannelMembershipsForAppInstanceUserResponse))]
[JsonSerializable(typeof(DescribeChannelMembershipForAppInstanceUserResponse))]
[JsonSerializable(typeof(GetChannelMembershipPreferencesResponse))]
[JsonSerializable(typeof(PutChannelMembershipPreferencesRequest))]
[JsonSerializable(typeof(PutChannelMembershipPreferencesResponse))]
internal sealed partial class MembershipsJson : JsonSerializerContext;
