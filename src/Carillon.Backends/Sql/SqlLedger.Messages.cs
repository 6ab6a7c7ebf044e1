using Carillon.Core;
using Carillon.Core.Messages;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    private void InsertMessage(Message message, long position)
    {
        known.Log(
            """
            insert into message(position, channel, sequence, id, type, state, sender, target, created, updated, content, metadata, attributes, content_type)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            position, message.Channel.Value, message.Sequence, Convert.FromHexString(message.Id), (long)message.Type,
            (long)message.State, message.Sender.Key.Value, message.Target?.Key.Value, message.Created.Microseconds,
            message.Updated.Microseconds, message.Content, message.Metadata, message.Attributes, message.ContentType);
        var head = ChangedHead(message.Channel);
        if (head.Messages++ == 0)
        {
            known.Log(
                "insert into history(channel, app, oldest) values ($1, $2, $3) on conflict(channel) do nothing",
                message.Channel.Value, message.Sender.App.Value, message.Created.Microseconds);
        }

        if (message.Target is null)
        {
            head.LastMessage = message.Created;
            head.Latest = position;
            return;
        }

        // Other people's lists and counts must not betray a message that is not for them.
        head.Targeted++;
        known.Log(
            "update member set last_targeted = $2, latest_targeted = $5 where channel = $1 and person in ($3, $4)",
            message.Channel.Value, message.Created.Microseconds, message.Sender.Key.Value, message.Target.Key.Value, position);
    }

    /// <summary>The head of an elastic channel counts what all its parts hold.</summary>
    private static void InsertIntoWhole(ChannelHead whole, Message message, long position)
    {
        whole.Messages++;
        if (message.Target is null)
        {
            whole.LastMessage = message.Created;
            whole.Latest = position;
        }
        else
        {
            whole.Targeted++;
        }
    }

    public Message EditMessage(Message message)
    {
        Connection.Execute(
            """
            update message set content = $3, metadata = $4, attributes = $5, content_type = $6, updated = $7, edited = $7
            where channel = $1 and sequence = $2
            """,
            message.Channel.Value, message.Sequence, message.Content, message.Metadata, message.Attributes,
            message.ContentType, Now.Microseconds);
        return message with { Updated = Now, Edited = Now };
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
            RemoveMessages(message.Channel, 1, message.Target is null ? 0 : 1);
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

    /// <param name="targeted">So many of them.</param>
    private void RemoveMessages(ChannelKey log, int messages, int targeted)
    {
        foreach (var channel in RootOf(log) is { } root ? [log, root] : new[] { log })
        {
            var head = ChangedHead(channel);
            head.Messages -= messages;
            head.Targeted -= targeted;
        }
    }
}
