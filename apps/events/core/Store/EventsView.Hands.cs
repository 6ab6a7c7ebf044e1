using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Sql;

namespace Carillon.Events.Core.Store;

public partial class EventsView
{
    private const string handColumns =
        "select show, job, step, paused, hurried, clear, due, tries, why, stream_name, verified, owner, until from hand ";

    /// <summary>Failures that an organiser is shown at once. Ours.</summary>
    private const int mostFailures = 100;

    /// <summary>Null for a show that was never published.</summary>
    public Hand? HandOf(long show) => Db.First(handColumns + "where show = $1", HandRow, show);

    /// <summary>
    /// What is to be done for shows as a whole, now and by nobody else yet: those that are hurried, those that are to be made,
    /// then by their doors.
    /// </summary>
    public IReadOnlyList<Hand> HandsDue(int limit) => Db.Query(
        """
        select h.show, h.job, h.step, h.paused, h.hurried, h.clear, h.due, h.tries, h.why, h.stream_name, h.verified, h.owner, h.until
        from hand h join show s on s.key = h.show
        where h.job < 4 and h.due <= $1 and h.until <= $1 and h.paused = 0
        order by h.hurried desc, h.job > 0, coalesce(s.doors, 9000000000000000000) limit $2
        """,
        HandRow, Now, limit);

    /// <summary>Staff of a show who are to be made on the platform, or to be removed from it.</summary>
    public IReadOnlyList<StaffChange> StaffWaiting(long show, int limit) => Db.Query(
        """
        select key, user_id, name, kind, removed is not null from staff
        where show = $1 and ((removed is null and provisioned = 0) or (removed is not null and provisioned = 1))
        order by key limit $2
        """,
        static row => new StaffChange(row.Integer(0), row.Text(1), row.Text(2), row.Flag(4)), show, limit);

    /// <summary>Those who are on the platform.</summary>
    public IReadOnlyList<string> StaffMade(long show) => Db.Query(
        "select user_id from staff where show = $1 and removed is null and provisioned = 1 order by key", static row => row.Text(0),
        show);

    /// <summary>How far the platform's side of a show is.</summary>
    public Progress ProgressOf(long show)
    {
        var hand = HandOf(show);
        var seats = SeatsOf(show);
        long Count(Func<SeatGroup, bool> which) => seats.Where(which).Sum(g => g.Count);
        var waiting = Count(g => g.Step is SeatStep.User or SeatStep.Member);
        var removing = Count(g => g.Step is SeatStep.EndMember or SeatStep.EndUser);
        var doors = Db.Number("select doors from show where key = $1", show);
        var endpoint = Db.First(
            "select endpoint from pace order by next_at desc limit 1", static row => row.Text(0)) ?? "";
        var limit = LimitOf(endpoint, PacedClasses.Users);
        var clears = hand is { Job: HandJob.Clearing };
        var measured = Measured(endpoint, clears ? SeatStep.EndUser : SeatStep.Member, out _);
        return new(
            waiting + Count(g => g.Step is SeatStep.Ready or SeatStep.Failed), Count(g => g.Step == SeatStep.Ready),
            Count(g => g.Step == SeatStep.Failed), Count(g => g.Line == SeatLine.Again && g.Step < SeatStep.Ready), removing, measured,
            limit > 0 ? limit / 1000.0 : null,
            Db.Number("select sum(throttled) from pace where endpoint = $1", endpoint) ?? 0,
            clears ? GoneAt(hand!, removing, endpoint) : ReadyAt(show, hand, endpoint), doors, StateOf(hand, waiting, removing), hand?.Why, Failures(show, mostFailures));
    }

    private static ProgressState StateOf(Hand? hand, long waiting, long removing) => hand switch
    {
        null => ProgressState.Idle,
        { Job: HandJob.Cleared } => ProgressState.Cleared,
        { Paused: true } => ProgressState.Paused,
        { Job: HandJob.Closing or HandJob.Clearing } => ProgressState.Clearing,
        { Job: HandJob.Making } => ProgressState.Working,
        _ => waiting > 0 || removing > 0 ? ProgressState.Working : ProgressState.Ready,
    };

    /// <summary>When the last user is gone; null until it is known who there is.</summary>
    private long? GoneAt(Hand hand, long removing, string endpoint) => hand.Paused || removing == 0 ? null
        : Forecast.Remaining(new(removing, 0), Speed(endpoint, SeatStep.EndUser, PacedClasses.Users, 1), 0) is { } span ? Now + span : null;

    private long? ReadyAt(long show, Hand? hand, string endpoint)
    {
        if (hand is null or { Paused: true } or { Job: not (HandJob.Making or HandJob.Standing) }) return null;
        var groups = new List<(SeatGroup, long)>();
        var working = Db.Query(
            """
            select h.show, s.doors from hand h join show s on s.key = h.show where h.job < 2 and (h.paused = 0 or h.show = $1)
            """,
            static row => (Show: row.Integer(0), Doors: row.IntegerOrNull(1)), show).ToDictionary(h => h.Show, h => h.Doors);
        foreach (var step in (SeatStep[])[SeatStep.User, SeatStep.Member])
        {
            foreach (var group in Waiting(step))
            {
                if (!working.TryGetValue(group.Show, out var doors) || Head(group.Show, step, group.Line) is not { } head) continue;
                groups.Add((group, Order.Urgency(group.Line, doors, head.Queued, head.Due)));
            }
        }

        var remaining = Forecast.Remaining(
            Forecast.Of(show, groups), Speed(endpoint, SeatStep.User, PacedClasses.Users, 1),
            Speed(endpoint, SeatStep.Member, PacedClasses.Batches, PacedClasses.MembersABatch));
        return remaining is { } span ? Now + span : null;
    }

