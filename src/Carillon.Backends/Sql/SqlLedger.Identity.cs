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
        Connection.Execute("update app_instance set users = users + 1 where key = $1", app.Key.Value);
        return new(new(new(key), app.Key, app.Id, kind, id, name), metadata, expiration, Now, Now);
    }

    public AppUser UpdateUser(AppUser user, string name, string? metadata)
    {
        Connection.Execute(
            "update person set name = $2, metadata = $3, updated = $4 where key = $1",
            user.Person.Key.Value, name, metadata, Now.Microseconds);
        return user with { Person = user.Person with { Name = name }, Metadata = metadata, Updated = Now };
    }

    public void DeleteUser(Person user)
    {
        var key = user.Key.Value;
        Connection.Execute("update person set deleted = $2, metadata = null where key = $1", key, Now.Microseconds);
        Connection.Execute("update app_instance set users = users - 1 where key = $1", user.App.Value);
        DeleteAdmin(user.App, user.Key);
        DeleteEndpoints(user.Key);
        DeleteTags($"app-instance/{user.AppId}/user/{user.Id}");
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

    private void DeleteTags(string resource) => Connection.Execute("delete from tag where resource = $1", resource);
}
