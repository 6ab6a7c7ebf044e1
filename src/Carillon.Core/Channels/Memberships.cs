using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <summary>What became of one member of a batch: <c>Refusal</c> is null where it joined.</summary>
public sealed record BatchItem(PersonAddress Address, Member? Member, Refusal? Refusal);

/// <summary>Who is in a channel.</summary>
public static class Memberships
{
    public static Member Create(
        ILedger ledger, Quotas quotas, PersonAddress bearer, ChannelAddress address, PersonAddress who, bool hidden)
    {
        var standing = MayAdd(ledger, bearer, address, hidden, self: who == bearer);
        return Add(ledger, quotas, standing, address, who, hidden, batch: null);
    }

    /// <summary>Adds each that can be added; the others are reported one by one and fail nobody else.</summary>
    public static IReadOnlyList<BatchItem> CreateBatch(
        ILedger ledger, Quotas quotas, PersonAddress bearer, ChannelAddress address, IReadOnlyList<PersonAddress> who,
        bool hidden, out Person invitedBy)
    {
        var standing = MayAdd(ledger, bearer, address, hidden, self: who.All(w => w == bearer));
        invitedBy = standing.Bearer;

        // Of an elastic channel each joins a part of its own, and none is told of all together.
        var batch = standing.Channel.Elastic is null ? new MemberBatch() : null;
        var items = new List<BatchItem>(who.Count);
        foreach (var one in who)
        {
            try
            {
                // Nothing is written before the last check of one member, so a refusal leaves nothing behind.
                items.Add(new(one, Add(ledger, quotas, standing, address, one, hidden, batch), null));
            }
            catch (Refusal refusal)
            {
                items.Add(new(one, null, refusal));
            }
        }

        return items;
    }

    private static Standing MayAdd(
        IView view, PersonAddress bearer, ChannelAddress address, bool hidden, bool self)
    {
        var standing = Standing.Of(view, bearer, address)
            .Must(hidden ? Rights.CreateHiddenMembership : Rights.CreateChannelMembership, self);
        SubChannels.NamedOrNone(view, standing.Channel, address.SubChannelId);
        return hidden && standing.Channel.Elastic is not null
            ? throw new Refusal(Reason.InvalidInput, "An elastic channel has no hidden members.")
            : standing;
    }

    private static Member Add(
        ILedger ledger, Quotas quotas, Standing standing, ChannelAddress address, PersonAddress who, bool hidden,
        MemberBatch? batch)
    {
        var channel = standing.Channel;
        var (person, roles) = Joining(ledger, channel, who);
        quotas.Require(Quotas.MembershipsPerUser, ledger.CountMemberships(person.Key));
        if (channel.Elastic is not null)
        {
            var sub = SubChannels.Choose(ledger, channel, person, roles, address.SubChannelId);
            return Begin(ledger, channel.In(sub), standing.Bearer, person, hidden: false, batch: null, placed: !roles.Moderator);
        }

        if (roles.Member)
        {
            throw new Refusal(Reason.MemberExists);
        }

        quotas.Require(Quotas.MembershipsPerChannel, ledger.CountMembers(channel.Key));
        return Begin(ledger, channel, standing.Bearer, person, hidden, batch);
    }

    private static (Person Person, Roles Roles) Joining(ILedger ledger, Channel channel, PersonAddress who)
    {
        var person = who.AppId == channel.AppId ? ledger.FindPerson(who) : null;
        if (person is null)
        {
            throw new Refusal(Reason.UserUnknown);
        }

        var roles = ledger.FindRoles(channel, person.Key);
        return roles.Banned ? throw new Refusal(Reason.MemberBanned) : (person, roles);
    }

    internal static Member Begin(
        ILedger ledger, Channel channel, Person invitedBy, Person person, bool hidden, MemberBatch? batch, bool placed = false)
    {
        var member = ledger.AddMember(channel, person, hidden, invitedBy, placed);
        var place = ledger.Next(channel.Key);
        batch?.Add(member, place.Sequence);
        ledger.Append(new MemberJoined(channel, invitedBy, place.Sequence, member, batch) { Position = place.Position });
        return member;
    }

    public static Member Describe(IView view, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(view, bearer, address).Must(Rights.DescribeChannelMembership);
        var person = who.AppId == address.AppId ? view.FindPerson(who) : null;
        var sub = SubChannels.NamedOrNone(view, standing.Channel, address.SubChannelId);
        var member = person is null ? null
            : standing.Channel.Elastic is null || sub is not null ? view.FindMember(sub?.Log ?? standing.Channel.Key, person.Key)
            : view.FindMembers(standing.Channel.Key, person.Key) is [var first, ..] ? first
            : null;
        return member is not null && (!member.Hidden || MaySeeHidden(standing, member))
            ? member
            : throw new Refusal(Reason.MemberUnknown);
    }

