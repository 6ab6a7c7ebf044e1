using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;

namespace Carillon.Server.Sessions;

/// <summary>What a joining session reads in one go: its logs, what it asked to be told first, and as of when.</summary>
internal sealed record SessionView(
    long Position, IReadOnlyList<HeardLog> Logs, IReadOnlyList<ChannelDetails> Details)
{
    // Developer guide, "Prefetch", 2026-11.
    private const int MostChannels = 50;
    private const int MostMessages = 20;
    private const int MostMembers = 30;

    public static SessionView Read(IView view, Person user, Prefetch prefetch) => new(
        view.LastPosition(), view.ListMembershipKeys(user.Key), prefetch == Prefetch.None ? [] : ReadDetails(view, user, prefetch));

    private static List<ChannelDetails> ReadDetails(IView view, Person user, Prefetch prefetch) =>
    [
        .. view.ListLatestMemberships(user.Key, unreadFirst: prefetch != Prefetch.LastMessage, MostChannels).Select(membership =>
        {
            var channel = membership.Channel.Key;
            var messages = view.ListMessages(channel, user.Key, new(false, null, null), MostMessages, null);
            var members = view.ListMembers(channel, hidden: false, MostMembers, null);
            return new ChannelDetails(membership, messages.Items, members.Items, messages.Next is not null);
        }),
    ];
}

/// <summary>Which channels a session is told about first.</summary>
internal enum Prefetch
{
    None,

    /// <summary>Channels with unread messages first, then by their last message.</summary>
    Unread,

    /// <summary>By their last message.</summary>
    LastMessage,
}
