using System.Globalization;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using Carillon.Events.Core.Tickets;
using Carillon.Sql;

namespace Carillon.Events.Core.Store;

public partial class EventsView : ITalkView
{
    private const string saidColumns =
        """
        select key, show, message_id, callback_id, number, user_id, sub_channel_id, text, masked, sent, at, state, why, waits, reports, kept,
            held
        from said

        """;

    private const string errandColumns =
        """
        select key, show, kind, number, message_id, callback_id, sub_channel_id, deny, content, due, asked, tries, taken
        from errand

        """;

    private const string logColumns =
        "select key, show, at, by_name, staff, act, number, message_id, reason, until, before, undone from desk_log ";

    private const string personColumns =
        """
        select ticket.number, user_id, nickname, tier, state, reason, until, timeout_until, timeout_reason, coalesce(talker.sent, 0),
            coalesce(talker.removed, 0), device_hash is not null
        from ticket left join talker on talker.show = ticket.show and talker.number = ticket.number

        """;

    public (long Show, long Version, long Updated)? ShowOfChannel(string channelArn)
    {
        var found = Db.Query(
            "select key, version, updated from stage join show on key = show where channel_arn = $1",
            static row => (row.Integer(0), row.Integer(1), row.Integer(2)), channelArn);
        return found is [var show] ? show : null;
    }

    public Said? Said(long show, string messageId) =>
        Db.First(saidColumns + "where show = $1 and message_id = $2", SaidOf, show, messageId);

    public IReadOnlyList<Said> Waiting(long show, long after, int limit) => Db.Query(
        saidColumns + "where show = $1 and waits = 1 and key > $2 order by key limit $3", SaidOf, show, after, limit);

    public IReadOnlyList<Said> SentBy(long show, long number, int limit) => Db.Query(
        saidColumns + "where show = $1 and number = $2 and state = 0 order by key desc limit $3", SaidOf, show, number, limit);

    public IReadOnlyList<Said> HeldOf(long show, long number, int limit) => Db.Query(
        saidColumns + "where show = $1 and number = $2 and state = 1 order by key limit $3", SaidOf, show, number, limit);

    public IReadOnlyList<Said> HeldBefore(long at, int limit) =>
        Db.Query(saidColumns + "where state = 1 and at < $1 order by at limit $2", SaidOf, at, limit);

    public IReadOnlyList<string> Hidden(long show, int limit) => Db.Query(
        "select message_id from errand where show = $1 and kind = 1 limit $2", static row => row.Text(0), show, limit);

    public IReadOnlyList<ReportReason> ReportReasons(long show, string messageId, int limit) => Db.Query(
        """
        select reason, count(*) from report where show = $1 and message_id = $2 group by reason order by min(at), reason limit $3
        """,
        static row => new ReportReason(row.TextOrNull(0), row.Integer(1)), show, messageId, limit);

    public LogEntry? NewestOf(long show, long number, string act) => Db.First(
        logColumns + "where show = $1 and number = $2 and act = $3 and undone is null order by key desc limit 1", LogOf, show, number, act);

    public CommonWords CommonWords() => Db.First(
        "select words, version, updated, by_name from common_words where one = 1",
        static row => new CommonWords(
            DefinitionJson.ReadWords(row.Text(0)), row.Integer(1), row.Integer(2), row.Text(3)))!;

    public long CommonWordsVersion() => Db.Number("select version from common_words where one = 1")!.Value;

