using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <summary>Who may not come back. A ban ends a membership at once and lasts until it is deleted.</summary>
public static class Bans
{
    public static Ban Create(ILedger ledger, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.CreateChannelBan);
        var channel = standing.Channel;
        var person = who.AppId == address.AppId ? Users.FindPerson(ledger, who) : throw new Refusal(Reason.UserUnknown);
        var roles = ledger.FindRoles(channel, person.Key);
        if (roles.Admin || roles.Moderator)
        {
            throw new Refusal(Reason.ModeratorCannotBeBanned);
        }

        if (roles.Banned)
        {
            throw new Refusal(Reason.BanExists);
        }

        // The removal comes before the ban, so that the last event the banned user gets carries a lower sequence.
        SubChannels.Leave(ledger, channel, standing.Bearer, person);
        if (ledger.FindMember(channel.Key, person.Key) is { } member)
        {
            Memberships.End(ledger, channel, standing.Bearer, member);
        }

        var ban = ledger.AddBan(channel.Key, person, standing.Bearer);
        var place = ledger.Next(channel.Key);
        ledger.Append(new BanCreated(channel, standing.Bearer, place.Sequence, ban) { Position = place.Position });
        return ban;
    }

    public static Ban Describe(IView view, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(view, bearer, address).Must(Rights.DescribeChannelBan);
        var person = who.AppId == address.AppId ? view.FindPerson(who) : null;
        return (person is null ? null : view.FindBan(standing.Channel.Key, person.Key))
            ?? throw new Refusal(Reason.BanUnknown);
    }

    public static Page<Ban> List(IView view, PersonAddress bearer, ChannelAddress address, int size, long? after)
    {
        var standing = Standing.Of(view, bearer, address).Must(Rights.ListChannelBans);
        return view.ListBans(standing.Channel.Key, size, after);
    }

    /// <summary>Lifts a ban; membership does not come back by itself. Without a ban nothing changes.</summary>
    public static void Delete(ILedger ledger, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.DeleteChannelBan);
        var person = who.AppId == address.AppId ? ledger.FindPerson(who) : null;
        if (person is not null)
        {
            End(ledger, standing.Channel, standing.Bearer, person);
        }
    }

    internal static void End(ILedger ledger, Channel channel, Person? actor, Person person)
    {
        if (ledger.FindBan(channel.Key, person.Key) is { } ban && ledger.DeleteBan(channel.Key, person.Key))
        {
            var place = ledger.Next(channel.Key);
            ledger.Append(new BanDeleted(channel, actor, place.Sequence, ban) { Position = place.Position });
        }
    }
}
