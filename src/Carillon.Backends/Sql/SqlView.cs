using Carillon.Core;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

/// <summary>Reads, inside whatever transaction its connection has open. A partial per room.</summary>
internal partial class SqlView(SqlConnection connection, Instant now, StreamCiphers ciphers) : IView
{
    protected StreamCiphers Ciphers { get; } = ciphers;

    protected SqlConnection Connection { get; } = connection;

    public Instant Now { get; } = now;

    public long LastPosition() => Connection.Number("select position from log_head") ?? 0;
}
