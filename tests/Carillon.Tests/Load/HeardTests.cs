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
    public void Whatever_the_order_within_a_window_all_count_once() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int[]>(),
            keys =>
            {
                // A shuffle within blocks of 32: no message is 64 ahead of one that is missing.
                var numbers = Enumerable.Range(0, keys.Length).OrderBy(i => (i / 32, keys[i])).Select(i => (uint)i);
                var heard = new Heard();
                return numbers.All(number => heard.Add(number)) && heard.Count == keys.Length;
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
    public void A_jump_ahead_does_not_count_what_it_leaves_out()
    {
        var heard = new Heard();

        Assert.True(heard.Add(0));
        Assert.True(heard.Add(1_000_000));
        Assert.False(heard.Add(1_000_000));

        Assert.Equal(2u, heard.Count);
    }
}
