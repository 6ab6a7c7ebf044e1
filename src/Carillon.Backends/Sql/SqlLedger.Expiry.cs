using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    // What lies in a deleted app instance goes with it.
    public Person? NextExpiredUser() => Connection.First(
        """
        select p.key, p.app, a.id, p.kind, p.id, p.name from person p join app_instance a on a.key = p.app
        where p.expires <= $1 and p.expires is not null and p.deleted is null and a.deleted is null
        order by p.expires limit 1
        """,
        static row => Rows.Person(row), Now.Microseconds);

    public Channel? NextExpiredChannel() => Connection.First(
        $"""
        select {Rows.Channel} from {Rows.ChannelFrom}
        where c.expires <= $1 and c.expires is not null and c.deleted is null and a.deleted is null
        order by c.expires limit 1
        """,
        Rows.ReadChannel, Now.Microseconds);

    public Instant? LastSaid(ChannelKey channel)
    {
        var created = Connection.Number(
            "select created from message where channel = $1 order by sequence desc limit 1", channel.Value)
            ?? Connection.Number("select expired_created from channel_head where channel = $1", channel.Value);
        return created is { } time ? new Instant(time) : null;
    }

    public void PostponeExpiry(ChannelKey channel, Instant end) =>
        Connection.Execute("update channel set expires = $2 where key = $1", channel.Value, end.Microseconds);
}
