using System.Globalization;
using System.Numerics;

namespace Carillon.Core.Streams;

/// <summary>
/// Names of records as clients see them, decimal numbers of 56 digits that rise in a shard. Read in hexadecimal digits, from
/// the highest: a 2; the second in which the shard was created (9); the lowest of its number's (1); the record's position
/// (16); 00; the second in which the record arrived (9); the shard's number (8); a 2. This is how Kinesis's own numbers are
/// made, as far as is known, except that theirs count what ours position.
/// </summary>
public static class SequenceNumbers
{
    /// <summary>Of the end of a closed shard: behind every position.</summary>
    private const long End = long.MaxValue;

    private const int Version = 2;

    public static string Of(Shard shard, long position, Instant arrived) => Make(shard, position, Second(arrived));

    /// <summary>Before every record of the shard.</summary>
    public static string Start(Shard shard) => Make(shard, 0, Second(shard.Created));

    /// <summary>Behind every record of the shard; null while it is open.</summary>
    public static string? EndOf(Shard shard) => shard.Closed is { } closed ? Make(shard, End, Second(closed.At)) : null;

    /// <summary>The position that a number holds; null for what is no number of this shard.</summary>
    public static long? PositionOf(string number, Shard shard) =>
        Read(number) is { } read && read.Shard == shard.Number && read.Created == Second(shard.Created) ? read.Position : null;

    /// <summary>What a number says; null for what is none.</summary>
    /// <param name="number">Decimal digits.</param>
    public static SequenceNumber? Read(string number)
    {
        // 48 hexadecimal digits are 58 decimal ones: longer texts are none of ours, whatever they cost to read.
        if (number.Length > 58 || !BigInteger.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || value >> 188 != 0 || value >> 184 != Version || Part(value, 0, 4) != Version || Part(value, 72, 8) != 0)
        {
            return null;
        }

        var shard = Part(value, 4, 32);
        var position = Part(value, 80, 64);
        return shard <= int.MaxValue && position <= long.MaxValue && Part(value, 144, 4) == (shard & 15)
            ? new((long)Part(value, 148, 36), (int)shard, (long)position, (long)Part(value, 36, 36))
            : null;
    }

    private static ulong Part(BigInteger value, int from, int bits) => (ulong)((value >> from) & ((BigInteger.One << bits) - 1));

    private static string Make(Shard shard, long position, long arrived)
    {
        // Three words, the highest first; the digits do not lie on their borders.
        var created = (ulong)Second(shard.Created);
        var high = ((BigInteger)Version << 36) | created;
        var value = (high << 4) | (uint)(shard.Number & 15);
        value = (value << 64) | (ulong)position;
        value = (value << 44) | (ulong)arrived;
        value = (value << 32) | (uint)shard.Number;
        value = (value << 4) | Version;
        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static long Second(Instant time) => time.Microseconds / 1_000_000;
}

/// <param name="Created">Second since 1970 in which its shard was created.</param>
/// <param name="Arrived">Second since 1970.</param>
public readonly record struct SequenceNumber(long Created, int Shard, long Position, long Arrived);
