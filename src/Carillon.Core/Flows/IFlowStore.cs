using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core.Flows;

/// <summary>Reads about channel flows and what they hold.</summary>
public interface IFlowView
{
    Flow? FindFlow(FlowAddress address);

    Page<Flow> ListFlows(AppKey app, int size, long? after);

    long CountFlows(AppKey app);

    /// <summary>The channels associated with a flow, in the order of their keys.</summary>
    Page<Channel> ListFlowChannels(FlowKey flow, int size, long? after);

    /// <summary>The latest that a flow held of this message: the message itself, or an update of it.</summary>
    PendingMessage? FindPending(ChannelKey channel, string messageId);

    PendingMessage? FindCallback(ChannelKey channel, string callbackId);
}

public interface IFlowLedger
{
    Flow AddFlow(AppInstance app, string id, string name, IReadOnlyList<FlowProcessor> processors);

    Flow UpdateFlow(Flow flow, string name, IReadOnlyList<FlowProcessor> processors);

    void DeleteFlow(Flow flow);

    /// <param name="flow">Null takes the channel's flow away.</param>
    Channel SetFlow(Channel channel, Flow? flow);

    void AddPending(PendingMessage pending);

    PendingMessage? FindPending(long key);

    /// <summary>
    /// Those whose processors are to be called now, the longest waiting first. They are not due again before
    /// <paramref name="until"/>, so that no other machine takes them meanwhile.
    /// </summary>
    IReadOnlyList<PendingMessage> ClaimPending(int most, Instant until);

    /// <summary>What is held for a log and has not ended.</summary>
    IReadOnlyList<PendingMessage> ListHeld(ChannelKey log, int most);

    void HandOver(PendingMessage pending);

    /// <summary>Stores state, detail and end as they are in <paramref name="pending"/>.</summary>
    /// <param name="keep">False erases what the sender wrote.</param>
    void EndPending(PendingMessage pending, bool keep);

    /// <summary>One that is open past its end; null where there is none.</summary>
    PendingMessage? NextOverdue();

    /// <summary>Removes up to <paramref name="most"/> that are final and past their end; false when fewer are left.</summary>
    bool ForgetPending(int most);
}
