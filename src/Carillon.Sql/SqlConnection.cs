namespace Carillon.Sql;

/// <summary>
/// One connection, used by one thread at a time. Statements are prepared once per distinct text, so a text must be a
/// constant: values travel as parameters <c>$1</c>, <c>$2</c>, ... and never inside it.
/// </summary>
public abstract class SqlConnection : IDisposable
{
    /// <summary>Starts a transaction that writes; on SQLite it takes the write lock at once.</summary>
    public abstract void Begin();

    /// <summary>Starts a transaction that only reads: every query in it sees one state.</summary>
    public abstract void BeginRead();

    /// <summary>Returns once the transaction is on disk.</summary>
    /// <exception cref="SqlException">Full: nothing is stored. InputOutput: what is stored is unknown.</exception>
    public abstract void Commit();

    /// <summary>
    /// Moves what was committed to where it stays, once enough has gathered. The writer calls it between transactions,
    /// when nobody waits for it.
    /// </summary>
    /// <exception cref="SqlException">InputOutput: what the disk holds is unknown, as after a commit that failed so.</exception>
    public abstract void Maintain();

    /// <summary>Ends the transaction without effect; does nothing where none is open.</summary>
    public abstract void Rollback();

    /// <summary>Runs one statement and returns how many rows it changed.</summary>
    public abstract int Execute(string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>Runs several statements without parameters, as migrations do.</summary>
    public abstract void ExecuteScript(string sql);

    public abstract List<T> Query<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values);

    /// <summary>The first row, or null where there is none.</summary>
    public abstract T? First<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
        where T : class;

    /// <summary>The integer in the first column of the first row, or null where there is none.</summary>
    public abstract long? Number(string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>Statements run since the connection was opened; tests hold costs against it.</summary>
    public long Statements { get; protected set; }

    /// <summary>
    /// Instructions that the database ran for those statements, and pages that it looked into: what work grows with, on any
    /// machine alike. Tests hold costs against them.
    /// </summary>
    public abstract (long Steps, long Pages) Effort { get; }

    /// <summary>Rows changed since the connection was opened, rolled back or not.</summary>
    public abstract long Changes { get; }

    public abstract void Dispose();
}
