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
public readonly record struct ChannelAddress(string AppId, string Id);

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
    public ChannelAddress Address => new(AppId, Id);
}

/// <param name="Hidden">Observes: cannot send and is not listed among the others.</param>
public sealed record Member(
    Person Person, ChannelKey Channel, bool Hidden, Person InvitedBy, Instant Created, Instant Updated);

/// <summary>A channel as one of its members sees it in a list.</summary>
public sealed record Membership(Channel Channel, bool Hidden, Instant? ReadMarker);

public sealed record Moderator(Person Person, Person CreatedBy, Instant Created);

public sealed record Ban(Person Person, Person CreatedBy, Instant Created);
