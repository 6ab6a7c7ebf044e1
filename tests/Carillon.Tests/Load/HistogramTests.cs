using Carillon.Load.Counting;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Load;

public class HistogramTests
{
    [Fact]
    public void A_quantile_lies_at_or_a_thirtieth_above_the_true_one() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonEmptyArray<NonNegativeInt>>(),
            values =>
            {
                var all = values.Get.Select(v => (long)v.Get * 9973).Order().ToArray();
                var histogram = new Histogram();
                foreach (var value in all)
                {
                    histogram.Add(value);
                }

                return new[] { 0.01, 0.5, 0.99, 1 }.All(part =>
                {
                    var exact = all[(int)Math.Ceiling(part * all.Length) - 1];
                    var told = histogram.Quantile(part);
                    return told >= exact && told <= exact + (exact / 30.0);
                });
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_has_no_quantile()
    {
        Assert.Equal(0, new Histogram().Quantile(0.99));
    }
}
