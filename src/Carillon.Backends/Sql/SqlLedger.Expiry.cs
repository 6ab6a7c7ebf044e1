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

    public Instant? LastSaid(Channel channel)
    {
        const string Last =
            """
            coalesce((select created from message where channel = h.channel order by sequence desc limit 1), h.expired_created)
            """;

        // Of an elastic channel also what was said in parts that are gone, as far as all there could see it.
        var last = channel.Elastic is null
            ? Connection.Number($"select {Last} from channel_head h where h.channel = $1", channel.Key.Value)
            : Connection.Number(
                $"""
                select max(at) from (
                    select {Last} as at from sub_channel s join channel_head h on h.channel = -s.key
                    where s.channel = $1 and s.deleted is null
                    union all select last_message from channel_head where channel = $1) as said
                """,
                channel.Key.Value);
        return last is { } created ? new Instant(created) : null;
    }

    public void PostponeExpiry(ChannelKey channel, Instant end) =>
        Connection.Execute("update channel set expires = $2 where key = $1", channel.Value, end.Microseconds);
}
