using System.Collections.Concurrent;
using Carillon.Sql;

namespace Carillon.Tests.Backends;

/// <summary>A real database behind a window: tests see every statement, and say when the disk fails.</summary>
internal sealed class WatchedDatabase(SqlDatabase inner) : SqlDatabase
{
    private readonly ConcurrentQueue<string> _seen = new();
    private long _statements;
    private long _commits;

    public override Dialect Dialect => inner.Dialect;

    /// <summary>Asked before a writer commits; what it returns is thrown, and nothing is stored.</summary>
    public Func<SqlException?> BeforeCommit { get; set; } = () => null;

    /// <summary>Asked after a writer has committed; what it returns is thrown although the disk has it.</summary>
    public Func<SqlException?> AfterCommit { get; set; } = () => null;

    /// <summary>Asked before each statement of a writer that changes rows.</summary>
    public Func<string, SqlException?> BeforeStatement { get; set; } = _ => null;

    public Func<SqlException?> BeforeMaintenance { get; set; } = () => null;

    /// <summary>Asked before a reader is opened.</summary>
    public Func<SqlException?> BeforeReader { get; set; } = () => null;

    /// <summary>Statements run on all connections.</summary>
    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>Commits of writers.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>The distinct texts run on all connections.</summary>
    public IReadOnlyList<string> Seen => [.. _seen.Distinct()];

    public static SqlException Full => new(SqlFault.Full, 13, "the disk is full (injected)");

    public static SqlException InputOutput => new(SqlFault.InputOutput, 1034, "the sync failed (injected)");

    public static SqlException Exhausted => new(SqlFault.Exhausted, 14, "unable to open database file (injected)");

    public static SqlException Other => new(SqlFault.Other, 1, "a fault (injected)");

    public override SqlConnection OpenWriter() => new Connection(this, inner.OpenWriter(), writes: true);

    public override SqlConnection OpenReader()
    {
        Throw(BeforeReader());
        return new Connection(this, inner.OpenReader(), writes: false);
    }

    private static void Throw(SqlException? fault)
    {
        if (fault is not null)
        {
            throw fault;
        }
    }

    private sealed class Connection(WatchedDatabase owner, SqlConnection inner, bool writes) : SqlConnection
    {
        public override long Changes => inner.Changes;

        public override (long Steps, long Pages) Effort => inner.Effort;

        public override void Begin() => inner.Begin();

        public override void BeginRead() => inner.BeginRead();

        public override void Commit()
        {
            if (!writes)
            {
                inner.Commit();
                return;
            }

            if (owner.BeforeCommit() is { } fault)
            {
                inner.Rollback();
                throw fault;
            }

            inner.Commit();
            Interlocked.Increment(ref owner._commits);
            Throw(owner.AfterCommit());
        }

        public override void Maintain()
        {
            Throw(owner.BeforeMaintenance());
            inner.Maintain();
        }

        public override void Rollback() => inner.Rollback();

        public override int Execute(string sql, params ReadOnlySpan<SqlValue> values)
        {
            Saw(sql);
            if (writes)
            {
                Throw(owner.BeforeStatement(sql));
            }

            return inner.Execute(sql, values);
        }

        public override void ExecuteScript(string sql) => inner.ExecuteScript(sql);

        public override List<T> Query<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
        {
            Saw(sql);
            return inner.Query(sql, map, values);
        }

        public override T? First<T>(string sql, Func<SqlRow, T> map, params ReadOnlySpan<SqlValue> values)
            where T : class
        {
            Saw(sql);
            return inner.First(sql, map, values);
        }

        public override long? Number(string sql, params ReadOnlySpan<SqlValue> values)
        {
            Saw(sql);
            return inner.Number(sql, values);
        }

        private void Saw(string sql)
        {
            Interlocked.Increment(ref owner._statements);
            owner._seen.Enqueue(sql);
        }

        public override void Dispose() => inner.Dispose();
    }
}
