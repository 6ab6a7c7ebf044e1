using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    /// <summary>Columns of a sub-channel under the alias <c>b</c>.</summary>
    protected const string SubChannelColumns = "b.key, b.channel, b.id";

    protected static SubChannel ReadSubChannel(SqlRow row) => new(new(-row.Integer(0)), new(row.Integer(1)), row.Text(2));

    public virtual SubChannel? FindSubChannel(ChannelKey channel, string id) => Connection.First(
        $"select {SubChannelColumns} from sub_channel b where b.channel = $1 and b.id = $2 and b.deleted is null",
        ReadSubChannel, channel.Value, id);

    public Page<SubChannelCount> ListSubChannels(ChannelKey channel, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {SubChannelColumns}, h.members from sub_channel b join channel_head h on h.channel = -b.key
            where b.channel = $1 and b.deleted is null and b.key > $2 order by b.key limit $3
            """,
            static row => new SubChannelCount(ReadSubChannel(row), row.Integer(3)), channel.Value, after ?? 0, size + 1),
        size,
        one => -one.Sub.Log.Value);

    public IReadOnlyList<Member> FindMembers(ChannelKey channel, UserKey user) => Connection.Query(
        $"select {MemberColumns} from {MemberFrom} where m.root = $1 and m.channel < 0 and m.person = $2 order by m.channel desc",
        ReadMember, channel.Value, user.Value);

    public Page<Member> ListElasticMembers(ChannelKey channel, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {MemberColumns} from {MemberFrom}
            where m.root = $1 and m.channel < 0 and m.person > $2 and p.deleted is null and not exists
                (select 1 from member o where o.root = $1 and o.channel < 0 and o.person = m.person and o.channel > m.channel)
            order by m.person limit $3
            """,
            ReadMember, channel.Value, after ?? 0, size + 1),
        size,
        member => member.Person.Key.Value);

    public long CountElasticChannels(AppKey app) => Connection.Number(
        "select count(*) from channel where app = $1 and elastic_most is not null and deleted is null", app.Value) ?? 0;
}
