using System.Collections.Concurrent;
using Carillon.Sql;

namespace Carillon.Events.Core.Store;

/// <summary>
/// The one place of a process that commits. A thread of its own takes every change that waits, runs them in one
/// transaction, and lets the callers go on once it is on disk. A change that fails is undone alone.
/// </summary>
internal sealed class EventsWriter : IDisposable
{
    /// <summary>Changes that may wait before more are refused. Our choice.</summary>
    private const int mostWaiting = 8192;

    /// <summary>Changes in one transaction; other processes wait meanwhile. Our choice.</summary>
    private const int mostTogether = 256;

    private readonly BlockingCollection<IChange> waiting = new(mostWaiting);
    private readonly SqlConnection connection;
    private readonly FileLock fileLock;
    private readonly TimeProvider time;
    private readonly Thread thread;
    private volatile bool broken;

    public EventsWriter(SqlConnection connection, FileLock fileLock, TimeProvider time)
    {
        this.connection = connection;
        this.fileLock = fileLock;
        this.time = time;
        thread = new Thread(Run) { Name = "events writer", IsBackground = true };
        thread.Start();
    }

    public Task<T> Write<T>(Func<EventsLedger, T> run)
    {
        var change = new Change<T>(run);
        try
        {
            if (!broken && waiting.TryAdd(change)) return change.Done.Task;
        }
        catch (InvalidOperationException)
        {
            // It is closing: the answer is the same.
        }

        return Task.FromException<T>(new Refused(Reason.Unavailable));
    }

    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        waiting.Dispose();
    }

    private void Run()
    {
        var batch = new List<IChange>();
        foreach (var first in waiting.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < mostTogether && waiting.TryTake(out var next)) batch.Add(next);
            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<IChange> batch)
    {
        Exception? failed = broken ? new Refused(Reason.Unavailable) : null;
        if (failed is null)
        {
            try
            {
                using var held = fileLock.Take();
                connection.Begin();
                var ledger = new EventsLedger(connection, time.GetUtcNow().ToMicroseconds());
                foreach (var change in batch) Try(change, ledger);
                connection.Commit();
                connection.Maintain();
            }
            catch (Exception e) when (e is SqlException or IOException)
            {
                connection.Rollback();
                // After a failed sync nobody knows what the disk holds; only a new start reads it from the beginning.
                broken = e is SqlException { Fault: SqlFault.InputOutput or SqlFault.Corrupt };
                failed = e is SqlException { Fault: SqlFault.Other } ? e : new Refused(Reason.Unavailable);
            }
        }

        foreach (var change in batch) change.Complete(failed);
    }

    private void Try(IChange change, EventsLedger ledger)
    {
        connection.Execute("savepoint change");
        try
        {
            change.Run(ledger);
            connection.Execute("release change");
        }
        catch (SqlException fault) when (fault.Fault != SqlFault.Constraint)
        {
            // The transaction itself may be gone: all of the batch fail.
            throw;
        }
        catch (Exception refused)
        {
            change.Fail(refused);
            connection.Execute("rollback to change");
            connection.Execute("release change");
        }
    }

    private interface IChange
    {
        void Run(EventsLedger ledger);

        void Fail(Exception reason);

        void Complete(Exception? failed);
    }

    private sealed class Change<T>(Func<EventsLedger, T> run) : IChange
    {
        private T result = default!;
        private Exception? reason;

        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Run(EventsLedger ledger) => result = run(ledger);

        public void Fail(Exception reason) => this.reason = reason;

        public void Complete(Exception? failed)
        {
            if ((reason ?? failed) is { } why) Done.SetException(why);
            else Done.SetResult(result);
        }
    }
}
