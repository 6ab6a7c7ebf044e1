namespace Carillon.Sql.Sqlite;

/// <summary>
/// A database in one file. One connection writes and checkpoints; readers are opened read-only, because SQLite builds
/// in wide use can corrupt the log when several connections write or checkpoint at one time (the WAL-reset bug).
/// </summary>
public sealed class SqliteDatabase(string path) : SqlDatabase
{
    /// <summary>Our SQL needs RETURNING and partial indexes.</summary>
    private const int OldestVersion = 3_035_000;

    public override Dialect Dialect => Dialect.Sqlite;

    public override SqlConnection OpenWriter()
    {
        var version = SqliteNative.sqlite3_libversion_number();
        if (version < OldestVersion)
        {
            throw new NotSupportedException($"SQLite {version} is too old; 3.35 or newer is needed.");
        }

        MakePrivate();

        // FULL: a commit returns after the log is synced. secure_delete: what is deleted is overwritten. The size limit
        // gives back what a long reader made the log grow by.
        var connection = Open(
            SqliteNative.OpenReadWrite | SqliteNative.OpenCreate,
            """
            pragma journal_mode = wal;
            pragma synchronous = full;
            pragma secure_delete = on;
            pragma journal_size_limit = 67108864;
            pragma cache_size = -65536;
            """);
        connection.OwnLog();
        return connection;
    }

    public override SqlConnection OpenReader() =>
        Open(SqliteNative.OpenReadOnly, "pragma query_only = on; pragma cache_size = -16384;");

    private SqliteConnection Open(int flags, string settings)
    {
        var connection = new SqliteConnection(path, flags);
        try
        {
            connection.ExecuteScript(settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite would let the umask decide who may read; the log and its index take after the database file.</summary>
    private void MakePrivate()
    {
        if (!OperatingSystem.IsWindows() && !File.Exists(path))
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
    }
}
