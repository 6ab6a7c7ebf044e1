using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Core.Streams;

/// <summary>The space of hashes that a stream's shards divide: 0 to 2^128 - 1, both included.</summary>
public static class HashSpace
{
    /// <summary>Where records of a partition key go: its MD5, read as a number with the highest byte first.</summary>
    public static UInt128 Of(string partitionKey)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        var most = Encoding.UTF8.GetMaxByteCount(partitionKey.Length);
        var bytes = most <= 1024 ? stackalloc byte[1024] : new byte[most];

        // Kinesis prescribes MD5; it spreads keys and protects nothing.
#pragma warning disable CA5351
        MD5.HashData(bytes[..Encoding.UTF8.GetBytes(partitionKey, bytes)], hash);
#pragma warning restore CA5351
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Equal ranges in their order; the last one also takes what the division leaves over.</summary>
    public static IReadOnlyList<(UInt128 First, UInt128 Last)> Divide(int count)
    {
        var step = StepOf(count);
        return [.. Enumerable.Range(0, count).Select(i => (
            step * (UInt128)i, i == count - 1 ? UInt128.MaxValue : (step * (UInt128)(i + 1)) - 1))];
    }

    /// <summary>2^128 divided by the count, which is one more than fits; of one shard the step is never used.</summary>
    private static UInt128 StepOf(int count)
    {
        var (quotient, rest) = UInt128.DivRem(UInt128.MaxValue, (UInt128)count);
        return rest == (UInt128)(count - 1) && count > 1 ? quotient + 1 : quotient;
    }
}
