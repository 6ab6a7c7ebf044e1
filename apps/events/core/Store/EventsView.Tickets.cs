using System.Globalization;
using Carillon.Events.Core.Tickets;
using Carillon.Sql;

namespace Carillon.Events.Core.Store;

public partial class EventsView : ITicketView
{
    private const string ticketColumns =
        """
        select show, number, user_id, tier, holder, email, reference, state, reason, until, nickname, device_hash, device_name,
            device_tag, device_since, entered, provisioned, sub_channel_id, created,
            platform_tag, platform_name
        from ticket

        """;

    public bool HasTickets() => Db.Number("select 1 from ticket limit 1") is not null;

    public Ticket? Ticket(long show, long number) =>
        Db.First(ticketColumns + "where show = $1 and number = $2", TicketOf, show, number);

    public Ticket? TicketByCode(long show, byte[] codeHash) =>
        Db.First(ticketColumns + "where show = $1 and code_hash = $2", TicketOf, show, codeHash);

    public Ticket? TicketByUser(string userId) => Db.First(ticketColumns + "where user_id = $1", TicketOf, userId);

    public Ticket? TicketByReference(long show, string reference) =>
        Db.First(ticketColumns + "where show = $1 and reference = $2", TicketOf, show, reference);

    public Ticket? TicketByDevice(long show, byte[] deviceHash) =>
        Db.First(ticketColumns + "where device_hash = $2 and show = $1", TicketOf, show, deviceHash);

    public Ticket? TicketLostBy(long show, byte[] deviceHash) =>
        Db.First(ticketColumns + "where lost_device_hash = $2 and show = $1", TicketOf, show, deviceHash);

    public bool NicknameTaken(long show, string key, long exceptNumber) => Db.Number(
        "select 1 from nickname_key where show = $1 and look = $2 and number <> $3", show, key, exceptNumber) is not null;

    public TicketBatch? Batch(long show, string reference) => Db.First(
        "select first, count from ticket_batch where show = $1 and reference = $2",
        static row => new TicketBatch(row.Integer(0), row.Integer(1)), show, reference);

    public IReadOnlyList<Ticket> Tickets(long show, TicketFilter filter, string? search, long after, int limit)
    {
        if (string.IsNullOrWhiteSpace(search))
        {
            return filter switch
            {
                TicketFilter.All => Db.Query(
                    ticketColumns + "where show = $1 and number > $2 order by number limit $3", TicketOf, show, after, limit),
                TicketFilter.Entered => Db.Query(
                    ticketColumns + "where show = $1 and number > $2 and entered is not null order by number limit $3", TicketOf,
                    show, after, limit),
                _ => Db.Query(
                    ticketColumns + "where show = $1 and state = $2 and number > $3 order by number limit $4", TicketOf, show,
                    StateOf(filter), after, limit),
            };
        }

        // What folds to nothing is the beginning of no name, and not of every one.
        var folded = Folding.Search(search) is { Length: > 0 } beginning ? beginning : null;
        // Pages and spreadsheets group a number's digits: 1,234 or 1.234 or 1 234 or 1'234 is ticket 1234.
        var digits = string.Concat(search.TrimStart('#').Where(c => c is not (',' or '.' or '\'' or '’') && !char.IsWhiteSpace(c)));
        var number = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
        // Three ranges of three indexes, and the few that they find in order.
        return Db.Query(
            ticketColumns + """
            where show = $1 and number in (
                select $2 union
                select number from ticket where show = $1 and holder_folded >= $3 and holder_folded < $4 union
                select number from ticket where show = $1 and nickname_folded >= $3 and nickname_folded < $4 union
                select number from ticket where show = $1 and reference >= $5 and reference < $6)
            and number > $7 and ($8 < 0 or ($8 = 3 and entered is not null) or ($8 < 3 and state = $8))
            order by number limit $9
            """,
            TicketOf, show, number, folded, AfterPrefix(folded), search, AfterPrefix(search), after,
            filter switch { TicketFilter.All => -1, TicketFilter.Entered => 3, _ => StateOf(filter) }, limit);
    }

    public IReadOnlyList<Ticket> TicketsOutOfDate(int limit) => Db.Query(
        ticketColumns + "join user_sync using (show, number) order by since limit $1", TicketOf, limit);

    private static long StateOf(TicketFilter filter) => (long)filter - (long)TicketFilter.Valid;

    protected static Ticket TicketOf(SqlRow row) => new(
        row.Integer(0), row.Integer(1), row.Text(2), row.Text(3), row.TextOrNull(4), row.TextOrNull(5), row.TextOrNull(6),
        (TicketState)row.Integer(7), row.TextOrNull(8), row.IntegerOrNull(9), row.TextOrNull(10),
        row.BlobOrNull(11) is { } hash ? new Device(hash, row.Text(12), row.Text(13), row.Integer(14)) : null,
        row.IntegerOrNull(15), row.Flag(16), row.TextOrNull(17), row.Integer(18),
        row.TextOrNull(19), row.TextOrNull(20));
}

