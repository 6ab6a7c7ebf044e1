using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

/// <summary>How rows read. Each constant is a column list, each function reads exactly that list.</summary>
internal static class Rows
{
    /// <summary>Columns of a person under a table alias: <c>p</c>; its app instance's id comes with it.</summary>
    public const int PersonWidth = 6;

    public const string App = "a.key, a.id, a.name, a.metadata, a.created, a.updated";

    private const string ChannelStart =
        "c.key, c.app, a.id, c.id, c.name, c.mode, c.privacy, c.metadata, c.expire_days, c.expire_from, c.created, c.updated";

    private const string ChannelEnd = "u.key, u.kind, u.id, u.name, c.elastic_most, c.elastic_target, c.elastic_least, f.id";

    /// <summary>Columns of a channel.</summary>
    public const int ChannelWidth = 21;

    public const string Channel = $"{ChannelStart}, h.last_message, {ChannelEnd}";

    /// <summary>When the member <c>m</c> last saw something said: targeted messages count for those who see them.</summary>
    public const string LastSeenMessage =
        "case when m.last_targeted > coalesce(h.last_message, 0) then m.last_targeted else h.last_message end";

    /// <summary>A channel as <c>m</c> sees it, a member or nobody.</summary>
    public const string SeenChannel = $"{ChannelStart}, {LastSeenMessage}, {ChannelEnd}";

    /// <summary>A channel as the member <c>m</c> sees it, and the membership.</summary>
    public const string Membership = $"{SeenChannel}, m.hidden, m.read_marker, m.channel, b.id";

    /// <summary>Columns of a membership.</summary>
    public const int MembershipWidth = ChannelWidth + 4;

    /// <summary>The head is that of the part of the channel that the member is in.</summary>
    public const string MembershipFrom =
        """
        member m join channel c on c.key = m.root join app_instance a on a.key = c.app
        join channel_head h on h.channel = m.channel join person u on u.key = c.created_by
        left join channel_flow f on f.key = c.flow left join sub_channel b on b.key = -m.channel
        """;

    public const string ChannelFrom =
        """
        channel c join app_instance a on a.key = c.app join channel_head h on h.channel = c.key
        join person u on u.key = c.created_by left join channel_flow f on f.key = c.flow
        """;

    /// <summary>Columns of a message.</summary>
    public const int MessageWidth = 24;

    public const string Message =
        """
        m.id, m.channel, m.sequence, m.type, m.state, m.content, m.metadata, m.attributes, m.content_type,
        m.created, m.updated, m.edited,
        s.key, s.app, a.id, s.kind, s.id, s.name,
        t.key, t.app, a.id, t.kind, t.id, t.name
        """;

    public const string MessageFrom =
        """
        message m join person s on s.key = m.sender join app_instance a on a.key = s.app
        left join person t on t.key = m.target
        """;

    public static Person Person(SqlRow row, int from = 0) => new(
        new(row.Integer(from)),
        new(row.Integer(from + 1)),
        row.Text(from + 2),
        (PersonKind)row.Integer(from + 3),
        row.Text(from + 4),
        row.TextOrNull(from + 5));

    public static AppInstance AppInstance(SqlRow row) => new(
        new(row.Integer(0)), row.Text(1), row.Text(2), row.TextOrNull(3), Time(row, 4), Time(row, 5));

    public static Channel ReadChannel(SqlRow row) => new(
        new(row.Integer(0)),
        new(row.Integer(1)),
        row.Text(2),
        row.Text(3),
        row.Text(4),
        (ChannelMode)row.Integer(5),
        (ChannelPrivacy)row.Integer(6),
        row.TextOrNull(7),
        new Person(new(row.Integer(13)), new(row.Integer(1)), row.Text(2), (PersonKind)row.Integer(14), row.Text(15), row.TextOrNull(16)),
        Expiration(row, 8),
        Time(row, 10),
        Time(row, 11),
        TimeOrNull(row, 12))
    {
        Elastic = row.IsNull(17) ? null : new((int)row.Integer(17), (int)row.Integer(18), (int)row.Integer(19)),
        FlowId = row.TextOrNull(20),
    };

    public static Message ReadMessage(SqlRow row) => new(
        Convert.ToHexStringLower(row.Blob(0)),
        new(row.Integer(1)),
        row.Integer(2),
        (MessageType)row.Integer(3),
        Persistent: true,
        Person(row, 12),
        row.TextOrNull(5),
        row.TextOrNull(6),
        row.TextOrNull(7),
        row.TextOrNull(8),
        row.IsNull(18) ? null : Person(row, 18),
        Time(row, 9),
        Time(row, 10),
        TimeOrNull(row, 11),
        (MessageState)row.Integer(4));

    public static Expiration? Expiration(SqlRow row, int from) =>
        row.IsNull(from) ? null : new((int)row.Integer(from), (ExpirationCriterion)row.Integer(from + 1));

    public static Instant Time(SqlRow row, int column) => new(row.Integer(column));

    public static Instant? TimeOrNull(SqlRow row, int column) =>
        row.IsNull(column) ? null : new Instant(row.Integer(column));
}
