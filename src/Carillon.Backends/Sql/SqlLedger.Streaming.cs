using Carillon.Core;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public override IReadOnlyList<StreamingConfiguration> ListStreaming(AppKey app)
    {
        if (known.Streaming.TryGetValue(app, out var kept))
        {
            return kept;
        }

        return known.Streaming[app] = base.ListStreaming(app);
    }

    public void AddStreaming(AppKey app, StreamingConfiguration configuration)
    {
        known.Streaming.Remove(app);
        Connection.Execute(
            "insert into streaming_configuration(app, data_type, resource, stream) values ($1, $2, $3, $4)",
            app.Value, (long)configuration.Data, configuration.Resource, configuration.StreamName);
        if (configuration.Data == StreamedData.ChannelMessage)
        {
            Connection.Execute(
                "insert into streamed_message(app, stream) values ($1, $2) on conflict(app, stream) do nothing",
                app.Value, configuration.StreamName);
        }
    }

    public void DeleteStreaming(AppKey app)
    {
        known.Streaming.Remove(app);
        Connection.Execute("delete from streaming_configuration where app = $1", app.Value);
        Connection.Execute("delete from streaming_gap where app = $1", app.Value);
    }

    public IReadOnlyList<string> ListStreamsOfMessages(AppKey app) =>
        Connection.Query("select stream from streamed_message where app = $1 order by stream", static row => row.Text(0), app.Value);

    public void CountUnstreamed(AppKey app, StreamedData data) => known.Log(
        """
        insert into streaming_gap(app, data_type, since, until, events) values ($1, $2, $3, $3, 1)
        on conflict(app, data_type) do update set until = excluded.until, events = streaming_gap.events + 1
        """,
        app.Value, (long)data, Now.Microseconds);

    public long? PositionOf(ChannelKey channel, long sequence) => Connection.Number(
        "select position from message where channel = $1 and sequence = $2", channel.Value, sequence);

    public IReadOnlyList<(long Position, Instant At)> ListUpdates(ChannelKey channel, long sequence) => Connection.Query(
        """
        select position, at from event where channel = $1 and message_sequence = $2 and kind = 1 order by position
        """,
        static row => (row.Integer(0), Rows.Time(row, 1)), channel.Value, sequence);

    public void PutRelay(StreamKey stream, RelayMark mark) => known.Log(
        """
        insert into relay(stream, position, at) values ($1, $2, $3)
        on conflict(stream) do update set position = excluded.position, at = excluded.at
        """,
        stream.Value, mark.Position, mark.At?.Microseconds);

    private void DeleteStreamingOf(long app)
    {
        DeleteStreaming(new(app));
        Connection.Execute("delete from streamed_message where app = $1", app);
    }
}
