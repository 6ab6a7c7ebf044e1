using System.Net;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Store;
using Carillon.Kit;

namespace Carillon.Events.Provisioner.Seats;

/// <summary>
/// One kind of work on seats. It takes a slice of them together with the times at which their calls may go out, sends the
/// calls at these times, and writes down what came of them with the next slice. Whatever is lost when the process ends is
/// done again by whoever comes next, and cannot be done twice: users have ids that were fixed before.
/// </summary>
internal sealed class SeatWork(EventsStore store, Platform platform, SeatStep step, string owner, TimeProvider time) : IWork
{
    /// <summary>Calls under way at a time where nothing limits them. Ours.</summary>
    private const int mostSingles = 16;

    /// <summary>Bulk requests under way at a time; the endpoint takes two of one caller, over all of them. Ours.</summary>
    private const int mostBulks = 1;

    /// <summary>Seats in a bulk request. Ours.</summary>
    private const int bulkSeats = 2_000;

    /// <summary>
    /// Seats in the first bulk request, and in the first after one that met trouble: where nobody said what the endpoint
    /// takes, it is asked with few. What goes well is followed by four times as much. Ours.
    /// </summary>
    private const int firstSeats = 100;

    /// <summary>Of so many times of a limit, removing takes one while seats wait to be made. Ours.</summary>
    private const int removalShare = 20;

    /// <summary>Results that are written down at once, at the latest. Ours.</summary>
    private const int mostResults = 4_000;

    /// <summary>How often the forecast is written down for those who wait; microseconds. Ours.</summary>
    private const long readyAtEvery = 5_000_000;

    private readonly string pacedClass = SeatCall.ClassOf(step);

    private readonly Queue<(SeatCall Call, long At)> timed = new();
    private readonly Queue<SeatCall> untimed = new();
    private readonly List<Task<Sent>> running = [];
    private readonly List<SeatResult> results = [];
    private readonly List<Trouble> troubles = [];

    /// <summary>Until then this provisioner asks for nothing: the endpoint has no room for another bulk request.</summary>
    private long restsUntil;

    private long saidAt;
    private int seatsABulk = firstSeats;
    private bool yielded;

    /// <summary>What the platform made of a call or of a bulk of them.</summary>
    private sealed record Sent(IReadOnlyList<SeatResult> Results, IReadOnlyList<Trouble> Troubles, bool InBulk = false);

    private sealed record Trouble(TroubleKind Kind, TimeSpan? RetryAfter = null);

    private enum TroubleKind
    {
        /// <summary>A call came too soon.</summary>
        Throttled,

        /// <summary>It reached nobody, or somebody who could not do it.</summary>
        Failed,

        /// <summary>As many bulk requests are under way as there may be; others of us do what there is to do.</summary>
        Busy,
    }

    /// <summary>What was taken in a transaction.</summary>
    private sealed record Taken(IReadOnlyList<SeatCall> Calls, Slots Slots, long Again, long RestsUntil = 0);

    public string Name => step.ToString();

    public IReadOnlyCollection<Task> Running => running;

    private long Now => time.GetUtcNow().ToMicroseconds();

    public async ValueTask<long> StepAsync(CancellationToken cancel)
    {
        var bulk = await platform.TakesBulkAsync(cancel);
        while (true)
        {
            Harvest();
            SendDue(cancel);
            Harvest();
            var room = timed.Count == 0 && restsUntil <= Now && running.Count < (bulk && platform.LimitOf(pacedClass) == 0 ? mostBulks : mostSingles);
            var due = results.Count >= mostResults || (results.Count > 0 && timed.Count == 0);
            if (!due && (!room || (untimed.Count == 0 && store.Read(view => Lines(view).Count == 0)))) return Next();

            var settled = results.ToList();
            var taken = await store.Write(ledger => Exchange(ledger, settled, room, bulk));
            results.Clear();
            troubles.Clear();
            restsUntil = Math.Max(restsUntil, taken.RestsUntil);
            if (!Place(taken, bulk, cancel)) return Math.Max(Now + 1, Math.Min(taken.Again, Next()));
        }
    }

