using Carillon.Server.Operations;

namespace Carillon.Server.Http.Throttling;

/// <summary>The rates of each profile, as data. Both profiles are off by default.</summary>
internal static class Rates
{
    public const string Off = "off";

    /// <summary>AWS's rates, so that a client's back-off can be tested honestly.</summary>
    public const string Aws = "aws";

    /// <summary>For a server that strangers can reach.</summary>
    public const string Public = "public";

    /// <summary>The WebSocket's way in, which is no operation of the catalogue.</summary>
    public const string Connect = "Connect";

    /// <summary>Every request, before it is known what it wants.</summary>
    public const string AnyRequest = "any request";

    private const string AwsOrigin = "AWS General Reference, Amazon Chime SDK quotas, 2026-11";
    private const string StreamsOrigin = "Kinesis Data Streams developer guide, quotas, 2026-11";
    private const string Ours = "ours";

    /// <summary>The region of AWS whose rates are lower.</summary>
    private const string Frankfurt = "eu-central-1";

    private static readonly string[] MemberChanges =
    [
        "CreateChannelMembership", "DeleteChannelMembership", "CreateChannelBan", "DeleteChannelBan",
        "CreateChannelModerator", "DeleteChannelModerator",
    ];

    private static readonly string[] MessageChanges =
    [
        "SendChannelMessage", "UpdateChannelMessage", "RedactChannelMessage", "DeleteChannelMessage", "ChannelFlowCallback",
    ];

    /// <param name="profile">One of the three names.</param>
    public static IReadOnlyList<Rate> Of(string profile, string region) => profile switch
    {
        Aws => [.. AwsRates(frankfurt: region == Frankfurt)],
        Public => [.. PublicRates()],
        _ => [],
    };

    /// <summary>A second's worth is what a bucket of AWS is taken to hold; the reference names no burst.</summary>
    private static IEnumerable<Rate> AwsRates(bool frankfurt)
    {
        Rate Of(string name, RateScope scope, double perSecond, params string[] operations) =>
            new(name, scope, perSecond, perSecond, AwsOrigin, operations);

        return
        [
            Of("AppInstanceChanges", RateScope.AppInstance, 5, "CreateAppInstance", "UpdateAppInstance", "DeleteAppInstance"),
            Of("UserChanges", RateScope.AppInstance, 10, "CreateAppInstanceUser", "UpdateAppInstanceUser", "DeleteAppInstanceUser"),
            Of("DescribeAppInstance", RateScope.AppInstance, 20, "DescribeAppInstance"),
            Of("DescribeAppInstanceUser", RateScope.User, 20, "DescribeAppInstanceUser"),
            Of("ListAppInstances", RateScope.Account, 10, "ListAppInstances"),
            Of("ListAppInstanceUsers", RateScope.AppInstance, 10, "ListAppInstanceUsers"),
            Of("Identity", RateScope.Account, 50, [.. Catalog.Identity.Select(o => o.Name)]),
            Of("ChannelChanges", RateScope.AppInstance, 15, "CreateChannel", "UpdateChannel", "DeleteChannel"),
            Of("ListChannels", RateScope.AppInstance, 10, "ListChannels"),
            Of("DescribeChannel", RateScope.Channel, 20, "DescribeChannel"),
            Of("MemberChanges", RateScope.PlainChannel, frankfurt ? 10 : 15, MemberChanges),
            Of("ElasticMemberChanges", RateScope.ElasticChannel, 30, MemberChanges),
            Of("MemberLists", RateScope.Channel, 15, "ListChannelMemberships", "ListChannelBans", "ListChannelModerators"),
            Of("MessageChanges", RateScope.Channel, frankfurt ? 10 : 30, MessageChanges),
            Of("ListChannelMessages", RateScope.Channel, 30, "ListChannelMessages"),
            Of("GetChannelMessage", RateScope.Channel, 30, "GetChannelMessage"),
            Of(
                "ChannelsOfUser", RateScope.User, 15,
                "ListChannelMembershipsForAppInstanceUser", "ListChannelsModeratedByAppInstanceUser"),
            Of("ListSubChannels", RateScope.Channel, 15, "ListSubChannels"),
            Of("Bearer", RateScope.Bearer, frankfurt ? 5 : 10, [.. Catalog.Messaging.Select(o => o.Name)]),
            Of("Batch", RateScope.Channel, 1, "BatchCreateChannelMembership"),
            Of("Connect", RateScope.User, 1, Connect),
            .. StreamRates(),
        ];
    }

    /// <summary>Those of Kinesis Data Streams.</summary>
    private static IEnumerable<Rate> StreamRates()
    {
        const double day = 86_400;
        const double mebibyte = 1024 * 1024;
        Rate Of(string name, RateScope scope, double perSecond, double burst, RateUnit unit, params string[] operations) =>
            new(name, scope, perSecond, burst, StreamsOrigin, [.. operations.Select(o => $"kinesis:{o}")]) { Unit = unit };
        Rate Asked(RateScope scope, double perSecond, string operation) =>
            Of(operation, scope, perSecond, perSecond, RateUnit.Requests, operation);

        return
        [
            Asked(RateScope.Account, 5, "CreateStream"),
            Asked(RateScope.Account, 5, "DeleteStream"),
            Asked(RateScope.Account, 5, "ListStreams"),
            Asked(RateScope.Account, 10, "DescribeStream"),
            Asked(RateScope.Account, 20, "DescribeStreamSummary"),
            Asked(RateScope.Account, 1, "DescribeLimits"),
            Asked(RateScope.Account, 5, "SplitShard"),
            Asked(RateScope.Account, 5, "MergeShards"),
            Asked(RateScope.Account, 5, "IncreaseStreamRetentionPeriod"),
            Asked(RateScope.Account, 5, "DecreaseStreamRetentionPeriod"),
            Asked(RateScope.Account, 5, "AddTagsToStream"),
            Asked(RateScope.Account, 5, "RemoveTagsFromStream"),
            Asked(RateScope.Account, 5, "ListTagsForStream"),
            Asked(RateScope.Stream, 1000, "ListShards"),
            Of("ShardCounts", RateScope.Stream, 10 / day, 10, RateUnit.Requests, "UpdateShardCount"),
            Of("Encryption", RateScope.Stream, 25 / day, 25, RateUnit.Requests, "StartStreamEncryption", "StopStreamEncryption"),
            Asked(RateScope.Shard, 5, "GetShardIterator"),
            Asked(RateScope.Shard, 5, "GetRecords"),
            Of("BytesRead", RateScope.Shard, 2_000_000, 2_000_000, RateUnit.Bytes, "GetRecords"),
            Of("RecordsPut", RateScope.Shard, 1000, 1000, RateUnit.Records, "PutRecord", "PutRecords"),
            Of("BytesPut", RateScope.Shard, mebibyte, mebibyte, RateUnit.Bytes, "PutRecord", "PutRecords"),
        ];
    }

    private static IEnumerable<Rate> PublicRates() =>
    [
        new("RequestsPerAddress", RateScope.Address, 100, 200, Ours, [AnyRequest]),
        new("SendsPerUser", RateScope.Bearer, 10, 20, Ours, ["SendChannelMessage"]),
        new("SendsPerChannel", RateScope.Channel, 100, 200, Ours, ["SendChannelMessage"]),
        new("ConnectsPerUser", RateScope.User, 2, 10, Ours, [Connect]),
        new("Connects", RateScope.Account, 500, 500, Ours, [Connect]),
    ];
}
