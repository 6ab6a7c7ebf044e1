namespace Carillon.Events.Core.Provisioning;

/// <param name="At">When it was given up; microseconds.</param>
public sealed record SeatFailure(long Number, string Why, long At, int Tries);

public enum ProgressState
{
    Idle,
    Working,
    Ready,
    Paused,
    Clearing,
    Cleared,
}

/// <summary>How far the platform's side of a show is, as the organiser sees it. Times are microseconds.</summary>
/// <param name="Planned">Tickets that are to have a place.</param>
/// <param name="Made">Those that have one.</param>
/// <param name="Retrying">Refused, and tried again by itself.</param>
/// <param name="Removing">Revoked, or cleared with the show, and not gone yet.</param>
/// <param name="PerSecond">Of all shows together, lately.</param>
/// <param name="LimitPerSecond">Users that may be made a second; null for no limit.</param>
/// <param name="Throttled">Calls that the platform refused for coming too soon, of all shows, ever.</param>
/// <param name="ReadyAt">When all are made, or while the show is cleared, gone. Null where nothing is known of how fast it goes.</param>
/// <param name="Why">What keeps the show's stage from being made, closed or removed; null where nothing does.</param>
public sealed record Progress(
    long Planned, long Made, long Failed, long Retrying, long Removing, double PerSecond, double? LimitPerSecond, long Throttled,
    long? ReadyAt, long? DoorsAt, ProgressState State, string? Why, IReadOnlyList<SeatFailure> Failures)
{
    public bool InTime => ReadyAt is { } at && (DoorsAt is not { } doors || at <= doors);
}