    public Talker TalkerOf(long show, long number) => Db.First(
        """
        select sent, last, flood, look, repeats, repeats_from, removed, timeout_until, timeout_reason from talker
        where show = $1 and number = $2
        """,
        row => new Talker(
            show, number, row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3), row.Integer(4), row.Integer(5),
            row.Integer(6), row.IntegerOrNull(7), row.TextOrNull(8)),
        show, number) ?? new Talker(show, number);

    public TalkCounts TalkCountsOf(long show) => Db.First(
        "select sent, waiting, refused, removed from talk_count where show = $1",
        static row => new TalkCounts(row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3)), show) ?? new TalkCounts(0, 0, 0, 0);

    public Pin? PinOf(long show) => Db.First(
        "select message_id, user_id, author, kind, text from pin where show = $1",
        static row => new Pin(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4)), show);

    public IReadOnlyList<LogEntry> Log(long show, long? before, int limit) => Db.Query(
        logColumns + "where show = $1 and key < $2 order by key desc limit $3", LogOf, show, before ?? long.MaxValue, limit);

    public LogEntry? LogEntry(long show, long key) => Db.First(logColumns + "where show = $1 and key = $2", LogOf, show, key);

    public IReadOnlyList<Person> People(long show, PersonState? state, string? search, long after, int limit)
    {
        if (!string.IsNullOrWhiteSpace(search)) return Named(show, search, after, limit);
        return state switch
        {
            null or PersonState.Valid => Db.Query(
                personColumns + "where ticket.show = $1 and ticket.number > $2 and entered is not null order by ticket.number limit $3",
                PersonRow, show, after, limit),
            // Found by the time-outs, which are few, and not by the tickets.
            PersonState.Timeout => Db.Query(
                personColumns + """
                where ticket.show = $1 and ticket.number in (
                    select number from talker where show = $1 and number > $2 and timeout_until > $4 order by number limit $3)
                order by ticket.number
                """,
                PersonRow, show, after, limit, Now),
            _ => Db.Query(
                personColumns + "where ticket.show = $1 and state = $2 and ticket.number > $3 order by ticket.number limit $4", PersonRow,
                show, (long)(state == PersonState.Banned ? TicketState.Banned : TicketState.Revoked), after, limit),
        };
    }

    public Person? PersonOf(long show, long number) =>
        Db.First(personColumns + "where ticket.show = $1 and ticket.number = $2", PersonRow, show, number);

    public IReadOnlyList<Errand> DueErrands(int limit) =>
        Db.Query(errandColumns + "where due <= $1 order by due, key limit $2", ErrandRow, Now, limit);

    public Errand? Errand(long key) => Db.First(errandColumns + "where key = $1", ErrandRow, key);

    public Errand? ErrandOf(long show, ErrandKind kind, string messageId) => Db.First(
        errandColumns + "where show = $1 and message_id = $2 and kind = $3", ErrandRow, show, messageId, (long)kind);

    private List<Person> Named(long show, string search, long after, int limit)
    {
        // As for tickets: what folds to nothing is the beginning of no name.
        var folded = Folding.Search(search) is { Length: > 0 } beginning ? beginning : null;
        var number = long.TryParse(search.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
        return Db.Query(
            personColumns + """
            where ticket.show = $1 and ticket.number in (
                select $2 union
                select number from ticket where show = $1 and nickname_folded >= $3 and nickname_folded < $4)
            and ticket.number > $5 order by ticket.number limit $6
            """,
            PersonRow, show, number, folded, AfterPrefix(folded), after, limit);
    }

    private static Said SaidOf(SqlRow row) => new(
        row.Integer(0), row.Integer(1), row.Text(2), row.Text(3), row.IntegerOrNull(4), row.Text(5), row.TextOrNull(6), row.Text(7),
        row.TextOrNull(8), row.Integer(9), row.Integer(10), (SaidState)row.Integer(11), row.TextOrNull(12), row.Flag(13),
        row.Integer(14), row.Flag(15), row.TextOrNull(16));

    private static Errand ErrandRow(SqlRow row) => new(
        row.Integer(0), row.Integer(1), (ErrandKind)row.Integer(2), row.IntegerOrNull(3), row.TextOrNull(4), row.TextOrNull(5),
        row.TextOrNull(6), row.Flag(7), row.TextOrNull(8), row.Integer(9), row.Integer(10), row.Integer(11), row.Flag(12));

    private static LogEntry LogOf(SqlRow row) => new(
        row.Integer(0), row.Integer(1), row.Integer(2), row.Text(3), row.IntegerOrNull(4), row.Text(5), row.IntegerOrNull(6),
        row.TextOrNull(7), row.TextOrNull(8), row.IntegerOrNull(9), row.TextOrNull(10), row.IntegerOrNull(11));

    private Person PersonRow(SqlRow row)
    {
        var (ticket, ends, timeout) = ((TicketState)row.Integer(4), row.IntegerOrNull(6), row.IntegerOrNull(7));
        if (ticket == TicketState.Banned && ends <= Now) ticket = TicketState.Valid;
        var state = ticket switch
        {
            TicketState.Banned => PersonState.Banned,
            TicketState.Revoked => PersonState.Revoked,
            _ => timeout > Now ? PersonState.Timeout : PersonState.Valid,
        };
        var (reason, until) = state switch
        {
            PersonState.Valid => (null, null),
            PersonState.Timeout => (row.TextOrNull(8), timeout),
            _ => (row.TextOrNull(5), ends),
        };
        return new Person(
            row.Integer(0), row.Text(1), row.TextOrNull(2), row.Text(3), state, reason, until, row.Integer(9), row.Integer(10),
            row.Flag(11));
    }
}

