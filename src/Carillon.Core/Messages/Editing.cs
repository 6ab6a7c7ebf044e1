using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Identity;

namespace Carillon.Core.Messages;

/// <summary>Changing what was said.</summary>
public static class Editing
{
    /// <summary>The sender replaces the content. What else is null stays. (AWS leaves that open.)</summary>
    public static Message Update(
        ILedger ledger, PersonAddress bearer, ChannelAddress address, string id, string content, string? metadata,
        string? contentType)
    {
        var standing = Standing.Within(ledger, bearer, address);
        var message = Found(ledger, standing, id, Rights.UpdateChannelMessage);
        if (standing.Channel.Sub is not null && !standing.Roles.Member)
        {
            // Whoever was taken elsewhere, or left, can no longer change what it said there.
            throw new Refusal(Reason.NotAllowed);
        }

        if (message.Redacted)
        {
            throw new Refusal(Reason.MessageRedacted);
        }

        if (message.Type == MessageType.Control && metadata is not null)
        {
            throw new Refusal(Reason.InvalidInput, "A CONTROL message has no metadata.");
        }

        Sending.CheckSize(message.Type, content);
        var wanted = message with
        {
            Content = content,
            Metadata = metadata ?? message.Metadata,
            ContentType = contentType ?? message.ContentType,
        };
        return Processing.Holds(standing.Channel, message.Type)
            ? Processing.BeginUpdate(ledger, standing.Channel, wanted)
            : Apply(ledger, standing, wanted);
    }

    /// <summary>Replaces the content of the message with that of <paramref name="wanted"/>, and announces it.</summary>
    internal static Message Apply(ILedger ledger, Standing standing, Message wanted)
    {
        var edited = ledger.EditMessage(wanted);
        var place = ledger.Next(standing.Channel.Key);
        ledger.Append(new MessageUpdated(standing.Channel, standing.Bearer, place.Sequence, edited)
        {
            Position = place.Position,
        });
        return edited;
    }

    /// <summary>Erases the content and keeps the place. Redacting again changes nothing.</summary>
    public static Message Redact(ILedger ledger, PersonAddress bearer, ChannelAddress address, string id)
    {
        var standing = Standing.Within(ledger, bearer, address);
        var message = Found(ledger, standing, id, Rights.RedactChannelMessage);
        if (message.Redacted)
        {
            return message;
        }

        Processing.Abandon(ledger, standing.Channel, id);
        var redacted = ledger.EraseMessage(message, MessageState.Redacted);
        var place = ledger.Next(standing.Channel.Key);
        ledger.Append(new MessageRedacted(standing.Channel, standing.Bearer, place.Sequence, redacted)
        {
            Position = place.Position,
        });
        return redacted;
    }

    /// <summary>Takes the message out of history, also one that is targeted past the administrator.</summary>
    public static void Delete(ILedger ledger, PersonAddress bearer, ChannelAddress address, string id)
    {
        var standing = Standing.Within(ledger, bearer, address).Must(Rights.DeleteChannelMessage);
        var message = ledger.FindMessage(standing.Channel.Key, id) ?? throw new Refusal(Reason.MessageUnknown);
        Processing.Abandon(ledger, standing.Channel, id);
        var deleted = ledger.EraseMessage(message, MessageState.Deleted);
        var place = ledger.Next(standing.Channel.Key);
        ledger.Append(new MessageDeleted(standing.Channel, standing.Bearer, place.Sequence, deleted)
        {
            Position = place.Position,
        });
    }

    private static Message Found(ILedger ledger, Standing standing, string id, Right right)
    {
        // Who may do this to no message at all learns nothing about the one named.
        standing.Must(right, own: true);
        var message = History.Visible(ledger, standing, id);
        standing.Must(right, own: message.Sender.Key == standing.Bearer.Key);
        return message;
    }
}
