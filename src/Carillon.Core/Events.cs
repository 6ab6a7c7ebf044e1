using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;

namespace Carillon.Core;

/// <summary>A fact that can be announced.</summary>
public abstract record Event
{
    /// <summary>Where it stands in the log; for what the log does not keep, that of the last event before it.</summary>
    public long Position { get; init; }
}

/// <summary>Something that happened in a channel.</summary>
/// <param name="Channel">As it is after the event.</param>
/// <param name="Actor">The bearer who did it; null where the service did.</param>
/// <param name="Sequence">Its place in the channel's log; 0 where the log does not keep it.</param>
public abstract record ChannelEvent(Channel Channel, Person? Actor, long Sequence) : Event;

public sealed record MessageCreated(Channel Channel, Person? Actor, long Sequence, Message Message)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record MessageUpdated(Channel Channel, Person? Actor, long Sequence, Message Message)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record MessageRedacted(Channel Channel, Person? Actor, long Sequence, Message Message)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record MessageDeleted(Channel Channel, Person? Actor, long Sequence, Message Message)
    : ChannelEvent(Channel, Actor, Sequence);

/// <summary>
/// A message that a channel flow holds, denied or lost, by its status; told to its sender alone and never kept in the log.
/// </summary>
/// <param name="Edits">It is a new content of a message that is there already.</param>
public sealed record MessageStatusChanged(Channel Channel, Person? Actor, Message Message, bool Edits)
    : ChannelEvent(Channel, Actor, 0);

public sealed record ChannelCreated(Channel Channel, Person? Actor, long Sequence) : ChannelEvent(Channel, Actor, Sequence);

public sealed record ChannelUpdated(Channel Channel, Person? Actor, long Sequence) : ChannelEvent(Channel, Actor, Sequence);

/// <summary>Its ExpirationSettings have changed.</summary>
public sealed record ChannelExpirationUpdated(Channel Channel, Person? Actor, long Sequence)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record ChannelDeleted(Channel Channel, Person? Actor, long Sequence) : ChannelEvent(Channel, Actor, Sequence);

/// <param name="Batch">
/// The members of one BatchCreateChannelMembership share an instance of the list; each has its own event in the log and
/// all together one frame on the sockets. Null for a single membership.
/// </param>
public sealed record MemberJoined(Channel Channel, Person? Actor, long Sequence, Member Member, MemberBatch? Batch = null)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record MemberLeft(Channel Channel, Person? Actor, long Sequence, Member Member)
    : ChannelEvent(Channel, Actor, Sequence)
{
    /// <summary>Its sub-channel was deleted under it; only moderators lose their place that way.</summary>
    public bool WithSubChannel { get; init; }
}

/// <summary>The service took a member to another part of its elastic channel. In the channel's own log.</summary>
/// <param name="Member">As it is there.</param>
public sealed record MemberMoved(Channel Channel, long Sequence, Member Member, SubChannel From)
    : ChannelEvent(Channel, null, Sequence);

public sealed record SubChannelCreated(Channel Channel, Person? Actor, long Sequence, SubChannel Made)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record SubChannelDeleted(Channel Channel, long Sequence, SubChannel Gone)
    : ChannelEvent(Channel, null, Sequence);

public sealed record ModeratorCreated(Channel Channel, Person? Actor, long Sequence, Moderator Moderator)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record ModeratorDeleted(Channel Channel, Person? Actor, long Sequence, Moderator Moderator)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record BanCreated(Channel Channel, Person? Actor, long Sequence, Ban Ban)
    : ChannelEvent(Channel, Actor, Sequence);

public sealed record BanDeleted(Channel Channel, Person? Actor, long Sequence, Ban Ban)
    : ChannelEvent(Channel, Actor, Sequence);

/// <summary>A user is gone; its sessions end.</summary>
public sealed record UserDeleted(AppKey App, UserKey User) : Event;

/// <summary>An app instance is gone with everything below it; its sessions end.</summary>
public sealed record AppInstanceDeleted(AppKey App) : Event;

/// <summary>The members that one batch added, in the order of their sequences.</summary>
public sealed class MemberBatch
{
    private readonly List<Member> _members = [];

    public IReadOnlyList<Member> Members => _members;

    /// <summary>The last sequence of the batch, known once all are appended.</summary>
    public long LastSequence { get; private set; }

    public void Add(Member member, long sequence)
    {
        _members.Add(member);
        LastSequence = sequence;
    }
}
