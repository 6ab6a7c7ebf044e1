namespace Carillon.Core.Access;

/// <summary>When a role may do something.</summary>
public enum Cell
{
    /// <summary>Never.</summary>
    N,

    /// <summary>Always.</summary>
    Y,

    /// <summary>Where the member named is the bearer itself.</summary>
    Self,

    /// <summary>Where the channel's mode is UNRESTRICTED.</summary>
    Open,

    /// <summary>Where the member named is the bearer itself, or the channel's mode is UNRESTRICTED.</summary>
    SelfOrOpen,

    /// <summary>Where the bearer sent the message.</summary>
    Own,
}

/// <summary>One row of the permission matrix: what each role of a bearer may do. Roles add up.</summary>
public sealed record Right(
    string Operation, Cell Admin, Cell Moderator, Cell Member, Cell Hidden, Cell StrangerToPublic, Cell StrangerToPrivate);

/// <summary>
/// The permission matrix of the Amazon Chime SDK developer guide ("Roles", read 2026-11), a row per operation on a
/// channel. Where the guide is silent or contradicts the official demo, the row says so.
/// </summary>
public static class Rights
{
    // Members and moderators of private channels may describe them: the guide's table says public only, and the
    // official web demo describes every channel its user belongs to.
    public static readonly Right DescribeChannel = new("DescribeChannel", Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.N);
    public static readonly Right UpdateChannel = new("UpdateChannel", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DeleteChannel = new("DeleteChannel", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);

    // The guide's table has no row for it; ours is the one of UpdateChannel.
    public static readonly Right PutChannelExpirationSettings =
        new("PutChannelExpirationSettings", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);

    // The guide's table refuses strangers; its concepts page and the demo's "Join channel" let anyone join a public
    // channel. We follow the latter, whatever the channel's mode.
    public static readonly Right CreateChannelMembership =
        new("CreateChannelMembership", Cell.Y, Cell.Y, Cell.Open, Cell.N, Cell.Self, Cell.N);
    public static readonly Right CreateHiddenMembership =
        new("CreateChannelMembership (HIDDEN)", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DescribeChannelMembership =
        new("DescribeChannelMembership", Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.N);
    public static readonly Right ListChannelMemberships =
        new("ListChannelMemberships", Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.N);
    public static readonly Right ListHiddenMemberships =
        new("ListChannelMemberships (HIDDEN)", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DeleteChannelMembership =
        new("DeleteChannelMembership", Cell.Y, Cell.Y, Cell.SelfOrOpen, Cell.Self, Cell.N, Cell.N);

    // Administrators and moderators too have preferences of their own memberships alone.
    public static readonly Right GetChannelMembershipPreferences =
        new("GetChannelMembershipPreferences", Cell.N, Cell.N, Cell.Self, Cell.Self, Cell.N, Cell.N);
    public static readonly Right PutChannelMembershipPreferences =
        new("PutChannelMembershipPreferences", Cell.N, Cell.N, Cell.Self, Cell.Self, Cell.N, Cell.N);

    public static readonly Right ListSubChannels = new("ListSubChannels", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);

    public static readonly Right CreateChannelModerator =
        new("CreateChannelModerator", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DescribeChannelModerator =
        new("DescribeChannelModerator", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right ListChannelModerators =
        new("ListChannelModerators", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DeleteChannelModerator =
        new("DeleteChannelModerator", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);

    public static readonly Right CreateChannelBan = new("CreateChannelBan", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DescribeChannelBan = new("DescribeChannelBan", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right ListChannelBans = new("ListChannelBans", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DeleteChannelBan = new("DeleteChannelBan", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);

    public static readonly Right AssociateChannelFlow =
        new("AssociateChannelFlow", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);
    public static readonly Right DisassociateChannelFlow =
        new("DisassociateChannelFlow", Cell.Y, Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N);

    // Administrators and moderators too, once they are members.
    public static readonly Right UpdateChannelReadMarker =
        new("UpdateChannelReadMarker", Cell.N, Cell.N, Cell.Y, Cell.Y, Cell.N, Cell.N);

    // Administrators and moderators send once they are members.
    public static readonly Right SendChannelMessage = new("SendChannelMessage", Cell.N, Cell.N, Cell.Y, Cell.N, Cell.N, Cell.N);
    public static readonly Right GetChannelMessage = new("GetChannelMessage", Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.N);
    public static readonly Right GetChannelMessageStatus =
        new("GetChannelMessageStatus", Cell.Own, Cell.Own, Cell.Own, Cell.N, Cell.Own, Cell.Own);
    public static readonly Right ListChannelMessages = new("ListChannelMessages", Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.Y, Cell.N);
    public static readonly Right UpdateChannelMessage =
        new("UpdateChannelMessage", Cell.Own, Cell.Own, Cell.Own, Cell.N, Cell.N, Cell.N);
    public static readonly Right RedactChannelMessage =
        new("RedactChannelMessage", Cell.Y, Cell.Y, Cell.Own, Cell.N, Cell.N, Cell.N);
    public static readonly Right DeleteChannelMessage =
        new("DeleteChannelMessage", Cell.Y, Cell.N, Cell.N, Cell.N, Cell.N, Cell.N);

    public static IReadOnlyList<Right> All { get; } =
    [
        DescribeChannel, UpdateChannel, DeleteChannel, PutChannelExpirationSettings,
        CreateChannelMembership, CreateHiddenMembership, DescribeChannelMembership, ListChannelMemberships,
        ListHiddenMemberships, DeleteChannelMembership, ListSubChannels,
        GetChannelMembershipPreferences, PutChannelMembershipPreferences,
        CreateChannelModerator, DescribeChannelModerator, ListChannelModerators, DeleteChannelModerator,
        CreateChannelBan, DescribeChannelBan, ListChannelBans, DeleteChannelBan,
        AssociateChannelFlow, DisassociateChannelFlow, UpdateChannelReadMarker,
        SendChannelMessage, GetChannelMessage, GetChannelMessageStatus, ListChannelMessages, UpdateChannelMessage,
        RedactChannelMessage, DeleteChannelMessage,
    ];
}
