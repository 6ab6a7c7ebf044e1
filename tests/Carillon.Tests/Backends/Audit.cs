using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Sql;
using Xunit;

namespace Carillon.Tests.Backends;

/// <summary>Counts everything again, from the rows alone.</summary>
internal static class Audit
{
    /// <summary>One row of the log. Kind 0 is a message's creation; the others are the numbers that are stored.</summary>
    public sealed record Entry(long Position, long Channel, long Sequence, int Kind, long? Actor);

    private sealed record Counted(string What, long Stored, long Real);

    public static void Check(SqlConnection sql)
    {
        foreach (var channel in sql.Query("select key from channel where deleted is null", static r => r.Integer(0)))
        {
            var sequences = Log(sql).Where(e => e.Channel == channel).Select(e => e.Sequence).ToList();
            Assert.Equal(Enumerable.Range(1, sequences.Count).Select(i => (long)i), sequences.Order());
            Assert.Equal(sequences.Count, sql.Number("select sequence from channel_head where channel = $1", channel));
            Assert.Equal(sequences.Order(), sequences);
        }

        var log = Log(sql);
        Assert.Equal(log.Count, log.Select(e => e.Position).Distinct().Count());
        Assert.True(log.Count == 0 || log[^1].Position <= sql.Number("select position from log_head"));
        Assert.Equal(0, sql.Number(
            """
            with log as (select channel, sequence, created as at from message
                         union all select channel, sequence, at from event)
            select count(*) from (select at, lag(at) over (partition by channel order by sequence) as before from log)
            where at < before
            """));
        Assert.All(Counters(sql), counted => Assert.Equal(counted with { Stored = counted.Real }, counted));
    }

    /// <summary>The log in the order of its positions.</summary>
    public static List<Entry> Log(SqlConnection sql) => sql.Query(
        """
        select position, channel, sequence, 0, sender from message
        union all select position, channel, sequence, kind, actor from event order by 1
        """,
        static r => new Entry(r.Integer(0), r.Integer(1), r.Integer(2), (int)r.Integer(3), r.IntegerOrNull(4)));

    public static Entry EntryOf(ChannelEvent happened) =>
        new(happened.Position, happened.Channel.Key.Value, happened.Sequence, KindOf(happened), happened.Actor?.Key.Value);

    private static int KindOf(ChannelEvent happened) => happened switch
    {
        MessageCreated => 0,
        MessageUpdated => 1,
        MessageRedacted => 2,
        MessageDeleted => 3,
        ChannelCreated => 4,
        ChannelUpdated => 5,
        ChannelDeleted => 6,
        MemberJoined => 7,
        MemberLeft => 8,
        ModeratorCreated => 9,
        ModeratorDeleted => 10,
        BanCreated => 11,
        BanDeleted => 12,
        _ => -1,
    };

    private static List<Counted> Counters(SqlConnection sql) => sql.Query(
        """
        select 'members of ' || h.channel, h.members, (select count(*) from member m where m.channel = h.channel)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'moderators of ' || h.channel, h.moderators, (select count(*) from moderator m where m.channel = h.channel)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'messages of ' || h.channel, h.messages,
               (select count(*) from message m where m.channel = h.channel and m.state <> 2)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'memberships of ' || p.key, memberships, (select count(*) from member m where m.person = p.key) from person p
        union all
        select 'users of ' || a.key, users, (select count(*) from person p where p.app = a.key and p.deleted is null)
          from app_instance a where a.deleted is null
        union all
        select 'channels of ' || a.key, channels, (select count(*) from channel c where c.app = a.key and c.deleted is null)
          from app_instance a where a.deleted is null
        union all
        select 'admins of ' || a.key, admins, (select count(*) from admin d where d.app = a.key)
          from app_instance a where a.deleted is null
        """,
        static r => new Counted(r.Text(0), r.Integer(1), r.Integer(2)));

    private static readonly string[] tables =
        ["app_instance", "person", "admin", "channel", "channel_head", "member", "moderator", "ban", "message", "event", "tag", "purge"];

    /// <summary>Every row of every table that purging may touch, as text.</summary>
    public static List<string> Dump(SqlConnection sql) => Dump(sql, tables);

    /// <summary>Every row that there is, as text.</summary>
    public static List<string> DumpAll(SqlConnection sql) => Dump(
        sql, sql.Query("select name from sqlite_master where type = 'table' order by name", static r => r.Text(0)));

    private static List<string> Dump(SqlConnection sql, IEnumerable<string> tables)
    {
        var all = new List<string>();
        foreach (var table in tables)
        {
            var columns = sql.Query($"select name from pragma_table_info('{table}')", static r => r.Text(0));
            var row = string.Join(" || '|' || ", columns.Select(c => $"quote(\"{c}\")"));
            all.AddRange(sql.Query($"select '{table}: ' || {row} from {table} order by 1", static r => r.Text(0)));
        }

        return all;
    }
}
