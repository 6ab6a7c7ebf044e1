using System.Numerics;

namespace Carillon.Load.Counting;

/// <summary>Counts durations in buckets that are at most 1/32 wide.</summary>
internal sealed class Histogram
{
    private const int Parts = 32;

    private readonly long[] _counts = new long[64 * Parts];
    private long _most;

    public long Count { get; private set; }

    /// <param name="value">Any unit; below zero counts as zero.</param>
    public void Add(long value)
    {
        value = Math.Max(0, value);
        _counts[Bucket(value)]++;
        Count++;
        _most = Math.Max(_most, value);
    }

    /// <summary>The longest.</summary>
    public long Most => _most;

    /// <summary>The value that the given part of all lies at or below, at a bucket's upper edge; 0 where there is none.</summary>
    public long Quantile(double part)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            rank -= _counts[bucket];
            if (rank <= 0) return Math.Min(Edge(bucket), _most);
        }

        return 0;
    }

    private static int Bucket(long value)
    {
        if (value < Parts) return (int)value;
        var power = BitOperations.Log2((ulong)value);
        return ((power - 4) * Parts) + (int)((value >> (power - 5)) & (Parts - 1));
    }

    private static long Edge(int bucket)
    {
        if (bucket < Parts) return bucket;
        var power = (bucket / Parts) + 4;
        return (1L << power) + ((long)((bucket % Parts) + 1) << (power - 5)) - 1;
    }
}
