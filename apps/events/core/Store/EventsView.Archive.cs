using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;

namespace Carillon.Events.Core.Store;

public partial class EventsView
{
    /// <summary>Null while nothing of the show was streamed.</summary>
    public ArchiveHead? ArchiveOf(long show) => Db.First(
        """
        select show, state, rows, messages, removed, standing, first_at, last_at, head, verified, counted, quiet_since,
            withheld
        from archive_head where show = $1
        """,
        static row => new ArchiveHead(
            row.Integer(0), row.Flag(1), row.Integer(2), row.Integer(3), row.Integer(4), row.Integer(5), row.IntegerOrNull(6),
            row.IntegerOrNull(7), row.BlobOrNull(8), row.Flag(9), row.IntegerOrNull(10), row.IntegerOrNull(11), row.Integer(12)),
        show);

    /// <summary>In their order, from the one behind <paramref name="after"/> on.</summary>
    public IReadOnlyList<ArchiveRow> ArchiveRows(long show, long after, int limit) => Db.Query(
        """
        select number, kind, message_id, entry, hash, removed from archive where show = $1 and number > $2 order by number limit $3
        """,
        static row => new ArchiveRow(
            row.Integer(0), (ArchiveKind)row.Integer(1), row.Text(2), row.Text(3), row.Blob(4), row.IntegerOrNull(5)),
        show, after, limit);

    /// <summary>How far each shard was read; null as sequence where its end was reached.</summary>
    public IReadOnlyDictionary<string, (string? Sequence, bool Done)> ArchiveShards(long show) => Db.Query(
        "select shard, sequence, done from archive_shard where show = $1",
        static row => (Shard: row.Text(0), Sequence: row.TextOrNull(1), Done: row.Flag(2)), show)
        .ToDictionary(row => row.Shard, row => (row.Sequence, row.Done));

    /// <summary>Whether something that was never shown is to be added.</summary>
    public bool HasWithheld(long show) => Withheld(show, waiting: false, 1).Count > 0;

    /// <summary>What was said and never shown, and is not in the archive as it stands now.</summary>
    /// <param name="waiting">Also what somebody may still decide on, or take back; then up to twice as many.</param>
    protected IReadOnlyList<Said> Withheld(long show, bool waiting, int limit)
    {
        var decided = Db.Query(
            saidColumns + """
            where show = $1 and state in (2, 5) and archived = 0 and ($2 = 1 or not exists (
                select 1 from errand e where e.show = $1 and e.message_id = said.message_id and e.kind = 0 and e.taken = 0))
            order by key limit $3
            """,
            SaidOf, show, waiting, limit);
        return !waiting ? decided
            : [.. decided, .. Db.Query(saidColumns + "where show = $1 and state = 1 and archived = 0 order by key limit $2", SaidOf, show, limit)];
    }

    /// <summary>Shows whose streams are to be read: they have one, and their archive is not closed.</summary>
    public IReadOnlyList<ArchivedShow> ArchivedShows() => Db.Query(
        """
        select h.show, s.id, h.job, h.step, h.stream_name, g.channel_arn, g.admin_arn, g.elastic, coalesce(a.until, 0), a.owner
        from hand h join show s on s.key = h.show join stage g on g.show = h.show left join archive_head a on a.show = h.show
        where h.job < 3 and h.stream_name is not null and g.channel_arn is not null and coalesce(a.state, 0) = 0
        """,
        static row => new ArchivedShow(
            row.Integer(0), row.Text(1), row.Integer(2) == (long)HandJob.Closing && row.Integer(3) > 0, row.Text(4), row.Text(5),
            row.Text(6), row.Flag(7), row.Integer(8), row.TextOrNull(9)));
}

public sealed partial class EventsLedger
{
    /// <summary>Rows that are read at once where all of them are added. Ours.</summary>
    private const int mostWithheld = 500;

    /// <summary>Makes <paramref name="owner"/> the one who reads the show's stream, until then.</summary>
    public bool TakeArchive(long show, string owner, long until)
    {
        Db.Execute("insert into archive_head(show) values ($1) on conflict(show) do nothing", show);
        return Db.Execute(
            "update archive_head set owner = $2, until = $3 where show = $1 and state = 0 and (until <= $4 or owner = $2)", show,
            owner, until, Now) > 0;
    }

