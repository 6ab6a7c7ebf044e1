using Carillon.Core;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public AppInstance AddApp(string id, string name, string? metadata)
    {
        var key = Connection.Number(
            "insert into app_instance(id, name, metadata, created, updated) values ($1, $2, $3, $4, $4) returning key",
            id, name, metadata, Now.Microseconds)!.Value;
        return new(new(key), id, name, metadata, Now, Now);
    }

    public AppInstance UpdateApp(AppInstance app, string name, string? metadata)
    {
        Connection.Execute(
            "update app_instance set name = $2, metadata = $3, updated = $4 where key = $1",
            app.Key.Value, name, metadata, Now.Microseconds);
        return app with { Name = name, Metadata = metadata, Updated = Now };
    }

    public void DeleteApp(AppKey app)
    {
        Connection.Execute("update app_instance set deleted = $2 where key = $1", app.Value, Now.Microseconds);
        AddPurge(PurgeKind.AppInstance, app.Value);
    }

    public AppUser AddUser(
        AppInstance app, PersonKind kind, string id, string name, string? metadata, Expiration? expiration)
    {
        var key = Connection.Number(
            """
            insert into person(app, kind, id, name, metadata, expire_days, expire_from, expires, created, updated)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning key
            """,
            app.Key.Value, (long)kind, id, name, metadata, expiration?.Days, (long?)expiration?.Criterion,
            expiration?.After(Now).Microseconds, Now.Microseconds)!.Value;
        Connection.Execute(Counter(kind, "+ 1"), app.Key.Value);
        return new(new(new(key), app.Key, app.Id, kind, id, name), metadata, expiration, Now, Now);
    }

    /// <param name="by"><c>+ 1</c> or <c>- 1</c>.</param>
    private static string Counter(PersonKind kind, string by)
    {
        var column = kind == PersonKind.Bot ? "bots" : "users";
        return $"update app_instance set {column} = {column} {by} where key = $1";
    }

    public AppUser UpdateUser(AppUser user, string name, string? metadata)
    {
        Connection.Execute(
            "update person set name = $2, metadata = $3, updated = $4 where key = $1",
            user.Person.Key.Value, name, metadata, Now.Microseconds);
        return user with { Person = user.Person with { Name = name }, Metadata = metadata, Updated = Now };
    }

    public AppUser SetExpiration(AppUser user, Expiration? expiration)
    {
        Connection.Execute(
            "update person set expire_days = $2, expire_from = $3, expires = $4 where key = $1",
            user.Person.Key.Value, expiration?.Days, (long?)expiration?.Criterion, expiration?.After(user.Created).Microseconds);
        return user with { Expiration = expiration };
    }

    public void DeleteUser(Person user)
    {
        var key = user.Key.Value;
        Connection.Execute(
            "update person set deleted = $2, metadata = null, configuration = null where key = $1", key, Now.Microseconds);
        Connection.Execute(Counter(user.Kind, "- 1"), user.App.Value);
        DeleteAdmin(user.App, user.Key);
        DeleteEndpoints(user.Key);
        DeleteTags(ResourceAddress.Of(user.Address).Path);
        AddPurge(PurgeKind.User, key);
    }

    public Admin AddAdmin(AppKey app, Person person)
    {
        Connection.Execute(
            "insert into admin(app, person, created) values ($1, $2, $3)", app.Value, person.Key.Value, Now.Microseconds);
        Connection.Execute("update app_instance set admins = admins + 1 where key = $1", app.Value);
        return new(person, Now);
    }

    public bool DeleteAdmin(AppKey app, UserKey user)
    {
        var deleted = Connection.Execute("delete from admin where app = $1 and person = $2", app.Value, user.Value) > 0;
        if (deleted)
        {
            Connection.Execute("update app_instance set admins = admins - 1 where key = $1", app.Value);
        }

        return deleted;
    }

    public void SetRetention(AppKey app, Retention retention) => Connection.Execute(
        "update app_instance set retention_days = $2, retention_set = $3, retention_floor = $4 where key = $1",
        app.Value, retention.Days, retention.Set?.Microseconds, retention.Floor.Microseconds);

    public void AddTags(string resource, IReadOnlyList<Tag> tags)
    {
        foreach (var tag in tags)
        {
            Connection.Execute(
                """
                insert into tag(resource, name, value) values ($1, $2, $3)
                on conflict(resource, name) do update set value = excluded.value
                """,
                resource, tag.Key, tag.Value);
        }
    }

    public void RemoveTags(string resource, IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            Connection.Execute("delete from tag where resource = $1 and name = $2", resource, key);
        }
    }

    private void DeleteTags(string resource) => Connection.Execute("delete from tag where resource = $1", resource);
}
