using System.Text;
using Carillon.Core.Functions;
using Carillon.Functions;
using Carillon.Server.Flows;
using Carillon.Server.Hosting;
using Carillon.Server.Http;
using Carillon.Server.Outbound;

namespace Carillon.Server.Functions;

/// <summary>Invokes functions of this server, and through the endpoint of <c>LambdaEndpoint</c> those that are not here.</summary>
internal sealed partial class FunctionInvoker(
    FunctionRoom room, ProcessorOptions options, OutboundHttp http, TimeProvider time, ILogger<FunctionInvoker> log) : IFunctionInvoker
{
    /// <summary>Bytes of a synchronous request (Lambda quotas, "Invocation payload").</summary>
    public const int MostPayload = 6 * 1024 * 1024;

    /// <summary>Bytes of an asynchronous one (the same).</summary>
    public const int MostEvent = 1024 * 1024;

    public async Task<Invoked> Invoke(
        string function, ReadOnlyMemory<byte> payload, InvokingService? by, TimeSpan timeout, CancellationToken cancellation)
    {
        if (payload.Length > MostPayload)
        {
            return Invoked.Not(InvokedStatus.TooLarge);
        }

        if (Local(function) is { } known)
        {
            if (by is not null && !room.Lets(by, known))
            {
                NotPermitted(known.Function.Name, by.Name, by.Source);
                return Invoked.Not(InvokedStatus.NotPermitted);
            }

            return await RunLocal(known, payload, timeout, cancellation);
        }

        return options.Lambda is { } lambda ? await Ask(lambda, function, payload.ToArray(), timeout, cancellation)
            : Invoked.Not(room.Enabled ? InvokedStatus.NotFound : InvokedStatus.Unreachable);
    }

    /// <summary>Stores an asynchronous invocation of a function of this server; false where it is none of them.</summary>
    /// <exception cref="Core.Refusal">FunctionEventsFull, Busy, StoreUnavailable.</exception>
    public async Task<bool> Post(string function, byte[] payload, string? requestId = null)
    {
        if (Local(function) is not { } known)
        {
            return false;
        }

        var id = requestId ?? Guid.NewGuid().ToString();
        await room.Store.Write(ledger =>
        {
            LocalFunctions.Post(ledger, known.Function.Name, id, payload);
            return true;
        });
        room.EventBell.Ring();
        return true;
    }

    private KnownFunction? Local(string function) =>
        room.Enabled && FunctionName.Parse(function, room.Arns.Region, room.Arns.Account) is { IsHere: true, IsLatest: true } name
            ? room.Find(name.Name)
            : null;

    private async Task<Invoked> RunLocal(KnownFunction known, ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellation)
    {
        // The function outlives a caller that gives up, and the caller's buffer may not.
        var call = new FunctionCall(Guid.NewGuid().ToString(), payload.Length == 0 ? "{}"u8.ToArray() : payload.ToArray());
        try
        {
            var outcome = await room.Run(known, call).WaitAsync(timeout, time, cancellation);
            return outcome.Kind switch
            {
                OutcomeKind.Ended => new(InvokedStatus.Answered, outcome.Payload, outcome.Failed ? "Unhandled" : null, outcome.LogTail),
                OutcomeKind.Throttled => Invoked.Not(InvokedStatus.Throttled),
                _ => Invoked.Not(InvokedStatus.CannotRun),
            };
        }
        catch (TimeoutException)
        {
            return Invoked.Not(InvokedStatus.TimedOut);
        }
    }

    private async Task<Invoked> Ask(Uri lambda, string function, byte[] payload, TimeSpan timeout, CancellationToken cancellation)
    {
        var region = function.Split(':') is ["arn", _, "lambda", var named, ..] ? named : room.Arns.Region;
        try
        {
            using var request = LambdaEndpoint.Invoke(
                options, lambda, function, region, payload, time,
                new("X-Amz-Invocation-Type", "RequestResponse"), new("X-Amz-Log-Type", "Tail"));
            var began = time.GetTimestamp();
            try
            {
                var answer = await http.Send(request, timeout, cancellation);
                return answer.Status switch
                {
                    >= 200 and < 300 => new(
                        InvokedStatus.Answered, answer.Body, answer.Header(LambdaEndpoint.FunctionErrorHeader),
                        Decoded(answer.Header(LambdaEndpoint.LogResultHeader))),
                    403 => Invoked.Not(InvokedStatus.NotPermitted),
                    404 => Invoked.Not(InvokedStatus.NotFound),
                    413 => Invoked.Not(InvokedStatus.TooLarge),
                    429 => Invoked.Not(InvokedStatus.Throttled),
                    502 => Invoked.Not(InvokedStatus.CannotRun),
                    _ => Invoked.Not(InvokedStatus.Unreachable),
                };
            }
            catch (OutboundException) when (time.GetElapsedTime(began) >= timeout)
            {
                return Invoked.Not(InvokedStatus.TimedOut);
            }
        }
        catch (Exception e) when (e is OutboundException or SettingException)
        {
            return Invoked.Not(InvokedStatus.Unreachable);
        }
    }

    private static string? Decoded(string? log)
    {
        try
        {
            return log is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(log));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [LoggerMessage(9009, LogLevel.Warning, "Nothing lets {Service} invoke the function {Function} for {Source}: no permission of the function's, and no role.")]
    private partial void NotPermitted(string function, string service, string source);
}
