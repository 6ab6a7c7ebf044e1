using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

public enum ChannelMode
{
    Unrestricted = 0,
    Restricted = 1,
}

public enum ChannelPrivacy
{
    Public = 0,
    Private = 1,
}

/// <summary>Names a channel the way ARNs do. It may not exist.</summary>
public readonly record struct ChannelAddress(string AppId, string Id)
{
    /// <summary>The part of an elastic channel that is meant; null for the channel as a whole.</summary>
    public string? SubChannelId { get; init; }
}

public sealed record Channel(
    ChannelKey Key,
    AppKey App,
    string AppId,
    string Id,
    string Name,
    ChannelMode Mode,
    ChannelPrivacy Privacy,
    string? Metadata,
    Person CreatedBy,
    Expiration? Expiration,
    Instant Created,
    Instant Updated,
    Instant? LastMessage)
{
    public ChannelAddress Address => new(AppId, Id) { SubChannelId = Sub?.Id };

    /// <summary>Set for a channel whose members and messages live in sub-channels.</summary>
    public Elastic? Elastic { get; init; }

    /// <summary>
    /// Set where this is one part of an elastic channel: <c>Key</c> is the part's log then, and everything else the
    /// channel's.
    /// </summary>
    public SubChannel? Sub { get; init; }

    /// <summary>The channel as a whole: its moderators, its bans and its own events.</summary>
    public ChannelKey Root => Sub?.Channel ?? Key;

    public Channel In(SubChannel sub) => this with { Key = sub.Log, Sub = sub };

    /// <summary>Id of the channel flow that messages pass before anyone sees them; null where there is none.</summary>
    public string? FlowId { get; init; }
}

/// <summary>How many there are in a channel.</summary>
/// <param name="Members">Without the hidden ones.</param>
/// <param name="Messages">
/// In history, redacted ones included, without those that only two can see: a number that rises would betray them.
/// </param>
public sealed record ChannelCounts(long Members, long HiddenMembers, long Messages);

/// <summary>Names a channel flow the way ARNs do. It may not exist.</summary>
public readonly record struct FlowAddress(string AppId, string Id);

/// <summary>How an elastic channel divides its members; set once.</summary>
/// <param name="MostSubChannels">At least 2.</param>
/// <param name="Target">Members that fill a sub-channel; at least 2.</param>
/// <param name="LeastPercent">1 to 40: a sub-channel with less than this share of <c>Target</c> is too empty.</param>
public sealed record Elastic(int MostSubChannels, int Target, int LeastPercent)
{
    /// <summary>A sub-channel with fewer members is too empty ("Elastic channels", developer guide, 2026-11).</summary>
    public int Least => (int)(((long)Target * LeastPercent + 99) / 100);
}

/// <summary>A part of an elastic channel, with members, messages and a log of its own.</summary>
public sealed record SubChannel(ChannelKey Log, ChannelKey Channel, string Id);

/// <param name="Members">Everyone who is in it, moderators too.</param>
public sealed record SubChannelCount(SubChannel Sub, long Members);

/// <param name="Placed">Its members without moderators, who choose for themselves where they are.</param>
public sealed record Filled(SubChannel Sub, long Placed);

/// <summary>Members on their way from one sub-channel to another of the same channel.</summary>
/// <param name="Ends">Whether the first is emptied and deleted; otherwise the two are made level.</param>
public sealed record Transfer(ChannelKey From, ChannelKey Into, bool Ends);

/// <param name="Hidden">Observes: cannot send and is not listed among the others.</param>
public sealed record Member(
    Person Person, ChannelKey Channel, bool Hidden, Person InvitedBy, Instant Created, Instant Updated)
{
    /// <summary>The part of an elastic channel this is a membership in.</summary>
    public SubChannel? Sub { get; init; }
}

/// <summary>A channel as one of its members sees it in a list; of an elastic one, the part that it is in.</summary>
public sealed record Membership(Channel Channel, bool Hidden, Instant? ReadMarker);

public sealed record Moderator(Person Person, Person CreatedBy, Instant Created);

public sealed record Ban(Person Person, Person CreatedBy, Instant Created);
