using Carillon.Backends.Sql;
using Carillon.Backends.Sqlite;
using Carillon.Core;

namespace Carillon.Server.Hosting;

/// <summary>
/// The pieces that whoever composes the platform may replace. The programs leave them as they are, and no setting reaches
/// them; tests put broken ones in, to see that the damage is noticed.
/// </summary>
internal sealed record Seams
{
    public Func<string, StoreOptions, TimeProvider, IBus, SqlStore> Store { get; init; } = SqliteBackend.Open;

    public Sessions.SessionOptions Sessions { get; init; } = new();
}