    /// <summary>Another may read the stream from now on.</summary>
    public void ReleaseArchive(long show, string owner) =>
        Db.Execute("update archive_head set owner = null, until = 0 where show = $1 and owner = $2", show, owner);

    /// <summary>
    /// Adds what a shard told, and remembers that it was read so far: both or neither. False where another reads the
    /// stream by now: nothing is added.
    /// </summary>
    /// <param name="sequence">Of the last record, whether or not it told of a message; null where there was none.</param>
    /// <param name="done">The shard was read to its end.</param>
    public bool AddToArchive(
        Show show, string owner, string shard, string? sequence, bool done, IReadOnlyList<ArchiveEvent> events)
    {
        if (!ReadsArchive(show.Key, owner)) return false;
        Db.Execute(
            """
            insert into archive_shard(show, shard, sequence, done) values ($1, $2, $3, $4) on conflict(show, shard)
            do update set sequence = coalesce(excluded.sequence, sequence), done = excluded.done
            """,
            show.Key, shard, sequence, done);
        if (events.Count == 0) return true;

        var head = ArchiveOf(show.Key)!;
        foreach (var happened in events)
            if (!IsArchived(show.Key, happened)) head = Append(show, head, happened);
        PutArchive(head);
        Db.Execute("update archive_head set quiet_since = null where show = $1", show.Key);
        return true;
    }

    /// <summary>Adds what was said and never shown, once that is final: no stream tells of it.</summary>
    /// <returns>Whether there was something, and <paramref name="owner"/> still reads the stream.</returns>
    public bool AddWithheldToArchive(Show show, string owner, int limit) =>
        ReadsArchive(show.Key, owner) && AddWithheld(show, waiting: false, limit);

    /// <summary>The stream was read to its end just now; since when that has been so is kept.</summary>
    public void PutArchiveQuiet(long show, string owner) => Db.Execute(
        "update archive_head set quiet_since = coalesce(quiet_since, $3) where show = $1 and owner = $2", show, owner, Now);

    /// <summary>Held against the platform; closed where the counts are equal, with what nobody has decided on.</summary>
    /// <returns>Whether they are.</returns>
    public bool CloseArchive(Show show, string owner, long counted)
    {
        Db.Execute("update archive_head set counted = $3 where show = $1 and owner = $2", show.Key, owner, counted);
        if (!ReadsArchive(show.Key, owner) || ArchiveOf(show.Key)!.Standing != counted) return false;
        while (AddWithheld(show, waiting: true, mostWithheld))
        {
            // Until all of it is there.
        }

        Db.Execute(
            "update archive_head set state = 1, verified = 1, closed_at = $2, owner = null, until = 0 where show = $1", show.Key, Now);
        return true;
    }

    /// <summary>Something was said after it was closed.</summary>
    public void ReopenArchive(long show) => Db.Execute(
        "update archive_head set state = 0, verified = 0, quiet_since = null, owner = null, until = 0 where show = $1", show);

    private bool ReadsArchive(long show, string owner) =>
        Db.Number("select 1 from archive_head where show = $1 and owner = $2 and state = 0", show, owner) is not null;

    private bool AddWithheld(Show show, bool waiting, int limit)
    {
        var found = Withheld(show.Key, waiting, limit);
        if (found.Count == 0) return false;
        var head = ArchiveOf(show.Key)!;
        foreach (var said in found)
        {
            Db.Execute("update said set archived = 1 where key = $1", said.Key);
            // The platform had taken the answer after all.
            if (Db.Number(
                "select 1 from archive where show = $1 and message_id = $2 and kind = 0", show.Key, said.MessageId) is not null) continue;
            head = Append(show, head, WithheldOf(said), said);
        }

        PutArchive(head);
        return true;
    }

    private ArchiveEvent WithheldOf(Said said) => new(
        ArchiveKind.Withheld, said.MessageId, said.Sent, $"{StageOf(said.Show)?.AppInstanceArn}/user/{said.UserId}",
        said.Number is { } number ? Ticket(said.Show, number)?.Nickname : StaffByUser(said.UserId)?.Name, "STANDARD", said.Text,
        said.SubChannelId, Targeted: false);

    private void PutArchive(ArchiveHead head) => Db.Execute(
        """
        update archive_head set rows = $2, messages = $3, removed = $4, standing = $5, first_at = $6, last_at = $7, head = $8,
            withheld = $9
        where show = $1
        """,
        head.Show, head.Rows, head.Messages, head.Removed, head.Standing, head.FirstAt, head.LastAt, head.Head, head.Withheld);

