using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <summary>Reads about channels and who is in them. What is deleted is not found.</summary>
public interface IChannelView
{
    Channel? FindChannel(ChannelAddress address);

    /// <summary>Channels whose last message is the last that <paramref name="reader"/> may see.</summary>
    Page<Channel> ListChannels(AppKey app, ChannelPrivacy privacy, UserKey reader, int size, long? after);

    /// <summary>
    /// The channels of <see cref="ListChannels"/> by their last message for all, the latest first. A channel in which
    /// nobody has spoken stands where its creation does.
    /// </summary>
    Page<Channel> ListLatestChannels(AppKey app, ChannelPrivacy privacy, UserKey reader, int size, long? after);

    /// <summary>A channel whose last message is the last that <paramref name="reader"/> may see.</summary>
    Channel? FindSeenChannel(ChannelKey channel, UserKey reader);

    Roles FindRoles(Channel channel, UserKey user);

    Member? FindMember(ChannelKey channel, UserKey user);

    /// <summary>The hidden members or the others, in the order of their keys.</summary>
    Page<Member> ListMembers(ChannelKey channel, bool hidden, int size, long? after);

    /// <summary>Everyone who is in some part of an elastic channel, once, in the order of their keys.</summary>
    Page<Member> ListElasticMembers(ChannelKey channel, int size, long? after);

    long CountMembers(ChannelKey channel);

    ChannelCounts Count(ChannelKey channel);

    /// <summary>Up to <paramref name="most"/> channels that a user belongs to, in the order of their keys.</summary>
    /// <param name="hidden">Also those in which it is a hidden member.</param>
    IReadOnlyList<ChannelSize> ListChannelsOf(UserKey user, bool hidden, long after, int most);

    /// <param name="hidden">A hidden member counts as one.</param>
    bool IsMember(ChannelKey channel, UserKey user, bool hidden);

    /// <summary>Of an elastic channel, the membership in its oldest part that the user is in.</summary>
    Membership? FindMembership(ChannelKey channel, UserKey user);

    Page<Membership> ListMemberships(UserKey user, int size, long? after);

    /// <summary>The latest spoken in first; with <paramref name="unreadFirst"/>, those not read to the end before them.</summary>
    IReadOnlyList<Membership> ListLatestMemberships(UserKey user, bool unreadFirst, int most);

    /// <summary>
    /// By the last message that the user may see, the latest first; where there is none, by the channel's creation.
    /// </summary>
    Page<Membership> ListMembershipsByLatest(UserKey user, int size, long? after);

    /// <summary>The logs a session of this user hears.</summary>
    IReadOnlyList<HeardLog> ListMembershipKeys(UserKey user);

    Moderator? FindModerator(ChannelKey channel, UserKey user);

    Page<Moderator> ListModerators(ChannelKey channel, int size, long? after);

    long CountModerators(ChannelKey channel);

    /// <summary>Channels that this user moderates.</summary>
    IReadOnlyList<Channel> ListModerated(UserKey user, int most);

    /// <summary>Channels that this user moderates, with the last message that <paramref name="reader"/> may see.</summary>
    Page<Channel> ListModerated(UserKey user, UserKey reader, int size, long? after);

    /// <summary>Channels that this user is banned from.</summary>
    IReadOnlyList<Channel> ListBanning(UserKey user, int most);

    Ban? FindBan(ChannelKey channel, UserKey user);

    Page<Ban> ListBans(ChannelKey channel, int size, long? after);
}

public interface IChannelLedger
{
    Channel AddChannel(NewChannel channel);

    Channel UpdateChannel(Channel channel, string name, ChannelMode mode, string? metadata);

    /// <param name="expiration">Null lets it stay for ever.</param>
    /// <param name="end">When it ends, as far as is known now; null where it does not.</param>
    Channel SetExpiration(Channel channel, Expiration? expiration, Instant? end);

    /// <summary>From now on it is not found; its messages and memberships are purged in the background.</summary>
    void DeleteChannel(Channel channel);

    /// <param name="channel">Of an elastic channel, the part to join.</param>
    /// <param name="placed">The service chose the sub-channel and may choose another.</param>
    Member AddMember(Channel channel, Person person, bool hidden, Person invitedBy, bool placed = false);

    void DeleteMember(ChannelKey channel, UserKey user);

    /// <summary>The member has read up to now.</summary>
    void SetReadMarker(ChannelKey channel, UserKey user);

    Moderator AddModerator(ChannelKey channel, Person person, Person createdBy);

    bool DeleteModerator(ChannelKey channel, UserKey user);

    Ban AddBan(ChannelKey channel, Person person, Person createdBy);

    bool DeleteBan(ChannelKey channel, UserKey user);
}

/// <param name="Members">Without the hidden ones.</param>
public sealed record ChannelSize(ChannelKey Channel, long Members);

public sealed record NewChannel(
    AppInstance App,
    string Id,
    string Name,
    ChannelMode Mode,
    ChannelPrivacy Privacy,
    string? Metadata,
    Person CreatedBy,
    Expiration? Expiration)
{
    public Elastic? Elastic { get; init; }
}
