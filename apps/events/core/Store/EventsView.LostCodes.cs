using Carillon.Events.Core.Tickets;
using Carillon.Sql;

namespace Carillon.Events.Core.Store;

public partial class EventsView : ILostCodeView
{
    public IReadOnlyList<Ticket> TicketsOfAddress(long show, string address, int limit) => Db.Query(
        ticketColumns + "where show = $1 and lower(trim(email)) = $2 and email is not null order by number limit $3", TicketOf, show, address, limit);

    public long? AskOfAddress(byte[] address, long since, int nth) => Db.Number(
        "select at from lost_ask where address = $1 and at > $2 order by at desc limit 1 offset $3", address, since, nth - 1);

    public long? AskOfNetwork(byte[] network, long since, int nth) => Db.Number(
        "select at from lost_ask where network = $1 and at > $2 order by at desc limit 1 offset $3", network, since, nth - 1);

    public long? AskOfShow(long show, long since, int nth) => Db.Number(
        "select at from lost_ask where show = $1 and at > $2 order by at desc limit 1 offset $3", show, since, nth - 1);

    public bool LettersWait(int atLeast) => Db.Number("select 1 from letter limit 1 offset $1", atLeast - 1) is not null;

    public Letter? DueLetter() => Db.First(
        "select key, show, address, language, nonce, asked, due, tries from letter where due <= $1 order by due, key limit 1",
        static row => new Letter(
            row.Integer(0), row.Integer(1), row.Text(2), row.Text(3), row.Blob(4), row.Integer(5), row.Integer(6), row.Integer(7)),
        Now);

    public LostLink? LostLink(byte[] hash) => Db.First(
        "select show, address, expires, page from lost_link where hash = $1",
        static row => new LostLink(row.Integer(0), row.Text(1), row.Integer(2), row.BlobOrNull(3)), hash);

    public LetterCounts LettersOf(long show)
    {
        var waiting = Db.Number("select count(*) from letter where show = $1 and tries > 0", show) ?? 0;
        return Db.First(
            "select sent, failed, failed_at, why from letter_count where show = $1",
            row => new LetterCounts(row.Integer(0), waiting, row.Integer(1), row.IntegerOrNull(2), row.TextOrNull(3)), show)
            ?? new LetterCounts(0, waiting, 0, null, null);
    }
}

public sealed partial class EventsLedger : ILostCodeLedger
{
    public void AddAsk(long show, byte[] address, byte[] network, long since)
    {
        Db.Execute("delete from lost_ask where at <= $1", since);
        Db.Execute("insert into lost_ask(show, address, network, at) values ($1, $2, $3, $4)", show, address, network, Now);
    }

    public void AddLetter(long show, string address, string language, byte[] nonce) => Db.Execute(
        "insert into letter(show, address, language, nonce, asked, due) values ($1, $2, $3, $4, $5, $5)", show, address, language, nonce, Now);

    public void PutLetterTaken(long key, long due) =>
        Db.Execute("update letter set due = $2, tries = tries + 1 where key = $1", key, due);

    public void PutLetterDue(long key, long due) => Db.Execute("update letter set due = $2 where key = $1", key, due);

    public void DeleteLetter(long key) => Db.Execute("delete from letter where key = $1", key);

    public void CountSent(long show) => Db.Execute(
        "insert into letter_count(show, sent) values ($1, 1) on conflict(show) do update set sent = letter_count.sent + 1", show);

    public void CountFailed(long show, string why) => Db.Execute(
        """
        insert into letter_count(show, failed, failed_at, why) values ($1, 1, $2, $3)
        on conflict(show) do update set failed = letter_count.failed + 1, failed_at = excluded.failed_at, why = excluded.why
        """,
        show, Now, why);

    public void PutLink(byte[] hash, long show, string address, long expires)
    {
        Db.Execute("delete from lost_link where expires < $1", Now - DeadLinkMemory);
        Db.Execute(
            """
            insert into lost_link(hash, show, address, expires) values ($1, $2, $3, $4)
            on conflict(hash) do update set expires = excluded.expires
            """,
            hash, show, address, expires);
    }

    public void PutLinkPage(byte[] hash, byte[] page) => Db.Execute("update lost_link set page = $2 where hash = $1", hash, page);

    /// <summary>How long a link that ran out is still known as such: a day, in microseconds. Our choice.</summary>
    private const long DeadLinkMemory = 24L * 3600 * 1_000_000;
}
