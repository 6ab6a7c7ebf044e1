using Carillon.Core.Channels;
using Carillon.Core.Messages;

namespace Carillon.Core.Streaming;

/// <summary>How events look as records of streams.</summary>
public interface IEventRecords
{
    /// <summary>Records with the same key are in one shard at a time, and in order there.</summary>
    string PartitionKeyOf(ChannelEvent happened);

    /// <param name="happened">One of those that <see cref="Exporting.RecordsOf"/> gives.</param>
    /// <returns>Until the next call on this thread.</returns>
    ReadOnlyMemory<byte> Render(ChannelEvent happened);
}

/// <summary>From the log into streams, within the transaction of each event.</summary>
public static class Exporting
{
    public static StreamedData DataOf(ChannelEvent happened) =>
        happened is MessageCreated or MessageUpdated or MessageRedacted or MessageDeleted
            ? StreamedData.ChannelMessage
            : StreamedData.Channel;
}
