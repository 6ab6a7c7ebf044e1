namespace Carillon.Events.Core;

/// <summary>Times in rows are microseconds since 1970, UTC.</summary>
public static class Times
{
    public static long ToMicroseconds(this DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset? FromMicroseconds(long? microseconds) => microseconds is { } value ? FromMicroseconds(value) : null;
}
