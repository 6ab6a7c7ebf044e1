namespace Carillon.Events.Core.Provisioning;

/// <summary>What is done for a show as a whole.</summary>
public enum HandJob
{
    Making = 0,

    /// <summary>The stage stands; seats and staff are made as they come.</summary>
    Standing = 1,

    /// <summary>The show is over: the archive is read to its end and held against the platform.</summary>
    Closing = 2,
    Clearing = 3,
    Cleared = 4,
}

/// <param name="Step">The job's next step, from 0.</param>
/// <param name="Due">Not before; microseconds.</param>
/// <param name="Clear">It is wished that all be removed, once the archive is closed.</param>
/// <param name="StreamName">Of the show's own Kinesis stream.</param>
public sealed record Hand(
    long Show, HandJob Job, int Step, bool Paused, bool Hurried, bool Clear, long Due, long Tries, string? Why, string? StreamName,
    long? Verified, string? Owner, long Until);

/// <summary>An artist or moderator whose user is to be made, or to be removed.</summary>
public sealed record StaffChange(long Key, string UserId, string Name, bool Leaves);
