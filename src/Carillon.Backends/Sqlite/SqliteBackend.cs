using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Sql;
using Carillon.Sql.Sqlite;

namespace Carillon.Backends.Sqlite;

/// <summary>The embedded default: everything in one file, beside its log.</summary>
public static class SqliteBackend
{
    /// <exception cref="StoreUnusableException">The file cannot be opened, or a newer version wrote it.</exception>
    public static SqlStore Open(string path, StoreOptions options, TimeProvider time, IBus bus)
    {
        try
        {
            return SqlStore.Open(new SqliteDatabase(path), options, time, bus);
        }
        catch (Exception e) when (e is SqlException or SchemaTooNewException or NotSupportedException or DllNotFoundException)
        {
            throw new StoreUnusableException($"The database {path} cannot be used: {e.Message}", e);
        }
    }
}

/// <summary>A store that cannot be opened; its message is for whoever starts the server.</summary>
public sealed class StoreUnusableException(string message, Exception cause) : Exception(message, cause);
