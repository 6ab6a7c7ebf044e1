using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <summary>Who keeps order in a channel. A moderator need not be a member.</summary>
public static class Moderators
{
    public static Moderator Create(
        ILedger ledger, Quotas quotas, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.CreateChannelModerator);
        var person = who.AppId == address.AppId ? Users.FindPerson(ledger, who) : throw new Refusal(Reason.UserUnknown);
        var roles = ledger.FindRoles(standing.Channel, person.Key);
        if (roles.Moderator)
        {
            throw new Refusal(Reason.ModeratorExists);
        }

        if (roles.Banned)
        {
            throw new Refusal(Reason.MemberBanned);
        }

        quotas.Require(Quotas.ModeratorsPerChannel, ledger.CountModerators(standing.Channel.Key));
        SubChannels.Leave(ledger, standing.Channel, standing.Bearer, person);
        return Begin(ledger, standing.Channel, standing.Bearer, person);
    }

    internal static Moderator Begin(ILedger ledger, Channel channel, Person createdBy, Person person)
    {
        var moderator = ledger.AddModerator(channel.Key, person, createdBy);
        var place = ledger.Next(channel.Key);
        ledger.Append(new ModeratorCreated(channel, createdBy, place.Sequence, moderator) { Position = place.Position });
        return moderator;
    }

    public static Moderator Describe(IView view, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(view, bearer, address).Must(Rights.DescribeChannelModerator);
        var person = who.AppId == address.AppId ? view.FindPerson(who) : null;
        return (person is null ? null : view.FindModerator(standing.Channel.Key, person.Key))
            ?? throw new Refusal(Reason.ModeratorUnknown);
    }

    public static Page<Moderator> List(IView view, PersonAddress bearer, ChannelAddress address, int size, long? after)
    {
        var standing = Standing.Of(view, bearer, address).Must(Rights.ListChannelModerators);
        return view.ListModerators(standing.Channel.Key, size, after);
    }

    /// <summary>The channels a user moderates; another's only for administrators.</summary>
    public static Page<Channel> ListOf(IView view, PersonAddress bearer, PersonAddress? who, int size, long? after)
    {
        var person = Memberships.Named(view, bearer, who);
        return view.ListModerated(person.Key, Standing.BearerOf(view, bearer).Key, size, after);
    }

    /// <exception cref="Refusal">ChannelUnknown, also for an elastic channel, which is never described this way.</exception>
    public static Channel DescribeOf(IView view, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var person = Memberships.Named(view, bearer, who);
        var channel = address.AppId == person.AppId ? view.FindChannel(address) : null;
        return channel is { Elastic: null } && view.FindModerator(channel.Key, person.Key) is not null
            ? view.FindSeenChannel(channel.Key, Standing.BearerOf(view, bearer).Key)!
            : throw new Refusal(Reason.ChannelUnknown);
    }

    /// <summary>Demoting who is no moderator changes nothing.</summary>
    public static void Delete(ILedger ledger, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.DeleteChannelModerator);
        var person = who.AppId == address.AppId ? ledger.FindPerson(who) : null;
        if (person is not null)
        {
            End(ledger, standing.Channel, standing.Bearer, person);
        }
    }

    internal static void End(ILedger ledger, Channel channel, Person? actor, Person person)
    {
        if (ledger.FindModerator(channel.Key, person.Key) is not { } moderator)
        {
            return;
        }

        SubChannels.Leave(ledger, channel, actor, person);
        if (ledger.DeleteModerator(channel.Key, person.Key))
        {
            var place = ledger.Next(channel.Key);
            ledger.Append(new ModeratorDeleted(channel, actor, place.Sequence, moderator) { Position = place.Position });
        }
    }
}
