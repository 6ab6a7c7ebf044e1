using Carillon.Core;
using Carillon.Core.Messages;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    public Message? FindMessage(ChannelKey channel, string id)
    {
        if (id.Length != 32 || !id.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        return Connection.First(
            $"""
            select {Rows.Message} from {Rows.MessageFrom} where m.id = $1 and m.channel = $2 and m.state <> 2
              and m.created > a.retention_floor
              and (a.retention_days is null or m.created > $3 - a.retention_days * {Day})
            """,
            Rows.ReadMessage, Convert.FromHexString(id), channel.Value, Now.Microseconds);
    }

    public Page<Message> ListMessages(ChannelKey channel, UserKey reader, HistoryRange range, int size, long? after)
    {
        // Time never decreases along sequence, so bounds in time are bounds in sequence.
        var from = range.NotBefore is { } notBefore ? FirstAt(channel, notBefore) : 1;
        var to = range.NotAfter is { } notAfter
            ? FirstAt(channel, new Instant(notAfter.Microseconds + 1)) - 1
            : long.MaxValue;
        if (after is { } last)
        {
            (from, to) = range.Ascending ? (Math.Max(from, last + 1), to) : (from, Math.Min(to, last - 1));
        }

        var rows = Seen(channel, range.Ascending, from, to, size + 1);
        if (rows is [{ Hidden: { } past }, ..] && range.Ascending)
        {
            from = FirstAt(channel, new Instant(past.Microseconds + 1));
            rows = Seen(channel, range.Ascending, from, to, size + 1);
        }

        // Downwards, nothing follows on what retention hides.
        var page = Page.Of(
            [.. rows.TakeWhile(row => row.Hidden is null).Select(row => row.Message)], size, message => message.Sequence);
        return page with
        {
            Items = [.. page.Items.Where(m => m.State != MessageState.Deleted && m.IsFor(reader))],
        };
    }

    /// <param name="Hidden">Where retention hides the message, the time of the last that it hides.</param>
    private readonly record struct SeenMessage(Message Message, Instant? Hidden);

    private List<SeenMessage> Seen(ChannelKey channel, bool ascending, long from, long to, int most)
    {
        const string head =
            $"""
            select {Rows.Message}, a.retention_days, a.retention_set, a.retention_floor
            from {Rows.MessageFrom} where m.channel = $1 and m.sequence between $2 and $3
            """;
        return Connection.Query(
            ascending ? $"{head} order by m.sequence limit $4" : $"{head} order by m.sequence desc limit $4",
            row =>
            {
                var message = Rows.ReadMessage(row);
                var hidden = ReadRetention(row, Rows.MessageWidth).Hidden(Now);
                return new SeenMessage(message, message.Created <= hidden ? hidden : null);
            },
            channel.Value, from, to, most);
    }

    /// <summary>The sequence of the first message created at <paramref name="time"/> or later; past the end where none is.</summary>
    /// <remarks>A binary search over the index: about 20 point reads for a million messages.</remarks>
    private long FirstAt(ChannelKey channel, Instant time)
    {
        long low = 1;
        var high = Head(channel).Sequence + 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var created = Connection.First(
                "select sequence, created from message where channel = $1 and sequence >= $2 order by sequence limit 1",
                static row => new Found(row.Integer(0), Rows.Time(row, 1)), channel.Value, middle);
            if (created is null || created.Created >= time)
            {
                high = middle;
            }
            else
            {
                low = created.Sequence + 1;
            }
        }

        return low;
    }

    private sealed record Found(long Sequence, Instant Created);
}
