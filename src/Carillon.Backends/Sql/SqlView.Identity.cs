using Carillon.Core;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    public AppInstance? FindApp(string id) => Connection.First(
        $"select {Rows.App} from app_instance a where a.id = $1 and a.deleted is null", Rows.AppInstance, id);

    public Page<AppInstance> ListApps(int size, long? after) => Page.Of(
        Connection.Query(
            $"select {Rows.App} from app_instance a where a.deleted is null and a.key > $1 order by a.key limit $2",
            Rows.AppInstance, after ?? 0, size + 1),
        size,
        app => app.Key.Value);

    public long CountApps() => Connection.Number("select count(*) from app_instance where deleted is null") ?? 0;

    public virtual Person? FindPerson(PersonAddress address) => Connection.First(
        """
        select p.key, p.app, a.id, p.kind, p.id, p.name
        from app_instance a join person p on p.app = a.key
        where a.id = $1 and a.deleted is null and p.kind = $2 and p.id = $3 and p.deleted is null
        """,
        static row => Rows.Person(row), address.AppId, (long)address.Kind, address.Id);

    private const string User =
        "p.key, p.app, a.id, p.kind, p.id, p.name, p.metadata, p.expire_days, p.expire_from, p.created, p.updated";

    private static AppUser ReadUser(Carillon.Sql.SqlRow row) => new(
        Rows.Person(row), row.TextOrNull(6), Rows.Expiration(row, 7), Rows.Time(row, 9), Rows.Time(row, 10));

    public AppUser? FindUser(PersonAddress address) => Connection.First(
        $"""
        select {User} from app_instance a join person p on p.app = a.key
        where a.id = $1 and a.deleted is null and p.kind = $2 and p.id = $3 and p.deleted is null
        """,
        ReadUser, address.AppId, (long)address.Kind, address.Id);

    public Page<AppUser> ListUsers(AppKey app, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {User} from person p join app_instance a on a.key = p.app
            where p.app = $1 and p.kind = 0 and p.deleted is null and p.key > $2 order by p.key limit $3
            """,
            ReadUser, app.Value, after ?? 0, size + 1),
        size,
        user => user.Person.Key.Value);

    public long CountUsers(AppKey app) => Connection.Number("select users from app_instance where key = $1", app.Value) ?? 0;

    public long CountChannels(AppKey app) =>
        Connection.Number("select channels from app_instance where key = $1", app.Value) ?? 0;

    public AppCounts Count(AppKey app) => Connection.First(
        "select users, bots, channels from app_instance where key = $1",
        static row => new AppCounts(row.Integer(0), row.Integer(1), row.Integer(2)), app.Value) ?? new(0, 0, 0);

    public long CountAdmins(AppKey app) => Connection.Number("select admins from app_instance where key = $1", app.Value) ?? 0;

    public long CountMemberships(UserKey user) =>
        Connection.Number("select memberships from person where key = $1", user.Value) ?? 0;

    private const string Admin =
        """
        select p.key, p.app, a.id, p.kind, p.id, p.name, d.created
        from admin d join person p on p.key = d.person join app_instance a on a.key = d.app
        """;

    private static Admin ReadAdmin(Carillon.Sql.SqlRow row) => new(Rows.Person(row), Rows.Time(row, 6));

    public Admin? FindAdmin(AppKey app, UserKey user) => Connection.First(
        $"{Admin} where d.app = $1 and d.person = $2", ReadAdmin, app.Value, user.Value);

    public Page<Admin> ListAdmins(AppKey app, int size, long? after) => Page.Of(
        Connection.Query(
            $"{Admin} where d.app = $1 and d.person > $2 order by d.person limit $3",
            ReadAdmin, app.Value, after ?? 0, size + 1),
        size,
        admin => admin.Person.Key.Value);
}
