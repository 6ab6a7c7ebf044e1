using Carillon.Core.Messages;
using Carillon.Core.Streams;

namespace Carillon.Core.Streaming;

/// <summary>How events look as records of streams.</summary>
public interface IEventRecords
{
    /// <param name="happened">Any that the log keeps, apart from <see cref="MemberMoved"/>.</param>
    EventRecord Render(ChannelEvent happened);
}

/// <param name="PartitionKey">Records with the same key are in one shard at a time, and in order there.</param>
/// <param name="Data">Until the next one is rendered on this thread.</param>
public readonly record struct EventRecord(string PartitionKey, ReadOnlyMemory<byte> Data);

/// <summary>From the log into streams, within the transaction of each event: neither has what the other lacks.</summary>
public static class Exporting
{
    /// <summary>Adds the record of an event that was just written, where its app instance has a stream for it.</summary>
    /// <remarks>Nothing about a stream makes the event fail: one that cannot be used gets no record, and that is counted.</remarks>
    public static void Add(ILedger ledger, IEventRecords records, ChannelEvent happened)
    {
        var data = DataOf(happened);
        if (happened is MessageRedacted or MessageDeleted)
        {
            Erase(ledger, records, happened);
        }

        if (ConfigurationOf(ledger, happened, data) is not { } configuration)
        {
            return;
        }

        if (ledger.FindStream(configuration.StreamName) is not { IsEncrypted: true } stream)
        {
            ledger.CountUnstreamed(happened.Channel.App, data);
            return;
        }

        if (happened is MemberMoved moved)
        {
            Add(ledger, records, stream, moved);
            return;
        }

        var record = records.Render(happened);
        ledger.AddRecord(stream, happened.Position, record.PartitionKey, record.Data);
    }

    private static StreamedData DataOf(ChannelEvent happened) =>
        happened is MessageCreated or MessageUpdated or MessageRedacted or MessageDeleted
            ? StreamedData.ChannelMessage
            : StreamedData.Channel;

    private static StreamingConfiguration? ConfigurationOf(ILedger ledger, ChannelEvent happened, StreamedData data)
    {
        var configurations = ledger.ListStreaming(happened.Channel.App);
        for (var i = 0; i < configurations.Count; i++)
        {
            if (configurations[i].Data == data)
            {
                return configurations[i];
            }
        }

        return null;
    }

    /// <summary>Streams know no moves: a membership ends in one sub-channel and begins in the other. (AWS leaves that open.)</summary>
    private static void Add(ILedger ledger, IEventRecords records, DataStream stream, MemberMoved moved)
    {
        var before = moved.Member with { Channel = moved.From.Log, Sub = moved.From };
        var left = records.Render(new MemberLeft(moved.Channel.In(moved.From), null, 0, before));
        ledger.AddRecord(stream, moved.Position, left.PartitionKey, left.Data);
        var joined = records.Render(new MemberJoined(moved.Channel.In(moved.Member.Sub!), null, 0, moved.Member));
        ledger.AddRecord(stream, joined.PartitionKey, hash: null, joined.Data);
    }

    /// <summary>Takes the content of a message out of every record that there is of it.</summary>
    private static void Erase(ILedger ledger, IEventRecords records, ChannelEvent happened)
    {
        var (channel, message) = happened switch
        {
            MessageRedacted e => (e.Channel, e.Message),
            MessageDeleted e => (e.Channel, e.Message),
            _ => throw new ArgumentException("Nothing was erased.", nameof(happened)),
        };
        var streams = ledger.ListStreamsOfMessages(channel.App);
        if (streams.Count == 0 || ledger.PositionOf(message.Channel, message.Sequence) is not { } created)
        {
            return;
        }

        // Consumers skip what says that it is redacted; what was deleted has no content either.
        var bare = message with { State = MessageState.Redacted, Edited = null };
        var updates = ledger.ListUpdates(message.Channel, message.Sequence);
        foreach (var stream in streams.Select(ledger.FindStream).OfType<DataStream>())
        {
            var record = records.Render(new MessageCreated(channel, null, 0, bare));
            ledger.ReplaceRecord(stream, created, record.PartitionKey, record.Data);
            foreach (var (position, at) in updates)
            {
                record = records.Render(new MessageUpdated(channel, null, 0, bare with { Edited = at }));
                ledger.ReplaceRecord(stream, position, record.PartitionKey, record.Data);
            }
        }
    }
}
