using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <summary>Reads about the parts of elastic channels. What is deleted is not found.</summary>
public interface ISubChannelView
{
    SubChannel? FindSubChannel(ChannelKey channel, string id);

    /// <summary>In the order of their creation.</summary>
    Page<SubChannelCount> ListSubChannels(ChannelKey channel, int size, long? after);

    /// <summary>What the user is in each part of an elastic channel, the oldest part first; one for who is no moderator.</summary>
    IReadOnlyList<Member> FindMembers(ChannelKey channel, UserKey user);

    long CountElasticChannels(AppKey app);
}

public interface ISubChannelLedger
{
    SubChannel AddSubChannel(ChannelKey channel, string id);

    /// <summary>From now on it is not found; its messages are purged in the background. It has no members any more.</summary>
    void DeleteSubChannel(SubChannel sub);

    long CountSubChannels(ChannelKey channel);

    Filled? FindFilled(ChannelKey log);

    /// <summary>Those with the fewest placed members, the emptiest first.</summary>
    IReadOnlyList<Filled> ListEmptiest(ChannelKey channel, int most);

    /// <summary>The one with the most placed members among those that have no more than <paramref name="atMost"/>.</summary>
    Filled? FindFullest(ChannelKey channel, long atMost, ChannelKey? except);

    /// <summary>
    /// Takes up to <paramref name="most"/> placed members from one sub-channel to another of its channel; they are
    /// returned as they are afterwards.
    /// </summary>
    IReadOnlyList<Member> MoveMembers(SubChannel from, SubChannel into, int most);

    /// <summary>Members of a sub-channel, also those whose user was deleted and whose membership is about to end.</summary>
    IReadOnlyList<Member> ListEveryone(ChannelKey log, int most);

    /// <summary>Makes the sweeper look at an elastic channel; a transfer that is under way goes on.</summary>
    void AskToBalance(ChannelKey channel);

    /// <summary>An elastic channel that the sweeper was asked to look at.</summary>
    Channel? NextToBalance();

    /// <summary>The transfer that is under way in the channel; null for none.</summary>
    Transfer? FindTransfer(ChannelKey channel);

    /// <summary>Begins a transfer, or ends the one that was; the sweeper will look at the channel either way.</summary>
    void SetTransfer(ChannelKey channel, Transfer? transfer);

    /// <summary>There is nothing more to do in the channel.</summary>
    void FinishBalancing(ChannelKey channel);
}