    public async Task FinishAsync()
    {
        Harvest();
        var left = timed.Select(t => t.Call).Concat(untimed).SelectMany(call => call.Seats)
            .Select(seat => new SeatResult(seat, SeatOutcome.Back, null));
        var settled = results.Concat(left).ToList();
        if (settled.Count > 0) await store.Write(ledger => ledger.Settle(step, settled, owner));
    }

    private long Next() => timed.TryPeek(out var next) ? next.At : Now + (long)platform.Options.Idle.TotalMicroseconds;

    private void Harvest()
    {
        for (var i = running.Count - 1; i >= 0; i--)
        {
            if (!running[i].IsCompleted) continue;
            var done = running[i];
            running.RemoveAt(i);
            // Where it met a fault that nobody expected its seats are anybody's once their time is over.
            var sent = done.GetAwaiter().GetResult();
            if (sent.InBulk) seatsABulk = sent.Troubles.Count > 0 ? firstSeats : Math.Min(bulkSeats, seatsABulk * 4);
            results.AddRange(sent.Results);
            troubles.AddRange(sent.Troubles);
        }

        if (troubles.Exists(t => t.Kind == TroubleKind.Busy)) restsUntil = Now + (long)platform.Options.Idle.TotalMicroseconds;
        troubles.RemoveAll(t => t.Kind == TroubleKind.Busy);
        // The times that are left were given before the platform said so.
        if (troubles.Count > 0)
            while (timed.TryDequeue(out var call))
                untimed.Enqueue(call.Call);
    }

    private void SendDue(CancellationToken cancel)
    {
        // Nobody gives times that far ahead: the clock was set back.
        if (timed.TryPeek(out var first) && first.At - Now > Pace.Furthest(0))
            while (timed.TryDequeue(out var call))
                untimed.Enqueue(call.Call);
        while (timed.TryPeek(out var next) && next.At <= Now && running.Count < mostSingles)
        {
            timed.Dequeue();
            // Late calls would meet those of the times after them.
            if (next.At > 0 && Now - next.At > Pace.Lateness) untimed.Enqueue(next.Call);
            else Send(next.Call, cancel);
        }
    }

    /// <summary>False where nothing may go out yet.</summary>
    private bool Place(Taken taken, bool bulk, CancellationToken cancel)
    {
        foreach (var call in taken.Calls) untimed.Enqueue(call);
        var count = Math.Min(taken.Slots.Count, untimed.Count);
        if (count == 0) return false;
        if (taken.Slots.Spacing == 0 && bulk)
        {
            var calls = new List<SeatCall>();
            while (untimed.TryDequeue(out var call))
                if (!IsTooLate(call, 2 * platform.Options.CallTimeout))
                    calls.Add(call);
            if (calls.Count > 0) running.Add(SendBulkAsync(calls, cancel));
            return true;
        }

        // Where nothing limits them, calls have no time.
        for (var i = 0; i < count; i++)
            timed.Enqueue((untimed.Dequeue(), taken.Slots.Spacing == 0 ? 0 : taken.Slots.At(i)));
        return true;
    }

    private void Send(SeatCall call, CancellationToken cancel)
    {
        if (!IsTooLate(call, platform.Options.CallTimeout)) running.Add(SendAsync(call, cancel));
    }

    /// <summary>Whoever takes the seat after us must not meet a call of ours: it is given back.</summary>
    private bool IsTooLate(SeatCall call, TimeSpan callTakes)
    {
        if (call.Seats.Min(seat => seat.Until) - Now >= callTakes.TotalMicroseconds) return false;
        results.AddRange(call.Seats.Select(seat => new SeatResult(seat, SeatOutcome.Back, null)));
        return true;
    }

