using System.Numerics;
using Carillon.Core;
using Carillon.Core.Streams;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Core.Streams;

public class SequenceNumbersTests
{
    private static Shard ShardOf(int number, long created) =>
        new(new(1), new(1), number, null, null, 0, UInt128.MaxValue, new(created * 1_000_000), 0, null);

    /// <summary>Kinesis's own: published in its API reference.</summary>
    [Theory]
    [InlineData("49543463076548007577105092703039560359975228518395019266", 0)]
    public void A_number_of_the_real_service_reads_as_one(string number, int shard)
    {
        var read = SequenceNumbers.Read(number);

        Assert.Equal(shard, read?.Shard);
        Assert.InRange(read!.Value.Created, 1_350_000_000, 1_500_000_000);
        Assert.InRange(read.Value.Arrived, read.Value.Created, read.Value.Created + 1_000_000);
    }

    [Fact]
    public void Every_number_reads_back_as_what_it_was_made_of() => Prop.ForAll(
        (from number in Gen.Choose(0, int.MaxValue)
         from created in Gen.Choose(0, int.MaxValue)
         from high in Gen.Choose(0, int.MaxValue)
         from low in Gen.Choose(0, int.MaxValue)
         from later in Gen.Choose(0, int.MaxValue)
         select (number, (long)created, ((long)high << 31) | (long)low, (long)created + later)).ToArbitrary(),
        made =>
        {
            var (number, created, position, arrived) = made;
            var shard = ShardOf(number, created);
            var text = SequenceNumbers.Of(shard, position, new(arrived * 1_000_000));

            return SequenceNumbers.Read(text) == new SequenceNumber(created, number, position, arrived)
                && SequenceNumbers.PositionOf(text, shard) == position
                && SequenceNumbers.PositionOf(text, ShardOf(number, created + 1)) is null
                && SequenceNumbers.PositionOf(text, ShardOf(number ^ 16, created)) is null
                && (position == 0 || BigInteger.Parse(SequenceNumbers.Start(shard)) < BigInteger.Parse(text));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Numbers_of_a_shard_rise_with_the_position_whatever_the_clock_does() => Prop.ForAll(
        (from one in Gen.Choose(0, int.MaxValue)
         from more in Gen.Choose(1, int.MaxValue)
         from at in Gen.Choose(0, int.MaxValue)
         from later in Gen.Choose(0, int.MaxValue)
         select (one, more, at, later)).ToArbitrary(),
        made =>
        {
            var shard = ShardOf(3, 1_700_000_000);
            var first = SequenceNumbers.Of(shard, made.one, new(made.at * 1_000_000L));
            var second = SequenceNumbers.Of(shard, (long)made.one + made.more, new(made.later * 1_000_000L));
            return string.CompareOrdinal(first, second) < 0 && first.Length == 56 && second.Length == 56;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_no_number_is_nothing() => Prop.ForAll(
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>(),
            Gen.Choose(0, 9).ListOf().Select(digits => string.Concat(digits)),
            Gen.Choose(0, 9).ListOf(56).Select(digits => string.Concat(digits)),
            Gen.Choose(0, 9).ListOf(56).Select(digits => "4954" + string.Concat(digits)[4..]),
            Gen.Elements("", "0", "-1", " 1", "1 ", "+1", "1e5", new string('9', 129))).ToArbitrary(),
        text => SequenceNumbers.Read(text ?? "") is not { } read || read is { Shard: >= 0, Position: >= 0 }).QuickCheckThrowOnFailure();
}
