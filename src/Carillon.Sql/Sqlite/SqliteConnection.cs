using System.Runtime.InteropServices;
using static Carillon.Sql.Sqlite.SqliteNative;

namespace Carillon.Sql.Sqlite;

internal sealed class SqliteConnection : SqlConnection
{
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    /// <summary>Readers meet a lock only while the first writer opens the file.</summary>
    private const int PatienceMilliseconds = 10_000;

    private nint _db;
    private SqliteLog? _log;
    private bool _inTransaction;

    public SqliteConnection(string path, int flags)
    {
        var code = sqlite3_open_v2(path, out _db, flags | OpenNoMutex | OpenExtendedCodes, 0);
        if (code != Ok)
        {
            var message = $"{Path.GetFileName(path)} cannot be opened: {Message()}";
            _ = sqlite3_close_v2(_db);
            throw new SqlException(FaultOf(code), code, message);
        }

        _ = sqlite3_busy_timeout(_db, PatienceMilliseconds);
    }

    /// <summary>Makes this the connection that copies the log into the database.</summary>
    public void OwnLog() => _log = new SqliteLog(_db, PatienceMilliseconds);

    public override long Changes => sqlite3_total_changes(_db);

    public override (long Steps, long Pages) Effort => (
        _statements.Values.Sum(statement => statement.Steps), Status(StatusCacheHit) + Status(StatusCacheMiss));

    private long Status(int what)
    {
        Check(sqlite3_db_status(_db, what, out var now, out _, 0));
        return now;
    }

    public override void Begin() => Transact("begin immediate", true);

    public override void BeginRead() => Transact("begin", true);

    public override void Commit() => Transact("commit", false);

    public override void Maintain()
    {
        if (_log is not null)
        {
            Check(_log.CopyWhenDue());
        }
    }

    public override void Rollback()
    {
        // After some errors SQLite has rolled back by itself and "rollback" would be refused.
        if (_inTransaction)
        {
            _inTransaction = false;
            _ = sqlite3_exec(_db, "rollback", 0, 0, 0);
        }
    }

    private void Transact(string verb, bool opens)
    {
        Execute(verb);
        _inTransaction = opens;
    }

    public override int Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        var statement = Prepare(sql, values);
        try
        {
            while (statement.Step())
            {
            }
        }
        finally
        {
            statement.Reset();
        }

        return sqlite3_changes(_db);
    }

    public override void ExecuteScript(string sql)
    {
        ObjectDisposedException.ThrowIf(_db == 0, this);
        Check(sqlite3_exec(_db, sql, 0, 0, 0));
    }

    public override List<T> Query<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
    {
        var statement = Prepare(sql, values);
        try
        {
            var rows = new List<T>();
            while (statement.Step())
            {
                rows.Add(map(statement));
            }

            return rows;
        }
        finally
        {
            statement.Reset();
        }
    }

    public override T? First<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
        where T : class
    {
        var statement = Prepare(sql, values);
        try
        {
            return statement.Step() ? map(statement) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    public override long? Number(string sql, params ReadOnlySpan<SqlValue> values)
    {
        var statement = Prepare(sql, values);
        try
        {
            return statement.Step() ? statement.IntegerOrNull(0) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    private SqliteStatement Prepare(string sql, ReadOnlySpan<SqlValue> values)
    {
        ObjectDisposedException.ThrowIf(_db == 0, this);
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(this, _db, sql);
            _statements.Add(sql, statement);
        }

        if (statement.InUse)
        {
            throw new InvalidOperationException("A mapping function ran the statement that it maps.");
        }

        Statements++;
        statement.Bind(values);
        return statement;
    }

    public void Check(int code)
    {
        if (code is not (Ok or Row or Done))
        {
            throw new SqlException(FaultOf(code), code, $"SQLite {code}: {Message()}");
        }
    }

    private static SqlFault FaultOf(int code) => (code & 0xff) switch
    {
        // The index of the log is memory that a file lends, and is made anew from the log: where the file cannot grow, usually
        // because the disk is full, no sync has failed and nothing is in doubt.
        IoError when code == IoErrorIndexSize => SqlFault.Full,
        Constraint => SqlFault.Constraint,
        Full => SqlFault.Full,
        NoMemory or CannotOpen => SqlFault.Exhausted,
        IoError => SqlFault.InputOutput,
        Corrupt or NotADatabase => SqlFault.Corrupt,
        _ => SqlFault.Other,
    };

    private string Message() => Marshal.PtrToStringUTF8(sqlite3_errmsg(_db)) ?? "";

    public override void Dispose()
    {
        if (_db == 0)
        {
            return;
        }

        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _ = sqlite3_close_v2(_db);
        _db = 0;
        _log?.Dispose();
    }
}
