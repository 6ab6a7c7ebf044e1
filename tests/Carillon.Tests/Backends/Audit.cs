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

    /// <summary>What goes with its log.</summary>
    private static readonly string[] ofLogs =
        ["message", "event", "member", "channel_head", "history", "channel_bot", "reachable", "push", "pending_message"];

    private sealed record Counted(string What, long Stored, long Real);

    private const string LiveParts =
        "sub_channel s join channel c on c.key = s.channel where s.deleted is null and c.deleted is null";

    public static void Check(SqlConnection sql)
    {
        foreach (var channel in sql.Query(
            $"select key from channel where deleted is null union all select -s.key from {LiveParts}",
            static r => r.Integer(0)))
        {
            var sequences = Log(sql).Where(e => e.Channel == channel).Select(e => e.Sequence).ToList();
            var last = sql.Number("select sequence from channel_head where channel = $1", channel)!.Value;
            var expired = sql.Number("select expired_sequence from channel_head where channel = $1", channel)!.Value;
            var missing = Enumerable.Range(1, (int)last).Select(i => (long)i).Except(sequences);

            // Only what retention has deleted is not there.
            Assert.DoesNotContain(missing, sequence => sequence > expired);
            Assert.Equal(sequences.Count, sequences.Distinct().Count());
            Assert.DoesNotContain(sequences, sequence => sequence > last);
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
        Assert.All(ofLogs, table => Assert.Equal(
            (table, 0L),
            (table, sql.Number(
                $"""
                select count(*) from {table} where (channel > 0 and channel not in (select key from channel))
                  or (channel < 0 and -channel not in (select key from sub_channel))
                """))));
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
        ChannelExpirationUpdated => 13,
        SubChannelCreated => 14,
        SubChannelDeleted => 15,
        MemberMoved => 16,
        _ => -1,
    };

    private static List<Counted> Counters(SqlConnection sql) => sql.Query(
        """
        select 'members of ' || h.channel, h.members, (select count(*) from member m where m.root = h.channel)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'moderators of ' || h.channel, h.moderators, (select count(*) from moderator m where m.channel = h.channel)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'messages of ' || h.channel, h.messages,
               (select count(*) from message m where m.state <> 2 and m.channel in
                 (select h.channel union all select -s.key from sub_channel s where s.channel = h.channel and s.deleted is null))
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'members of sub-channel ' || s.key, h.members, (select count(*) from member m where m.channel = -s.key)
          from channel_head h join sub_channel s on s.key = -h.channel join channel c on c.key = s.channel
          where s.deleted is null and c.deleted is null
        union all
        select 'placed in ' || s.key, s.placed, (select count(*) from member m where m.channel = -s.key and m.placed = 1)
          from sub_channel s join channel c on c.key = s.channel where c.deleted is null
        union all
        select 'messages of sub-channel ' || s.key, h.messages,
               (select count(*) from message m where m.channel = -s.key and m.state <> 2)
          from channel_head h join sub_channel s on s.key = -h.channel join channel c on c.key = s.channel
          where s.deleted is null and c.deleted is null
        union all
        select 'bots of ' || h.channel, h.bots, (select count(*) from member m join person p on p.key = m.person
          where m.channel = h.channel and p.kind = 1 and m.hidden = 0)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'bots beside ' || h.channel, h.bots, (select count(*) from channel_bot b where b.channel = h.channel)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'oldest of ' || m.channel, coalesce((select oldest from history h where h.channel = m.channel), -1), min(m.created)
          from message m join channel c on c.key = m.channel where c.deleted is null group by m.channel
        union all
        select 'no messages of ' || h.channel, 1, (select count(*) from message m where m.channel = h.channel) > 0
          from history h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'hidden members of ' || h.channel, h.hidden,
               (select count(*) from member m where m.channel = h.channel and m.hidden = 1)
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'targeted messages of ' || h.channel, h.targeted,
               (select count(*) from message m where m.state <> 2 and m.target is not null and m.channel in
                 (select h.channel union all select -s.key from sub_channel s where s.channel = h.channel and s.deleted is null))
          from channel_head h join channel c on c.key = h.channel where c.deleted is null
        union all
        select 'place of ' || h.channel, h.latest,
               coalesce((select max(m.position) from message m where m.channel = h.channel and m.target is null),
                        (select e.position from event e where e.channel = h.channel and e.kind = 4), 0)
          from channel_head h join channel c on c.key = h.channel
          where c.deleted is null and c.elastic_most is null and h.expired_sequence = 0
        union all
        select 'bots in app instance ' || a.key, bots, (select count(*) from person p where p.app = a.key and p.kind = 1 and p.deleted is null)
          from app_instance a where a.deleted is null
        union all
        select 'memberships of ' || p.key, memberships, (select count(*) from member m where m.person = p.key) from person p
        union all
        select 'users of ' || a.key, users, (select count(*) from person p where p.app = a.key and p.kind = 0 and p.deleted is null)
          from app_instance a where a.deleted is null
        union all
        select 'channels of ' || a.key, channels, (select count(*) from channel c where c.app = a.key and c.deleted is null)
          from app_instance a where a.deleted is null
        union all
        select 'targeted messages of sub-channel ' || s.key, h.targeted,
               (select count(*) from message m where m.channel = -s.key and m.state <> 2 and m.target is not null)
          from channel_head h join sub_channel s on s.key = -h.channel join channel c on c.key = s.channel
          where s.deleted is null and c.deleted is null
        union all
        select 'bots of sub-channel ' || s.key, h.bots, (select count(*) from member m join person p on p.key = m.person
          where m.channel = -s.key and p.kind = 1)
          from channel_head h join sub_channel s on s.key = -h.channel join channel c on c.key = s.channel
          where s.deleted is null and c.deleted is null
        union all
        select 'bots beside sub-channel ' || s.key, h.bots, (select count(*) from channel_bot b where b.channel = -s.key)
          from channel_head h join sub_channel s on s.key = -h.channel join channel c on c.key = s.channel
          where s.deleted is null and c.deleted is null
        union all
        select 'oldest of sub-channel ' || s.key, coalesce((select oldest from history h where h.channel = -s.key), -1),
               coalesce((select min(m.created) from message m where m.channel = -s.key), -1)
          from sub_channel s join channel c on c.key = s.channel where s.deleted is null and c.deleted is null
        union all
        select 'last message of ' || h.channel, coalesce(h.last_message, -1),
               coalesce((select max(m.created) from message m where m.channel = h.channel and m.target is null), -1)
          from channel_head h left join sub_channel s on s.key = -h.channel join channel c on c.key = coalesce(s.channel, h.channel)
          where h.expired_sequence = 0 and c.deleted is null and s.deleted is null and (c.elastic_most is null or s.key is not null)
        union all
        select 'members in two places', 0, (select count(*) from
          (select 1 from member where placed = 1 group by root, person having count(*) > 1) as twice)
        union all
        select 'members of the wrong channel', 0, (select count(*) from member m left join sub_channel s on s.key = -m.channel
          where m.root <> coalesce(s.channel, m.channel) or s.deleted is not null)
        union all
        select 'reachable, and no member', 0, (select count(*) from reachable r where not exists
          (select 1 from member m where m.channel = r.channel and m.person = r.person))
        union all
        select 'with a device, and not reachable', 0, (select count(*) from member m where exists
            (select 1 from endpoint e where e.person = m.person) and not exists
            (select 1 from reaching g where g.person = m.person) and not exists
            (select 1 from reachable r where r.channel = m.channel and r.person = m.person))
        union all
        select 'content of what was sent or denied', 0, (select count(*) from pending_message where state in (2, 3) and content is not null)
        union all
        select 'admins of ' || a.key, admins, (select count(*) from admin d where d.app = a.key)
          from app_instance a where a.deleted is null
        union all
        select 'open shards of ' || s.key, open_shards, (select count(*) from stream_shard h where h.stream = s.key and h.closed is null)
          from data_stream s where s.deleted is null
        union all
        select 'records of no shard', 0, (select count(*) from stream_pack where shard not in (select key from stream_shard))
        """,
        static r => new Counted(r.Text(0), r.Integer(1), r.Integer(2)));

    private static readonly string[] tables =
        ["app_instance", "person", "admin", "channel", "channel_head", "member", "moderator", "ban", "message", "event", "tag", "purge", "sub_channel", "balance",
        "channel_flow", "pending_message", "history", "channel_bot", "bot_call",
        "streaming_configuration", "streamed_message", "streaming_gap", "relay", "data_stream", "stream_shard", "stream_pack", "stream_tag",
        "endpoint", "reachable", "reaching", "push"];

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
