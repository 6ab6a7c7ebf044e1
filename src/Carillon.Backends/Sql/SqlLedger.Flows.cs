using System.Text.Json;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Identity;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public Flow AddFlow(AppInstance app, string id, string name, IReadOnlyList<FlowProcessor> processors)
    {
        var key = Connection.Number(
            """
            insert into channel_flow(app, id, name, processors, created, updated) values ($1, $2, $3, $4, $5, $5)
            returning key
            """,
            app.Key.Value, id, name, Json(processors), Now.Microseconds)!.Value;
        return new(new(key), app.Key, app.Id, id, name, processors, Now, Now);
    }

    public Flow UpdateFlow(Flow flow, string name, IReadOnlyList<FlowProcessor> processors)
    {
        Connection.Execute(
            "update channel_flow set name = $2, processors = $3, updated = $4 where key = $1",
            flow.Key.Value, name, Json(processors), Now.Microseconds);
        return flow with { Name = name, Processors = processors, Updated = Now };
    }

    public void DeleteFlow(Flow flow)
    {
        Connection.Execute("delete from channel_flow where key = $1", flow.Key.Value);
        DeleteTags($"app-instance/{flow.AppId}/channel-flow/{flow.Id}");
    }

    public Channel SetFlow(Channel channel, Flow? flow)
    {
        Connection.Execute(
            "update channel set flow = $2, updated = $3 where key = $1", channel.Key.Value, flow?.Key.Value, Now.Microseconds);
        return channel with { FlowId = flow?.Id, Updated = Now };
    }

    public void AddPending(PendingMessage pending) => known.Log(
        """
        insert into pending_message(channel, id, callback, edits, state, persistent, sender, target, created,
            asked, content, metadata, attributes, content_type, push, function, fallback, due, ends)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $10, $18)
        """,
        pending.Message.Channel.Value, Convert.FromHexString(pending.Message.Id), Convert.FromHexString(pending.CallbackId),
        pending.Edits, (long)pending.State, pending.Message.Persistent,
        pending.Message.Sender.Key.Value, pending.Message.Target?.Key.Value, pending.Message.Created.Microseconds,
        pending.Asked.Microseconds, pending.Message.Content, pending.Message.Metadata, pending.Message.Attributes,
        pending.Message.ContentType,
        pending.Push is null ? null : JsonSerializer.Serialize(pending.Push, FlowJson.Default.Push),
        pending.Function, (long)pending.Fallback, pending.Ends.Microseconds);

    public PendingMessage? FindPending(long key) =>
        Connection.First($"{PendingSelect} where q.key = $1", ReadPending, key);

    public IReadOnlyList<PendingMessage> ClaimPending(int most, Instant until)
    {
        var due = Connection.Query(
            $"{PendingSelect} where q.due <= $1 and q.due is not null and c.deleted is null and a.deleted is null order by q.due limit $2",
            ReadPending, Now.Microseconds, most);
        foreach (var pending in due)
        {
            Connection.Execute("update pending_message set due = $2 where key = $1", pending.Key, until.Microseconds);
        }

        return due;
    }

    public IReadOnlyList<PendingMessage> ListHeld(ChannelKey log, int most) => Connection.Query(
        $"{PendingSelect} where q.channel = $1 and q.state < 2 order by q.id limit $2", ReadPending, log.Value, most);

    public void HandOver(PendingMessage pending) => Connection.Execute(
        "update pending_message set state = $2, due = null where key = $1", pending.Key, (long)PendingState.HandedOver);

    public void EndPending(PendingMessage pending, bool keep)
    {
        Connection.Execute(
            "update pending_message set state = $2, detail = $3, ends = $4, due = null where key = $1",
            pending.Key, (long)pending.State, pending.Detail, pending.Ends.Microseconds);
        if (!keep)
        {
            Connection.Execute(
                """
                update pending_message set content = null, metadata = null, attributes = null, content_type = null, push = null
                where key = $1
                """,
                pending.Key);
        }
    }

    public PendingMessage? NextOverdue() => Connection.First(
        $"{PendingSelect} where q.ends <= $1 and q.state < 2 order by q.ends limit 1", ReadPending, Now.Microseconds);

    public bool ForgetPending(int most) => Connection.Execute(
        """
        delete from pending_message where key in
            (select key from pending_message where ends <= $1 and state >= 2 order by ends limit $2)
        """,
        Now.Microseconds, most) == most;

    private static string Json(IReadOnlyList<FlowProcessor> processors) =>
        JsonSerializer.Serialize(processors, FlowJson.Default.IReadOnlyListFlowProcessor);
}
