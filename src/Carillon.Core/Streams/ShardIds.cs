using System.Globalization;

namespace Carillon.Core.Streams;

/// <summary>Shards as clients name them: <c>shardId-000000000007</c>.</summary>
public static class ShardIds
{
    private const string Prefix = "shardId-";

    public static string Of(int number) => Prefix + number.ToString("D12", CultureInfo.InvariantCulture);

    /// <summary>The number; null for what names no shard.</summary>
    /// <remarks>Like Kinesis it takes abbreviations: <c>shardId-7</c>, <c>7</c>.</remarks>
    public static int? Read(string id)
    {
        var digits = id.StartsWith(Prefix, StringComparison.Ordinal) ? id.AsSpan(Prefix.Length) : id;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
