using System.Text;
using Carillon.Core.Access;
using Carillon.Core.Channels;
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

/// <summary>The way of a message into a channel: first everything that can be refused, then what cannot.</summary>
public static class Sending
{
    /// <summary>UTF-8 bytes of a STANDARD message's content ("Channel messages", developer guide, 2026-11).</summary>
    public const int MostContent = 4096;

    /// <summary>UTF-8 bytes of a CONTROL message's content (same source).</summary>
    public const int MostControlContent = 30;

    /// <summary>
    /// Refuses what can be refused before the message stands in the writer's queue, so that a flood of hopeless sends
    /// never reaches it. <see cref="Do"/> looks again.
    /// </summary>
    public static void Check(IView view, NewMessage message) => Judge(view, message);

    /// <summary>Stores and announces the message; the id of the first one where it is a repetition.</summary>
    public static string Do(ILedger ledger, MessageIds ids, NewMessage sent)
    {
        var (standing, target) = Judge(ledger, sent);
        if (sent.Repetition.Before(ledger) is { } before)
        {
            return before;
        }

        var id = ids.Next(ledger.Now);
        var place = sent.Persistent ? ledger.Next(standing.Channel.Key) : Place.None;
        var message = new Message(
            id, standing.Channel.Key, place.Sequence, sent.Type, sent.Persistent, standing.Bearer, sent.Content,
            sent.Metadata, sent.Attributes, sent.ContentType, target, ledger.Now, ledger.Now, null, MessageState.Sent);
        sent.Repetition.Remember(ledger, id);
        Deliver(ledger, standing.Channel, message, place, sent.Push);
        return id;
    }

    /// <summary>
    /// The one way in which a message becomes visible to others: into the log, to whoever listens, and to the devices of
    /// those who do not.
    /// </summary>
    /// <param name="place">From <see cref="ILedger.Next"/>; none for a message that is not kept.</param>
    /// <param name="push">Null for a message that asks for none.</param>
    internal static void Deliver(ILedger ledger, Channel channel, Message message, Place place, Push? push)
    {
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

    private static (Standing Standing, Person? Target) Judge(IView view, NewMessage message)
    {
        var standing = Standing.Of(view, message.Bearer, message.Channel).Must(Rights.SendChannelMessage);
        if (message.Target is not { } address)
        {
            return (standing, null);
        }

        var target = address.AppId == message.Channel.AppId ? view.FindPerson(address) : null;
        var hidden = target is null ? null : view.FindRoles(standing.Channel, target.Key).Hidden;

        // Who may not see a hidden member must not find it out by writing to it.
        return hidden == false || (hidden == true && standing.May(Rights.ListHiddenMemberships))
            ? (standing, target)
            : throw new Refusal(Reason.InvalidInput, "The target of a message must be a member of its channel.");
    }
}
