using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core.Flows;

/// <summary>Channel flows and the channels they are associated with.</summary>
public static class ChannelFlows
{
    /// <summary>
    /// Processors a flow may have, fewer than its shape has room for ("Amazon Chime SDK endpoints and quotas", AWS General
    /// Reference, 2026-11). It cannot be raised: a message passes one processor.
    /// </summary>
    public const int MostProcessors = 1;

    public static string Create(
        ILedger ledger, Quotas quotas, Repetition repetition, string appId, string name,
        IReadOnlyList<FlowProcessor> processors, IReadOnlyList<Tag> tags)
    {
        var app = AppInstances.Find(ledger, appId);
        if (repetition.Before(ledger) is { } before)
        {
            return before;
        }

        Require(processors);
        quotas.Require(Quotas.ChannelFlowsPerAppInstance, ledger.CountFlows(app.Key));
        var flow = ledger.AddFlow(app, Guid.NewGuid().ToString(), name, processors);
        ledger.AddTags($"app-instance/{app.Id}/channel-flow/{flow.Id}", tags);
        repetition.Remember(ledger, flow.Id);
        return flow.Id;
    }

    /// <exception cref="Refusal">FlowUnknown.</exception>
    public static Flow Find(IView view, FlowAddress address) =>
        view.FindFlow(address) ?? throw new Refusal(Reason.FlowUnknown);

    /// <summary>Messages that it holds already stay with the processor they were handed to.</summary>
    public static Flow Update(ILedger ledger, FlowAddress address, string name, IReadOnlyList<FlowProcessor> processors)
    {
        var flow = Find(ledger, address);
        Require(processors);
        return ledger.UpdateFlow(flow, name, processors);
    }

    /// <exception cref="Refusal">FlowInUse: channels are associated with it.</exception>
    public static void Delete(ILedger ledger, FlowAddress address)
    {
        var flow = Find(ledger, address);
        if (ledger.ListFlowChannels(flow.Key, 1, null).Items.Count > 0)
        {
            throw new Refusal(Reason.FlowInUse);
        }

        ledger.DeleteFlow(flow);
    }

    // AWS names no event for this and the next. The flow is a part of Channel, so we announce them as UPDATE_CHANNEL: a
    // client that follows the events knows what it would be told on asking.

    /// <exception cref="Refusal">FlowAssociated: the channel has one, be it the same.</exception>
    public static void Associate(ILedger ledger, PersonAddress bearer, ChannelAddress address, FlowAddress which)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.AssociateChannelFlow);
        var flow = which.AppId == address.AppId ? Find(ledger, which) : throw new Refusal(Reason.FlowUnknown);
        if (standing.Channel.FlowId is not null)
        {
            throw new Refusal(Reason.FlowAssociated);
        }

        Announce(ledger, standing, ledger.SetFlow(standing.Channel, flow));
    }

    /// <summary>From now on messages are sent at once. What the flow holds already goes on its way through it.</summary>
    /// <exception cref="Refusal">FlowUnknown: the channel's flow is not this one.</exception>
    public static void Disassociate(ILedger ledger, PersonAddress bearer, ChannelAddress address, FlowAddress which)
    {
        var standing = Standing.Of(ledger, bearer, address).Must(Rights.DisassociateChannelFlow);
        if (standing.Channel.FlowId is not { } id || which != new FlowAddress(address.AppId, id))
        {
            throw new Refusal(Reason.FlowUnknown);
        }

        Announce(ledger, standing, ledger.SetFlow(standing.Channel, null));
    }

    private static void Announce(ILedger ledger, Standing standing, Channel channel)
    {
        var place = ledger.Next(channel.Key);
        ledger.Append(new ChannelUpdated(channel, standing.Bearer, place.Sequence) { Position = place.Position });
    }

    private static void Require(IReadOnlyList<FlowProcessor> processors)
    {
        if (processors.Count > MostProcessors)
        {
            throw new Refusal(Reason.QuotaReached, $"A channel flow can have {MostProcessors} processor.");
        }
    }
}
