namespace Carillon.Server.Flows;

/// <summary>
/// Leaves a processor alone that fails again and again, so that its messages take their fallback at once instead of after
/// ten seconds each. After a rest one message tries it again.
/// </summary>
internal sealed class Breaker(TimeProvider time)
{
    /// <summary>Failures in a row that open it. Ours.</summary>
    public const int Failures = 5;

    /// <summary>Ours.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (int Failed, long Since)> _failing = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public bool Allows(string function)
    {
        lock (_lock)
        {
            if (!_failing.TryGetValue(function, out var failing) || failing.Failed < Failures)
            {
                return true;
            }

            if (time.GetElapsedTime(failing.Since) < Rest)
            {
                return false;
            }

            // The one that tries; the others rest on.
            _failing[function] = (failing.Failed, time.GetTimestamp());
            return true;
        }
    }

    public void Succeeded(string function)
    {
        lock (_lock)
        {
            _failing.Remove(function);
        }
    }

    /// <summary>True where this failure opens it.</summary>
    public bool Failed(string function)
    {
        lock (_lock)
        {
            var failed = _failing.GetValueOrDefault(function).Failed + 1;
            _failing[function] = (failed, time.GetTimestamp());
            return failed == Failures;
        }
    }
}
