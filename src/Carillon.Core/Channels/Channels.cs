using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <param name="Id">Null lets the service choose.</param>
public sealed record ChannelWish(
    string? Id,
    string Name,
    ChannelMode Mode,
    ChannelPrivacy Privacy,
    string? Metadata,
    Expiration? Expiration,
    IReadOnlyList<PersonAddress> Members,
    IReadOnlyList<PersonAddress> Moderators,
    IReadOnlyList<Tag> Tags)
{
    /// <summary>Divides the channel into sub-channels; set once.</summary>
    public Elastic? Elastic { get; init; }
}

/// <summary>A channel as it is told to whoever may see it.</summary>
/// <param name="ShowsHidden">Its reader may know how many hidden members there are.</param>
public sealed record ChannelDescription(Channel Channel, ChannelCounts Counts, bool ShowsHidden);

/// <summary>The life of a channel.</summary>
public static class Channels
{
    /// <summary>Whoever creates a channel is its first member and moderator; of an elastic one, its moderator alone.</summary>
    public static string Create(
        ILedger ledger, Quotas quotas, Repetition repetition, PersonAddress bearer, string appId, ChannelWish wish)
    {
        var creator = Standing.BearerOf(ledger, bearer);
        var app = AppInstances.Find(ledger, appId);
        if (creator.App != app.Key)
        {
            throw new Refusal(Reason.AppInstanceUnknown);
        }

        if (repetition.Before(ledger) is { } before)
        {
            return before;
        }

        var id = wish.Id ?? Guid.NewGuid().ToString();
        if (ledger.FindChannel(new(appId, id)) is not null)
        {
            throw new Refusal(Reason.ChannelExists);
        }

        var members = PeopleOf(ledger, app, creator, wish.Members);
        var moderators = PeopleOf(ledger, app, creator, wish.Moderators);
        if (wish.Elastic is not null)
        {
            SubChannels.Check(ledger, quotas, app.Key, wish);
            members.Clear();
        }

        quotas.Require(Quotas.ChannelsPerAppInstance, ledger.CountChannels(app.Key));
        foreach (var member in members)
        {
            quotas.Require(Quotas.MembershipsPerUser, ledger.CountMemberships(member.Key));
        }

        var channel = ledger.AddChannel(new(
            app, id, wish.Name, wish.Mode, wish.Privacy, wish.Metadata, creator, wish.Expiration)
        {
            Elastic = wish.Elastic,
        });
        var place = ledger.Next(channel.Key);
        ledger.Append(new ChannelCreated(channel, creator, place.Sequence) { Position = place.Position });
        foreach (var member in members)
        {
            Memberships.Begin(ledger, channel, creator, member, hidden: false, batch: null);
        }

        foreach (var moderator in moderators)
        {
            Moderators.Begin(ledger, channel, creator, moderator);
        }

        if (channel.Elastic is not null)
        {
            // There is always one, so that moderators have somewhere to go before anyone else has come.
            SubChannels.Begin(ledger, channel, creator);
        }

        ledger.AddTags($"app-instance/{app.Id}/channel/{id}", wish.Tags);
        repetition.Remember(ledger, id);
        return id;
    }

    /// <summary>The creator first, then the others, each once.</summary>
    private static List<Person> PeopleOf(
        ILedger ledger, AppInstance app, Person creator, IReadOnlyList<PersonAddress> addresses)
    {
        List<Person> people = [creator];
        foreach (var address in addresses.Distinct().Where(a => a != creator.Address))
        {
            people.Add(address.AppId == app.Id ? Users.FindPerson(ledger, address) : throw new Refusal(Reason.UserUnknown));
        }

        return people;
    }

    public static ChannelDescription Describe(IView view, PersonAddress bearer, ChannelAddress address)
    {
        var standing = Standing.Of(view, bearer, address).Must(Rights.DescribeChannel);
        return new(standing.Channel, view.Count(standing.Channel.Key), standing.May(Rights.ListHiddenMemberships));
    }

    /// <summary>The channels of an app instance. Private ones are listed for its administrators alone.</summary>
    /// <param name="latestFirst">By the last message that is for all, instead of by age.</param>
    public static Page<Channel> List(
        IView view, PersonAddress bearer, string appId, ChannelPrivacy privacy, bool latestFirst, int size, long? after)
    {
        var person = Standing.BearerOf(view, bearer);
        var app = AppInstances.Find(view, appId);
        if (person.App != app.Key)
        {
            throw new Refusal(Reason.AppInstanceUnknown);
        }

        if (privacy == ChannelPrivacy.Private && view.FindAdmin(app.Key, person.Key) is null)
        {
            throw new Refusal(Reason.NotAllowed);
        }

        return latestFirst
            ? view.ListLatestChannels(app.Key, privacy, person.Key, size, after)
            : view.ListChannels(app.Key, privacy, person.Key, size, after);
    }

    /// <summary>What is null stays as it is. (AWS leaves the meaning of an omitted member open.)</summary>
    public static Channel Update(
        ILedger ledger, PersonAddress bearer, ChannelAddress address, string? name, ChannelMode? mode, string? metadata)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.UpdateChannel);
        if (standing.Channel.Elastic is not null && mode == ChannelMode.Unrestricted)
        {
            throw new Refusal(Reason.InvalidInput, SubChannels.NeverUnrestricted);
        }

        var channel = ledger.UpdateChannel(
            standing.Channel,
            name ?? standing.Channel.Name,
            mode ?? standing.Channel.Mode,
            metadata ?? standing.Channel.Metadata);
        var place = ledger.Next(channel.Key);
        ledger.Append(new ChannelUpdated(channel, standing.Bearer, place.Sequence) { Position = place.Position });
        return channel;
    }

    /// <summary>
    /// Changes when the channel ends, in either direction. Its LastUpdatedTimestamp stays, because clients are not told.
    /// (AWS leaves that open.)
    /// </summary>
    /// <param name="expiration">Null lets the channel stay.</param>
    public static Channel SetExpiration(
        ILedger ledger, PersonAddress bearer, ChannelAddress address, Expiration? expiration)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.PutChannelExpirationSettings);
        var before = standing.Channel;
        if (before.Expiration == expiration)
        {
            return before;
        }

        Instant? end = expiration is null ? null : Expiring.EndOf(ledger, before, expiration);
        var channel = ledger.SetExpiration(before, expiration, end);
        var place = ledger.Next(channel.Key);
        ledger.Append(new ChannelExpirationUpdated(channel, standing.Bearer, place.Sequence) { Position = place.Position });
        return channel;
    }

    /// <summary>Its messages and memberships go with it; its people stay.</summary>
    public static void Delete(ILedger ledger, PersonAddress bearer, ChannelAddress address)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.DeleteChannel);
        End(ledger, standing.Channel, standing.Bearer);
    }

    internal static void End(ILedger ledger, Channel channel, Person? actor)
    {
        var place = ledger.Next(channel.Key);
        ledger.Append(new ChannelDeleted(channel, actor, place.Sequence) { Position = place.Position });
        ledger.DeleteChannel(channel);
    }
}