    private static bool MaySeeHidden(Standing standing, Member member) =>
        member.Person.Key == standing.Bearer.Key || standing.May(Rights.ListHiddenMemberships);

    public static Page<Member> List(
        IView view, PersonAddress bearer, ChannelAddress address, bool hidden, int size, long? after)
    {
        var standing = Standing.Of(view, bearer, address)
            .Must(hidden ? Rights.ListHiddenMemberships : Rights.ListChannelMemberships);
        var sub = SubChannels.NamedOrNone(view, standing.Channel, address.SubChannelId);
        return standing.Channel.Elastic is not null && sub is null && !hidden
            ? view.ListElasticMembers(standing.Channel.Key, size, after)
            : view.ListMembers(sub?.Log ?? standing.Channel.Key, hidden, size, after);
    }

    /// <summary>
    /// Leaves, or removes another. Who is no member stays none: that changes nothing. A hidden member is none to those who
    /// may not see it. Of an elastic channel: a moderator leaves the part named, or all; who is none, the one it is in.
    /// </summary>
    public static void Delete(ILedger ledger, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.DeleteChannelMembership, self: who == bearer);
        var person = who.AppId == address.AppId ? ledger.FindPerson(who) : null;
        if (standing.Channel.Elastic is not null || address.SubChannelId is not null)
        {
            DeleteElastic(ledger, standing, address, person);
            return;
        }

        var member = person is null ? null : ledger.FindMember(standing.Channel.Key, person.Key);
        if (member is not null && (!member.Hidden || MaySeeHidden(standing, member)))
        {
            End(ledger, standing.Channel, standing.Bearer, member);
        }
    }

    private static void DeleteElastic(ILedger ledger, Standing standing, ChannelAddress address, Person? person)
    {
        var channel = standing.Channel;
        var sub = SubChannels.NamedOrNone(ledger, channel, address.SubChannelId);
        if (person is null)
        {
            return;
        }

        if (sub is null)
        {
            SubChannels.Leave(ledger, channel, standing.Bearer, person);
        }
        else if (!ledger.FindRoles(channel, person.Key).Moderator)
        {
            throw new Refusal(Reason.InvalidInput, "The service chooses the sub-channel of a member who is no moderator.");
        }
        else if (ledger.FindMember(sub.Log, person.Key) is { } member)
        {
            End(ledger, channel.In(sub), standing.Bearer, member);
        }
    }

    internal static void End(ILedger ledger, Channel channel, Person? actor, Member member, bool withSubChannel = false)
    {
        ledger.DeleteMember(channel.Key, member.Person.Key);
        var place = ledger.Next(channel.Key);
        ledger.Append(new MemberLeft(channel, actor, place.Sequence, member)
        {
            Position = place.Position,
            WithSubChannel = withSubChannel,
        });
        if (channel.Sub is not null)
        {
            // Whoever leaves may leave a sub-channel too empty, or make room for what another has left.
            ledger.AskToBalance(channel.Root);
        }
    }

    /// <summary>The channels a user belongs to; another's only for administrators.</summary>
    /// <param name="latestFirst">By the last message that the user may see, instead of by the channel's age.</param>
    public static Page<Membership> ListOf(
        IView view, PersonAddress bearer, PersonAddress? who, bool latestFirst, int size, long? after)
    {
        var user = Named(view, bearer, who).Key;
        return latestFirst ? view.ListMembershipsByLatest(user, size, after) : view.ListMemberships(user, size, after);
    }

    /// <summary>
    /// Remembers that the bearer has read up to now. Nobody else is told: it shows in the bearer's own lists and prefetch.
    /// </summary>
    public static void MarkRead(ILedger ledger, PersonAddress bearer, ChannelAddress address)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.UpdateChannelReadMarker);
        if (standing.Channel.Elastic is not null)
        {
            throw new Refusal(Reason.InvalidInput, "An elastic channel has no read markers.");
        }

        ledger.SetReadMarker(standing.Channel.Key, standing.Bearer.Key);
    }

    public static Membership DescribeOf(IView view, PersonAddress bearer, ChannelAddress address, PersonAddress who)
    {
        var person = Named(view, bearer, who);
        var channel = address.AppId == person.AppId ? view.FindChannel(address) : null;
        return (channel is null ? null : view.FindMembership(channel.Key, person.Key))
            ?? throw new Refusal(Reason.ChannelUnknown);
    }

    internal static Person Named(IView view, PersonAddress bearer, PersonAddress? who)
    {
        var me = Standing.BearerOf(view, bearer);
        if (who is null || who == bearer)
        {
            return me;
        }

        if (who.Value.AppId != bearer.AppId || view.FindAdmin(me.App, me.Key) is null)
        {
            throw new Refusal(Reason.NotAllowed);
        }

        return Users.FindPerson(view, who.Value);
    }
}
