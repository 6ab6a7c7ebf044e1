using System.Security.Cryptography;
using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;

namespace Carillon.Core.Flows;

/// <summary>
/// What a channel flow does to messages. A held message is a row of its own beside the log; it ends once, in one
/// transaction, as sent, denied or failed, and until it is sent nobody but its sender learns of it.
/// </summary>
public static class Processing
{
    /// <summary>How long a processor may take to call back (developer guide, "Processor callback", 2026-11).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(48);

    /// <summary>How long the sender of a failed message can still ask for it. Ours.</summary>
    public static readonly TimeSpan KeepFailed = TimeSpan.FromHours(48);

    private const string Unreached = "The processor of the channel flow could not be reached.";
    private const string Unanswered = "The processor of the channel flow did not answer within 48 hours.";
    private const string NoLongerAllowed = "The sender may not send this message to the channel any more.";
    private const string Gone = "The message was redacted, deleted or edited meanwhile.";

    /// <summary>Whether a message of this type passes a flow before anyone sees it. CONTROL messages never do.</summary>
    internal static bool Holds(Channel channel, MessageType type) =>
        channel.FlowId is not null && type == MessageType.Standard;

    /// <summary>Holds the message for the channel's processor and tells its sender so.</summary>
    internal static Message Begin(ILedger ledger, Channel channel, Message message, Push? push, bool edits)
    {
        var processor = ledger.FindFlow(new(channel.AppId, channel.FlowId!))!.Processors[0];
        var held = message with { Status = MessageStatus.Pending };
        ledger.AddPending(new(
            0, channel.Address, RandomNumberGenerator.GetHexString(32, lowercase: true), edits, PendingState.Waiting, held,
            push, processor.Function, processor.Fallback, ledger.Now, null, ledger.Now.Plus(Patience)));
        ledger.Announce(new MessageStatusChanged(channel, message.Sender, held, edits));
        return held;
    }

    /// <summary>Holds a new content; the old one stays visible until the processor lets the new one pass.</summary>
    /// <exception cref="Refusal">MessagePending: an update of the message is held already.</exception>
    // AWS leaves open what a second update does meanwhile; we refuse it, so that the last word cannot be overtaken.
    internal static Message BeginUpdate(ILedger ledger, Channel channel, Message wanted) =>
        ledger.FindPending(channel.Key, wanted.Id) is { Open: true }
            ? throw new Refusal(Reason.MessagePending)
            : Begin(ledger, channel, wanted with { Updated = ledger.Now, Edited = ledger.Now }, push: null, edits: true);

    /// <summary>A message that was sent before, as it is by now.</summary>
    internal static MessageStatus StatusOf(IView view, ChannelKey channel, string messageId) =>
        view.FindPending(channel, messageId) is { Edits: false } held ? held.Status : MessageStatus.Sent;

    /// <summary>A message that is not in history, as its sender may see it: pending or failed.</summary>
    internal static Message? OfSender(IView view, Standing standing, string messageId) =>
        view.FindPending(standing.Channel.Key, messageId) is { Edits: false, Tells: true } held
        && held.Message.Sender.Key == standing.Bearer.Key
            ? held.Message
            : null;

    /// <summary>The processor's word. It counts once.</summary>
    /// <param name="address">Of the channel; with the sub-channel where the processor names it.</param>
    /// <exception cref="Refusal">
    /// CallbackUnknown, also after 48 hours and where there is no such channel; CallbackAnswered; InvalidInput: another message's id, or a content too large,
    /// after which the message still waits.
    /// </exception>
    public static void Callback(
        ILedger ledger, ChannelAddress address, string callbackId, string messageId, Verdict verdict)
    {
        // No bearer vouches for whoever calls, so a channel without the callback must look like one that is not there.
        var whole = ledger.FindChannel(address) ?? throw new Refusal(Reason.CallbackUnknown);
        var pending = ledger.FindCallback(whole.Key, callbackId);
        if (pending is null || ledger.Now >= pending.Asked.Plus(Patience) || ChannelOf(ledger, pending) is not { } channel)
        {
            throw new Refusal(Reason.CallbackUnknown);
        }

        if (pending.Message.Id != messageId)
        {
            throw new Refusal(Reason.InvalidInput, "The MessageId is not that of the callback.");
        }

        if (address.SubChannelId is not null && address.SubChannelId != pending.Channel.SubChannelId)
        {
            throw new Refusal(Reason.InvalidInput, "The SubChannelId is not that of the callback.");
        }

        if (!pending.Open)
        {
            throw new Refusal(Reason.CallbackAnswered);
        }

        if (verdict.Deny)
        {
            ledger.EndPending(pending with { State = PendingState.Denied }, keep: false);
            Tell(ledger, channel, pending, MessageStatus.Denied, null);
            return;
        }

        if (verdict.Content is { } content)
        {
            Sending.CheckSize(pending.Message.Type, content);
        }

        var message = pending.Message with
        {
            Content = verdict.Content ?? pending.Message.Content,
            Metadata = verdict.Metadata ?? pending.Message.Metadata,
            Attributes = verdict.Attributes ?? pending.Message.Attributes,
            ContentType = verdict.ContentType ?? pending.Message.ContentType,
        };
        Pass(ledger, channel, pending with { Message = message, Push = verdict.Push ?? pending.Push });
    }

    /// <summary>The processor has taken the message. Does nothing where it has called back meanwhile.</summary>
    public static void HandedOver(ILedger ledger, long key)
    {
        if (ledger.FindPending(key) is { State: PendingState.Waiting } pending)
        {
            ledger.HandOver(pending);
        }
    }

