using Carillon.Server.Http;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Flows;
using Carillon.Server.Operations.Identity;
using Carillon.Server.Operations.Memberships;
using Carillon.Server.Operations.Messages;
using Carillon.Server.Operations.Moderation;
using Carillon.Server.Operations.Sessions;
using Carillon.Server.Operations.Streaming;
using Carillon.Server.Operations.Tags;
using Carillon.Wire;

namespace Carillon.Server.Operations;

/// <summary>
/// Every operation of Chime SDK identity and messaging that is there, in the order of the AWS reference. Those on tags are
/// one and the same in both.
/// </summary>
internal static class Catalog
{
    public static IReadOnlyList<Operation> Identity { get; } =
    [
        CreateAppInstance.Operation,
        CreateAppInstanceAdmin.Operation,
        CreateAppInstanceBot.Operation,
        CreateAppInstanceUser.Operation,
        DeleteAppInstance.Operation,
        DeleteAppInstanceAdmin.Operation,
        DeleteAppInstanceBot.Operation,
        DeleteAppInstanceUser.Operation,
        DeregisterAppInstanceUserEndpoint.Operation,
        DescribeAppInstance.Operation,
        DescribeAppInstanceAdmin.Operation,
        DescribeAppInstanceBot.Operation,
        DescribeAppInstanceUser.Operation,
        DescribeAppInstanceUserEndpoint.Operation,
        GetAppInstanceRetentionSettings.Operation,
        ListAppInstanceAdmins.Operation,
        ListAppInstanceBots.Operation,
        ListAppInstanceUserEndpoints.Operation,
        ListAppInstanceUsers.Operation,
        ListAppInstances.Operation,
        ListTagsForResource.Operation,
        PutAppInstanceRetentionSettings.Operation,
        PutAppInstanceUserExpirationSettings.Operation,
        RegisterAppInstanceUserEndpoint.Operation,
        TagResource.Operation,
        UntagResource.Operation,
        UpdateAppInstance.Operation,
        UpdateAppInstanceBot.Operation,
        UpdateAppInstanceUser.Operation,
        UpdateAppInstanceUserEndpoint.Operation,
    ];

    public static IReadOnlyList<Operation> Messaging { get; } =
    [
        AssociateChannelFlow.Operation,
        BatchCreateChannelMembership.Operation,
        ChannelFlowCallback.Operation,
        CreateChannel.Operation,
        CreateChannelBan.Operation,
        CreateChannelFlow.Operation,
        CreateChannelMembership.Operation,
        CreateChannelModerator.Operation,
        DeleteChannel.Operation,
        DeleteChannelBan.Operation,
        DeleteChannelFlow.Operation,
        DeleteChannelMembership.Operation,
        DeleteChannelMessage.Operation,
        DeleteChannelModerator.Operation,
        DeleteMessagingStreamingConfigurations.Operation,
        DescribeChannel.Operation,
        DescribeChannelBan.Operation,
        DescribeChannelFlow.Operation,
        DescribeChannelMembership.Operation,
        DescribeChannelMembershipForAppInstanceUser.Operation,
        DescribeChannelModeratedByAppInstanceUser.Operation,
        DescribeChannelModerator.Operation,
        DisassociateChannelFlow.Operation,
        GetChannelMembershipPreferences.Operation,
        GetChannelMessage.Operation,
        GetChannelMessageStatus.Operation,
        GetMessagingSessionEndpoint.Operation,
        GetMessagingStreamingConfigurations.Operation,
        ListChannelBans.Operation,
        ListChannelFlows.Operation,
        ListChannelMemberships.Operation,
        ListChannelMembershipsForAppInstanceUser.Operation,
        ListChannelMessages.Operation,
        ListChannelModerators.Operation,
        ListChannels.Operation,
        ListChannelsAssociatedWithChannelFlow.Operation,
        ListChannelsModeratedByAppInstanceUser.Operation,
        ListSubChannels.Operation,
        ListTagsForResource.Operation,
        PutChannelExpirationSettings.Operation,
        PutChannelMembershipPreferences.Operation,
        PutMessagingStreamingConfigurations.Operation,
        RedactChannelMessage.Operation,
        SearchChannels.Operation,
        SendChannelMessage.Operation,
        TagResource.Operation,
        UntagResource.Operation,
        UpdateChannel.Operation,
        UpdateChannelFlow.Operation,
        UpdateChannelMessage.Operation,
        UpdateChannelReadMarker.Operation,
    ];

    private static readonly Dictionary<string, Operation[]> ByRoot = Identity.Union(Messaging)
        .GroupBy(o => o.Route.Root).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static readonly Dictionary<string, Operation[]>.AlternateLookup<ReadOnlySpan<char>> Rooted =
        ByRoot.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a path belongs to the API, known operation or not.</summary>
    public static bool Owns(ReadOnlySpan<char> path)
    {
        if (!path.StartsWith('/'))
        {
            return false;
        }

        var rest = path[1..];
        var end = rest.IndexOf('/');
        return Rooted.ContainsKey(end < 0 ? rest : rest[..end]);
    }

    /// <summary>Null for what is no operation of the catalogue, also for a selector that none has.</summary>
    public static Operation? Find(string method, RawTarget target)
    {
        if (!Rooted.TryGetValue(target.RawSegment(0), out var operations))
        {
            return null;
        }

        // GET chooses by "scope", POST by "operation"; other methods have no selector.
        var selectorName = method == HttpMethods.Get ? "scope" : method == HttpMethods.Post ? "operation" : null;
        var selector = selectorName is null ? null : target.Query(selectorName);
        foreach (var operation in operations)
        {
            if (operation.Route.SelectorValue == selector && operation.Route.Matches(method, target))
            {
                return operation;
            }
        }

        return null;
    }
}
