namespace Carillon.Events.Core.Provisioning;

/// <param name="Users">Users that are to be made or deleted before the last of the show is, its own among them.</param>
/// <param name="Members">Memberships, likewise; a seat without a user will need one too.</param>
public readonly record struct Ahead(long Users, long Members);

/// <summary>When a show will be ready, from what is before it and how fast it goes.</summary>
public static class Forecast
{
    /// <param name="groups">All that waits, of all shows: User and Member steps.</param>
    /// <param name="urgency">Of each group.</param>
    public static Ahead Of(long show, IReadOnlyList<(SeatGroup Group, long Urgency)> groups)
    {
        var own = groups.Where(g => g.Group.Show == show).ToList();
        if (own.Count == 0) return default;
        var last = own.Max(g => g.Urgency);
        var before = groups.Where(g => g.Group.Show == show || (g.Urgency, g.Group.Show).CompareTo((last, show)) < 0).ToList();
        var users = before.Where(g => g.Group.Step == SeatStep.User).Sum(g => g.Group.Count);
        return new(users, users + before.Where(g => g.Group.Step == SeatStep.Member).Sum(g => g.Group.Count));
    }

    /// <summary>Users and memberships are made side by side, so the slower of the two decides.</summary>
    /// <param name="users">A second.</param>
    /// <param name="members">A second.</param>
    /// <returns>Microseconds from now; null where nothing is known of how fast it goes.</returns>
    public static long? Remaining(Ahead ahead, double users, double members)
    {
        if (ahead is { Users: 0, Members: 0 }) return 0;
        if ((ahead.Users > 0 && users <= 0) || (ahead.Members > 0 && members <= 0)) return null;
        var seconds = Math.Max(ahead.Users > 0 ? ahead.Users / users : 0, ahead.Members > 0 ? ahead.Members / members : 0);
        return (long)(seconds * 1_000_000);
    }
}
