using Carillon.Core;
using Carillon.Core.Streaming;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    public IReadOnlyList<StreamingConfiguration> ListStreaming(AppKey app) => Connection.Query(
        "select data_type, resource from streaming_configuration where app = $1 order by data_type",
        static row => new StreamingConfiguration((StreamedData)row.Integer(0), row.Text(1)), app.Value);
}
