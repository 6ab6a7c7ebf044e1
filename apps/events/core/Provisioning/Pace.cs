namespace Carillon.Events.Core.Provisioning;

/// <summary>Times at which calls may go out.</summary>
/// <param name="First">Of the first, microseconds.</param>
/// <param name="Spacing">Between two; 0 where nothing limits them.</param>
public readonly record struct Slots(long First, long Spacing, int Count)
{
    public long At(int index) => First + index * Spacing;
}

/// <summary>The pace of one class of calls, as the provisioners share it. Times are microseconds.</summary>
/// <param name="NextAt">No call before.</param>
/// <param name="Rate">Calls in 1,000 seconds; 0: as configured.</param>
/// <param name="GrowsAt">When a lowered rate rises next.</param>
/// <param name="CoolUntil">No call before: the platform asked for it.</param>
/// <param name="Strikes">Refusals since the last quiet while.</param>
/// <param name="Throttled">Refusals ever.</param>
/// <param name="Ceiling">The rate at which it was refused last; 0 where that is forgotten.</param>
/// <param name="CeilingUntil">So long the rate stays below it.</param>
public sealed record Pace(
    long NextAt, long Rate, long GrowsAt, long CoolUntil, long Strikes, long Throttled, long Ceiling = 0, long CeilingUntil = 0)
{
    public static readonly Pace New = new(0, 0, 0, 0, 0, 0);

    /// <summary>How late a call may go out after its time. Later, and its time is lost. Ours.</summary>
    public const long Lateness = 25_000;

    /// <summary>The longest while that is given away at once; a rate that changes is in force everywhere after it. Ours.</summary>
    public const long Slice = second;

    /// <summary>How long nothing is refused before a lowered rate rises. Ours.</summary>
    public const long QuietWhile = 10 * second;

    /// <summary>How long a rate that was refused is not tried again; a platform that was short of breath once gets over it. Ours.</summary>
    public const long Memory = 300 * second;

    /// <summary>From this rate on what was unlimited is so again: calls in 1,000 seconds. Ours.</summary>
    private const long noLimit = 5_000_000;

    private const long slowest = 200;
    private const long longestPause = 60 * second;
    private const long second = 1_000_000;

    /// <summary>The rate in force, calls in 1,000 seconds; 0 for none.</summary>
    /// <param name="limit">Configured, likewise.</param>
    public long InForce(long limit) => Rate > 0 && limit > 0 ? Math.Min(Rate, limit) : Math.Max(Rate, limit);

    /// <summary>
    /// So wide that of calls which go out at their times, or up to <see cref="Lateness"/> after, no second holds more than
    /// the rate, and no longer while more than its share.
    /// </summary>
    /// <param name="rate">Calls in 1,000 seconds.</param>
    public static long Spacing(long rate) => ((second + Lateness) * 1000 + rate - 1) / rate;

    /// <summary>Takes the next times, as many as fit into a slice and at least one, if they come within one.</summary>
    /// <param name="limit">Configured; 0 for none.</param>
    /// <returns>No times where the next ones are further away than a slice: ask again later.</returns>
    public (Pace Pace, Slots Slots) Take(long now, long limit, int wanted)
    {
        var grown = Grown(now, limit);
        var rate = grown.InForce(limit);
        var spacing = rate == 0 ? 0 : Spacing(rate);
        // No times are given away further ahead than that: the clock was set back, and nobody waits until it is where it was.
        var next = grown.NextAt - now > Furthest(spacing) ? now + Slice : grown.NextAt;
        var first = Math.Max(now, Math.Max(grown.CoolUntil, rate == 0 ? 0 : next));
        if (first - now > Slice || wanted == 0) return (grown, new(first, 0, 0));
        if (rate == 0) return (grown with { NextAt = first }, new(first, 0, wanted));
        var count = (int)Math.Clamp(Slice / spacing, 1, wanted);
        return (grown with { NextAt = first + count * spacing }, new(first, spacing, count));
    }

    /// <summary>No time that was given is further away than this, unless the clock was set back since; microseconds.</summary>
    /// <param name="spacing">Of the times.</param>
    public static long Furthest(long spacing) => 2 * Slice + spacing;

    /// <summary>A call was refused for coming too soon.</summary>
    /// <param name="retryAfter">What the platform asked for, microseconds; null where it did not say.</param>
    /// <param name="measured">Calls in 1,000 seconds that went out lately: what an unlimited class is lowered from.</param>
    public Pace Refused(long now, long limit, long? retryAfter, long measured)
    {
        var pause = Math.Max(retryAfter ?? 0, Math.Min(longestPause, second << (int)Math.Min(Strikes, 6)));
        // Calls that were under way together are refused together; one lowering answers them all.
        var fresh = now >= CoolUntil;
        var from = InForce(limit) is > 0 and var inForce ? inForce : Math.Max(measured, 1000);
        return this with
        {
            Rate = fresh ? Math.Max(slowest, from / 2) : Rate,
            GrowsAt = now + pause + QuietWhile,
            CoolUntil = Math.Max(CoolUntil, now + (fresh ? pause : retryAfter ?? 0)),
            Strikes = fresh ? Strikes + 1 : Strikes,
            Throttled = Throttled + 1,
            Ceiling = fresh ? from : Ceiling,
            CeilingUntil = now + Memory,
        };
    }

    /// <summary>The endpoint cannot be reached or fails: it is left alone, longer each time, and its rate stays.</summary>
    public Pace Failed(long now) => now < CoolUntil ? this : this with
    {
        CoolUntil = now + Math.Min(longestPause, second << (int)Math.Min(Strikes, 6)),
        Strikes = Strikes + 1,
        GrowsAt = now + QuietWhile,
    };

    private Pace Grown(long now, long limit)
    {
        if (now < GrowsAt || (Rate == 0 && Strikes == 0)) return this;
        if (Rate == 0) return this with { Strikes = 0 };
        // A limit is approached by a tenth of it; where none is known, by half of what there is.
        var rate = limit > 0 ? Rate + limit / 10 + 1 : Rate + Rate / 2;
        var ceiling = now < CeilingUntil ? Ceiling : 0;
        if (ceiling > 0) rate = Math.Max(Rate, Math.Min(rate, ceiling * 9 / 10));
        var done = ceiling == 0 && (limit > 0 ? rate >= limit : rate >= noLimit);
        return this with
        {
            Rate = done ? 0 : rate,
            GrowsAt = now + QuietWhile,
            Strikes = Math.Max(0, Strikes - 1),
            Ceiling = ceiling,
            CeilingUntil = ceiling == 0 ? 0 : CeilingUntil,
        };
    }
}
