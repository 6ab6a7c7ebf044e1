using Carillon.Events.Core.Provisioning;

namespace Carillon.Events.Core.Store;

public partial class EventsView
{
    /// <summary>Shows whose seats may be worked on: they are published or being cleared, their stage stands, nobody paused them.</summary>
    public IReadOnlyList<SeatedShow> SeatedShows() => Db.Query(
        """
        select h.show, h.job, s.doors, g.app_instance_arn, g.admin_arn, g.channel_arn, g.elastic
        from hand h join show s on s.key = h.show join stage g on g.show = h.show
        where (h.job = 3 or (h.job = 1 and s.state = 1)) and h.paused = 0 and g.channel_arn is not null
        """,
        static row => new SeatedShow(
            row.Integer(0), (HandJob)row.Integer(1), row.IntegerOrNull(2), row.Text(3), row.Text(4), row.Text(5), row.Flag(6)));

    /// <summary>What waits for a step, of all shows.</summary>
    public IReadOnlyList<SeatGroup> Waiting(SeatStep step) => Db.Query(
        "select show, step, line, n from seat_count where step = $1 and n > 0",
        static row => new SeatGroup(row.Integer(0), (SeatStep)row.Integer(1), (SeatLine)row.Integer(2), row.Integer(3)),
        (long)step);

    /// <summary>When the first of a line was sold and when it may be taken; null where the line is empty.</summary>
    public (long Queued, long Due)? Head(long show, SeatStep step, SeatLine line) => Db.First(
        "select queued, due from seat where show = $1 and step = $2 and line = $3 order by due, number limit 1",
        static row => new HeadRow(row.Integer(0), row.Integer(1)), show, (long)step, (long)line) is { } head
        ? (head.Queued, head.Due) : null;

    /// <summary>How many seats of a show stand at each step.</summary>
    public IReadOnlyList<SeatGroup> SeatsOf(long show) => Db.Query(
        "select show, step, line, n from seat_count where show = $1 and n > 0",
        static row => new SeatGroup(row.Integer(0), (SeatStep)row.Integer(1), (SeatLine)row.Integer(2), row.Integer(3)), show);

    /// <summary>Counts the rows themselves, which takes a while: the counters are held against it.</summary>
    public long CountSeats(long show, SeatStep step) =>
        Db.Number("select count(*) from seat where show = $1 and step = $2", show, (long)step) ?? 0;

    /// <summary>Seats that were given up, by number.</summary>
    public IReadOnlyList<SeatFailure> Failures(long show, int limit) => Db.Query(
        "select number, why, failed_at, tries from seat where show = $1 and step = 3 order by line, due, number limit $2",
        static row => new SeatFailure(row.Integer(0), row.TextOrNull(1) ?? "", row.IntegerOrNull(2) ?? 0, (int)row.Integer(3)),
        show, limit);

    public Pace PaceOf(string endpoint, string pacedClass) => Db.First(
        """
        select next_at, rate, grows_at, cool_until, strikes, throttled, ceiling, ceiling_until from pace
        where endpoint = $1 and class = $2
        """,
        static row => new Pace(
            row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3), row.Integer(4), row.Integer(5), row.Integer(6),
            row.Integer(7)),
        endpoint, pacedClass) ?? Pace.New;

    /// <summary>Seats a second that went through a step lately; zero where none did.</summary>
    /// <param name="enough">False while it was measured for less than a minute: a call more or less would tell too much.</param>
    public double Measured(string endpoint, SeatStep step, out bool enough)
    {
        var pulses = Db.Query(
            "select at, n from pulse where endpoint = $1 and kind = $2 and at > $3 order by at",
            static row => (At: row.Integer(0), N: row.Integer(1)), endpoint, (long)step, Now - PulseWindow);
        enough = pulses.Count > 0 && Now - pulses[0].At >= 6 * PulseLength;
        // The first began somewhere within its ten seconds, so it tells little once there are others.
        if (pulses.Count > 1) pulses.RemoveAt(0);
        var seconds = pulses.Sum(p => Math.Clamp(Now - p.At, 1, PulseLength)) / 1e6;
        return pulses.Count == 0 ? 0 : pulses.Sum(p => p.N) / Math.Max(seconds, 1);
    }

    /// <summary>Ten seconds, in microseconds.</summary>
    protected const long PulseLength = 10_000_000;

    private const long PulseWindow = 7 * PulseLength;

    private sealed record HeadRow(long Queued, long Due);
}

public sealed partial class EventsLedger
{
    /// <summary>Takes up to <paramref name="most"/> seats of one line for a while.</summary>
    /// <param name="until">Microseconds; then they are anybody's again.</param>
    public IReadOnlyList<Seat> TakeSeats(long show, SeatStep step, SeatLine line, int most, string owner, long until)
    {
        var seats = Db.Query(
            """
            select s.number, t.user_id, s.tries from seat s join ticket t on t.show = s.show and t.number = s.number
            where s.show = $1 and s.step = $2 and s.line = $3 and s.due <= $4 order by s.due, s.number limit $5
            """,
            row => new Seat(show, row.Integer(0), row.Text(1), (int)row.Integer(2), until), show, (long)step, (long)line, Now, most);
        foreach (var seat in seats)
        {
            Db.Execute(
                "update seat set line = 4, due = $3, owner = $4, called = 1 where show = $1 and number = $2", show, seat.Number,
                until, owner);
        }

        return seats;
    }

