using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    /// <summary>What is gone for good in app instance <c>a</c> at $1; $2 lies one grace period before.</summary>
    private const string Gone =
        $"""
        case when a.retention_days is not null and a.retention_set <= $2 and $1 - a.retention_days * {Day} > a.retention_floor
          then $1 - a.retention_days * {Day} else a.retention_floor end
        """;

    private sealed record ExpiredHistory(ChannelKey Channel, long Gone);

    private sealed record Old(long Sequence, long Created, MessageState State, bool Targeted);

    public int DeleteExpiredMessages(int most)
    {
        var expired = Connection.First(
            $"""
            select h.channel, {Gone} from app_instance a join history h on h.app = a.key
            where a.retention_set <= $1 and a.deleted is null and h.oldest <= {Gone} limit 1
            """,
            static row => new ExpiredHistory(new(row.Integer(0)), row.Integer(1)),
            Now.Microseconds, Now.Plus(-Retention.Grace).Microseconds);
        if (expired is null)
        {
            return 0;
        }

        // One row more than is deleted says where the history begins afterwards.
        var oldest = Connection.Query(
            "select sequence, created, state, target is not null from message where channel = $1 order by sequence limit $2",
            static row => new Old(row.Integer(0), row.Integer(1), (MessageState)row.Integer(2), row.Flag(3)),
            expired.Channel.Value, most + 1);
        var gone = oldest.Take(most).TakeWhile(message => message.Created <= expired.Gone).ToList();
        Forget(expired.Channel, gone);
        if (oldest.Count > gone.Count)
        {
            Connection.Execute(
                "update history set oldest = $2 where channel = $1", expired.Channel.Value, oldest[gone.Count].Created);
        }
        else
        {
            Connection.Execute("delete from history where channel = $1", expired.Channel.Value);
        }

        return Math.Max(gone.Count, 1);
    }

    private void Forget(ChannelKey channel, List<Old> gone)
    {
        if (gone.Count == 0)
        {
            return;
        }

        Connection.Execute(
            "delete from message where channel = $1 and sequence <= $2", channel.Value, gone[^1].Sequence);
        Connection.Execute(
            "update channel_head set expired_sequence = $2, expired_created = $3 where channel = $1",
            channel.Value, gone[^1].Sequence, gone[^1].Created);
        var counted = gone.Where(message => message.State != MessageState.Deleted).ToList();
        RemoveMessages(channel, counted.Count, counted.Count(message => message.Targeted));
    }
}
