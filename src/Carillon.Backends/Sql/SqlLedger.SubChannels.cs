using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public SubChannel AddSubChannel(ChannelKey channel, string id)
    {
        var key = Connection.Number(
            "insert into sub_channel(channel, id, created) values ($1, $2, $3) returning key",
            channel.Value, id, Now.Microseconds)!.Value;

        // Without a privacy: no list of channels has parts in it.
        Connection.Execute(
            """
            insert into channel_head(channel, sequence, members, moderators, messages, app)
            values ($1, 0, 0, 0, 0, (select app from channel where key = $2))
            """,
            -key, channel.Value);
        return new(new(-key), channel, id);
    }

    public void DeleteSubChannel(SubChannel sub)
    {
        Connection.Execute("update sub_channel set deleted = $2 where key = $1", -sub.Log.Value, Now.Microseconds);
        var (head, whole) = (Head(sub.Log), ChangedHead(sub.Channel));
        whole.Messages -= head.Messages;
        whole.Targeted -= head.Targeted;

        // Purging takes its messages: retention must not take them off the whole's counters again.
        Connection.Execute("delete from history where channel = $1", sub.Log.Value);
        AddPurge(PurgeKind.SubChannel, sub.Log.Value);
    }

    /// <summary>The elastic channel that a log is a part of; null for the log of a channel without parts.</summary>
    private ChannelKey? RootOf(ChannelKey log)
    {
        if (log.Value > 0)
        {
            return null;
        }

        if (!_roots.TryGetValue(log, out var root))
        {
            root = new(Connection.Number("select channel from sub_channel where key = $1", -log.Value)!.Value);
            _roots.Add(log, root);
        }

        return root;
    }

    private readonly Dictionary<ChannelKey, ChannelKey> _roots = [];

    /// <remarks>Written through, unlike the heads: the emptiest is found by an index.</remarks>
    private void ChangePlaced(ChannelKey log, long by) =>
        Connection.Execute("update sub_channel set placed = placed + $2 where key = $1", -log.Value, by);

    public long CountSubChannels(ChannelKey channel) => Connection.Number(
        "select count(*) from sub_channel where channel = $1 and deleted is null", channel.Value) ?? 0;

    private const string FilledFrom = $"select {SubChannelColumns}, b.placed from sub_channel b";

    private static Filled ReadFilled(SqlRow row) => new(ReadSubChannel(row), row.Integer(3));

    public Filled? FindFilled(ChannelKey log) => Connection.First(
        $"{FilledFrom} where b.key = $1 and b.deleted is null", ReadFilled, -log.Value);

    public IReadOnlyList<Filled> ListEmptiest(ChannelKey channel, int most) => Connection.Query(
        $"{FilledFrom} where b.channel = $1 and b.deleted is null order by b.placed, b.key limit $2",
        ReadFilled, channel.Value, most);

    public Filled? FindFullest(ChannelKey channel, long atMost, ChannelKey? except) => Connection.First(
        $"""
        {FilledFrom} where b.channel = $1 and b.deleted is null and b.placed <= $2 and b.key <> $3
        order by b.placed desc, b.key desc limit 1
        """,
        ReadFilled, channel.Value, atMost, -(except?.Value ?? 0));

    public IReadOnlyList<Member> MoveMembers(SubChannel from, SubChannel into, int most)
    {
        var members = Connection.Query(
            $"""
            select {MemberColumns} from {MemberFrom}
            where m.channel = $1 and m.placed = 1 order by m.person desc limit $2
            """,
            ReadMember, from.Log.Value, most);
        if (members.Count == 0)
        {
            return members;
        }

        foreach (var member in members)
        {
            // What was said to it, and how far it had read, was elsewhere.
            Connection.Execute(
                """
                update member set channel = $3, updated = $4, last_targeted = null, read_marker = null,
                    latest_targeted = null
                where channel = $1 and person = $2
                """,
                from.Log.Value, member.Person.Key.Value, into.Log.Value, Now.Microseconds);
            ForgetReachable(from.Log, member.Person.Key);
            ReachMember(into.Log, member.Person.Key);
            if (member is { Person.Kind: PersonKind.Bot, Hidden: false })
            {
                DeleteBotMember(from.Log, member.Person.Key);
                AddBotMember(into.Log, member.Person.Key);
            }
        }

        ChangePlaced(from.Log, -members.Count);
        ChangePlaced(into.Log, members.Count);
        ChangedHead(from.Log).Members -= members.Count;
        ChangedHead(into.Log).Members += members.Count;
        return [.. members.Select(m => m with { Channel = into.Log, Sub = into, Updated = Now })];
    }

    public IReadOnlyList<Member> ListEveryone(ChannelKey log, int most) => Connection.Query(
        $"select {MemberColumns} from {MemberFrom} where m.channel = $1 order by m.person limit $2",
        ReadMember, log.Value, most);

    public void AskToBalance(ChannelKey channel) =>
        Connection.Execute("insert into balance(channel) values ($1) on conflict(channel) do nothing", channel.Value);

    // What lies in a deleted app instance goes with it.
    public Channel? NextToBalance() => Connection.First(
        $"""
        select {Rows.Channel} from {Rows.ChannelFrom} where c.key =
            (select w.channel from balance w where exists
                (select 1 from channel o join app_instance i on i.key = o.app
                 where o.key = w.channel and o.deleted is null and i.deleted is null)
             order by w.channel limit 1)
        """,
        Rows.ReadChannel);

    public Transfer? FindTransfer(ChannelKey channel) => Connection.First(
        "select source, destination, ends from balance where channel = $1 and source is not null",
        static row => new Transfer(new(row.Integer(0)), new(row.Integer(1)), row.Flag(2)), channel.Value);

    public void SetTransfer(ChannelKey channel, Transfer? transfer) => Connection.Execute(
        """
        insert into balance(channel, source, destination, ends) values ($1, $2, $3, $4)
        on conflict(channel) do update set source = excluded.source, destination = excluded.destination, ends = excluded.ends
        """,
        channel.Value, transfer?.From.Value, transfer?.Into.Value, transfer is { Ends: true });

    public void FinishBalancing(ChannelKey channel) =>
        Connection.Execute("delete from balance where channel = $1", channel.Value);
}
