namespace Carillon.Core.Messages;

/// <summary>Reads about messages. Deleted messages are not found; redacted ones are, without content.</summary>
public interface IMessageView
{
    Message? FindMessage(ChannelKey channel, string id);

    /// <summary>
    /// A page of history in the order of sequence, without what is deleted or targeted past
    /// <paramref name="reader"/>. It looks at no more than <paramref name="size"/> messages, whatever lies before.
    /// </summary>
    /// <param name="after">The sequence the last page ended with.</param>
    Page<Message> ListMessages(ChannelKey channel, UserKey reader, HistoryRange range, int size, long? after);
}

public interface IMessageLedger
{
    /// <summary>Stores content, metadata, attributes and content type as they are in <paramref name="message"/>, and stamps the edit.</summary>
    Message EditMessage(Message message);

    /// <summary>Erases content and metadata. The row stays where it was in the log.</summary>
    Message EraseMessage(Message message, MessageState state);
}
