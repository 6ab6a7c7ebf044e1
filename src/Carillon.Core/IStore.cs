using Carillon.Core.Channels;
using Carillon.Core.Federation;
using Carillon.Core.Flows;
using Carillon.Core.Functions;
using Carillon.Core.Gateway;
using Carillon.Core.Iam;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Core.Pushing;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;

namespace Carillon.Core;

/// <summary>Where everything lasting lives.</summary>
public interface IStore
{
    /// <summary>Runs a query against one consistent state, which includes every change acknowledged before.</summary>
    T Read<T>(Func<IView, T> query);

    /// <summary>
    /// Runs a change alone, in its own place in the order of all changes, and returns its result once it is on disk.
    /// What it announced is handed to the bus in that order, after the commit.
    /// </summary>
    /// <param name="change">May be run again from the start when its transaction fails through a neighbour.</param>
    /// <exception cref="Refusal">
    /// What the change threw, after which nothing of it is stored. Busy: it never ran. StoreUnavailable: it is not stored,
    /// or the disk did not say.
    /// </exception>
    Task<T> Write<T>(Func<ILedger, T> change);
}

/// <summary>What rules may read.</summary>
public interface IView
    : IIdentityView, IChannelView, ISubChannelView, IMessageView, IFlowView, IBotView, IPushView, IStreamingView,
        IDataStreamView, IIamView, IFederationView, IFunctionView, IGatewayView
{
    /// <summary>The time of the reading or change; from one change to the next it never decreases.</summary>
    Instant Now { get; }

    /// <summary>The position of the last event in the state that is read.</summary>
    long LastPosition();
}

/// <summary>What rules may change, inside a transaction.</summary>
public interface ILedger
    : IView, IIdentityLedger, IChannelLedger, ISubChannelLedger, IMessageLedger, IFlowLedger, IBotLedger, IPushLedger,
        IStreamingLedger, IDataStreamLedger, IIamLedger, IFederationLedger, IPurgeLedger, IExpiryLedger, IRetentionLedger,
        IFunctionLedger, IGatewayLedger
{
    /// <summary>The first result of a request remembered under this key within the last 24 hours, or null.</summary>
    RememberedRequest? FindRequest(byte[] key);

    void RememberRequest(byte[] key, RememberedRequest request);

    /// <summary>Takes the next place in the channel's log. Every place taken must be filled by an append.</summary>
    Place Next(ChannelKey channel);

    /// <summary>Writes a lasting event into the log at its place and announces it after the commit.</summary>
    void Append(ChannelEvent happened);

    /// <summary>Announces after the commit something that the log does not keep.</summary>
    void Announce(Event happened);
}

/// <summary>Where an event stands: in everything (rises, with holes) and in its channel (1, 2, 3, ... without).</summary>
public readonly record struct Place(long Position, long Sequence)
{
    /// <summary>Of events that are announced and not kept.</summary>
    public static Place None => default;
}

/// <param name="Fingerprint">Of the request's parameters, to tell a repetition from a reuse.</param>
public sealed record RememberedRequest(byte[] Fingerprint, string Result);