    /// <param name="known">What the processor knows of the message; null where that is to be looked for.</param>
    private ArchiveHead Append(Show show, ArchiveHead head, ArchiveEvent told, Said? known = null)
    {
        // A part goes when its members were too few, and what was said there goes with it; nobody removed that.
        if (told.Kind == ArchiveKind.PartEnded)
        {
            var gone = Db.Execute(
                "update archive set counts = 0 where show = $1 and part = $2 and counts = 1 and part is not null", show.Key, told.Part);
            return head with { Standing = head.Standing - gone };
        }

        if (told.Kind is ArchiveKind.Said or ArchiveKind.Edited) known = Said(show.Key, told.MessageId);
        // A message that is removed before the stream is read is not told there any more.
        var happened = told.Content is null ? told with { Content = known?.Masked ?? known?.Text } : told;
        var ticket = ArchiveChain.UserIdOf(happened.Sender) is { } user ? TicketByUser(user)?.Number : null;
        var number = head.Rows + 1;
        var goes = happened.Kind is ArchiveKind.Redacted or ArchiveKind.Deleted;
        var entry = ArchiveChain.Entry(
            show.Id, number, happened, ticket, DecidedOn(show.Key, happened, known), HandlingOf(happened.Kind, known));
        var hash = ArchiveChain.Next(head.Head ?? ArchiveChain.Beginning, entry);
        var said = happened.Kind == ArchiveKind.Said;
        var counts = said && !happened.Targeted;
        var removed = 0;
        var standing = counts ? 1 : 0;
        if (goes)
        {
            removed = Db.Execute(
                "update archive set removed = $3 where show = $1 and message_id = $2 and kind = 0 and removed is null", show.Key,
                happened.MessageId, number);
        }

        if (happened.Kind is ArchiveKind.Deleted or ArchiveKind.Missing && Db.Execute(
            "update archive set counts = 0 where show = $1 and message_id = $2 and counts = 1", show.Key, happened.MessageId) > 0)
            standing = -1;

        Db.Execute(
            """
            insert into archive(show, number, kind, message_id, at, entry, hash, part, counts) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            show.Key, number, (long)happened.Kind, happened.MessageId, happened.At, entry, hash, happened.Part, counts);
        return head with
        {
            Rows = number,
            Messages = head.Messages + (said ? 1 : 0),
            Removed = head.Removed + removed,
            Withheld = head.Withheld + (happened.Kind == ArchiveKind.Withheld ? 1 : 0),
            Standing = head.Standing + standing,
            FirstAt = head.FirstAt ?? happened.At,
            LastAt = Math.Max(head.LastAt ?? 0, happened.At),
            Head = hash,
        };
    }

    /// <summary>AWS delivers at least once.</summary>
    private bool IsArchived(long show, ArchiveEvent told) => told.Kind != ArchiveKind.PartEnded && Db.Number(
        "select 1 from archive where show = $1 and message_id = $2 and kind = $3 and (kind = 0 or at = $4)", show, told.MessageId,
        (long)told.Kind, told.At) is not null;

    private static Handling? HandlingOf(ArchiveKind kind, Said? known) => (kind, known) switch
    {
        (_, null) => null,
        (ArchiveKind.Said, _) => new(null, null, known.Held, known.Masked is null ? null : known.Text),
        (ArchiveKind.Withheld, { State: SaidState.Held }) => new("waiting", null, known.Held, null),
        (ArchiveKind.Withheld, { State: SaidState.Lost }) => new("lost", known.Why, known.Held, null),
        (ArchiveKind.Withheld, _) => new("refused", known.Why, known.Held, null),
        _ => null,
    };

    /// <summary>Who took it away, let it pass or refused it; null where no person did.</summary>
    private Removal? DecidedOn(long show, ArchiveEvent happened, Said? known) => happened.Kind switch
    {
        ArchiveKind.Redacted or ArchiveKind.Deleted => RemovalOf(show, happened.MessageId),
        ArchiveKind.Said when known?.Held is not null => ActOn(show, happened.MessageId, Acts.Approve),
        ArchiveKind.Withheld when known is { State: SaidState.Refused, Held: not null } => RemovalOf(show, happened.MessageId),
        _ => null,
    };
}
