namespace Carillon.Core.Functions;

/// <summary>Runs Lambda functions, wherever they are: in processes of this server, or behind an endpoint that speaks Lambda's Invoke API.</summary>
public interface IFunctionInvoker
{
    /// <summary>Runs a function with an event and waits for its result (Invoke, RequestResponse).</summary>
    /// <param name="function">An ARN, with or without a qualifier, or the name of a function of this account.</param>
    /// <param name="payload">JSON in UTF-8, at most 6 MB; empty for none.</param>
    /// <param name="by">The service that invokes, which the function must let; null where nobody is asked about.</param>
    /// <param name="timeout">
    /// How long the caller waits, a cold start and a place in the queue included. A local function that takes longer goes on until
    /// its own timeout, as on AWS.
    /// </param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>; a local function goes on.</exception>
    /// <remarks>Every other way to fail is a <see cref="InvokedStatus"/>. A function is never run twice for one call.</remarks>
    Task<Invoked> Invoke(string function, ReadOnlyMemory<byte> payload, InvokingService? by, TimeSpan timeout, CancellationToken cancellation);
}

/// <summary>A service that invokes functions for what its users have made.</summary>
/// <param name="Name">As policies know it, <c>apigateway.amazonaws.com</c>.</param>
/// <param name="Source">ARN of what it invokes for, <c>aws:SourceArn</c>.</param>
/// <param name="Role">ARN of a role it takes on for that, whose policies decide instead of the function's; null for none.</param>
public sealed record InvokingService(string Name, string Source, string? Role);

/// <summary>What became of an invocation.</summary>
/// <param name="Status">Whether the function ran; what follows is filled in only where it is Answered.</param>
/// <param name="Payload">The function's result, or its error, as JSON in UTF-8 that nobody has checked; else empty.</param>
/// <param name="FunctionError">
/// Null where the function succeeded, else <c>Unhandled</c> (or <c>Handled</c>, from an endpoint): it threw, exited or passed its own timeout.
/// </param>
/// <param name="LogTail">The end of this invocation's log, at most 4 KB; null where it is not known. It may hold whatever the function prints.</param>
public sealed record Invoked(InvokedStatus Status, byte[] Payload, string? FunctionError, string? LogTail)
{
    /// <summary>For what carries no payload.</summary>
    public static Invoked Not(InvokedStatus status) => new(status, [], null, null);
}

/// <summary>How an invocation ended.</summary>
public enum InvokedStatus
{
    /// <summary>The function has ended, well or not: <see cref="Invoked.FunctionError"/> tells.</summary>
    Answered,

    /// <summary>The caller's time has passed; the function may still be running.</summary>
    TimedOut,

    /// <summary>There is no such function here or at the endpoint.</summary>
    NotFound,

    /// <summary>Functions are off here and no endpoint is set, or the endpoint could not be reached or failed.</summary>
    Unreachable,

    /// <summary>As many run as may (429 TooManyRequestsException).</summary>
    Throttled,

    /// <summary>The function's policy, or the endpoint, does not let the caller invoke it.</summary>
    NotPermitted,

    /// <summary>The payload exceeds 6 MB (413 RequestTooLargeException).</summary>
    TooLarge,

    /// <summary>It exists and cannot run as it is: its runtime is absent from this machine, or its role gives no credentials (502).</summary>
    CannotRun,
}
