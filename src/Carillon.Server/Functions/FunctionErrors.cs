using System.Collections.Concurrent;
using System.Text.Json;
using Carillon.Functions;

namespace Carillon.Server.Functions;

/// <summary>An invocation that failed.</summary>
/// <param name="Type">As the runtime names it, or what became of its process.</param>
/// <param name="Message">What the function said, shortened. It stands in the function's log too.</param>
internal sealed record FunctionError(DateTimeOffset At, string RequestId, string? Type, string? Message);

/// <summary>The last invocations of each function that failed, in memory.</summary>
internal sealed class FunctionErrors(TimeProvider time)
{
    /// <summary>Of each function. Ours, like the next.</summary>
    public const int Most = 20;

    /// <summary>Characters of a message.</summary>
    public const int MostMessage = 1_000;

    private readonly ConcurrentDictionary<string, Kept> _byName = new(StringComparer.Ordinal);

    /// <summary>Takes note of an invocation, where it failed.</summary>
    public void Add(string function, string requestId, FunctionOutcome outcome)
    {
        if (outcome is { Kind: OutcomeKind.Ended, Failed: false })
        {
            return;
        }

        var (type, message) = outcome.Kind switch
        {
            OutcomeKind.Ended => Read(outcome.Payload),
            OutcomeKind.Throttled => ("TooManyRequestsException", "As many processes as may are busy, and a thousand callers wait."),
            _ => ("CannotRun", outcome.Why ?? "It cannot be started; the server's log says why."),
        };
        _byName.GetOrAdd(function, _ => new()).Add(new(time.GetUtcNow(), requestId, type, message));
    }

    /// <summary>The newest first.</summary>
    public (IReadOnlyList<FunctionError> Latest, long Count) Of(string function) =>
        _byName.TryGetValue(function, out var kept) ? kept.Read() : ([], 0);

    /// <summary>Of a function that is gone.</summary>
    public void Forget(string function) => _byName.TryRemove(function, out _);

    private static (string? Type, string? Message) Read(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return (Text(document.RootElement, "errorType"), Text(document.RootElement, "errorMessage"));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() is { Length: > MostMessage } text ? text[..MostMessage] + "…" : value.GetString()
            : null;

    private sealed class Kept
    {
        private readonly Lock _lock = new();
        private readonly Queue<FunctionError> _latest = new();
        private long _count;

        public void Add(FunctionError error)
        {
            lock (_lock)
            {
                _count++;
                _latest.Enqueue(error);
                if (_latest.Count > Most)
                {
                    _latest.Dequeue();
                }
            }
        }

        public (IReadOnlyList<FunctionError> Latest, long Count) Read()
        {
            lock (_lock)
            {
                return ([.. _latest.Reverse()], _count);
            }
        }
    }
}
