using Carillon.Sql;

namespace Carillon.Sabotage;

/// <summary>A database whose writing connection is broken in one way; its readers are whole.</summary>
internal sealed class BrokenDatabase(SqlDatabase inner, Func<SqlConnection, SqlConnection> broken) : SqlDatabase
{
    public override Dialect Dialect => inner.Dialect;

    public override SqlConnection OpenWriter() => broken(inner.OpenWriter());

    public override SqlConnection OpenReader() => inner.OpenReader();
}

/// <summary>A connection that does what another does; those below leave out one thing.</summary>
internal abstract class Passing(SqlConnection inner) : SqlConnection
{
    protected SqlConnection Inner => inner;

    public override long Changes => inner.Changes;

    public override void Begin() => inner.Begin();

    public override void BeginRead() => inner.BeginRead();

    public override void Commit() => inner.Commit();

    public override void Maintain() => inner.Maintain();

    public override void Rollback() => inner.Rollback();

    public override int Execute(string sql, params ReadOnlySpan<SqlValue> values) => inner.Execute(sql, values);

    public override void ExecuteScript(string sql) => inner.ExecuteScript(sql);

    public override List<T> Query<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values) =>
        inner.Query(sql, map, values);

    public override T? First<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
        where T : class => inner.First(sql, map, values);

    public override long? Number(string sql, params ReadOnlySpan<SqlValue> values) => inner.Number(sql, values);

    public override (long Steps, long Pages) Effort => inner.Effort;

    public override void Dispose() => inner.Dispose();
}

/// <summary>Says that messages are stored, and stores them a little later.</summary>
internal sealed class LateCommit(SqlConnection inner) : Passing(inner)
{
    private static readonly TimeSpan late = TimeSpan.FromMilliseconds(5);

    private bool _messages;
    private bool _owing;

    public override int Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        _messages |= sql.StartsWith("insert into message", StringComparison.Ordinal);
        return Inner.Execute(sql, values);
    }

    public override void Commit()
    {
        if (_messages)
        {
            _owing = true;
        }
        else
        {
            Inner.Commit();
        }
    }

    public override void Begin()
    {
        Pay();
        Inner.Begin();
    }

    public override void Maintain()
    {
        Pay();
        Inner.Maintain();
    }

    public override void Rollback()
    {
        _messages = false;
        Inner.Rollback();
    }

    private void Pay()
    {
        if (_owing)
        {
            Thread.Sleep(late);
            Inner.Commit();
            _owing = _messages = false;
        }
    }
}

/// <summary>Writes the records of streams in the transaction after that of their events.</summary>
internal sealed class LateRecord(SqlConnection inner) : Passing(inner)
{
    private readonly List<(string Sql, SqlValue[] Values)> _owed = [];

    public override int Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        if (!sql.StartsWith("insert into stream_pack", StringComparison.Ordinal))
        {
            return Inner.Execute(sql, values);
        }

        _owed.Add((sql, values.ToArray()));
        return 1;
    }

    public override void Begin()
    {
        Inner.Begin();
        foreach (var (sql, values) in _owed)
        {
            Inner.Execute(sql, values);
        }

        _owed.Clear();
    }
}

/// <summary>Takes a commit that failed for one that succeeded.</summary>
internal sealed class DeafToErrors(SqlConnection inner) : Passing(inner)
{
    public override void Commit()
    {
        try
        {
            Inner.Commit();
        }
        catch (SqlException)
        {
            Inner.Rollback();
        }
    }
}

/// <summary>Recognises no repetition.</summary>
internal sealed class WithoutMemory(SqlConnection inner) : Passing(inner)
{
    public override T? First<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
        where T : class => sql.Contains("from request", StringComparison.Ordinal) ? null : Inner.First(sql, map, values);

    public override int Execute(string sql, params ReadOnlySpan<SqlValue> values) =>
        sql.StartsWith("insert into request", StringComparison.Ordinal) ? 1 : Inner.Execute(sql, values);
}