    /// <summary>The processor could not be called. Does nothing where it has called back all the same.</summary>
    public static void Unreachable(ILedger ledger, long key)
    {
        if (ledger.FindPending(key) is not { State: PendingState.Waiting } pending)
        {
            return;
        }

        var channel = ChannelOf(ledger, pending);
        if (channel is not null && pending.Fallback == FallbackAction.Continue)
        {
            Pass(ledger, channel, pending);
        }
        else
        {
            Fail(ledger, channel, pending, Unreached);
        }
    }

    /// <summary>Fails what waited too long, or forgets what ended long ago. False when there is nothing to do.</summary>
    public static bool Step(ILedger ledger)
    {
        if (ledger.NextOverdue() is not { } pending)
        {
            return ledger.ForgetPending(Purging.Slice);
        }

        // AWS leaves open what becomes of a message whose processor never calls back. The fallback is for processors that
        // cannot be reached; this one was, and did not let the message pass.
        Fail(ledger, ChannelOf(ledger, pending), pending, Unanswered);
        return true;
    }

    /// <summary>Gives up a held update of a message that is redacted or deleted: its content goes at once.</summary>
    internal static void Abandon(ILedger ledger, Channel channel, string messageId)
    {
        if (ledger.FindPending(channel.Key, messageId) is { Edits: true, Open: true } pending)
        {
            Fail(ledger, channel, pending, Gone);
        }
    }

    /// <summary>
    /// Fails up to <paramref name="most"/> of what is held for a sub-channel that is about to go, and returns how many it
    /// were: their senders are told while there is somebody to ask.
    /// </summary>
    internal static int EndAll(ILedger ledger, Channel channel, int most)
    {
        var held = ledger.ListHeld(channel.Key, most);
        foreach (var pending in held)
        {
            Fail(ledger, channel, pending, NoLongerAllowed);
        }

        return held.Count;
    }

    /// <summary>The message becomes visible, where its sender may still say it.</summary>
    private static void Pass(ILedger ledger, Channel channel, PendingMessage pending)
    {
        if (StandingOf(ledger, channel, pending) is not { } standing)
        {
            Fail(ledger, channel, pending, NoLongerAllowed);
            return;
        }

        var message = pending.Message with { Status = MessageStatus.Sent };
        if (!pending.Edits)
        {
            ledger.EndPending(pending with { State = PendingState.Sent }, keep: false);
            Sending.Deliver(ledger, channel, message, pending.Push);
        }
        else if (ledger.FindMessage(channel.Key, message.Id) is { Redacted: false } there && !(there.Edited > pending.Asked))
        {
            ledger.EndPending(pending with { State = PendingState.Sent }, keep: false);
            Editing.Apply(ledger, standing, message with { Sequence = there.Sequence });
        }
        else
        {
            Fail(ledger, channel, pending, Gone);
        }
    }

    /// <summary>
    /// What the sender is in the channel by now; null where it may not say this any more, so that nothing of a banned user
    /// appears after the ban is acknowledged.
    /// </summary>
    private static Standing? StandingOf(ILedger ledger, Channel channel, PendingMessage pending)
    {
        var message = pending.Message;
        try
        {
            Person? target = null;
            var standing = pending.Edits
                ? Standing.Within(ledger, message.Sender.Address, channel.Address).Must(Rights.UpdateChannelMessage, own: true)
                : null;
            if (standing is null)
            {
                (standing, target) = Sending.Judge(
                    ledger, message.Sender.Address, channel.Address, message.Target?.Address);
            }

            // Whoever has the id of a deleted user since then is another one. Out of a sub-channel nothing is edited in it.
            return standing.Bearer.Key == message.Sender.Key
                && (pending.Edits ? channel.Sub is null || standing.Roles.Member : target?.Key == message.Target?.Key)
                ? standing
                : null;
        }
        catch (Refusal)
        {
            // It only reads: nothing is written yet.
            return null;
        }
    }

    /// <param name="channel">Null where it was deleted meanwhile: then there is nobody to tell.</param>
    private static void Fail(ILedger ledger, Channel? channel, PendingMessage pending, string why)
    {
        // A failed update leaves the message as it was, and what is not persistent is not kept.
        var keep = channel is not null && !pending.Edits && pending.Message.Persistent;
        ledger.EndPending(
            pending with { State = PendingState.Failed, Detail = why, Ends = ledger.Now.Plus(KeepFailed) }, keep);
        if (channel is not null)
        {
            Tell(ledger, channel, pending, MessageStatus.Failed, why);
        }
    }

    private static void Tell(ILedger ledger, Channel channel, PendingMessage pending, MessageStatus status, string? why) =>
        ledger.Announce(new MessageStatusChanged(
            channel, pending.Message.Sender, pending.Message with { Status = status, StatusDetail = why }, pending.Edits));

    /// <summary>
    /// The channel, or the part of it, that the message is for. Null where that is gone, also where another one has its id
    /// by now.
    /// </summary>
    private static Channel? ChannelOf(ILedger ledger, PendingMessage pending)
    {
        var channel = ledger.FindChannel(pending.Channel);
        if (channel is not null && pending.Channel.SubChannelId is { } id)
        {
            channel = ledger.FindSubChannel(channel.Key, id) is { } part ? channel.In(part) : null;
        }

        return channel?.Key == pending.Message.Channel ? channel : null;
    }
}
