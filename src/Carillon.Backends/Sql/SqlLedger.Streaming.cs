using Carillon.Core;
using Carillon.Core.Streaming;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public void AddStreaming(AppKey app, StreamingConfiguration configuration) => Connection.Execute(
        "insert into streaming_configuration(app, data_type, resource) values ($1, $2, $3)",
        app.Value, (long)configuration.Data, configuration.Resource);

    public void DeleteStreaming(AppKey app) =>
        Connection.Execute("delete from streaming_configuration where app = $1", app.Value);
}
