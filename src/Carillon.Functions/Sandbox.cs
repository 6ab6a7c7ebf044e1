using System.Diagnostics;
using System.Globalization;

namespace Carillon.Functions;

/// <summary>
/// A process that runs one function, one invocation after the other (AWS: an execution environment). What it says comes through
/// <see cref="RuntimeApi"/>, what it prints through its pipes.
/// </summary>
internal sealed class Sandbox
{
    /// <summary>How long the end of an invocation waits for the last of what was printed. Ours.</summary>
    private static readonly TimeSpan PrintingTime = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;
    private readonly int _id;
    private readonly Launcher _launcher;
    private readonly FunctionLog _log;
    private readonly TimeProvider _time;
    private readonly int _memory;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<byte[]?> _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started;
    private readonly Queue<string> _printed = new();
    private int _printedLength;
    private TaskCompletionSource<Invocation> _inbox = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _marked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _marks;
    private Invocation? _current;
    private bool _ready;
    private bool _polling;
    private bool _delivered;
    private bool _answered;
    private bool _over;
    private bool _killed;
    private double? _initMilliseconds;

    public Sandbox(Process process, Launcher launcher, FunctionPlan plan, DateTimeOffset? expires, FunctionLog log, TimeProvider time)
    {
        (_process, _launcher, _log, _time, _memory, Arn, Expires) = (process, launcher, log, time, plan.MemoryMegabytes, plan.Arn, expires);
        _id = process.Id;
        _started = time.GetTimestamp();
        var printing = Task.WhenAll(
            Lines.Read(process.StandardOutput.BaseStream, Printed), Lines.Read(process.StandardError.BaseStream, Printed));
        Ended = Watch(printing);
    }

    public string Arn { get; }

    public DateTimeOffset? Expires { get; }

    /// <summary>The exit code, once it has ended and all that it printed is read.</summary>
    public Task<int> Ended { get; }

    /// <summary>When it was last given back; the time source's timestamp.</summary>
    public long Rested { get; set; }

    /// <summary>Null once it asks for its first event, else the JSON of why the function could not be loaded; empty where the process just ended.</summary>
    public Task<byte[]?> Initialized => _initialized.Task;

    /// <summary>What the Runtime API answers.</summary>
    internal enum Answer
    {
        Taken,
        WrongId,
        WrongState,
    }

    /// <summary>GET next: the event to come, whenever it does; null where it is not the time to ask.</summary>
    public async Task<Invocation?> Next(CancellationToken gone)
    {
        Task<Invocation> inbox;
        lock (_lock)
        {
            if (_polling || (_delivered && !_answered) || _over)
            {
                return null;
            }

            _polling = true;
            if (!_ready)
            {
                _ready = true;
                _initMilliseconds = _time.GetElapsedTime(_started).TotalMilliseconds;
            }

            inbox = _inbox.Task;
        }

        _initialized.TrySetResult(null);
        try
        {
            var invocation = await inbox.WaitAsync(gone);
            lock (_lock)
            {
                _delivered = true;
            }

            return invocation;
        }
        finally
        {
            lock (_lock)
            {
                _polling = false;
            }
        }
    }

    /// <summary>POST response and error.</summary>
    public Answer Take(string requestId, byte[] payload, bool failed)
    {
        Invocation current;
        lock (_lock)
        {
            if (_current is null || _current.Call.RequestId != requestId)
            {
                return Answer.WrongId;
            }

            if (_answered)
            {
                return Answer.WrongState;
            }

            _answered = true;
            _inbox = new(TaskCreationOptions.RunContinuationsAsynchronously);
            current = _current;
        }

        current.End(payload, failed);
        return Answer.Taken;
    }

    /// <summary>POST init/error.</summary>
    public Answer TakeInitError(byte[] payload)
    {
        lock (_lock)
        {
            return !_ready && _initialized.TrySetResult(payload) ? Answer.Taken : Answer.WrongState;
        }
    }

