namespace Carillon.Functions;

/// <summary>The processes of one revision of a function. The one that was used last is used next, so that the others can end.</summary>
internal sealed class Pool(FunctionPlan plan, FunctionHost host)
{
    /// <summary>How long a function may take to load before its first event (Lambda, "Init phase").</summary>
    private static readonly TimeSpan InitTime = TimeSpan.FromSeconds(10);

    /// <summary>Callers that wait for a process of one function. Ours.</summary>
    private const int MostWaiting = 1_000;

    private readonly Lock _lock = new();
    private readonly List<Sandbox> _idle = [];
    private readonly HashSet<Sandbox> _all = [];

    /// <summary>Each gets a process that became free, or null: leave to start one.</summary>
    private readonly Queue<TaskCompletionSource<Sandbox?>> _waiting = new();
    private int _places;
    private bool _retired;
    private bool _killed;

    public FunctionPlan Plan => plan;

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _places == 0;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _places;
            }
        }
    }

    public async Task<FunctionOutcome> Invoke(FunctionCall call)
    {
        Sandbox? sandbox;
        try
        {
            sandbox = await Take();
        }
        catch (ThrottledException)
        {
            return new(OutcomeKind.Throttled, [], false, "");
        }

        try
        {
            if (sandbox is null)
            {
                var (started, failure) = await Start(call);
                sandbox = started;
                if (failure is not null)
                {
                    return failure;
                }
            }

            if (await sandbox!.Run(call, plan.Timeout) is { } outcome)
            {
                return outcome;
            }

            // It was ending since its last event, and this one has not reached it: another process takes its place.
            Forget(sandbox);
            var (another, unable) = await Start(call);
            sandbox = another;
            return unable ?? await sandbox!.Run(call, plan.Timeout, isAgain: true)
                ?? new(OutcomeKind.Ended, Errors.Exited(call.RequestId, await sandbox.Ended), true, sandbox.CloseUnrun(call.RequestId));
        }
        catch (CannotRunException e)
        {
            host.CannotStart(plan.Name, e.Message);
            return new(OutcomeKind.CannotRun, [], false, "", e.Message);
        }
        finally
        {
            Release(sandbox);
        }
    }

    /// <summary>A free process, or null for leave to start one.</summary>
    private Task<Sandbox?> Take()
    {
        lock (_lock)
        {
            while (_idle.Count > 0)
            {
                var newest = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                if (newest.Ended.IsCompleted || IsTooOld(newest))
                {
                    Drop(newest);
                    continue;
                }

                return Task.FromResult<Sandbox?>(newest);
            }

            if (_places < host.Options.MostPerFunction && host.TryPlace(this))
            {
                _places++;
                return Task.FromResult<Sandbox?>(null);
            }

            if (_waiting.Count >= MostWaiting || _places == 0)
            {
                throw new ThrottledException();
            }

            var place = new TaskCompletionSource<Sandbox?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(place);
            return place.Task;
        }
    }

    // Its credentials must outlast an invocation that begins now.
    private bool IsTooOld(Sandbox sandbox) => sandbox.Expires is { } expires && expires < host.Time.GetUtcNow() + plan.Timeout;

    /// <summary>A process that asks for its first event, or what to answer because there is none.</summary>
    private async Task<(Sandbox? Sandbox, FunctionOutcome? Failure)> Start(FunctionCall call)
    {
        var sandbox = host.Launch(plan);
        Keep(sandbox);
        if (await Loads(sandbox, InitTime))
        {
            return await Loaded(sandbox, call);
        }

        // As on Lambda: it is loaded again, now within the time of the invocation.
        Forget(sandbox);
        sandbox = host.Launch(plan);
        Keep(sandbox);
        if (await Loads(sandbox, plan.Timeout))
        {
            return await Loaded(sandbox, call);
        }

        sandbox.Kill();
        return (sandbox, new(OutcomeKind.Ended, Errors.TimedOut(call.RequestId, plan.Timeout), true, sandbox.CloseUnrun(call.RequestId)));
    }

    private Task<bool> Loads(Sandbox sandbox, TimeSpan patience) => ((Task)sandbox.Initialized).WaitOr(patience, host.Time);

    private static async Task<(Sandbox? Sandbox, FunctionOutcome? Failure)> Loaded(Sandbox sandbox, FunctionCall call)
    {
        if (await sandbox.Initialized is not { } error)
        {
            return (sandbox, null);
        }

        sandbox.Kill();
        var payload = error.Length > 0 ? error : Errors.Exited(call.RequestId, await sandbox.Ended);
        return (sandbox, new(OutcomeKind.Ended, payload, true, sandbox.CloseUnrun(call.RequestId)));
    }

    private void Keep(Sandbox sandbox)
    {
        lock (_lock)
        {
            _all.Add(sandbox);
            if (_killed)
            {
                // It was on its way while everything was ended.
                sandbox.Kill();
            }
        }
    }

    private void Forget(Sandbox sandbox)
    {
        lock (_lock)
        {
            _all.Remove(sandbox);
        }

        sandbox.Kill();
    }

    /// <summary>Gives a process to who waits, or keeps it warm; a place without a living process goes to who waits as leave to start one.</summary>
    private void Release(Sandbox? sandbox)
    {
        lock (_lock)
        {
            var isUsable = sandbox is { Ended.IsCompleted: false, IsEnding: false } && !_retired && !IsTooOld(sandbox);
            if (!isUsable && sandbox is not null)
            {
                _all.Remove(sandbox);
                sandbox.Kill();
            }

            if (_waiting.TryDequeue(out var next))
            {
                next.SetResult(isUsable ? sandbox : null);
            }
            else if (isUsable)
            {
                sandbox!.Rested = host.Time.GetTimestamp();
                _idle.Add(sandbox);
            }
            else
            {
                _places--;
                host.Left();
            }
        }
    }

    private void Drop(Sandbox sandbox)
    {
        _all.Remove(sandbox);
        sandbox.Kill();
        _places--;
        host.Left();
    }

    /// <summary>Ends those that have had nothing to do for so long.</summary>
    public void Rest(TimeSpan longest)
    {
        lock (_lock)
        {
            foreach (var sandbox in _idle.Where(s => s.Ended.IsCompleted || host.Time.GetElapsedTime(s.Rested) >= longest).ToList())
            {
                _idle.Remove(sandbox);
                Drop(sandbox);
            }
        }
    }

    /// <summary>When its longest idle process was last used; null where none is idle, or another has the pool's lock just now.</summary>
    public long? TryEldest()
    {
        if (!_lock.TryEnter())
        {
            return null;
        }

        try
        {
            return _idle.Count > 0 ? _idle[0].Rested : null;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Ends the process that is idle the longest; false where none is, or another has the pool's lock just now.</summary>
    public bool TryGiveUpEldest()
    {
        if (!_lock.TryEnter())
        {
            return false;
        }

        try
        {
            if (_idle.Count == 0)
            {
                return false;
            }

            var eldest = _idle[0];
            _idle.RemoveAt(0);
            Drop(eldest);
            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Ends what is idle now and the others when they have finished; who waits is served first.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _retired = true;
            foreach (var sandbox in _idle)
            {
                Drop(sandbox);
            }

            _idle.Clear();
        }
    }

    /// <summary>Ends everything at once.</summary>
    public IReadOnlyList<Task> Kill()
    {
        Retire();
        lock (_lock)
        {
            _killed = true;
            foreach (var sandbox in _all)
            {
                sandbox.Kill();
            }

            return [.. _all.Select(s => s.Ended)];
        }
    }

    private sealed class ThrottledException : Exception;
}
