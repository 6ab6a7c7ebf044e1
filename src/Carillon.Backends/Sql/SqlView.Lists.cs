using Carillon.Core;
using Carillon.Core.Channels;

namespace Carillon.Backends.Sql;

// Lists that start from people or from what was said last. Two channels never share a position, so it is both the order
// and the place where a page ends.
internal partial class SqlView
{
    public Page<Channel> ListLatestChannels(
        AppKey app, ChannelPrivacy privacy, UserKey reader, int size, long? after) => ByLatest(
        Connection.Query(
            $"""
            select {Rows.SeenChannel}, h.latest from {Rows.ChannelFrom}
            left join member m on m.channel = c.key and m.person = $3
            where h.app = $1 and h.privacy = $2 and h.latest < $4 order by h.latest desc limit $5
            """,
            static row => (Rows.ReadChannel(row), row.Integer(Rows.ChannelWidth)),
            app.Value, (long)privacy, reader.Value, after ?? long.MaxValue, size + 1),
        size);

    /// <remarks>Reads two numbers of each of the user's memberships, whose number is a quota, and whole rows of one page.</remarks>
    public Page<Membership> ListMembershipsByLatest(UserKey user, int size, long? after) => ByLatest(
        Connection.Query(
            $"""
            select {Rows.Membership}, o.latest
            from (select y.channel as log, case when y.latest_targeted > x.latest then y.latest_targeted else x.latest end as latest
                  from member y join channel_head x on x.channel = y.channel
                  where y.person = $1 and x.app is not null
                    and case when y.latest_targeted > x.latest then y.latest_targeted else x.latest end < $2
                  order by 2 desc limit $3) o
            join {Rows.MembershipFrom}
            where m.channel = o.log and m.person = $1
            order by o.latest desc
            """,
            static row => (ReadMembership(row), row.Integer(Rows.MembershipWidth)),
            user.Value, after ?? long.MaxValue, size + 1),
        size);

    private static Page<T> ByLatest<T>(List<(T Item, long Latest)> rows, int size)
    {
        var page = Page.Of(rows, size, row => row.Latest);
        return new([.. page.Items.Select(row => row.Item)], page.Next);
    }

    public Channel? FindSeenChannel(ChannelKey channel, UserKey reader) => Connection.First(
        $"""
        select {Rows.SeenChannel} from {Rows.ChannelFrom}
        left join member m on m.channel = c.key and m.person = $2
        where c.key = $1 and c.deleted is null
        """,
        Rows.ReadChannel, channel.Value, reader.Value);

    public Page<Channel> ListModerated(UserKey user, UserKey reader, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {Rows.SeenChannel} from {Rows.ChannelFrom} join moderator o on o.channel = c.key
            left join member m on m.channel = c.key and m.person = $2
            where o.person = $1 and o.channel > $3 and c.deleted is null order by o.channel limit $4
            """,
            Rows.ReadChannel, user.Value, reader.Value, after ?? 0, size + 1),
        size,
        channel => channel.Key.Value);

    public IReadOnlyList<ChannelSize> ListChannelsOf(UserKey user, bool hidden, long after, int most) => Connection.Query(
        """
        select distinct m.root, h.members - h.hidden from member m join channel_head h on h.channel = m.root
        where m.person = $1 and m.root > $2 and (m.hidden = 0 or $3 = 1) and h.app is not null
        order by m.root limit $4
        """,
        static row => new ChannelSize(new(row.Integer(0)), row.Integer(1)), user.Value, after, hidden, most);

    public bool IsMember(ChannelKey channel, UserKey user, bool hidden) => Connection.Number(
        "select 1 from member where root = $1 and person = $2 and (hidden = 0 or $3 = 1) limit 1",
        channel.Value, user.Value, hidden) is not null;
}