    /// <summary>Runs one invocation to its end. The process may have ended with it.</summary>
    /// <param name="isAgain">It was given to a process before that did not take it.</param>
    /// <returns>Null where the process ended without having taken the event.</returns>
    public async Task<FunctionOutcome?> Run(FunctionCall call, TimeSpan timeout, bool isAgain = false)
    {
        var invocation = new Invocation(call, _time.GetUtcNow() + timeout);
        var began = _time.GetTimestamp();
        lock (_lock)
        {
            (_current, _answered, _delivered, _marks) = (invocation, false, false, 0);
            _marked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (!isAgain)
        {
            Say($"START RequestId: {call.RequestId} Version: $LATEST");
        }

        Inbox().TrySetResult(invocation);
        byte[] payload;
        bool failed;
        var first = await Task.WhenAny(invocation.Ended, Ended).WaitOr(timeout, _time);
        if (first is null && !invocation.Ended.IsCompleted)
        {
            payload = Errors.TimedOut(call.RequestId, timeout);
            failed = true;
            invocation.End(payload, failed);
            Kill();
            Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{_time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {call.RequestId} Task timed out after {timeout.TotalSeconds:0.00} seconds"));
        }
        else if (invocation.Ended.IsCompleted)
        {
            (payload, failed) = await invocation.Ended;
            await Task.WhenAny(_marked.Task, Ended).WaitOr(PrintingTime, _time);
        }
        else if (IsDelivered())
        {
            payload = Errors.Exited(call.RequestId, await Ended);
            failed = true;
        }
        else
        {
            return null;
        }

        var tail = Close(call.RequestId, _time.GetElapsedTime(began));
        return new(OutcomeKind.Ended, payload, failed, tail);
    }

    private bool IsDelivered()
    {
        lock (_lock)
        {
            return _delivered;
        }
    }

    /// <summary>Says how an invocation ended that never reached the function.</summary>
    public string CloseUnrun(string requestId)
    {
        Say($"START RequestId: {requestId} Version: $LATEST");
        return Close(requestId, _time.GetElapsedTime(_started));
    }

    /// <summary>It was killed, and is not to be used again.</summary>
    public bool IsEnding => Volatile.Read(ref _killed);

    public void Kill()
    {
        Volatile.Write(ref _killed, true);
        lock (_lock)
        {
            // Its number may be another's by then.
            if (!_over)
            {
                _launcher.End(_process, _id);
            }
        }
    }

    private TaskCompletionSource<Invocation> Inbox()
    {
        lock (_lock)
        {
            return _inbox;
        }
    }

    private string Close(string requestId, TimeSpan took)
    {
        var duration = took.TotalMilliseconds;
        var init = _initMilliseconds is { } milliseconds
            ? string.Create(CultureInfo.InvariantCulture, $"\tInit Duration: {milliseconds:0.00} ms")
            : "";
        Say($"END RequestId: {requestId}");
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"REPORT RequestId: {requestId}\tDuration: {duration:0.00} ms\tBilled Duration: {Math.Ceiling(duration):0} ms\tMemory Size: {_memory} MB\tMax Memory Used: {Used()} MB{init}"));
        lock (_lock)
        {
            _initMilliseconds = null;
            var tail = Invocation.TailOf(_printed);
            _printed.Clear();
            _printedLength = 0;
            _current = null;
            return tail;
        }
    }

    /// <summary>Megabytes of memory at the most so far; 0 where the system does not tell.</summary>
    private long Used()
    {
        try
        {
            var line = File.ReadLines($"/proc/{_id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["VmHWM:".Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return 0;
        }
    }

    private void Printed(string line)
    {
        // The client's mark, behind whatever was printed without an end of its line.
        var mark = line.IndexOf('\0', StringComparison.Ordinal);
        if (mark < 0 || !IsMark(line[(mark + 1)..]))
        {
            Say(line);
            return;
        }

        if (mark > 0)
        {
            Say(line[..mark]);
        }

        lock (_lock)
        {
            if (++_marks == 2)
            {
                _marked.TrySetResult();
            }
        }
    }

    private bool IsMark(string text)
    {
        lock (_lock)
        {
            return _current?.Call.RequestId == text || (_current is null && text is "null" or "");
        }
    }

    private void Say(string line)
    {
        lock (_lock)
        {
            _printed.Enqueue(line);
            _printedLength += line.Length + 1;

            // The tail needs no more than its own bytes, and a character is at least one.
            while (_printedLength - _printed.Peek().Length > Invocation.MostTail)
            {
                _printedLength -= _printed.Dequeue().Length + 1;
            }
        }

        _log.Add(line);
    }

    private async Task<int> Watch(Task printing)
    {
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;

        // What it left behind holds its pipes open.
        Kill();
        await printing.WaitOr(PrintingTime, _time);
        lock (_lock)
        {
            _over = true;
        }

        _process.Dispose();
        _initialized.TrySetResult([]);
        return code;
    }
}

internal static class Waiting
{
    /// <summary>What the task made, or null when the time has passed before.</summary>
    public static async Task<T?> WaitOr<T>(this Task<T> task, TimeSpan patience, TimeProvider time)
        where T : class
    {
        try
        {
            return await task.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>False when the time has passed before it ended.</summary>
    public static async Task<bool> WaitOr(this Task task, TimeSpan patience, TimeProvider time)
    {
        try
        {
            await task.WaitAsync(patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
