using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Carillon.Core.Streams;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Core.Streams;

public class HashSpaceTests
{
    [Theory]
    [InlineData("", "281949768489412648962353822266799178366")]
    [InlineData("a", "16955237001963240173058271559858726497")]
    [InlineData("arn:aws:chime:us-east-1:123456789012:app-instance/a/channel/é", null)]
    public void A_key_hashes_to_its_MD5(string key, string? hash)
    {
        var expected = Expected(key);

        Assert.Equal(expected, HashSpace.Of(key));
        Assert.Equal(hash ?? expected.ToString(CultureInfo.InvariantCulture), HashSpace.Of(key).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Keys_of_any_length_hash_to_their_MD5() => Prop.ForAll(
        (from text in ArbMap.Default.GeneratorFor<NonNull<string>>()
         from times in Gen.Choose(1, 60)
         select string.Concat(Enumerable.Repeat(text.Get, times))).ToArbitrary(),
        key => HashSpace.Of(key) == Expected(key)).QuickCheckThrowOnFailure();

#pragma warning disable CA5351 // It is what Kinesis prescribes.
    private static BigInteger Expected(string key) =>
        new(MD5.HashData(Encoding.UTF8.GetBytes(key)), isUnsigned: true, isBigEndian: true);
#pragma warning restore CA5351

    [Theory]
    [InlineData(1, 0, "0", "340282366920938463463374607431768211455")]
    [InlineData(2, 0, "0", "170141183460469231731687303715884105727")]
    [InlineData(2, 1, "170141183460469231731687303715884105728", "340282366920938463463374607431768211455")]
    [InlineData(3, 1, "113427455640312821154458202477256070485", "226854911280625642308916404954512140969")]
    [InlineData(3, 2, "226854911280625642308916404954512140970", "340282366920938463463374607431768211455")]
    [InlineData(7, 6, "291670600217947254397178234941515609816", "340282366920938463463374607431768211455")]
    public void Shards_divide_the_space_where_those_of_Kinesis_do(int count, int index, string first, string last)
    {
        var range = HashSpace.Divide(count)[index];

        Assert.Equal((first, last), ($"{range.First}", $"{range.Last}"));
    }

    [Fact]
    public void Any_number_of_ranges_is_the_whole_space_without_hole_or_overlap() => Prop.ForAll(
        Gen.Choose(1, 10_000).ToArbitrary(),
        count =>
        {
            var ranges = HashSpace.Divide(count);
            return ranges.Count == count && ranges[0].First == 0 && ranges[^1].Last == UInt128.MaxValue
                && ranges.Zip(ranges.Skip(1)).All(pair => pair.First.Last + 1 == pair.Second.First)
                && ranges.All(r => r.First <= r.Last);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("shardId-000000000007", 7)]
    [InlineData("shardId-7", 7)]
    [InlineData("7", 7)]
    [InlineData("shardId-2147483647", 2147483647)]
    [InlineData("shardId-2147483648", null)]
    [InlineData("shardId-", null)]
    [InlineData("shardId--1", null)]
    [InlineData("shardid-7", null)]
    [InlineData(" 7", null)]
    [InlineData("", null)]
    public void Shards_are_named_in_full_or_short(string id, int? number)
    {
        Assert.Equal(number, ShardIds.Read(id));
        Assert.Equal(number is null ? null : number, number is { } known ? ShardIds.Read(ShardIds.Of(known)) : null);
    }
}
