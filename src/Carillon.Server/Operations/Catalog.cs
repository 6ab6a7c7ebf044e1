using Carillon.Server.Http;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Identity;
using Carillon.Server.Operations.Memberships;
using Carillon.Server.Operations.Messages;
using Carillon.Server.Operations.Moderation;
using Carillon.Server.Operations.Sessions;
using Carillon.Wire;

namespace Carillon.Server.Operations;

/// <summary>Every operation of Chime SDK identity and messaging that is there, in the order of the AWS reference.</summary>
internal static class Catalog
{
    public static IReadOnlyList<Operation> Identity { get; } =
    [
        CreateAppInstance.Operation,
        CreateAppInstanceAdmin.Operation,
        CreateAppInstanceUser.Operation,
        DeleteAppInstance.Operation,
        DeleteAppInstanceAdmin.Operation,
        DeleteAppInstanceUser.Operation,
        DeregisterAppInstanceUserEndpoint.Operation,
        DescribeAppInstance.Operation,
        DescribeAppInstanceAdmin.Operation,
        DescribeAppInstanceUser.Operation,
        DescribeAppInstanceUserEndpoint.Operation,
        ListAppInstanceAdmins.Operation,
        ListAppInstanceUserEndpoints.Operation,
        ListAppInstanceUsers.Operation,
        ListAppInstances.Operation,
        RegisterAppInstanceUserEndpoint.Operation,
        UpdateAppInstance.Operation,
        UpdateAppInstanceUser.Operation,
        UpdateAppInstanceUserEndpoint.Operation,
    ];

    public static IReadOnlyList<Operation> Messaging { get; } =
    [
        BatchCreateChannelMembership.Operation,
        CreateChannel.Operation,
        CreateChannelBan.Operation,
        CreateChannelMembership.Operation,
        CreateChannelModerator.Operation,
        DeleteChannel.Operation,
        DeleteChannelBan.Operation,
        DeleteChannelMembership.Operation,
        DeleteChannelMessage.Operation,
        DeleteChannelModerator.Operation,
        DescribeChannel.Operation,
        DescribeChannelBan.Operation,
        DescribeChannelMembership.Operation,
        DescribeChannelMembershipForAppInstanceUser.Operation,
        DescribeChannelModerator.Operation,
        GetChannelMembershipPreferences.Operation,
        GetChannelMessage.Operation,
        GetMessagingSessionEndpoint.Operation,
        ListChannelBans.Operation,
        ListChannelMemberships.Operation,
        ListChannelMembershipsForAppInstanceUser.Operation,
        ListChannelMessages.Operation,
        ListChannelModerators.Operation,
        ListChannels.Operation,
        PutChannelMembershipPreferences.Operation,
        RedactChannelMessage.Operation,
        SendChannelMessage.Operation,
        UpdateChannel.Operation,
        UpdateChannelMessage.Operation,
    ];

    private static readonly Dictionary<string, Operation[]> ByRoot = Identity.Concat(Messaging)
        .GroupBy(o => o.Route.Root).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    /// <summary>First path segments of the two services that no operation of the catalogue has yet.</summary>
    private static readonly HashSet<string> OtherRoots = ["app-instance-bots", "channel-flows", "tags"];

    /// <summary>Whether a path belongs to the API, known operation or not.</summary>
    public static bool Owns(string path)
    {
        var root = path.Split('/', 3) is ["", var first, ..] ? first : "";
        return ByRoot.ContainsKey(root) || OtherRoots.Contains(root);
    }

    /// <summary>Null for what is no operation of the catalogue, also for a selector that none has.</summary>
    public static Operation? Find(string method, RawTarget target)
    {
        if (!ByRoot.TryGetValue(target.Segments[0], out var operations))
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
