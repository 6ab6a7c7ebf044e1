using Carillon.Core;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    public virtual IReadOnlyList<StreamingConfiguration> ListStreaming(AppKey app) => Connection.Query(
        "select data_type, resource from streaming_configuration where app = $1 order by data_type",
        static row => new StreamingConfiguration((StreamedData)row.Integer(0), row.Text(1)), app.Value);

    public IReadOnlyList<StreamingFault> ListStreamingFaults() => Connection.Query(
        """
        select a.id, c.data_type, c.resource, s.key from streaming_configuration c
        join app_instance a on a.key = c.app and a.deleted is null
        left join data_stream s on s.name = c.stream and s.deleted is null
        where s.key_id is null order by c.app, c.data_type
        """,
        static row => new StreamingFault(
            row.Text(0), new((StreamedData)row.Integer(1), row.Text(2)), row.IntegerOrNull(3) is not null));

    public long CountUnstreamed() => Connection.Number("select sum(events) from streaming_gap") ?? 0;

    public RelayMark? FindRelay(StreamKey stream) => Connection.First(
        "select position, at from relay where stream = $1",
        static row => new RelayMark(row.Integer(0), Rows.TimeOrNull(row, 1)), stream.Value);
}
