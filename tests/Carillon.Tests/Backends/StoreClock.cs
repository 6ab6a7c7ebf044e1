namespace Carillon.Tests.Backends;

/// <summary>Time that goes where a test says, also backwards.</summary>
internal sealed class StoreClock : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public void Pass(TimeSpan span)
    {
        lock (_lock)
        {
            _now += span;
        }
    }
}
