namespace Carillon.Events.Core.Provisioning;

/// <summary>What is to be done for a ticket next.</summary>
public enum SeatStep
{
    User = 0,
    Member = 1,
    Ready = 2,
    Failed = 3,
    EndMember = 4,
    EndUser = 5,
    Gone = 6,
}

/// <summary>Where a seat waits.</summary>
public enum SeatLine
{
    /// <summary>Its holder has come already.</summary>
    AtTheDoor = 0,

    /// <summary>Sold within 24 hours before the doors, or later.</summary>
    DayOf = 1,
    Presale = 2,

    /// <summary>It failed, and is tried again when it is due.</summary>
    Again = 3,

    /// <summary>A provisioner has it until it is due.</summary>
    Taken = 4,
}

/// <summary>A seat that was taken.</summary>
/// <param name="UserId">Of the ticket: fixed when it was sold, so that a repeated call makes nobody twice.</param>
/// <param name="Until">Microseconds; no call for it may be under way after.</param>
public sealed record Seat(long Show, long Number, string UserId, int Tries, long Until);

/// <summary>What came of a seat's call.</summary>
public enum SeatOutcome
{
    /// <summary>Done, by this call or by one before.</summary>
    Done,

    /// <summary>Refused for a reason of its own; it is tried again later, a few times.</summary>
    Refused,

    /// <summary>Nothing is known, or the platform had no time: it goes back to its line as it was.</summary>
    Back,

    /// <summary>There is no such user: it is made again, as often as what is refused is tried.</summary>
    Missing,
}

/// <param name="Why">Of a refusal, for people; the platform's word for having no time.</param>
public sealed record SeatResult(Seat Seat, SeatOutcome Outcome, string? Why);

/// <summary>How many seats of a show wait in one line for one step.</summary>
public sealed record SeatGroup(long Show, SeatStep Step, SeatLine Line, long Count);

/// <summary>A show whose seats may be worked on.</summary>
/// <param name="Doors">Microseconds; null where it has none, which is as late as can be.</param>
/// <param name="Job">Standing: seats are made and removed; Clearing: they are removed only.</param>
public sealed record SeatedShow(
    long Key, HandJob Job, long? Doors, string AppInstanceArn, string AdminArn, string ChannelArn, bool Elastic);
