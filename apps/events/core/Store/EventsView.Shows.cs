using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Sql;

namespace Carillon.Events.Core.Store;

public partial class EventsView : IShowView
{
    private const string showColumns =
        "select key, id, slug, state, version, definition, created, updated, sample from show ";

    /// <summary>How long a show that is over stays among those that are on. Our choice.</summary>
    private const long afterglow = 24L * 3600 * 1_000_000;

    public Show? ShowById(string id) => Db.First(showColumns + "where id = $1", ShowOf, id);

    public Show? ShowByKey(long key) => Db.First(showColumns + "where key = $1", ShowOf, key);

    public Show? ShowBySlug(string slug) => Db.First(showColumns + "where slug = $1 and state > 0", ShowOf, slug);

    public bool SlugTaken(string slug) => Db.Number("select 1 from show where slug = $1", slug) is not null;

    public IReadOnlyList<Show> ShowsOn(int limit) =>
    [
        .. Db.Query(
            showColumns + "where state in (1, 2) and coalesce(ends, $1) > $2 order by starts limit $3", ShowOf, Now,
            Now - afterglow, limit),
    ];

    public IReadOnlyList<Show> Shows(string? title, long? before, int limit) => title is null
        ? Db.Query(showColumns + "where key < $1 order by key desc limit $2", ShowOf, before ?? long.MaxValue, limit)
        : Db.Query(
            showColumns + "where title_folded >= $1 and title_folded < $2 and key < $3 order by key desc limit $4", ShowOf,
            title, AfterPrefix(title), before ?? long.MaxValue, limit);

    public TicketCounts CountsOf(long show) => Db.First(
        "select valid, revoked, banned, entered, provisioned from show_count where show = $1",
        static row => new TicketCounts(row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3), row.Integer(4)), show)
        ?? new TicketCounts(0, 0, 0, 0, 0);

    /// <summary>The first text, in the order of bytes, that comes after all which begin so; null for null.</summary>
    internal static string? AfterPrefix(string? prefix) => prefix is null ? null : prefix + "\U0010FFFF";

    private static Show ShowOf(SqlRow row) => new(
        row.Integer(0), row.Text(1), row.Text(2), (ShowState)row.Integer(3), row.Integer(4), DefinitionJson.Read(row.Text(5)),
        row.Integer(6), row.Integer(7), row.Flag(8));
}

public sealed partial class EventsLedger : IShowLedger
{
    public long AddShow(string id, string slug, ShowDefinition definition, bool sample)
    {
        Db.Execute(
            """
            insert into show(id, slug, title, title_folded, state, version, definition, starts, doors, ends, created, updated, sample)
            values ($1, $2, $3, $4, 0, 1, $5, $6, $7, $8, $9, $9, $10)
            """,
            id, slug, definition.Title, Folding.Search(definition.Title), DefinitionJson.Write(definition),
            definition.StartsAt?.ToMicroseconds(), definition.DoorsAt?.ToMicroseconds(), definition.EndsAt?.ToMicroseconds(), Now,
            sample);
        var key = Db.Number("select key from show where id = $1", id)!.Value;
        Db.Execute("insert into show_count(show) values ($1)", key);
        return key;
    }

    public void PutDefinition(long show, ShowDefinition definition) => Db.Execute(
        """
        update show set title = $2, title_folded = $3, definition = $4, starts = $5, doors = $6, ends = $7, updated = $8,
            version = version + 1
        where key = $1
        """,
        show, definition.Title, Folding.Search(definition.Title), DefinitionJson.Write(definition),
        definition.StartsAt?.ToMicroseconds(), definition.DoorsAt?.ToMicroseconds(), definition.EndsAt?.ToMicroseconds(), Now);

    public void PutSlug(long show, string slug) => Db.Execute("update show set slug = $2 where key = $1", show, slug);

    public void PutState(long show, ShowState state) =>
        Db.Execute("update show set state = $2, updated = $3 where key = $1", show, (long)state, Now);

    public void DeleteShow(long show)
    {
        // It was published once, and what was made for it then is still there.
        if (HandOf(show) is { Job: not HandJob.Cleared } && StageOf(show) is { State: not Stage.StageState.None })
            throw new Refused(Reason.WrongState);
        Db.Execute("delete from hand where show = $1", show);
        Db.Execute("delete from ticket where show = $1", show);
        Db.Execute("delete from nickname_key where show = $1", show);
        Db.Execute("delete from user_sync where show = $1", show);
        foreach (var member in StaffOf(show)) RemoveStaff(member.Key);
        Db.Execute("delete from staff where show = $1", show);
        Db.Execute("delete from shop_key where show = $1", show);
        Db.Execute("delete from ticket_batch where show = $1", show);
        Db.Execute("delete from show_count where show = $1", show);
        DeleteTalk(show);
        Db.Execute("delete from stage where show = $1", show);
        Db.Execute("delete from show where key = $1", show);
    }
}
