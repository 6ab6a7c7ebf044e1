namespace Carillon.Server.Pushing;

/// <summary>
/// Keeps from knocking at a door behind which nobody is: after some failures in a row nothing is tried for a while, then
/// one thing, and after each further failure the while doubles. Its owner is one loop.
/// </summary>
internal sealed class Breaker(TimeProvider time)
{
    /// <summary>Failures in a row. Ours, as the two spans.</summary>
    public const int Patience = 5;

    private static readonly TimeSpan shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(1);

    private int _failures;
    private TimeSpan _pause = shortest;
    private DateTimeOffset _until;

    public bool IsOpen => _failures >= Patience;

    /// <summary>How many things may be under way at once: all, or one, or none.</summary>
    public int May(int most) => !IsOpen ? most : time.GetUtcNow() >= _until ? 1 : 0;

    /// <returns>Whether that closed it.</returns>
    public bool Worked()
    {
        var was = IsOpen;
        _failures = 0;
        _pause = shortest;
        return was;
    }

    /// <returns>Whether that opened it.</returns>
    public bool Failed()
    {
        _failures++;
        if (!IsOpen)
        {
            return false;
        }

        _until = time.GetUtcNow() + _pause;
        _pause = _pause * 2 < longest ? _pause * 2 : longest;
        return _failures == Patience;
    }
}
