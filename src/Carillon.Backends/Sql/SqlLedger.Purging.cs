using Carillon.Core;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    private void AddPurge(PurgeKind kind, long key) =>
        Connection.Execute("insert into purge(kind, key) values ($1, $2)", (long)kind, key);

    public PurgeTask? NextPurge() => Connection.First(
        """
        select q.position, q.kind, q.key, p.key, p.app, a.id, p.kind, p.id, p.name
        from purge q left join person p on p.key = q.key and q.kind = 1 left join app_instance a on a.key = p.app
        order by q.position limit 1
        """,
        static row => new PurgeTask(
            row.Integer(0), (PurgeKind)row.Integer(1), row.Integer(2), row.IsNull(3) ? null : Rows.Person(row, 3)));

    public void FinishPurge(PurgeTask task) =>
        Connection.Execute("delete from purge where position = $1", task.Position);

    public bool ForgetRequests(int most) => Connection.Execute(
        """
        delete from request where (day, key) in
            (select day, key from request where day < $1 order by day, key limit $2)
        """,
        DayOf(Now) - 1, most) == most;

    public bool Purge(PurgeTask task, int most) => task.Kind switch
    {
        PurgeKind.Channel => PurgeChannel(task.Key, most),
        PurgeKind.SubChannel => PurgeLog(task.Key, most),
        PurgeKind.AppInstance => PurgeApp(task, most),
        PurgeKind.Stream => PurgeStream(task.Key, most),

        // The person's row is gone already, with its app instance.
        _ => true,
    };

    private bool PurgeChannel(long channel, int most)
    {
        if (!PurgeLog(channel, most))
        {
            return false;
        }

        // What is left of its sub-channels goes after it, one by one; their rows tell how far that has come.
        if (Connection.Number("select key from sub_channel where channel = $1 limit 1", channel) is { } sub)
        {
            if (PurgeLog(-sub, most))
            {
                Connection.Execute("delete from sub_channel where key = $1", sub);
            }

            return false;
        }

        if (Connection.Execute(
            """
            delete from ban where channel = $1 and person in
                (select person from ban where channel = $1 order by person limit $2)
            """,
            channel, most) > 0)
        {
            return false;
        }

        Connection.Execute("delete from moderator where channel = $1", channel);
        Connection.Execute("delete from balance where channel = $1", channel);
        Connection.Execute("delete from channel where key = $1", channel);
        return true;
    }

    /// <summary>Messages, events, members and head of a log, a channel's own or a sub-channel's.</summary>
    private bool PurgeLog(long channel, int most)
    {
        if (Connection.Execute(
                """
                delete from message where position in
                    (select position from message where channel = $1 order by sequence limit $2)
                """,
                channel, most) > 0
            || Connection.Execute(
                """
                delete from event where position in
                    (select position from event where channel = $1 order by sequence limit $2)
                """,
                channel, most) > 0
            || Connection.Execute(
                """
                delete from pending_message where key in
                    (select key from pending_message where channel = $1 order by id limit $2)
                """,
                channel, most) > 0)
        {
            return false;
        }

        Connection.Execute("delete from push where channel = $1", channel);
        var members = Connection.Query(
            "select person from member where channel = $1 order by person limit $2",
            static row => row.Integer(0), channel, most);
        foreach (var person in members)
        {
            Connection.Execute("delete from member where channel = $1 and person = $2", channel, person);
            Connection.Execute("update person set memberships = memberships - 1 where key = $1", person);
            ForgetReachable(new(channel), new(person));
        }

        if (members.Count > 0)
        {
            return false;
        }

        Connection.Execute("delete from history where channel = $1", channel);
        Connection.Execute("delete from channel_bot where channel = $1", channel);
        Connection.Execute("delete from channel_head where channel = $1", channel);
        return true;
    }

    /// <summary>Channels first, each by the task of its own; then people; then the app instance itself.</summary>
    private bool PurgeApp(PurgeTask task, int most)
    {
        var app = task.Key;
        var channels = Connection.Query(
            "select key from channel where app = $1 and deleted is null order by key limit $2",
            static row => row.Integer(0), app, most);
        foreach (var channel in channels)
        {
            Connection.Execute("update channel set deleted = $2 where key = $1", channel, Now.Microseconds);
            AddPurge(PurgeKind.Channel, channel);
        }

        if (channels.Count > 0)
        {
            return false;
        }

        if (Connection.Number("select 1 from channel where app = $1 and deleted is not null limit 1", app) is not null)
        {
            // Its channels are being purged: stand in line behind them.
            FinishPurge(task);
            AddPurge(PurgeKind.AppInstance, app);
            return false;
        }

        if (Connection.Execute(
            "delete from endpoint where key in (select key from endpoint where app = $1 limit $2)", app, most) > 0
            || Connection.Execute(
            "delete from person where key in (select key from person where app = $1 and deleted is null limit $2)",
            app, most) > 0
            || Connection.Execute(
                "delete from person where key in (select key from person where app = $1 and deleted is not null limit $2)",
                app, most) > 0)
        {
            return false;
        }

        var prefix = Connection.First(
            "select id from app_instance where key = $1", static row => $"app-instance/{row.Text(0)}", app);
        // '0' follows '/' among characters: everything below the app instance, and nothing beside it.
        if (prefix is not null && Connection.Execute(
            """
            delete from tag where (resource, name) in
                (select resource, name from tag where resource = $1 or (resource >= $2 and resource < $3) limit $4)
            """,
            prefix, prefix + "/", prefix + "0", most) > 0)
        {
            return false;
        }

        if (Connection.Execute(
            "delete from channel_flow where key in (select key from channel_flow where app = $1 order by id limit $2)",
            app, most) > 0)
        {
            return false;
        }

        Connection.Execute("delete from admin where app = $1", app);
        DeleteStreamingOf(app);
        Connection.Execute("delete from app_instance where key = $1", app);
        return true;
    }
}
