using System.Text.Json.Nodes;

namespace Carillon.Events.Core.Stage;

/// <summary>What the roles of an app instance allow, as IAM policy documents.</summary>
public static class FanPolicy
{
    /// <summary>The tag of a platform user, and of a session: which device speaks for the ticket.</summary>
    public const string DeviceTag = "device";

    public const string UserTag = "UserId";

    // Not Update, Redact or Delete: what a fan said is the moderators' to remove.
    private static readonly string[] actions =
        ["chime:Connect", "chime:SendChannelMessage", "chime:ListChannelMessages", "chime:ListSubChannels"];

    // What a page of staff does itself; the rest goes through the desk, which keeps the log.
    private static readonly string[] staffActions =
        ["chime:Connect", "chime:SendChannelMessage", "chime:ListChannelMessages", "chime:ListSubChannels"];

    /// <summary>
    /// A fan is the one user that the session names, and only while that user's device is the session's: with the next
    /// device, whatever the old one holds is worth nothing.
    /// </summary>
    public static JsonObject OfFans(string appInstanceArn)
    {
        var asUser = Allow(actions, $"{appInstanceArn}/user/${{aws:PrincipalTag/{UserTag}}}");
        asUser["Condition"] = new JsonObject
        {
            ["StringEquals"] = new JsonObject
            {
                [$"aws:ResourceTag/{DeviceTag}"] = $"${{aws:PrincipalTag/{DeviceTag}}}",
            },
        };
        return Document(Endpoint(), asUser, Allow(actions, $"{appInstanceArn}/channel/*"));
    }

    public static JsonObject OfStaff(string appInstanceArn) => Document(
        Endpoint(), Allow(staffActions, $"{appInstanceArn}/user/${{aws:PrincipalTag/{UserTag}}}", $"{appInstanceArn}/channel/*"));

    /// <summary>Whoever the account lets assume roles may assume this one, with tags.</summary>
    public static JsonObject Trust(string account) => Document(new JsonObject
    {
        ["Effect"] = "Allow",
        ["Principal"] = new JsonObject { ["AWS"] = $"arn:aws:iam::{account}:root" },
        ["Action"] = new JsonArray("sts:AssumeRole", "sts:TagSession"),
    });

    private static JsonObject Endpoint() => Allow(["chime:GetMessagingSessionEndpoint"], "*");

    private static JsonObject Allow(string[] actions, params string[] resources) => new()
    {
        ["Effect"] = "Allow",
        ["Action"] = new JsonArray([.. actions.Select(a => JsonValue.Create(a))]),
        ["Resource"] = new JsonArray([.. resources.Select(r => JsonValue.Create(r))]),
    };

    private static JsonObject Document(params JsonObject[] statements) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray([.. statements]),
    };
}
