using Carillon.Backends.Sql;
using Carillon.Server.Hosting;
using Carillon.Server.Sessions;
using Carillon.Sql;
using Carillon.Sql.Sqlite;

namespace Carillon.Sabotage;

/// <summary>What can be broken, by name.</summary>
internal static class Sabotages
{
    /// <summary>Never kept waiting, and never full.</summary>
    private static readonly SessionOptions endless = new()
    {
        MostWaitingFrames = 10_000_000,
        MostWaitingBytes = long.MaxValue,
        MostWaitingTime = TimeSpan.FromDays(1),
    };

    public static IReadOnlyDictionary<string, Seams> ByName { get; } = new Dictionary<string, Seams>
    {
        ["ack-before-commit"] = Database(writer => new LateCommit(writer)),
        ["sync-normal"] = Database(WithoutSync),
        ["errors-ignored"] = Database(writer => new DeafToErrors(writer)),
        ["dedup-off"] = Database(writer => new WithoutMemory(writer)),
        ["record-after-commit"] = Database(writer => new LateRecord(writer)),
        ["queue-unbounded"] = new() { Sessions = endless },
    };

    private static Seams Database(Func<SqlConnection, SqlConnection> broken) => new()
    {
        Store = (path, options, time, bus) =>
            SqlStore.Open(new BrokenDatabase(new SqliteDatabase(path), broken), options, time, bus),
    };

    private static SqlConnection WithoutSync(SqlConnection writer)
    {
        writer.ExecuteScript("pragma synchronous = normal");
        return writer;
    }
}
