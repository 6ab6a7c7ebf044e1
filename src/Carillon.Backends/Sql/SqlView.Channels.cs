using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    public virtual Channel? FindChannel(ChannelAddress address) => Connection.First(
        $"""
        select {Rows.Channel} from {Rows.ChannelFrom}
        where a.id = $1 and a.deleted is null and c.id = $2 and c.deleted is null
        """,
        Rows.ReadChannel, address.AppId, address.Id);

    public Page<Channel> ListChannels(AppKey app, ChannelPrivacy privacy, UserKey reader, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {Rows.SeenChannel} from {Rows.ChannelFrom}
            left join member m on m.channel = c.key and m.person = $3
            where c.app = $1 and c.privacy = $2 and c.deleted is null and c.key > $4 order by c.key limit $5
            """,
            Rows.ReadChannel, app.Value, (long)privacy, reader.Value, after ?? 0, size + 1),
        size,
        channel => channel.Key.Value);

    public virtual Roles FindRoles(Channel channel, UserKey user)
    {
        // Who is in any part of an elastic channel is a member of the whole.
        var hidden = channel.Elastic is not null && channel.Sub is null
            ? "select hidden from member where root = $4 and channel < 0 and person = $3 limit 1"
            : "select hidden from member where channel = $4 and person = $3";
        return Connection.First(
            $"""
            select exists(select 1 from admin where app = $1 and person = $3),
                   exists(select 1 from moderator where channel = $2 and person = $3),
                   ({hidden}),
                   exists(select 1 from ban where channel = $2 and person = $3)
            """,
            static row => new Roles(row.Flag(0), row.Flag(1), row.IsNull(2) ? null : row.Flag(2), row.Flag(3)),
            channel.App.Value, channel.Root.Value, user.Value, channel.Key.Value)!;
    }

    protected const string MemberColumns =
        $"{TwoPeople}, m.channel, m.hidden, m.created, m.updated, m.root, b.id";

    protected const string MemberFrom =
        """
        member m join person p on p.key = m.person join person i on i.key = m.invited_by
        join app_instance a on a.key = p.app left join sub_channel b on b.key = -m.channel
        """;

    protected static Member ReadMember(SqlRow row) => new(
        Rows.Person(row),
        new(row.Integer(12)),
        row.Flag(13),
        Rows.Person(row, Rows.PersonWidth),
        Rows.Time(row, 14),
        Rows.Time(row, 15))
    {
        Sub = row.IsNull(17) ? null : new(new(row.Integer(12)), new(row.Integer(16)), row.Text(17)),
    };

    public Member? FindMember(ChannelKey channel, UserKey user) => Connection.First(
        $"select {MemberColumns} from {MemberFrom} where m.channel = $1 and m.person = $2",
        ReadMember, channel.Value, user.Value);

    public Page<Member> ListMembers(ChannelKey channel, bool hidden, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {MemberColumns} from {MemberFrom}
            where m.channel = $1 and m.person > $2 and m.hidden = $3 and p.deleted is null order by m.person limit $4
            """,
            ReadMember, channel.Value, after ?? 0, hidden, size + 1),
        size,
        member => member.Person.Key.Value);

    public long CountMembers(ChannelKey channel) => Head(channel).Members;

    public long CountModerators(ChannelKey channel) => Head(channel).Moderators;

    public ChannelCounts Count(ChannelKey channel)
    {
        var head = Head(channel);
        return new(head.Members - head.Hidden, head.Hidden, head.Messages - head.Targeted);
    }

    /// <summary>What moves with every event of the channel; the ledger answers from what it has not written yet.</summary>
    protected virtual ChannelHead Head(ChannelKey channel) => ReadHead(channel);

    protected ChannelHead ReadHead(ChannelKey channel) => Connection.First(
        """
        select sequence, last_message, members, moderators, messages, hidden, targeted, latest, bots
        from channel_head where channel = $1
        """,
        static row => new ChannelHead
        {
            Sequence = row.Integer(0),
            LastMessage = Rows.TimeOrNull(row, 1),
            Members = row.Integer(2),
            Moderators = row.Integer(3),
            Messages = row.Integer(4),
            Hidden = row.Integer(5),
            Targeted = row.Integer(6),
            Latest = row.Integer(7),
            Bots = row.Integer(8),
        },
        channel.Value) ?? new ChannelHead();

    private static Membership ReadMembership(SqlRow row)
    {
        var channel = Rows.ReadChannel(row);
        var sub = row.IsNull(Rows.ChannelWidth + 3)
            ? null
            : new SubChannel(new(row.Integer(Rows.ChannelWidth + 2)), channel.Key, row.Text(Rows.ChannelWidth + 3));
        return new(
            sub is null ? channel : channel.In(sub), row.Flag(Rows.ChannelWidth), Rows.TimeOrNull(row, Rows.ChannelWidth + 1));
    }

    public Membership? FindMembership(ChannelKey channel, UserKey user) => Connection.First(
        $"""
        select {Rows.Membership} from {Rows.MembershipFrom}
        where m.root = $1 and m.person = $2 and c.deleted is null order by m.channel desc limit 1
        """,
        ReadMembership, channel.Value, user.Value);

    /// <remarks>
    /// A page that ends within an elastic channel ends at one of its logs, any other at a channel, so that a channel that is
    /// purged before the next page is asked for is no loss.
    /// </remarks>
    public Page<Membership> ListMemberships(UserKey user, int size, long? after)
    {
        var rows = Connection.Query(
            $"""
            select {Rows.Membership} from {Rows.MembershipFrom}
            where m.person = $1 and c.deleted is null and (m.root, m.channel) >
                (case when $2 < 0 then (select channel from sub_channel where key = -$2) else $2 end, $2)
            order by m.root, m.channel limit $3
            """,
            ReadMembership, user.Value, after ?? 0, size + 1);
        var goesOnWithin = rows.Count > size && rows[size].Channel.Root == rows[size - 1].Channel.Root;
        return Page.Of(rows, size, last => goesOnWithin ? last.Channel.Key.Value : last.Channel.Root.Value);
    }

    public IReadOnlyList<Membership> ListLatestMemberships(UserKey user, bool unreadFirst, int most) => Connection.Query(
        $"""
        select {Rows.Membership} from {Rows.MembershipFrom}
        where m.person = $1 and c.deleted is null
        order by case when $2 = 1 and {Rows.LastSeenMessage} > coalesce(m.read_marker, 0) then 0 else 1 end,
            coalesce({Rows.LastSeenMessage}, 0) desc, m.channel limit $3
        """,
        ReadMembership, user.Value, unreadFirst, most);

    public IReadOnlyList<HeardLog> ListMembershipKeys(UserKey user) => Connection.Query(
        """
        select m.channel, m.root from member m join channel c on c.key = m.root
        where m.person = $1 and c.deleted is null order by m.root, m.channel
        """,
        static row => new HeardLog(new(row.Integer(0)), new(row.Integer(1))), user.Value);

    /// <summary>Two people of one app instance: whom a row is about, and who made it so.</summary>
    private const string TwoPeople =
        "p.key, p.app, a.id, p.kind, p.id, p.name, i.key, i.app, a.id, i.kind, i.id, i.name";

    private const string ModeratorFrom =
        $"""
        select {TwoPeople}, m.created
        from moderator m join person p on p.key = m.person join person i on i.key = m.created_by
        join app_instance a on a.key = p.app
        """;

    public Moderator? FindModerator(ChannelKey channel, UserKey user) => Connection.First(
        $"{ModeratorFrom} where m.channel = $1 and m.person = $2", ReadModerator, channel.Value, user.Value);

    public Page<Moderator> ListModerators(ChannelKey channel, int size, long? after) => Page.Of(
        Connection.Query(
            $"{ModeratorFrom} where m.channel = $1 and m.person > $2 and p.deleted is null order by m.person limit $3",
            ReadModerator, channel.Value, after ?? 0, size + 1),
        size,
        moderator => moderator.Person.Key.Value);

    private static Moderator ReadModerator(SqlRow row) =>
        new(Rows.Person(row), Rows.Person(row, Rows.PersonWidth), Rows.Time(row, 12));

    public IReadOnlyList<Channel> ListModerated(UserKey user, int most) => Connection.Query(
        $"""
        select {Rows.Channel} from {Rows.ChannelFrom} join moderator m on m.channel = c.key
        where m.person = $1 and c.deleted is null order by m.channel limit $2
        """,
        Rows.ReadChannel, user.Value, most);

    public IReadOnlyList<Channel> ListBanning(UserKey user, int most) => Connection.Query(
        $"""
        select {Rows.Channel} from {Rows.ChannelFrom} join ban b on b.channel = c.key
        where b.person = $1 and c.deleted is null order by b.channel limit $2
        """,
        Rows.ReadChannel, user.Value, most);

    private const string BanFrom =
        $"""
        select {TwoPeople}, b.created
        from ban b join person p on p.key = b.person join person i on i.key = b.created_by
        join app_instance a on a.key = p.app
        """;

    public Ban? FindBan(ChannelKey channel, UserKey user) => Connection.First(
        $"{BanFrom} where b.channel = $1 and b.person = $2", ReadBan, channel.Value, user.Value);

    public Page<Ban> ListBans(ChannelKey channel, int size, long? after) => Page.Of(
        Connection.Query(
            $"{BanFrom} where b.channel = $1 and b.person > $2 and p.deleted is null order by b.person limit $3",
            ReadBan, channel.Value, after ?? 0, size + 1),
        size,
        ban => ban.Person.Key.Value);

    private static Ban ReadBan(SqlRow row) =>
        new(Rows.Person(row), Rows.Person(row, Rows.PersonWidth), Rows.Time(row, 12));
}
