using Carillon.Core.Messages;
using Carillon.Core.Streams;

namespace Carillon.Core.Streaming;

/// <summary>How events look as records of streams.</summary>
public interface IEventRecords
{
    /// <summary>Records with the same key are in one shard at a time, and in order there.</summary>
    string PartitionKeyOf(ChannelEvent happened);

    /// <param name="happened">Any that the log keeps, apart from <see cref="MemberMoved"/>.</param>
    /// <returns>Until the next call on this thread.</returns>
    ReadOnlyMemory<byte> Render(ChannelEvent happened);
}

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

        ledger.AddRecord(stream, happened.Position, records.PartitionKeyOf(happened), records.Render(happened));
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
        var key = records.PartitionKeyOf(moved);
        var before = moved.Member with { Channel = moved.From.Log, Sub = moved.From };
        ledger.AddRecord(
            stream, moved.Position, key, records.Render(new MemberLeft(moved.Channel.In(moved.From), null, 0, before)));
        ledger.AddRecord(
            stream, key, hash: null, records.Render(new MemberJoined(moved.Channel.In(moved.Member.Sub!), null, 0, moved.Member)));
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
        var key = records.PartitionKeyOf(happened);
        var updates = ledger.ListUpdates(message.Channel, message.Sequence);
        foreach (var stream in streams.Select(ledger.FindStream).OfType<DataStream>())
        {
            ledger.ReplaceRecord(stream, created, key, records.Render(new MessageCreated(channel, null, 0, bare)));
            foreach (var (position, at) in updates)
            {
                ledger.ReplaceRecord(
                    stream, position, key, records.Render(new MessageUpdated(channel, null, 0, bare with { Edited = at })));
            }
        }
    }
}
