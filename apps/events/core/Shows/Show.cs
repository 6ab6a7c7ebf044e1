namespace Carillon.Events.Core.Shows;

public enum ShowState
{
    Draft = 0,
    Published = 1,
    Ended = 2,
    Archived = 3,
    Cleared = 4,
}

/// <summary>Where a show stands for its audience.</summary>
public enum Phase
{
    Announced,
    Doors,
    Live,
    Ended,
}

/// <param name="Key">Of the row; other tables refer by it.</param>
/// <param name="Id">What staff's addresses carry: 12 of <c>[a-z0-9]</c>.</param>
/// <param name="Slug">What fans' addresses carry.</param>
/// <param name="Version">Rises by one with each change of the definition.</param>
/// <param name="Updated">Microseconds since 1970.</param>
/// <param name="Sample">Made by the app itself, so that a newcomer finds something.</param>
public sealed record Show(
    long Key, string Id, string Slug, ShowState State, long Version, ShowDefinition Definition, long Created, long Updated,
    bool Sample)
{
    /// <summary>At the time given, in microseconds.</summary>
    public Phase PhaseAt(long now) => PhaseAt(Times.FromMicroseconds(now));

    public Phase PhaseAt(DateTimeOffset now)
    {
        if (State >= ShowState.Ended || now >= Definition.EndsAt) return Phase.Ended;
        if (now >= Definition.StartsAt) return Phase.Live;
        return now >= Definition.DoorsAt ? Phase.Doors : Phase.Announced;
    }
}

/// <summary>Counts of a show's tickets. Entered and provisioned ones may be of any state.</summary>
public sealed record TicketCounts(long Valid, long Revoked, long Banned, long Entered, long Provisioned)
{
    public long All => Valid + Revoked + Banned;
}