public sealed partial class EventsLedger : IDeskLedger
{
    public long AddSaid(Said said)
    {
        Db.Execute(
            """
            insert into said(
                show, message_id, callback_id, number, user_id, sub_channel_id, text, masked, sent, at, state, why, waits, held)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            said.Show, said.MessageId, said.CallbackId, said.Number, said.UserId, said.SubChannelId, said.Text, said.Masked, said.Sent,
            said.At, (long)said.State, said.Why, said.Waits, said.Held);
        Count(said.Show, null, said);
        return Db.Number("select key from said where show = $1 and message_id = $2", said.Show, said.MessageId)!.Value;
    }

    public void PutSaid(Said before, Said after)
    {
        Db.Execute(
            """
            update said set state = $2, why = $3, waits = $4, reports = $5, kept = $6,
                archived = case when state = $2 then archived else 0 end
            where key = $1
            """,
            after.Key, (long)after.State, after.Why, after.Waits, after.Reports, after.Kept);
        Count(after.Show, before, after);
    }

    public void PutTalker(Talker talker) => Db.Execute(
        """
        insert into talker(show, number, sent, last, flood, look, repeats, repeats_from, removed, timeout_until, timeout_reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict(show, number) do update set sent = excluded.sent, last = excluded.last, flood = excluded.flood,
            look = excluded.look, repeats = excluded.repeats, repeats_from = excluded.repeats_from, removed = excluded.removed,
            timeout_until = excluded.timeout_until, timeout_reason = excluded.timeout_reason
        """,
        talker.Show, talker.Number, talker.Sent, talker.Last, talker.Flood, talker.Look, talker.Repeats, talker.RepeatsFrom,
        talker.Removed, talker.TimeoutUntil, talker.TimeoutReason);

    public void AddRemoved(long show, long number, long change) =>
        Db.Execute("update talker set removed = removed + $3 where show = $1 and number = $2", show, number, change);

    public bool AddReport(long show, string messageId, long number, string? reason) => Db.Execute(
        "insert into report(show, message_id, number, reason, at) values ($1, $2, $3, $4, $5) on conflict do nothing", show, messageId,
        number, reason, Now) == 1;

    public void PutCommonWords(IReadOnlyList<WordRule> words, string by) => Db.Execute(
        "update common_words set words = $1, version = version + 1, updated = $2, by_name = $3 where one = 1",
        DefinitionJson.WriteWords(words), Now, by);

    public void PutPin(long show, Pin? pin)
    {
        Db.Execute("delete from pin where show = $1", show);
        if (pin is not null)
        {
            Db.Execute(
                "insert into pin(show, message_id, user_id, author, kind, text) values ($1, $2, $3, $4, $5, $6)", show, pin.MessageId,
                pin.UserId, pin.Author, pin.Kind, pin.Text);
        }
    }

    public LogEntry AddLog(LogEntry entry)
    {
        Db.Execute(
            """
            insert into desk_log(show, at, by_name, staff, act, number, message_id, reason, until, before)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            entry.Show, Now, entry.By, entry.Staff, entry.Act, entry.Number, entry.MessageId, entry.Reason, entry.Until, entry.Before);
        return entry with { Key = Db.Number("select max(key) from desk_log where show = $1", entry.Show)!.Value, At = Now };
    }

    /// <summary>Who took a message away: by itself, or with everything of a ticket that was banned. Null where nobody did.</summary>
    public Removal? RemovalOf(long show, string messageId) =>
        Db.First(
            """
            select by_name, reason from desk_log where show = $1 and message_id = $2 and act in ($3, $4, $5) order by key desc limit 1
            """,
            RemovalRow, show, messageId, Acts.Remove, Acts.Refuse, Acts.Undo)
        ?? Db.First(
            """
            select by_name, reason from desk_log where show = $1 and act = $3
                and number = (select number from said where show = $1 and message_id = $2) order by key desc limit 1
            """,
            RemovalRow, show, messageId, Acts.Ban);

    private Removal? ActOn(long show, string messageId, string act) => Db.First(
        "select by_name, reason from desk_log where show = $1 and message_id = $2 and act = $3 order by key desc limit 1", RemovalRow,
        show, messageId, act);

    private static Removal RemovalRow(SqlRow row) => new(row.Text(0), row.TextOrNull(1));

    public void PutUndone(long key, long by) => Db.Execute("update desk_log set undone = $2 where key = $1", key, by);

    public Errand? AddErrand(Errand errand)
    {
        if (errand.Kind == ErrandKind.Ban)
            Db.Execute("delete from errand where show = $1 and number = $2 and kind = 2", errand.Show, errand.Number);
        var added = Db.Execute(
            """
            insert into errand(show, kind, number, message_id, callback_id, sub_channel_id, deny, content, due, asked, taken)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing
            """,
            errand.Show, (long)errand.Kind, errand.Number, errand.MessageId, errand.CallbackId, errand.SubChannelId, errand.Deny,
            errand.Content, errand.Due, Now, errand.Due <= Now);
        if (added > 0 && errand.Kind != ErrandKind.Ban) ExpectMore(errand.Show);
        return added == 0 ? null
            : errand with { Key = Db.Number("select max(key) from errand")!.Value, Asked = Now, Taken = errand.Due <= Now };
    }

    public bool CallOff(long show, ErrandKind kind, string messageId) => Db.Execute(
        "delete from errand where show = $1 and message_id = $2 and kind = $3 and taken = 0", show, messageId, (long)kind) == 1;

    public bool TakeErrand(long key) => Db.Execute("update errand set taken = 1 where key = $1", key) == 1;

    public void PostponeErrand(long key, long due) =>
        Db.Execute("update errand set due = $2, tries = tries + 1 where key = $1", key, due);

    public void EndErrand(long key) => Db.Execute("delete from errand where key = $1", key);

    public void HastenRedactions() => Db.Execute("update errand set due = $1 where kind = 1 and due > $1", Now);

    public void PutSubChannel(long show, long number, string? subChannelId) =>
        Db.Execute("update ticket set sub_channel_id = $3 where show = $1 and number = $2", show, number, subChannelId);

    private void DeleteTalk(long show)
    {
        foreach (var table in (string[])["said", "errand", "talker", "talk_count", "report", "pin", "desk_log"])
            Db.Execute($"delete from {table} where show = $1", show);
    }

    /// <summary>Counters follow what changed.</summary>
    private void Count(long show, Said? before, Said after)
    {
        var sent = Passed(after) - (before is null ? 0 : Passed(before));
        var waiting = (after.Waits ? 1 : 0) - (before is { Waits: true } ? 1 : 0);
        var refused = Is(after, SaidState.Refused) - (before is null ? 0 : Is(before, SaidState.Refused));
        var removed = Gone(after) - (before is null ? 0 : Gone(before));
        if (sent == 0 && waiting == 0 && refused == 0 && removed == 0) return;
        Db.Execute(
            """
            insert into talk_count(show, sent, waiting, refused, removed) values ($1, $2, $3, $4, $5)
            on conflict(show) do update set sent = sent + $2, waiting = waiting + $3, refused = refused + $4, removed = removed + $5
            """,
            show, sent, waiting, refused, removed);

        static int Is(Said said, SaidState state) => said.State == state ? 1 : 0;
        static int Gone(Said said) => said.State is SaidState.Hidden or SaidState.Removed ? 1 : 0;
        static int Passed(Said said) => said.State is SaidState.Sent or SaidState.Hidden or SaidState.Removed ? 1 : 0;
    }
}
