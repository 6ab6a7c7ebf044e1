using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Pushing;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    private const string EndpointColumns =
        "e.key, e.id, e.type, e.resource, e.name, e.token, e.voip_token, e.allow, e.state, e.created, e.updated";

    private static UserEndpoint ReadEndpoint(SqlRow row) => new(
        row.Integer(0),
        row.Text(1),
        new NewEndpoint(
            (EndpointType)row.Integer(2), row.Text(3), row.TextOrNull(4), row.Text(5), row.TextOrNull(6), row.Flag(7)),
        (EndpointState)row.Integer(8),
        Rows.Time(row, 9),
        Rows.Time(row, 10));

    public UserEndpoint? FindEndpoint(UserKey user, string id) => Connection.First(
        $"select {EndpointColumns} from endpoint e where e.id = $2 and e.person = $1", ReadEndpoint, user.Value, id);

    public UserEndpoint? FindEndpoint(UserKey user, EndpointType type, string resource, string token) => Connection.First(
        $"select {EndpointColumns} from endpoint e where e.person = $1 and e.type = $2 and e.resource = $3 and e.token = $4",
        ReadEndpoint, user.Value, (long)type, resource, token);

    public Page<UserEndpoint> ListEndpoints(UserKey user, int size, long? after) => Page.Of(
        Connection.Query(
            $"select {EndpointColumns} from endpoint e where e.person = $1 and e.key > $2 order by e.key limit $3",
            ReadEndpoint, user.Value, after ?? 0, size + 1),
        size,
        endpoint => endpoint.Key);

    public long CountEndpoints(UserKey user) =>
        Connection.Number("select count(*) from endpoint where person = $1", user.Value) ?? 0;

    public Preference? FindPreference(ChannelKey channel, UserKey user) => Connection.First(
        "select notify, filter from member where channel = $1 and person = $2 and notify is not null",
        static row => ReadPreference(row, 0), channel.Value, user.Value);

    private static Preference ReadPreference(SqlRow row, int from) =>
        new((Notifications)row.Integer(from), row.TextOrNull(from + 1));

    public WaitingPush? FindPush(long position) => Connection.First(
        """
        select q.position, q.channel, a.id, c.id, q.message, q.sender, q.target, q.title, q.body, q.voip, q.attributes,
            q.created, q.attempts, q.after_person, q.after_endpoint, b.id
        from push q left join sub_channel b on b.key = -q.channel and b.deleted is null
            left join channel c on c.key = coalesce(b.channel, q.channel) and c.deleted is null
            left join app_instance a on a.key = c.app and a.deleted is null
        where q.position = $1
        """,
        static row => new WaitingPush(
            row.Integer(0),
            new(row.Integer(1)),
            row.IsNull(2) ? null : new ChannelAddress(row.Text(2), row.Text(3)) { SubChannelId = row.TextOrNull(15) },
            Convert.ToHexStringLower(row.Blob(4)),
            new(row.Integer(5)),
            row.IsNull(6) ? null : new UserKey(row.Integer(6)),
            new(row.TextOrNull(7), row.TextOrNull(8), row.Flag(9)),
            row.TextOrNull(10),
            Rows.Time(row, 11),
            (int)row.Integer(12),
            new(new(row.Integer(13)), row.Integer(14))),
        position);

    public IReadOnlyList<long> ListDuePushes(Instant now, int most) => Connection.Query(
        "select position from push where due <= $1 order by due, position limit $2",
        static row => row.Integer(0), now.Microseconds, most);

    // Positions rise with time, so the oldest come first without an index of their own.
    public IReadOnlyList<long> ListPushesFrom(Instant time, int most) => [.. Connection.Query(
        "select q.position, q.created from push q order by q.position limit $1",
        static row => (Position: row.Integer(0), Created: Rows.Time(row, 1)), most)
        .TakeWhile(push => push.Created <= time).Select(push => push.Position)];

    // Not the sender's own devices: see SendChannelMessage.
    public IReadOnlyList<Recipient> ListRecipients(WaitingPush push, Progress after, int most)
    {
        var from = push.Target is { } target && target.Value > after.Person.Value ? new(target, 0) : after;
        return Connection.Query(
            RecipientsFrom, ReadRecipient,
            push.Channel.Value, from.Person.Value, from.Endpoint, push.Target?.Value ?? long.MaxValue, push.Sender.Value,
            push.Created.Microseconds, most);
    }

    // Cross joins, so that the database takes the tables in this order, which is that of the result.
    private const string RecipientsFrom =
        $"""
        select {EndpointColumns}, p.key, p.app, a.id, p.kind, p.id, p.name, m.notify, m.filter
        from reachable r cross join endpoint e cross join member m cross join person p cross join app_instance a
        where r.channel = $1 and r.person between $2 and $4 and r.person <> $5
            and e.person = r.person and (e.person > $2 or e.key > $3)
            and m.channel = r.channel and m.person = r.person and p.key = r.person and a.key = p.app and m.created <= $6 and coalesce(m.notify, 0) <> 1
            and e.allow = 1 and e.state = 0 and p.deleted is null
        order by r.person, e.key limit $7
        """;

    private static Recipient ReadRecipient(SqlRow row) =>
        new(Rows.Person(row, 11), ReadEndpoint(row), row.IsNull(17) ? null : ReadPreference(row, 17));
}
