using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Messages;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    private const string FlowColumns = "f.key, f.app, a.id, f.id, f.name, f.processors, f.created, f.updated";

    private static Flow ReadFlow(SqlRow row) => new(
        new(row.Integer(0)), new(row.Integer(1)), row.Text(2), row.Text(3), row.Text(4),
        JsonSerializer.Deserialize(row.Text(5), FlowJson.Default.IReadOnlyListFlowProcessor)!,
        Rows.Time(row, 6), Rows.Time(row, 7));

    public Flow? FindFlow(FlowAddress address) => Connection.First(
        $"""
        select {FlowColumns} from app_instance a join channel_flow f on f.app = a.key
        where a.id = $1 and a.deleted is null and f.id = $2
        """,
        ReadFlow, address.AppId, address.Id);

    public Page<Flow> ListFlows(AppKey app, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {FlowColumns} from channel_flow f join app_instance a on a.key = f.app
            where f.app = $1 and f.key > $2 order by f.key limit $3
            """,
            ReadFlow, app.Value, after ?? 0, size + 1),
        size,
        flow => flow.Key.Value);

    // The quota bounds it, so it needs no counter.
    public long CountFlows(AppKey app) =>
        Connection.Number("select count(*) from channel_flow where app = $1", app.Value) ?? 0;

    public Page<Channel> ListFlowChannels(FlowKey flow, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {Rows.Channel} from {Rows.ChannelFrom}
            where c.flow = $1 and c.flow is not null and c.deleted is null and c.key > $2 order by c.key limit $3
            """,
            Rows.ReadChannel, flow.Value, after ?? 0, size + 1),
        size,
        channel => channel.Key.Value);

    protected const string PendingSelect =
        """
        select q.key, c.id, q.callback, q.edits, q.state, q.push, q.function, q.fallback, q.asked, q.detail, q.ends,
            q.id, q.channel, q.persistent, q.content, q.metadata, q.attributes, q.content_type, q.created,
            s.key, s.app, a.id, s.kind, s.id, s.name, t.key, t.app, a.id, t.kind, t.id, t.name, x.id
        from pending_message q left join sub_channel x on x.key = -q.channel
        join channel c on c.key = coalesce(x.channel, q.channel) join person s on s.key = q.sender
        join app_instance a on a.key = s.app left join person t on t.key = q.target
        """;

    protected static PendingMessage ReadPending(SqlRow row)
    {
        var edits = row.Flag(3);
        var asked = Rows.Time(row, 8);
        var message = new Message(
            Convert.ToHexStringLower(row.Blob(11)),
            new(row.Integer(12)),
            0,
            MessageType.Standard,
            row.Flag(13),
            Rows.Person(row, 19),
            row.TextOrNull(14),
            row.TextOrNull(15),
            row.TextOrNull(16),
            row.TextOrNull(17),
            row.IsNull(25) ? null : Rows.Person(row, 25),
            Rows.Time(row, 18),
            asked,
            edits ? asked : null,
            MessageState.Sent);
        var pending = new PendingMessage(
            row.Integer(0),
            new(row.Text(21), row.Text(1)) { SubChannelId = row.TextOrNull(31) },
            Convert.ToHexStringLower(row.Blob(2)),
            edits,
            (PendingState)row.Integer(4),
            message,
            row.TextOrNull(5) is { } push ? JsonSerializer.Deserialize(push, FlowJson.Default.Push) : null,
            row.Text(6),
            (FallbackAction)row.Integer(7),
            asked,
            row.TextOrNull(9),
            Rows.Time(row, 10));
        return pending with { Message = message with { Status = pending.Status, StatusDetail = pending.Detail } };
    }

    public PendingMessage? FindPending(ChannelKey channel, string messageId) => Bytes16(messageId) is not { } id
        ? null
        : Connection.First(
            $"{PendingSelect} where q.channel = $1 and q.id = $2 order by q.key desc limit 1", ReadPending, channel.Value, id);

    public PendingMessage? FindCallback(ChannelKey channel, string callbackId) => Bytes16(callbackId) is not { } callback
        ? null
        : Connection.First(
            $"{PendingSelect} where q.callback = $1 and c.key = $2", ReadPending, callback, channel.Value);

    /// <summary>Null for what is no id that was ever given out.</summary>
    private static byte[]? Bytes16(string id) =>
        id.Length == 32 && id.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(id) : null;
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<FlowProcessor>))]
[JsonSerializable(typeof(Push))]
internal sealed partial class FlowJson : JsonSerializerContext;
