using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;

namespace Carillon.Events.Core.Store;

public partial class EventsView
{
    /// <summary>Whether the platform has yet to be told of a message of the show, so that its stream may yet tell something.</summary>
    public bool HasToTell(long show) => Db.Number(
        "select 1 from errand where show = $1 and message_id is not null and kind in (0, 1) limit 1", show) is not null;

    /// <summary>Ids of messages that the platform should hold, with their rows' numbers, from the one behind <paramref name="after"/> on.</summary>
    public IReadOnlyList<(long Number, string MessageId)> ArchiveStanding(long show, long after, int limit) => [.. Db.Query(
        "select number, message_id from archive where show = $1 and number > $2 and counts = 1 order by number limit $3",
        static row => new StandingRow(row.Integer(0), row.Text(1)), show, after, limit).Select(row => (row.Number, row.MessageId))];

    private sealed record StandingRow(long Number, string MessageId);
}

/// <summary>The end of an archive: when it may be closed, what is mended before, and what opens it again.</summary>
public sealed partial class EventsLedger
{
    /// <summary>
    /// Whether nothing came for a while, and nothing is on its way, so that the archive may be closed in this transaction.
    /// </summary>
    /// <param name="since">Microseconds: it has been so since then or longer.</param>
    public bool IsArchiveStill(long show, string owner, long since) => !HasToTell(show) && Db.Number(
        "select 1 from archive_head where show = $1 and owner = $2 and state = 0 and quiet_since <= $3", show, owner, since) is not null;

    /// <summary>
    /// Adds messages that the platform holds and the archive does not, and removals that no stream told of.
    /// </summary>
    /// <param name="held">Of the platform: those without content are redacted there.</param>
    /// <returns>How many rows; null where another reads the stream by now: nothing is added.</returns>
    public long? AddFound(Show show, string owner, IReadOnlyList<ArchiveEvent> held) => Mend(show, owner, held.SelectMany(message =>
    {
        var known = Db.First(
            "select removed is not null from archive where show = $1 and message_id = $2 and kind = 0",
            static row => new FoundRow(row.Flag(0)), show.Key, message.MessageId);
        var rows = new List<ArchiveEvent>();
        if (known is null) rows.Add(message with { Kind = ArchiveKind.Said, Found = true });
        if (message.Content is null && known is not { Removed: true }) rows.Add(message with { Kind = ArchiveKind.Redacted, At = Now });
        return rows;
    }));

    /// <summary>Notes that the platform holds messages no more which nobody removed as far as the archive knows.</summary>
    /// <returns>As <see cref="AddFound"/>.</returns>
    public long? AddMissing(Show show, string owner, IReadOnlyList<string> messageIds) => Mend(show, owner, messageIds.Select(
        id => new ArchiveEvent(ArchiveKind.Missing, id, Now, null, null, null, null, null, false)));

    /// <summary>What keeps the show's archive from growing or from being closed; null once nothing does.</summary>
    public void PutArchiveTrouble(long show, string? why, string? before)
    {
        if (why is not null) Db.Execute("update hand set why = $2 where show = $1", show, why);
        else Db.Execute("update hand set why = null where show = $1 and why = $2", show, before);
    }

    /// <summary>
    /// What is yet to be told to the platform belongs into the archive, which was closed or is about to be.
    /// </summary>
    private void ExpectMore(long show) => Db.Execute(
        """
        update archive_head set state = 0, verified = 0, quiet_since = null
        where show = $1 and exists(select 1 from hand where show = $1 and job = 2)
        """,
        show);

    private long? Mend(Show show, string owner, IEnumerable<ArchiveEvent> events)
    {
        if (Db.Number("select 1 from archive_head where show = $1 and owner = $2 and state = 0", show.Key, owner) is null) return null;
        var head = ArchiveOf(show.Key)!;
        var rows = head.Rows;
        foreach (var happened in events) head = Append(show, head, happened);
        Db.Execute(
            """
            update archive_head set rows = $2, messages = $3, removed = $4, standing = $5, first_at = $6, last_at = $7, head = $8
            where show = $1
            """,
            show.Key, head.Rows, head.Messages, head.Removed, head.Standing, head.FirstAt, head.LastAt, head.Head);
        return head.Rows - rows;
    }

    private sealed record FoundRow(bool Removed);
}
