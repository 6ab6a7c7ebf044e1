using Carillon.Core;
using Carillon.Core.Messages;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    private void InsertMessage(Message message, long position)
    {
        Connection.Execute(
            """
            insert into message(position, channel, sequence, id, type, state, sender, target, created, updated, content, metadata, attributes, content_type)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            position, message.Channel.Value, message.Sequence, Convert.FromHexString(message.Id), (long)message.Type,
            (long)message.State, message.Sender.Key.Value, message.Target?.Key.Value, message.Created.Microseconds,
            message.Updated.Microseconds, message.Content, message.Metadata, message.Attributes, message.ContentType);
        var head = ChangedHead(message.Channel);
        head.Messages++;

        if (message.Target is null)
        {
            head.LastMessage = message.Created;
            return;
        }

        // Other people's lists must not betray a message that is not for them.
        Connection.Execute(
            "update member set last_targeted = $2 where channel = $1 and person in ($3, $4)",
            message.Channel.Value, message.Created.Microseconds, message.Sender.Key.Value, message.Target.Key.Value);
    }

    public Message EditMessage(Message message, string content, string? metadata, string? contentType)
    {
        Connection.Execute(
            """
            update message set content = $3, metadata = $4, content_type = $5, updated = $6, edited = $6
            where channel = $1 and sequence = $2
            """,
            message.Channel.Value, message.Sequence, content, metadata, contentType, Now.Microseconds);
        return message with
        {
            Content = content,
            Metadata = metadata,
            ContentType = contentType,
            Updated = Now,
            Edited = Now,
        };
    }

    public Message EraseMessage(Message message, MessageState state)
    {
        Connection.Execute(
            """
            update message set content = null, metadata = null, attributes = null, content_type = null,
                state = $3, updated = $4
            where channel = $1 and sequence = $2
            """,
            message.Channel.Value, message.Sequence, (long)state, Now.Microseconds);
        TakeBackPush(message);
        if (state == MessageState.Deleted)
        {
            ChangedHead(message.Channel).Messages--;
        }

        return message with
        {
            Content = null,
            Metadata = null,
            Attributes = null,
            ContentType = null,
            State = state,
            Updated = Now,
        };
    }
}
