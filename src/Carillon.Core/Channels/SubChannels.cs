using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <summary>
/// The parts of elastic channels, and who is in them. A regular member is in exactly one, which the service chooses;
/// moderators are in as many as they like, which they name.
/// </summary>
public static class SubChannels
{
    /// <summary>Sub-channels times their target ("Elastic channels", developer guide, 2026-11).</summary>
    public const long MostMembers = 1_000_000;

    internal const string NeverUnrestricted = "An elastic channel cannot be UNRESTRICTED.";

    /// <exception cref="Refusal">InvalidInput, QuotaReached: no such elastic channel can be made.</exception>
    internal static void Check(IView view, Quotas quotas, AppKey app, ChannelWish wish)
    {
        var elastic = wish.Elastic!;
        if (wish.Mode == ChannelMode.Unrestricted)
        {
            throw new Refusal(Reason.InvalidInput, NeverUnrestricted);
        }

        if (wish.Members.Count > 0)
        {
            throw new Refusal(Reason.InvalidInput, "An elastic channel is made without members.");
        }

        if ((long)elastic.MostSubChannels * elastic.Target > MostMembers)
        {
            throw new Refusal(
                Reason.InvalidInput,
                $"MaximumSubChannels times TargetMembershipsPerSubChannel must not be more than {MostMembers}.");
        }

        quotas.Require(Quotas.SubChannelsPerChannel, 0, elastic.MostSubChannels);
        quotas.Require(Quotas.MembershipsPerSubChannel, 0, elastic.Target);
        quotas.Require(Quotas.ElasticChannelsPerAppInstance, view.CountElasticChannels(app));
    }

    internal static SubChannel Begin(ILedger ledger, Channel channel, Person? actor)
    {
        var made = ledger.AddSubChannel(channel.Key, Guid.NewGuid().ToString("n"));
        var place = ledger.Next(channel.Key);
        ledger.Append(new SubChannelCreated(channel, actor, place.Sequence, made) { Position = place.Position });
        return made;
    }

    /// <exception cref="Refusal">
    /// InvalidInput: the channel is elastic and no id is given, or the other way round. SubChannelUnknown.
    /// </exception>
    internal static SubChannel Named(IView view, Channel channel, string? id) =>
        channel.Elastic is null ? throw NotElastic()
        : id is null ? throw new Refusal(Reason.InvalidInput, "The channel is elastic: SubChannelId must name one of its sub-channels.")
        : view.FindSubChannel(channel.Key, id) ?? throw new Refusal(Reason.SubChannelUnknown);

    private static Refusal NotElastic() =>
        new(Reason.InvalidInput, "The channel is no elastic channel: it has no sub-channels.");

    /// <summary>For operations on a whole channel that may name a part of it.</summary>
    /// <exception cref="Refusal">InvalidInput: a part is named of a channel that has none. SubChannelUnknown.</exception>
    internal static SubChannel? NamedOrNone(IView view, Channel channel, string? id) =>
        id is null ? null : Named(view, channel, id);

    /// <summary>Where a user who may join is to go.</summary>
    /// <param name="id">What the request names.</param>
    /// <exception cref="Refusal">
    /// InvalidInput, SubChannelUnknown; MemberExists; QuotaReached: every sub-channel is full and there may be no more.
    /// Nothing is written in these cases.
    /// </exception>
    internal static SubChannel Choose(ILedger ledger, Channel channel, Person person, Roles roles, string? id)
    {
        if (roles.Moderator)
        {
            var named = Named(ledger, channel, id);
            return ledger.FindMember(named.Log, person.Key) is null ? named : throw new Refusal(Reason.MemberExists);
        }

        if (id is not null)
        {
            throw new Refusal(Reason.InvalidInput, "The service chooses the sub-channel of a member who is no moderator.");
        }

        return roles.Member ? throw new Refusal(Reason.MemberExists) : Balancing.Place(ledger, channel);
    }

    /// <summary>Ends every membership of a user in an elastic channel; of any other channel, nothing.</summary>
    internal static void Leave(ILedger ledger, Channel channel, Person? actor, Person person)
    {
        if (channel.Elastic is null)
        {
            return;
        }

        foreach (var member in ledger.FindMembers(channel.Key, person.Key))
        {
            Memberships.End(ledger, channel.In(member.Sub!), actor, member);
        }
    }

    public static Page<SubChannelCount> List(IView view, PersonAddress bearer, ChannelAddress address, int size, long? after)
    {
        var standing = Standing.Of(view, bearer, address).Must(Rights.ListSubChannels);
        return standing.Channel.Elastic is null
            ? throw NotElastic()
            : view.ListSubChannels(standing.Channel.Key, size, after);
    }
}