    private async Task<Sent> SendAsync(SeatCall call, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), limited, platform.Options.CallTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            var came = call.Read(await call.SendAsync(platform.Client(), limited.Token)).ToList();
            return new(came, TroublesOf(came));
        }
        catch (PlatformException refusal)
        {
            return new([.. ReadRefusal(call, refusal)], TroublesOf(refusal));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // It may have been done. Doing it again does no harm.
            return new([.. call.Seats.Select(seat => new SeatResult(seat, SeatOutcome.Back, null))], [new(TroubleKind.Failed)]);
        }
    }

    private async Task<Sent> SendBulkAsync(List<SeatCall> calls, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), limited, platform.Options.CallTimeout * 2,
            Timeout.InfiniteTimeSpan);
        var came = new List<SeatResult>();
        var trouble = new List<Trouble>();
        var answered = new bool[calls.Count];
        try
        {
            await foreach (var result in platform.Client().BulkAsync([.. calls.Select(c => c.Line())], limited.Token))
            {
                if (result.Index < 0 || result.Index >= calls.Count || answered[result.Index]) continue;
                answered[result.Index] = true;
                var call = calls[result.Index];
                var its = (result.Refusal is { } refusal ? ReadRefusal(call, refusal) : call.Read(result.Response)).ToList();
                came.AddRange(its);
                trouble.AddRange(result.Refusal is { } why ? TroublesOf(why) : TroublesOf(its));
            }

            if (answered.Contains(false)) trouble.Add(new(TroubleKind.Failed));
        }
        catch (PlatformException refusal)
        {
            // The request as a whole: no seat is to blame for that.
            trouble.Add(refusal.Status switch
            {
                HttpStatusCode.ServiceUnavailable => new(TroubleKind.Busy),
                HttpStatusCode.TooManyRequests => new(TroubleKind.Throttled, refusal.RetryAfter),
                _ => new(TroubleKind.Failed),
            });
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            trouble.Add(new(TroubleKind.Failed));
        }

        for (var i = 0; i < calls.Count; i++)
            if (!answered[i])
                came.AddRange(calls[i].Seats.Select(seat => new SeatResult(seat, SeatOutcome.Back, null)));
        return new(came, trouble, InBulk: true);
    }

    // An endpoint that fails, or refuses the key, is no fault of a seat: they all wait until it is better.
    private static IEnumerable<SeatResult> ReadRefusal(SeatCall call, PlatformException refusal) => IsOutage(refusal)
        ? call.Seats.Select(seat => new SeatResult(seat, SeatOutcome.Back, null)) : call.Read(refusal);

    private static IReadOnlyList<Trouble> TroublesOf(PlatformException refusal) =>
        refusal.IsThrottled ? [new(TroubleKind.Throttled, refusal.RetryAfter)] : IsOutage(refusal) ? [new(TroubleKind.Failed)] : [];

    /// <summary>Of a batch that was taken: the platform may have had no time for some of its members.</summary>
    private static IReadOnlyList<Trouble> TroublesOf(List<SeatResult> came) =>
        came.Find(result => result.Outcome == SeatOutcome.Back) is not { } back ? []
        : back.Why?.StartsWith("Throttl", StringComparison.Ordinal) == true ? [new(TroubleKind.Throttled)] : [new(TroubleKind.Failed)];

    private static bool IsOutage(PlatformException refusal) =>
        refusal.Status >= HttpStatusCode.InternalServerError || refusal.Status == HttpStatusCode.Unauthorized
        || refusal.Code == "NotAnAnswer" || refusal.IsOfTheKey;

    /// <summary>In one transaction: what came of the last calls, the pace, and the next seats.</summary>
    private Taken Exchange(EventsLedger ledger, List<SeatResult> settled, bool room, bool bulk)
    {
        var now = ledger.Now;
        var limit = platform.LimitOf(pacedClass);
        var pace = ledger.PaceOf(platform.Name, pacedClass);
        if (settled.Count > 0)
        {
            var done = ledger.Settle(step, settled, owner);
            if (done > 0) ledger.AddPulse(platform.Name, step, done, IsThereMore(ledger));
        }

        foreach (var trouble in troubles)
        {
            pace = trouble.Kind == TroubleKind.Throttled
                ? pace.Refused(now, limit, (long?)trouble.RetryAfter?.TotalMicroseconds, MeasuredCalls(ledger))
                : pace.Failed(now);
        }

        if (step == SeatStep.Member && now - saidAt > readyAtEvery)
        {
            saidAt = now;
            foreach (var show in ledger.SeatedShows()) ledger.PutReadyAt(show.Key);
        }

        var idle = now + (long)platform.Options.Idle.TotalMicroseconds;
        if (!room)
        {
            if (troubles.Count > 0) ledger.PutPace(platform.Name, pacedClass, limit, pace);
            return new([], default, idle);
        }

        var limited = pace.InForce(limit) > 0;
        var most = limited ? int.MaxValue : bulk ? Math.Max(1, seatsABulk / SeatCall.SeatsACall(step)) : mostSingles;
        // What is over does not keep waiting what is to come: they share one limit.
        var yields = limited && step == SeatStep.EndUser && Waits(ledger, SeatStep.User);
        if (yields) most = 1;
        // What was measured beside the others tells nothing of how it goes without them.
        if (yielded && !yields) ledger.AddPulse(platform.Name, step, 0, busy: false);
        yielded = yields;
        var (next, slots) = pace.Take(now, limit, Math.Min(most, Math.Max(1, mostResults)));
        var calls = slots.Count > untimed.Count ? Choose(ledger, slots.Count - untimed.Count) : [];
        var used = Math.Min(slots.Count, untimed.Count + calls.Count);
        // Times that nobody needs are not spent.
        if (slots.Spacing > 0 && used < slots.Count) next = next with { NextAt = used == 0 ? pace.NextAt : slots.At(used) };
        if (troubles.Count > 0 || next != pace) ledger.PutPace(platform.Name, pacedClass, limit, next);
        var again = slots.Count == 0 ? Math.Max(now + 1, slots.First - Pace.Slice) : idle;
        return new(
            calls, slots with { Count = used }, again, yields && used > 0 ? now + removalShare * slots.Spacing : 0);
    }

    /// <summary>Whether seats wait for the step that are not to be tried again later.</summary>
    private static bool Waits(EventsView view, SeatStep step)
    {
        var waiting = view.Waiting(step);
        if (waiting.Count == 0) return false;
        var shows = view.SeatedShows().Where(show => IsFor(step, show)).Select(show => show.Key).ToHashSet();
        return waiting.Any(group => group.Line != SeatLine.Again && shows.Contains(group.Show));
    }

    /// <summary>Making goes on while users or memberships wait, for one follows the other; removing likewise.</summary>
    private bool IsThereMore(EventsView view) => step < SeatStep.EndMember
        ? Waits(view, SeatStep.User) || Waits(view, SeatStep.Member) : Waits(view, SeatStep.EndMember) || Waits(view, SeatStep.EndUser);

    private static bool IsFor(SeatStep step, SeatedShow show) => show.Job == HandJob.Standing || step >= SeatStep.EndMember;

    private long MeasuredCalls(EventsLedger ledger) => Math.Max(
        platform.LeastOf(pacedClass), (long)(1000 * ledger.Measured(platform.Name, step, out _) / SeatCall.SeatsACall(step)));

    /// <summary>The most urgent seats of all shows.</summary>
    private List<SeatCall> Choose(EventsLedger ledger, int most)
    {
        var calls = new List<SeatCall>();
        var until = ledger.Now + (long)platform.Options.Lease.TotalMicroseconds;
        var size = SeatCall.SeatsACall(step);
        foreach (var (_, show, line) in Lines(ledger))
        {
            if (calls.Count >= most) break;
            var seats = ledger.TakeSeats(show.Key, step, line, (most - calls.Count) * size, owner, until);
            calls.AddRange(seats.Chunk(size).Select(chunk => new SeatCall(step, show, chunk)));
        }

        return calls;
    }

    /// <summary>What may be taken now, the most urgent first.</summary>
    private List<(long Urgency, SeatedShow Show, SeatLine Line)> Lines(EventsView view)
    {
        var lines = new List<(long Urgency, SeatedShow Show, SeatLine Line)>();
        var waiting = view.Waiting(step);
        if (waiting.Count == 0) return lines;
        var shows = view.SeatedShows()
            .Where(show => IsFor(step, show)).ToDictionary(show => show.Key);
        foreach (var group in waiting)
        {
            if (!shows.TryGetValue(group.Show, out var show)) continue;
            if (view.Head(group.Show, step, group.Line) is not { } head || head.Due > view.Now) continue;
            lines.Add((Order.Urgency(group.Line, show.Doors, head.Queued, head.Due), show, group.Line));
        }

        // Among equals the forecast counts on the same order.
        lines.Sort((a, b) => (a.Urgency, a.Show.Key, a.Line).CompareTo((b.Urgency, b.Show.Key, b.Line)));
        return lines;
    }
}
