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

    /// <summary>What the platform made of a call or of a bulk of them.</summary>
    private sealed record Sent(IReadOnlyList<SeatResult> Results, IReadOnlyList<Trouble> Troubles);

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
    private sealed record Taken(IReadOnlyList<SeatCall> Calls, Slots Slots, long Again);

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
            var sent = running[i].GetAwaiter().GetResult();
            running.RemoveAt(i);
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
            while (untimed.TryDequeue(out var call)) calls.Add(call);
            running.Add(SendBulkAsync(calls, cancel));
            return true;
        }

        // Where nothing limits them, calls have no time.
        for (var i = 0; i < count; i++)
            timed.Enqueue((untimed.Dequeue(), taken.Slots.Spacing == 0 ? 0 : taken.Slots.At(i)));
        return true;
    }

    private void Send(SeatCall call, CancellationToken cancel)
    {
        // Whoever takes the seat after us must not meet a call of ours.
        if (call.Seats.Min(seat => seat.Until) - Now < platform.Options.CallTimeout.TotalMicroseconds)
            results.AddRange(call.Seats.Select(seat => new SeatResult(seat, SeatOutcome.Back, null)));
        else
            running.Add(SendAsync(call, cancel));
    }

    private async Task<Sent> SendAsync(SeatCall call, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), limited, platform.Options.CallTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            var answer = await call.SendAsync(platform.Client(), limited.Token);
            return new([.. call.Read(answer)], []);
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
                came.AddRange(result.Refusal is { } refusal ? ReadRefusal(call, refusal) : call.Read(result.Response));
                if (result.Refusal is { } why) trouble.AddRange(TroublesOf(why));
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
        return new(came, trouble);
    }

    // An endpoint that fails, or refuses the key, is no fault of a seat: they all wait until it is better.
    private static IEnumerable<SeatResult> ReadRefusal(SeatCall call, PlatformException refusal) => IsOutage(refusal)
        ? call.Seats.Select(seat => new SeatResult(seat, SeatOutcome.Back, null)) : call.Read(refusal);

    private static IReadOnlyList<Trouble> TroublesOf(PlatformException refusal) =>
        refusal.IsThrottled ? [new(TroubleKind.Throttled, refusal.RetryAfter)] : IsOutage(refusal) ? [new(TroubleKind.Failed)] : [];

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
            if (done > 0) ledger.AddPulse(platform.Name, step, done);
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

        var most = pace.InForce(limit) > 0 ? int.MaxValue : bulk ? bulkSeats / SeatCall.SeatsACall(step) : mostSingles;
        var (next, slots) = pace.Take(now, limit, Math.Min(most, Math.Max(1, mostResults)));
        var calls = slots.Count > untimed.Count ? Choose(ledger, slots.Count - untimed.Count) : [];
        var used = Math.Min(slots.Count, untimed.Count + calls.Count);
        // Times that nobody needs are not spent.
        if (slots.Spacing > 0 && used < slots.Count) next = next with { NextAt = used == 0 ? pace.NextAt : slots.At(used) };
        if (troubles.Count > 0 || next != pace) ledger.PutPace(platform.Name, pacedClass, limit, next);
        var again = slots.Count == 0 ? Math.Max(now + 1, slots.First - Pace.Slice) : idle;
        return new(calls, slots with { Count = used }, again);
    }

    private long MeasuredCalls(EventsLedger ledger) =>
        (long)(1000 * ledger.Measured(platform.Name, step, out _) / SeatCall.SeatsACall(step));

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
            .Where(show => show.Job == HandJob.Standing || step >= SeatStep.EndMember).ToDictionary(show => show.Key);
        foreach (var group in waiting)
        {
            if (!shows.TryGetValue(group.Show, out var show)) continue;
            if (view.Head(group.Show, step, group.Line) is not { } head || head.Due > view.Now) continue;
            lines.Add((Order.Urgency(group.Line, show.Doors, head.Queued, head.Due), show, group.Line));
        }

        lines.Sort((a, b) => a.Urgency.CompareTo(b.Urgency));
        return lines;
    }
}