    /// <summary>Seats a second: as measured, or as the limit lets it be until it was.</summary>
    private double Speed(string endpoint, SeatStep step, string pacedClass, int seatsACall)
    {
        var measured = Measured(endpoint, step, out var enough);
        var limit = LimitOf(endpoint, pacedClass);
        return enough || limit == 0 ? measured : seatsACall * 1e6 / Pace.Spacing(limit);
    }

    /// <summary>In force, calls in 1,000 seconds; 0 for none.</summary>
    private long LimitOf(string endpoint, string pacedClass) => PaceOf(endpoint, pacedClass).InForce(
        Db.Number("select configured from pace where endpoint = $1 and class = $2", endpoint, pacedClass) ?? 0);

    private static Hand HandRow(SqlRow row) => new(
        row.Integer(0), (HandJob)row.Integer(1), (int)row.Integer(2), row.Flag(3), row.Flag(4), row.Flag(5), row.Integer(6),
        row.Integer(7), row.TextOrNull(8), row.TextOrNull(9), row.IntegerOrNull(10), row.TextOrNull(11), row.Integer(12));
}

public sealed partial class EventsLedger
{
    /// <summary>Takes a show's hand for a while; false where another has it, or it has gone on.</summary>
    public bool TakeHand(Hand hand, string owner, long until) => Db.Execute(
        "update hand set owner = $2, until = $3 where show = $1 and until <= $4 and job = $5 and step = $6 and paused = 0",
        hand.Show, owner, until, Now, (long)hand.Job, hand.Step) > 0;

    /// <summary>Goes on, if <paramref name="owner"/> has the hand still; false where it has not.</summary>
    /// <param name="due">When the next step may be done; others may do it.</param>
    public bool PutHand(Hand hand, HandJob job, int step, long due, string owner) => Db.Execute(
        """
        update hand set job = $2, step = $3, due = $4, tries = 0, why = null, stream_name = $5, verified = $6, owner = null, until = 0
        where show = $1 and owner = $7 and job = $8
        """,
        hand.Show, (long)job, step, due, hand.StreamName, hand.Verified, owner, (long)hand.Job) > 0;

    /// <summary>The step did not succeed; it is tried again when it is due.</summary>
    public void PutHandFailure(Hand hand, string why, long due, string owner) => Db.Execute(
        "update hand set tries = tries + 1, why = $2, due = $3, owner = null, until = 0 where show = $1 and owner = $4", hand.Show,
        why, due, owner);

    /// <summary>Another may have it from now on; what was begun is done again.</summary>
    public void ReleaseHand(long show, string owner) =>
        Db.Execute("update hand set owner = null, until = 0 where show = $1 and owner = $2", show, owner);

    /// <summary>Notes that something may be made for the show from now on.</summary>
    /// <returns>False where <paramref name="owner"/> has not its hand any more, or it is not published.</returns>
    public bool BeginStage(long show, string owner)
    {
        if (HandOf(show)?.Owner != owner || ShowByKey(show) is not { State: ShowState.Published }) return false;
        Db.Execute("insert into stage(show, state) values ($1, 1) on conflict(show) do update set state = 1 where state = 0", show);
        return true;
    }

    public void Pause(long show, bool paused) =>
        Db.Execute("update hand set paused = $2 where show = $1", show, paused);

    /// <summary>Tries again at once what waits to be tried again, and what was given up.</summary>
    public void Retry(long show)
    {
        Db.Execute("update hand set due = 0 where show = $1 and until = 0", show);
        RetrySeats(show);
    }

    /// <summary>The stage goes before all others.</summary>
    public void HurryHand(long show) => Db.Execute(
        "insert into hand(show, hurried) values ($1, 1) on conflict(show) do update set hurried = 1, due = 0", show);

    /// <summary>
    /// Removes everything of the show from the platform, once its archive is closed and verified. Nothing is removed before.
    /// </summary>
    /// <exception cref="Refused">WrongState: the show is not over.</exception>
    public void Clear(long show)
    {
        if (ShowByKey(show) is not { State: ShowState.Ended or ShowState.Archived }) throw new Refused(Reason.WrongState);
        Db.Execute("update hand set clear = 1, due = 0 where show = $1", show);
    }

    /// <summary>There is something to do now.</summary>
    public void Wake(long show) => Db.Execute("update hand set due = 0 where show = $1", show);

    /// <summary>Writes the forecast down for those who wait (<see cref="Stage.Stage.ReadyAt"/>).</summary>
    public void PutReadyAt(long show) =>
        Db.Execute("update stage set ready_at = $2 where show = $1", show, ProgressOf(show).ReadyAt);

    /// <summary>The seats were counted one by one when so many were ready.</summary>
    public void PutVerified(long show, long count) => Db.Execute("update hand set verified = $2 where show = $1", show, count);

    /// <summary>The user of somebody who left is gone from the platform.</summary>
    public void PutStaffRemoved(long key) => Db.Execute("update staff set provisioned = 0 where key = $1", key);
}
