using Carillon.Events.Core.Provisioning;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class PaceTests
{
    private const long second = 1_000_000;

    [Fact]
    public void However_times_are_taken_and_however_late_calls_go_out_no_second_holds_more_than_the_rate() => Prop.ForAll(
        Gen.Choose(1, 60).Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(),
        x =>
        {
            var (perSecond, seed) = x;
            var dice = new Random(seed);
            var (pace, now, calls) = (Pace.New, 5 * second, new List<long>());
            while (calls.Count < 400)
            {
                // Several take turns, some of them late and some for little.
                (pace, var slots) = pace.Take(now, perSecond * 1000, dice.Next(1, 40));
                for (var i = 0; i < slots.Count; i++) calls.Add(slots.At(i) + dice.NextInt64(Pace.Lateness + 1));
                now += dice.NextInt64(dice.Next(4) == 0 ? 3 * second : second / 5);
            }

            calls.Sort();
            return Enumerable.Range(1, 5).All(seconds => Enumerable.Range(0, calls.Count - perSecond * seconds)
                .All(i => calls[i + perSecond * seconds] - calls[i] >= seconds * second));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_refusal_halves_the_rate_once_for_all_that_were_refused_together()
    {
        var pace = Pace.New.Refused(second, 10_000, 2 * second, 0).Refused(second + 10, 10_000, 2 * second, 0);

        Assert.Equal(5_000, pace.InForce(10_000));
        Assert.Equal(2, pace.Throttled);
        Assert.Equal(0, pace.Take(second + 20, 10_000, 1).Slots.Count);
        Assert.True(pace.Take(2 * second + 20, 10_000, 1).Slots.First >= 3 * second);
    }

    [Fact]
    public void A_rate_that_was_lowered_comes_back_while_nothing_is_refused()
    {
        var pace = Pace.New.Refused(second, 10_000, null, 0);
        var now = second;
        for (var i = 0; i < 20; i++) (pace, _) = pace.Take(now += 11 * second, 10_000, 1);

        // Short of what was refused, until that is forgotten.
        Assert.Equal(9_000, pace.Rate);
        Assert.Equal(0, pace.Strikes);
        for (var i = 0; i < 20; i++) (pace, _) = pace.Take(now += 11 * second, 10_000, 1);
        Assert.Equal((0, 0), (pace.Rate, pace.Ceiling));
    }

    [Fact]
    public void Where_nothing_was_limited_a_refusal_begins_at_half_of_what_was_measured() =>
        Assert.Equal(400_000, Pace.New.Refused(second, 0, null, 800_000).InForce(0));

    [Fact]
    public void A_clock_that_is_set_back_makes_nobody_wait_until_it_is_where_it_was()
    {
        var (pace, _) = Pace.New.Take(9_000 * second, 10_000, 10);

        var (after, slots) = pace.Take(5_000 * second, 10_000, 10);

        // Not at once: times that were given before may still be to come.
        Assert.Equal((5_001 * second, 9), (slots.First, slots.Count));
        Assert.InRange(after.NextAt, 5_001 * second, 5_003 * second);
    }

    [Fact]
    public void Without_a_limit_all_may_go_at_once()
    {
        var (_, slots) = Pace.New.Take(second, 0, 5_000);

        Assert.Equal(new Slots(second, 0, 5_000), slots);
    }
}
