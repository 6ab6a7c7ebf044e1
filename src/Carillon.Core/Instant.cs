namespace Carillon.Core;

/// <summary>A point in time: microseconds since 1970, UTC.</summary>
public readonly record struct Instant(long Microseconds) : IComparable<Instant>
{
    /// <summary>The millisecond that <paramref name="time"/> lies in.</summary>
    /// <remarks>
    /// Clients see milliseconds. What is stamped is cut to what they see, so that a client which sends a timestamp back
    /// as NotBefore or NotAfter means the very message it read it from.
    /// </remarks>
    public static Instant Of(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds() * 1000);

    public DateTimeOffset ToTime() => DateTimeOffset.UnixEpoch.AddTicks(Microseconds * TimeSpan.TicksPerMicrosecond);

    public Instant Plus(TimeSpan span) => new(Microseconds + (span.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>From <paramref name="earlier"/> until this one; below zero where that is later.</summary>
    public TimeSpan Since(Instant earlier) => TimeSpan.FromTicks((Microseconds - earlier.Microseconds) * TimeSpan.TicksPerMicrosecond);

    public int CompareTo(Instant other) => Microseconds.CompareTo(other.Microseconds);

    public static bool operator <(Instant left, Instant right) => left.Microseconds < right.Microseconds;

    public static bool operator >(Instant left, Instant right) => left.Microseconds > right.Microseconds;

    public static bool operator <=(Instant left, Instant right) => left.Microseconds <= right.Microseconds;

    public static bool operator >=(Instant left, Instant right) => left.Microseconds >= right.Microseconds;
}
