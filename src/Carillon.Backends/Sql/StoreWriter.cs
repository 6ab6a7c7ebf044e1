using System.Threading.Channels;
using Carillon.Core;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

/// <summary>
/// The one place that commits. A thread of its own takes every change that waits, runs them in one transaction, syncs
/// once, announces, and then lets every waiting caller go on: durable, and fast because the sync is shared.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    private readonly Channel<Change> _waiting;
    private readonly SqlConnection _connection;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly IBus _bus;
    private readonly Thread _thread;
    private readonly List<Change> _batch = [];
    private long _lastPosition;
    private long _lastTime;
    private volatile Exception? _broken;

    public StoreWriter(SqlConnection connection, StoreOptions options, TimeProvider time, IBus bus)
    {
        _connection = connection;
        _options = options;
        _time = time;
        _bus = bus;
        _waiting = Channel.CreateBounded<Change>(new BoundedChannelOptions(options.MostWaiting) { SingleReader = true });
        _lastPosition = connection.Number("select position from log_head")!.Value;

        // A clock that was set back while we were down must not take the log back with it.
        _lastTime = connection.Number("select at from log_head")!.Value;
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Why nothing can be committed any more; null while all is well.</summary>
    public Exception? Broken => _broken;

    public async Task<T> Write<T>(Func<ILedger, T> change)
    {
        var waiting = new Change<T>(change);
        if (!_waiting.Writer.TryWrite(waiting))
        {
            using var patience = new CancellationTokenSource(_options.MostPatience, _time);
            try
            {
                await _waiting.Writer.WriteAsync(waiting, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                throw new Refusal(Reason.Busy);
            }
        }

        return await waiting.Result.ConfigureAwait(false);
    }

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_batch.Count < _options.MostBatch && _waiting.Reader.TryRead(out var change))
            {
                _batch.Add(change);
            }

            try
            {
                RunBatch();
            }
#pragma warning disable CA1031 // A fault of ours, or of the bus. To go on might contradict the disk: nothing more is taken.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _broken = e;
                Fail(_batch, Unavailable(e));
            }

            _batch.Clear();
        }
    }

    private void RunBatch()
    {
        if (!Commit(_batch, alone: _batch.Count == 1))
        {
            // One of them failed after it had written. Each gets a transaction of its own: only the guilty fail.
            foreach (var change in _batch)
            {
                Commit([change], alone: true);
            }
        }

        Maintain();
    }

    /// <summary>Runs the changes in one transaction. False when they must be run again one by one.</summary>
    private bool Commit(IReadOnlyList<Change> changes, bool alone)
    {
        if (_broken is { } broken)
        {
            Fail(changes, Unavailable(broken));
            return true;
        }

        var ledger = new SqlLedger(_connection, _lastPosition, Now, _options);
        var untouched = ledger.Effects;
        try
        {
            _connection.Begin();
            foreach (var change in changes)
            {
                var before = ledger.Effects;
                change.Run(ledger);
                if (change.Failure is not null && ledger.Effects != before)
                {
                    _connection.Rollback();
                    if (alone)
                    {
                        Fail(changes, change.Failure);
                    }

                    return alone;
                }
            }

            if (ledger.Effects == untouched)
            {
                // Refusals, repetitions, nothing to purge: no reason to trouble the disk.
                _connection.Rollback();
            }
            else
            {
                ledger.Flush();
                _connection.Commit();
            }
        }
        catch (SqlException e)
        {
            _connection.Rollback();
            if (e.Fault is SqlFault.InputOutput or SqlFault.Corrupt)
            {
                // Whether the disk has it is unknown, and a second sync may lie: nothing is acknowledged from here on.
                _broken = e;
            }
            else if (e.Fault is SqlFault.Other or SqlFault.Exhausted && !alone)
            {
                return false;
            }

            Fail(changes, Unavailable(e));
            return true;
        }

        _lastPosition = ledger.GivenOut;
        Volatile.Write(ref _lastTime, ledger.Now.Microseconds);
        try
        {
            if (ledger.Announced.Count > 0)
            {
                _bus.Publish(ledger.Announced);
            }
        }
        finally
        {
            // They are on disk whatever becomes of the announcement.
            foreach (var change in changes)
            {
                change.Complete();
            }
        }

        return true;
    }

    private void Maintain()
    {
        try
        {
            _connection.Maintain();
        }
        catch (SqlException e) when (e.Fault is SqlFault.Full)
        {
            // All of it still stands in the log; it is tried again after some more commits.
        }
        catch (SqlException e)
        {
            _broken = e;
        }
    }

    /// <summary>The clock's, and never before what was stamped last: what is due stays due when the clock is set back.</summary>
    public Instant Now
    {
        get
        {
            var (now, last) = (Instant.Of(_time.GetUtcNow()), new Instant(Volatile.Read(ref _lastTime)));
            return now > last ? now : last;
        }
    }

    public static Refusal Unavailable(Exception cause) => new(Reason.StoreUnavailable, cause.Message);

    private static void Fail(IReadOnlyList<Change> changes, Exception failure)
    {
        foreach (var change in changes)
        {
            change.Fail(failure);
        }
    }

    /// <summary>Takes nothing more, commits what waits, and returns when that is on disk.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _thread.Join();
    }

    /// <summary>A change and the caller that waits for it.</summary>
    private abstract class Change
    {
        public Exception? Failure { get; protected set; }

        public abstract void Run(ILedger ledger);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Change<T>(Func<ILedger, T> change) : Change
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Result => _done.Task;

        public override void Run(ILedger ledger)
        {
            Failure = null;
            try
            {
                _result = change(ledger);
            }
            catch (Exception e) when (e is not SqlException { Fault: not SqlFault.Constraint })
            {
                // It fails its own caller, below. Other faults of the database may have ended the transaction: they fail
                // the batch.
                Failure = e;
            }
        }

        public override void Complete()
        {
            if (Failure is not null)
            {
                _done.TrySetException(Failure);
            }
            else
            {
                _done.TrySetResult(_result!);
            }
        }

        public override void Fail(Exception failure) => _done.TrySetException(failure);
    }
}
