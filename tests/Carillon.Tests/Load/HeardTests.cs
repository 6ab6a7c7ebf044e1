using Carillon.Load.Counting;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Load;

public class HeardTests
{
    [Fact]
    public void Messages_in_order_count_once_each()
    {
        var heard = new Heard();

        for (uint i = 0; i < 1000; i++)
        {
            Assert.True(heard.Add(i));
            Assert.False(heard.Add(i));
        }

        Assert.Equal(1000u, heard.Count);
    }

    [Fact]
    public void Whatever_the_order_all_count_once() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<PositiveInt>(),
            (keys, block) =>
            {
                // Shuffled within blocks, which are smaller and larger than what is looked at as a window.
                keys = [.. keys.SelectMany(key => Enumerable.Range(0, 20).Select(i => key * 7919 * (i + 1)))];
                var numbers = Enumerable.Range(0, keys.Length).OrderBy(i => (i / (block.Get * 10), keys[i])).Select(i => (uint)i)
                    .ToList();
                var heard = new Heard();
                return numbers.All(number => heard.Add(number)) && !numbers.Exists(number => heard.Add(number))
                    && heard.Count == keys.Length;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_lost_message_stays_lost()
    {
        var heard = new Heard();

        for (uint i = 0; i < 500; i++)
        {
            if (i != 100) Assert.True(heard.Add(i));
        }

        Assert.Equal(499u, heard.Count);
    }

    [Fact]
    public void What_comes_long_after_its_successors_counts_once()
    {
        var heard = new Heard();

        for (uint i = 1; i < 1000; i++)
        {
            Assert.True(heard.Add(i));
        }

        Assert.Equal(999u, heard.Count);
        Assert.True(heard.Add(0));
        Assert.False(heard.Add(0));
        Assert.Equal(1000u, heard.Count);
    }
}
