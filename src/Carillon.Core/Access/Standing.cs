using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core.Access;

/// <summary>What a user is in a channel.</summary>
/// <param name="Hidden">Null for who is no member.</param>
public sealed record Roles(bool Admin, bool Moderator, bool? Hidden, bool Banned)
{
    public bool Member => Hidden is not null;
}

/// <summary>The bearer of a request before a channel: who it is there, and so what it may do.</summary>
public sealed class Standing
{
    private Standing(Person bearer, Channel channel, Roles roles)
    {
        Bearer = bearer;
        Channel = channel;
        Roles = roles;
    }

    public Person Bearer { get; }

    public Channel Channel { get; }

    public Roles Roles { get; }

    /// <exception cref="Refusal">BearerUnknown; ChannelUnknown, also for a channel of another app instance.</exception>
    public static Standing Of(IView view, PersonAddress bearer, ChannelAddress address)
    {
        var person = BearerOf(view, bearer);
        var channel = bearer.AppId == address.AppId ? view.FindChannel(address) : null;
        return channel is null
            ? throw new Refusal(Reason.ChannelUnknown)
            : new(person, channel, view.FindRoles(channel, person.Key));
    }

    /// <summary>Before the log that messages are in: the channel's, or that of the sub-channel that the address names.</summary>
    /// <exception cref="Refusal">
    /// As <see cref="Of"/>. InvalidInput: an elastic channel without a sub-channel, or the other way round.
    /// SubChannelUnknown.
    /// </exception>
    public static Standing Within(IView view, PersonAddress bearer, ChannelAddress address)
    {
        var standing = Of(view, bearer, address);
        if (standing.Channel.Elastic is null && address.SubChannelId is null)
        {
            return standing;
        }

        // Who may not know of the channel learns nothing about its parts either.
        standing.Must(Rights.DescribeChannel);
        var part = standing.Channel.In(SubChannels.Named(view, standing.Channel, address.SubChannelId));
        return new(standing.Bearer, part, view.FindRoles(part, standing.Bearer.Key));
    }

    /// <exception cref="Refusal">BearerUnknown.</exception>
    public static Person BearerOf(IView view, PersonAddress bearer) =>
        view.FindPerson(bearer) ?? throw new Refusal(Reason.BearerUnknown);

    /// <param name="self">The member that the request names is the bearer itself.</param>
    /// <param name="own">The message that the request names was sent by the bearer.</param>
    /// <exception cref="Refusal">NotAllowed: none of the bearer's roles may.</exception>
    public Standing Must(Right right, bool self = false, bool own = false) =>
        May(right, self, own) ? this : throw new Refusal(Reason.NotAllowed);

    public bool May(Right right, bool self = false, bool own = false)
    {
        if (Roles.Banned)
        {
            // A ban ends every access to the channel, also what any stranger may do in a public one. (Our choice: the
            // guide says only that a banned user cannot come back.)
            return false;
        }

        return (Roles.Admin && Holds(right.Admin, self, own))
            || (Roles.Moderator && Holds(right.Moderator, self, own))
            || (Roles.Hidden == false && Holds(right.Member, self, own))
            || (Roles.Hidden == true && Holds(right.Hidden, self, own))
            || (!Roles.Member && Holds(Stranger(right), self, own));
    }

    // AWS leaves open whether a stranger reads the sub-channels of a public channel; we let nobody read a sub-channel who
    // is not in it, so that none hears of another.
    private Cell Stranger(Right right) =>
        Channel.Privacy == ChannelPrivacy.Public && Channel.Sub is null ? right.StrangerToPublic : right.StrangerToPrivate;

    private bool Holds(Cell cell, bool self, bool own)
    {
        var open = Channel.Mode == ChannelMode.Unrestricted;
        return cell switch
        {
            Cell.Y => true,
            Cell.Self => self,
            Cell.Open => open,
            Cell.SelfOrOpen => self || open,
            Cell.Own => own,
            _ => false,
        };
    }
}
