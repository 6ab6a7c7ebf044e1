using Carillon.Sql;

namespace Carillon.Events.Core.Store;

/// <summary>Reads, in one consistent state. A part per area: <c>EventsView.Shows.cs</c> and so on.</summary>
/// <param name="now">Microseconds since 1970.</param>
public partial class EventsView(SqlConnection connection, long now)
{
    public long Now { get; } = now;

    protected SqlConnection Db { get; } = connection;
}

/// <summary>Reads and changes, in the writer's transaction.</summary>
public sealed partial class EventsLedger(SqlConnection connection, long now) : EventsView(connection, now);
