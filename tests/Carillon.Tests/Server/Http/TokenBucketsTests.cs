using Carillon.Server.Hosting;
using Carillon.Server.Http.Throttling;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Server.Http;

public class TokenBucketsTests
{
    private static Rate Of(double perSecond, double burst) => new("test", RateScope.Bearer, perSecond, burst, "test", ["x"]);

    [Fact]
    public void No_span_of_time_sees_more_than_the_burst_and_what_came_back_in_it() =>
        Prop.ForAll(
            Gen.Zip(Gen.Choose(1, 50), Gen.Zip(Gen.Choose(1, 100), Gen.Choose(0, 400).ListOf())).ToArbitrary(),
            input =>
            {
                var (perSecond, (burst, waits)) = input;
                var time = new ManualTime();
                var buckets = new TokenBuckets(time);
                var rate = Of(perSecond, burst);
                var start = time.GetUtcNow();
                var granted = new List<double>();
                foreach (var wait in waits)
                {
                    time.Pass(TimeSpan.FromMilliseconds(wait));
                    if (buckets.TryTake(rate, "k"))
                    {
                        granted.Add((time.GetUtcNow() - start).TotalSeconds);
                    }
                }

                for (var from = 0; from < granted.Count; from++)
                {
                    for (var to = from; to < granted.Count; to++)
                    {
                        Assert.True(to - from + 1 <= burst + ((granted[to] - granted[from]) * perSecond) + 1e-6);
                    }
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Who_waits_long_enough_is_always_let_through() =>
        Prop.ForAll(
            Gen.Choose(1, 50).ToArbitrary(),
            perSecond =>
            {
                var time = new ManualTime();
                var buckets = new TokenBuckets(time);
                for (var i = 0; i < 20; i++)
                {
                    Assert.True(buckets.TryTake(Of(perSecond, 1), "k"));
                    time.Pass(TimeSpan.FromSeconds(1.0 / perSecond) + TimeSpan.FromTicks(1));
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_another_rate_refused_is_given_back()
    {
        var time = new ManualTime();
        var throttle = new Throttle([Of(1, 5) with { Name = "wide" }, Of(1, 2) with { Name = "narrow", Scope = RateScope.Account }], time);
        Assert.Null(throttle.Refuses("x", [], "ann", null, () => false));
        Assert.Null(throttle.Refuses("x", [], "ann", null, () => false));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("narrow", throttle.Refuses("x", [], "ann", null, () => false)?.Name);
        }

        time.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(throttle.Refuses("x", [], "ann", null, () => false));
    }

    [Fact]
    public void Buckets_that_are_full_again_are_not_kept()
    {
        var time = new ManualTime();
        var buckets = new TokenBuckets(time);
        for (var i = 0; i < 50 * TokenBuckets.Floor; i++)
        {
            buckets.TryTake(Of(1000, 1), $"stranger {i}");
            if (i % 100 == 0)
            {
                time.Pass(TimeSpan.FromMilliseconds(10));
            }
        }

        Assert.InRange(buckets.Count, 1, TokenBuckets.Floor);
    }

    [Theory]
    [InlineData("off", "Bearer=3")]
    [InlineData("aws", "NoSuchRate=3")]
    [InlineData("aws", "Bearer=-1")]
    [InlineData("aws", "Bearer")]
    [InlineData("sometimes", "")]
    public void Settings_that_cannot_work_are_refused(string throttling, string rates) =>
        Assert.Throws<SettingException>(() => new CarillonOptions { Throttling = throttling, Rates = rates }.Validate());

    [Fact]
    public void A_rate_is_replaced_with_its_burst_and_switched_off_by_zero()
    {
        var rates = new CarillonOptions { Throttling = "public", Rates = "SendsPerUser=100,RequestsPerAddress=0" }.RatesInForce();
        Assert.Equal((100, 200), rates.Where(r => r.Name == "SendsPerUser").Select(r => (r.PerSecond, r.Burst)).Single());
        Assert.DoesNotContain(rates, r => r.Name == "RequestsPerAddress");
    }
}
