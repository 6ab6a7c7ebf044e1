namespace Carillon.Functions;

/// <summary>How a function runs.</summary>
/// <param name="Arn">Without a qualifier.</param>
/// <param name="Revision">Changes with anything that a running process would have to be told; processes of another revision finish and end.</param>
/// <param name="Runtime">As Lambda names it, <c>nodejs22.x</c> or <c>python3.12</c>.</param>
/// <param name="Folder">Of its code; the function's user must be able to read it.</param>
/// <param name="Timeout">Of an invocation.</param>
/// <param name="MemoryMegabytes">Told to the function, and not enforced.</param>
/// <param name="Variables">The function's own; they never replace reserved ones.</param>
/// <param name="Surround">What a new process gets beside that; asked once for each.</param>
public sealed record FunctionPlan(
    string Name, string Arn, string Revision, string Runtime, string Handler, string Folder, TimeSpan Timeout, int MemoryMegabytes,
    IReadOnlyDictionary<string, string> Variables, Func<Surroundings> Surround);

/// <param name="Variables">Credentials and addresses.</param>
/// <param name="Expires">When the credentials end; a process that is too old for another invocation is not used again. Null for never.</param>
public sealed record Surroundings(IReadOnlyDictionary<string, string> Variables, DateTimeOffset? Expires)
{
    public override string ToString() => nameof(Surroundings);
}

/// <summary>One invocation.</summary>
/// <param name="Payload">JSON in UTF-8.</param>
/// <param name="ClientContext">JSON; null for none.</param>
public sealed record FunctionCall(string RequestId, ReadOnlyMemory<byte> Payload, string? ClientContext = null);

public enum OutcomeKind
{
    /// <summary>It ran.</summary>
    Ended,

    /// <summary>As many run and wait as may.</summary>
    Throttled,

    /// <summary>No process can be started for it; <see cref="FunctionOutcome.Why"/> tells.</summary>
    CannotRun,
}

/// <param name="Payload">What the function answered, or the JSON of its error.</param>
/// <param name="Failed">It threw, exited, could not be loaded, or passed its timeout.</param>
/// <param name="LogTail">The end of its log, at most 4 KB in UTF-8.</param>
public sealed record FunctionOutcome(OutcomeKind Kind, byte[] Payload, bool Failed, string LogTail, string? Why = null);

/// <summary>What a host needs to know.</summary>
/// <param name="Folder">For what the processes read; made anew, and readable by everyone.</param>
/// <param name="Logs">Where each function's log is written.</param>
/// <param name="User">The system's user that functions run as; null for the server's own.</param>
/// <param name="Modules">A folder <c>node_modules</c> that every Node function finds; null for none.</param>
/// <param name="Packages">A folder of packages that every Python function finds; null for none.</param>
/// <param name="MostPerFunction">Processes of one function at a time.</param>
/// <param name="Most">Processes at a time.</param>
public sealed record HostOptions(
    string Folder, string Logs, string Region, string? User, string? Modules, string? Packages, int MostPerFunction, int Most);

/// <summary>A function that cannot be started; the message is for an operator.</summary>
public sealed class CannotRunException(string message, Exception? inner = null) : Exception(message, inner);