public sealed partial class EventsLedger : ITicketLedger
{
    public long TakeNumbers(long show, int count)
    {
        Db.Execute("update show set last_number = last_number + $2 where key = $1", show, count);
        return Db.Number("select last_number from show where key = $1", show)!.Value - count + 1;
    }

    public bool AddTicket(long show, long number, string userId, byte[] codeHash, NewTicket ticket, string? holderFolded)
    {
        var added = Db.Execute(
            """
            insert into ticket(show, number, user_id, code_hash, tier, holder, holder_folded, email, reference, created)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict(show, code_hash) do nothing
            """,
            show, number, userId, codeHash, ticket.Tier, ticket.Holder, holderFolded, ticket.Email, ticket.Reference, Now);
        if (added == 0) return false;
        Db.Execute("update show_count set valid = valid + 1 where show = $1", show);
        return true;
    }

    public void AddBatch(long show, string reference, TicketBatch batch)
    {
        Db.Execute("delete from ticket_batch where show = $1 and made < $2", show, Now - BatchMemory);
        Db.Execute(
            "insert into ticket_batch(show, reference, first, count, made) values ($1, $2, $3, $4, $5)", show, reference, batch.First,
            batch.Count, Now);
    }

    public void PutCode(long show, long number, byte[] codeHash) =>
        Db.Execute("update ticket set code_hash = $3 where show = $1 and number = $2", show, number, codeHash);

    public void PutTicketState(Ticket ticket, TicketState state, string? reason, long? until)
    {
        Db.Execute(
            "update ticket set state = $3, reason = $4, until = $5 where show = $1 and number = $2", ticket.Show, ticket.Number,
            (long)state, reason, until);
        Count(ticket.Show, ticket.State, -1);
        Count(ticket.Show, state, 1);
    }

    public void PutDevice(Ticket ticket, Device? device) => Db.Execute(
        """
        update ticket set lost_device_hash = coalesce($3, device_hash), device_hash = $4, device_name = $5, device_tag = $6,
            device_since = $7
        where show = $1 and number = $2
        """,
        ticket.Show, ticket.Number, ticket.Device?.Hash, device?.Hash, device?.Name, device?.Tag, device?.Since);

    public void RenameDevice(byte[] oldHash, byte[] newHash)
    {
        Db.Execute("update ticket set device_hash = $2 where device_hash = $1", oldHash, newHash);
        Db.Execute("update ticket set lost_device_hash = $2 where lost_device_hash = $1", oldHash, newHash);
    }

    public void PutEntered(Ticket ticket)
    {
        if (Db.Execute(
            "update ticket set entered = $3 where show = $1 and number = $2 and entered is null", ticket.Show, ticket.Number,
            Now) == 1)
            Db.Execute("update show_count set entered = entered + 1 where show = $1", ticket.Show);
    }

    public void PutNickname(long show, long number, string nickname, IReadOnlyList<string> lookKeys)
    {
        Db.Execute(
            "update ticket set nickname = $3, nickname_folded = $4 where show = $1 and number = $2", show, number, nickname,
            Folding.Search(nickname));
        Db.Execute("delete from nickname_key where show = $1 and number = $2", show, number);
        foreach (var key in lookKeys)
            Db.Execute("insert into nickname_key(show, look, number) values ($1, $2, $3)", show, key, number);
    }

    public void AskForSync(long show, long number) => Db.Execute(
        "insert into user_sync(show, number, since) values ($1, $2, $3) on conflict(show, number) do nothing", show, number, Now);

    public void PutSynced(long show, long number, string? tag, string? name)
    {
        Db.Execute(
            "update ticket set platform_tag = coalesce($3, platform_tag), platform_name = coalesce($4, platform_name) where show = $1 and number = $2",
            show, number, tag, name);
        var now = Ticket(show, number);
        // What was told may be out of date already: of two who tell at once either may come last.
        if (now?.NeedsSync == true) AskForSync(show, number);
        else DeleteSync(show, number);
    }

    public void DeleteSync(long show, long number) =>
        Db.Execute("delete from user_sync where show = $1 and number = $2", show, number);

    public void PutWanted(long show, long number) => Db.Execute(
        "update ticket set wanted = $3 where show = $1 and number = $2 and provisioned = 0 and wanted is null", show, number, Now);

    /// <summary>How long a call can be asked again: a day, in microseconds. Our choice: who lost an answer asks at once.</summary>
    private const long BatchMemory = 24L * 3600 * 1_000_000;

    private void Count(long show, TicketState state, long change)
    {
        switch (state)
        {
            case TicketState.Valid:
                Db.Execute("update show_count set valid = valid + $2 where show = $1", show, change);
                break;
            case TicketState.Revoked:
                Db.Execute("update show_count set revoked = revoked + $2 where show = $1", show, change);
                break;
            default:
                Db.Execute("update show_count set banned = banned + $2 where show = $1", show, change);
                break;
        }
    }
}
