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
    private readonly Channel<IChange> _waiting;
    private readonly SqlConnection _connection;
    private readonly Known _known;
    private readonly StreamCiphers _ciphers;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly IBus _bus;
    private readonly Thread _thread;
    private readonly List<IChange> _batch = [];
    private long _lastPosition;
    private long _lastTime;
    private volatile Exception? _broken;

    public StoreWriter(
        SqlConnection connection, StreamCiphers ciphers, StoreOptions options, TimeProvider time, IBus bus)
    {
        _connection = connection;
        _ciphers = ciphers;
        _known = new Known(connection);
        _options = options;
        _time = time;
        _bus = bus;

        // Whoever brings a change wakes the thread itself, without a worker of the pool in between.
        _waiting = Channel.CreateBounded<IChange>(
            new BoundedChannelOptions(options.MostWaiting) { SingleReader = true, AllowSynchronousContinuations = true });
        _lastPosition = connection.Number("select position from log_head")!.Value;

        // A clock that was set back while we were down must not take the log back with it.
        _lastTime = connection.Number("select at from log_head")!.Value;
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Why nothing can be committed any more; null while all is well.</summary>
    public Exception? Broken => _broken;

    public Task<T> Write<T>(Func<ILedger, T> change)
    {
        var waiting = new Change<T>(change);
        return _waiting.Writer.TryWrite(waiting) ? waiting.Task : WriteOnceThereIsRoom(waiting);
    }

    private async Task<T> WriteOnceThereIsRoom<T>(Change<T> waiting)
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

        return await waiting.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            // Who is just about to bring a change gets to do so first: it will share this commit. With nobody there it costs nothing.
            Thread.Yield();
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
    private bool Commit(IReadOnlyList<IChange> changes, bool alone)
    {
        if (_broken is { } broken)
        {
            Fail(changes, Unavailable(broken));
            return true;
        }

        var ledger = new SqlLedger(_connection, _known, _ciphers, _lastPosition, Now, _options);
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
                    Rollback();
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
            Rollback();
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

    /// <summary>What was read of changes that are undone must not stay known.</summary>
    private void Rollback()
    {
        _connection.Rollback();
        _known.Undo();
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

    private static void Fail(IReadOnlyList<IChange> changes, Exception failure)
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
    private interface IChange
    {
        Exception? Failure { get; }

        void Run(ILedger ledger);

        void Complete();

        void Fail(Exception failure);
    }

    /// <remarks>Callers go on elsewhere: the writer's thread is for writing.</remarks>
    private sealed class Change<T>(Func<ILedger, T> change)
        : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IChange
    {
        private T? _result;

        public Exception? Failure { get; private set; }

        public void Run(ILedger ledger)
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

        public void Complete()
        {
            if (Failure is not null)
            {
                TrySetException(Failure);
            }
            else
            {
                TrySetResult(_result!);
            }
        }

        public void Fail(Exception failure) => TrySetException(failure);
    }
}
