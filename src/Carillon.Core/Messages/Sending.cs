using System.Text;
using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Identity;

namespace Carillon.Core.Messages;

/// <param name="Repetition">Recognises a send that was sent before.</param>
public sealed record NewMessage(
    PersonAddress Bearer,
    ChannelAddress Channel,
    MessageType Type,
    bool Persistent,
    string Content,
    string? Metadata,
    string? Attributes,
    string? ContentType,
    PersonAddress? Target,
    Repetition Repetition)
{
    /// <summary>Asks for a push to the members' devices; null for a message that is not worth one.</summary>
    public Push? Push { get; init; }
}

/// <summary>What a message shows on the devices of members who are not looking.</summary>
/// <param name="Title">1 to 50 characters.</param>
/// <param name="Body">1 to 150 characters.</param>
/// <param name="Voip">For a call that should ring, not a line to read.</param>
public sealed record Push(string? Title, string? Body, bool Voip);

/// <summary>What became of a send.</summary>
public sealed record SentMessage(string Id, MessageStatus Status);

/// <summary>The way of a message into a channel: first everything that can be refused, then what cannot.</summary>
public static class Sending
{
    /// <summary>UTF-8 bytes of a STANDARD message's content ("Channel messages", developer guide, 2026-11).</summary>
    public const int MostContent = 4096;

    /// <summary>UTF-8 bytes of a CONTROL message's content (same source).</summary>
    public const int MostControlContent = 30;

    /// <summary>
    /// Stores and announces the message, or hands it to the channel's flow; the first one where it is a repetition, as it is
    /// by now.
    /// </summary>
    public static SentMessage Do(ILedger ledger, MessageIds ids, NewMessage sent)
    {
        var (standing, target) = Judge(ledger, sent.Bearer, sent.Channel, sent.Target);
        if (sent.Repetition.Before(ledger) is { } before)
        {
            return new(before, Processing.StatusOf(ledger, standing.Channel.Key, before));
        }

        var message = new Message(
            ids.Next(ledger.Now), standing.Channel.Key, 0, sent.Type, sent.Persistent, standing.Bearer, sent.Content,
            sent.Metadata, sent.Attributes, sent.ContentType, target, ledger.Now, ledger.Now, null, MessageState.Sent);
        sent.Repetition.Remember(ledger, message.Id);
        if (Processing.Holds(standing.Channel, sent.Type))
        {
            Processing.Begin(ledger, standing.Channel, message, sent.Push, edits: false);
            return new(message.Id, MessageStatus.Pending);
        }

        Deliver(ledger, standing.Channel, message, sent.Push);
        return new(message.Id, MessageStatus.Sent);
    }

    /// <summary>
    /// The one way in which a message becomes visible to others: into the log, to whoever listens, and to the devices of
    /// those who do not.
    /// </summary>
    /// <param name="draft">Without a place: that and the time of its creation are given here.</param>
    /// <param name="push">Null for a message that asks for none.</param>
    internal static void Deliver(ILedger ledger, Channel channel, Message draft, Push? push)
    {
        var place = draft.Persistent ? ledger.Next(channel.Key) : Place.None;
        var message = draft with { Sequence = place.Sequence, Created = ledger.Now, Updated = ledger.Now };
        if (push is not null)
        {
            ledger.AddPush(channel, message, push);
        }

        if (message.Persistent)
        {
            ledger.Append(new MessageCreated(channel with { LastMessage = ledger.Now }, message.Sender, place.Sequence, message)
            {
                Position = place.Position,
            });
            BotCalls.Queue(ledger, channel, message);
        }
        else
        {
            ledger.Announce(new MessageCreated(channel, message.Sender, 0, message));
        }
    }

    /// <exception cref="Refusal">InvalidInput: too many UTF-8 bytes for the type.</exception>
    public static void CheckSize(MessageType type, string content)
    {
        var most = type == MessageType.Control ? MostControlContent : MostContent;
        if (Encoding.UTF8.GetByteCount(content) > most)
        {
            throw new Refusal(Reason.InvalidInput, "Channel Messages size limit exceeded");
        }
    }

    /// <exception cref="Refusal">The bearer may not say anything in the channel, or not to this target.</exception>
    internal static (Standing Standing, Person? Target) Judge(
        IView view, PersonAddress bearer, ChannelAddress channel, PersonAddress? to)
    {
        var standing = Standing.Within(view, bearer, channel).Must(Rights.SendChannelMessage);
        if (to is not { } address)
        {
            return (standing, null);
        }

        var target = address.AppId == channel.AppId ? view.FindPerson(address) : null;
        var hidden = target is null ? null : view.FindRoles(standing.Channel, target.Key).Hidden;

        // Who may not see a hidden member must not find it out by writing to it.
        return hidden == false || (hidden == true && standing.May(Rights.ListHiddenMemberships))
            ? (standing, target)
            : throw new Refusal(Reason.InvalidInput, "The target of a message must be a member of its channel.");
    }
}