    /// <summary>Writes down what came of seats that <paramref name="owner"/> took.</summary>
    /// <returns>How many went on; not those that were taken by others since.</returns>
    public int Settle(SeatStep step, IReadOnlyList<SeatResult> results, string owner)
    {
        var done = 0;
        foreach (var (seat, outcome, why) in results)
        {
            var went = outcome switch
            {
                SeatOutcome.Done => Pass(seat, step, owner),
                SeatOutcome.Refused => Refuse(seat, step, step, owner, why),
                SeatOutcome.Missing => Refuse(seat, step, SeatStep.User, owner, why),
                _ => Release(seat, owner),
            };
            if (went && outcome == SeatOutcome.Done) done++;
        }

        return done;
    }

    /// <summary>Everything that was given up, or waits to be tried again, is tried at once.</summary>
    public void RetrySeats(long show)
    {
        Db.Execute(
            """
            update seat set step = failed_step, line = rank, due = 0, tries = 0, why = null, failed_at = null
            where show = $1 and step = 3 and failed_step is not null
            """,
            show);
        Db.Execute("update seat set due = 0 where show = $1 and step in (0, 1, 4, 5) and line = 3", show);
    }

    /// <summary>Marks up to <paramref name="most"/> seats of a show for removal. False when all are.</summary>
    public bool RemoveSeats(long show, int most) => Db.Execute(
        """
        update seat set step = case when called = 0 then 6 else 5 end, line = case when line = 4 then 4 else rank end,
            due = case when line = 4 then due else 0 end, tries = 0, why = null
        where show = $1 and number in (select number from seat where show = $1 and step < 5 limit $2)
        """,
        show, most) > 0;

    /// <param name="configured">Calls in 1,000 seconds; 0 for no limit.</param>
    public void PutPace(string endpoint, string pacedClass, long configured, Pace pace) => Db.Execute(
        """
        insert into pace(endpoint, class, configured, next_at, rate, grows_at, cool_until, strikes, throttled,
            ceiling, ceiling_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict(endpoint, class) do update set configured = excluded.configured, next_at = excluded.next_at,
            rate = excluded.rate, grows_at = excluded.grows_at, cool_until = excluded.cool_until, strikes = excluded.strikes,
            throttled = excluded.throttled, ceiling = excluded.ceiling, ceiling_until = excluded.ceiling_until
        """,
        endpoint, pacedClass, configured, pace.NextAt, pace.Rate, pace.GrowsAt, pace.CoolUntil, pace.Strikes, pace.Throttled,
        pace.Ceiling, pace.CeilingUntil);

    /// <summary>Notes what was done, so that the rate is measured.</summary>
    /// <param name="busy">
    /// There is more to do. Else what was measured is forgotten: what is done as tickets are sold one by one does not tell how
    /// fast many of them go.
    /// </param>
    public void AddPulse(string endpoint, SeatStep step, int count, bool busy)
    {
        if (!busy)
        {
            var (first, second) = step < SeatStep.EndMember ? (SeatStep.User, SeatStep.Member) : (SeatStep.EndMember, SeatStep.EndUser);
            Db.Execute("delete from pulse where endpoint = $1 and kind in ($2, $3)", endpoint, (long)first, (long)second);
            return;
        }

        var at = Now - Now % PulseLength;
        Db.Execute(
            """
            insert into pulse(endpoint, kind, at, n) values ($1, $2, $3, $4)
            on conflict(endpoint, kind, at) do update set n = n + excluded.n
            """,
            endpoint, (long)step, at, count);
        Db.Execute("delete from pulse where endpoint = $1 and kind = $2 and at < $3", endpoint, (long)step, at - 60 * PulseLength);
    }

    private bool Pass(Seat seat, SeatStep step, string owner)
    {
        var next = step switch
        {
            SeatStep.User => SeatStep.Member,
            SeatStep.Member => SeatStep.Ready,
            SeatStep.EndMember => SeatStep.EndUser,
            _ => SeatStep.Gone,
        };
        var now = Db.Number(
            """
            update seat set step = case when step = $4 then $5 else step end, line = rank, due = 0, why = null, owner = null,
                tries = case when step = $4 and $5 = 1 then tries else 0 end
            where show = $1 and number = $2 and owner = $3 and line = 4 returning step
            """,
            seat.Show, seat.Number, owner, (long)step, (long)next);
        if (now != (long)next) return false;
        if (next == SeatStep.Ready) PutProvisioned(seat.Show, seat.Number, null);
        if (next is SeatStep.EndUser or SeatStep.Gone) PutUnprovisioned(seat.Show, seat.Number);
        return true;
    }

    /// <param name="next">What is tried then.</param>
    private bool Refuse(Seat seat, SeatStep step, SeatStep next, string owner, string? why)
    {
        var tries = seat.Tries + 1;
        var changed = tries >= Order.MostTries
            ? Db.Execute(
                """
                update seat set step = 3, failed_step = $8, failed_at = $5, line = rank, due = 0, tries = $6, why = $7, owner = null
                where show = $1 and number = $2 and owner = $3 and line = 4 and step = $4
                """,
                seat.Show, seat.Number, owner, (long)step, Now, tries, why, (long)next)
            : Db.Execute(
                """
                update seat set step = $8, line = 3, due = $5, tries = $6, why = $7, owner = null
                where show = $1 and number = $2 and owner = $3 and line = 4 and step = $4
                """,
                seat.Show, seat.Number, owner, (long)step, Now + Order.PauseAfter(tries), tries, why, (long)next);
        return changed > 0 || Release(seat, owner);
    }

    private bool Release(Seat seat, string owner) => Db.Execute(
        "update seat set line = rank, due = 0, owner = null where show = $1 and number = $2 and owner = $3 and line = 4", seat.Show,
        seat.Number, owner) > 0;
}
