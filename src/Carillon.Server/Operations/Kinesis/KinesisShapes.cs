using System.Globalization;
using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Core.Streams;
using Carillon.Server.Http;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

// Shapes: kinesis 2013-12-02.

/// <summary>A request about a stream, which it names, or gives the ARN of, or both.</summary>
internal interface INamesStream
{
    string? StreamName { get; }

    string? StreamARN { get; }
}

/// <summary>Of requests about a stream and nothing else.</summary>
internal sealed record StreamRequest(string? StreamName, string? StreamARN) : INamesStream;

internal sealed record StreamModeDetails(string? StreamMode)
{
    private const string Provisioned = "PROVISIONED";
    private const string OnDemand = "ON_DEMAND";

    public static StreamModeDetails Of(DataStream stream) =>
        new(stream.Mode == Core.Streams.StreamMode.OnDemand ? OnDemand : Provisioned);

    public StreamMode Read() => StreamMode == OnDemand ? Core.Streams.StreamMode.OnDemand : Core.Streams.StreamMode.Provisioned;
}

/// <param name="StartingHashKey">Decimal.</param>
/// <param name="EndingHashKey">Decimal; belongs to the range.</param>
internal sealed record HashKeyRange(string StartingHashKey, string EndingHashKey)
{
    public static HashKeyRange Of(Shard shard) => new(Text(shard.FirstHash), Text(shard.LastHash));

    private static string Text(UInt128 hash) => hash.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null for what is larger than any hash.</summary>
    public static UInt128? Read(string text) =>
        UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hash) ? hash : null;
}

/// <param name="EndingSequenceNumber">Of a closed shard alone.</param>
internal sealed record SequenceNumberRange(string StartingSequenceNumber, string? EndingSequenceNumber);

internal sealed record ShardShape(
    string ShardId, string? ParentShardId, string? AdjacentParentShardId, HashKeyRange HashKeyRange,
    SequenceNumberRange SequenceNumberRange)
{
    public static ShardShape Of(Shard shard) => new(
        ShardIds.Of(shard.Number), Id(shard.Parent), Id(shard.AdjacentParent), HashKeyRange.Of(shard),
        new(SequenceNumbers.Start(shard), SequenceNumbers.EndOf(shard)));

    private static string? Id(int? number) => number is { } known ? ShardIds.Of(known) : null;
}

internal sealed record ChildShard(string ShardId, IReadOnlyList<string> ParentShards, HashKeyRange HashKeyRange)
{
    public static ChildShard Of(Shard shard) => new(
        ShardIds.Of(shard.Number),
        [.. new[] { shard.Parent, shard.AdjacentParent }.OfType<int>().Select(ShardIds.Of)], HashKeyRange.Of(shard));
}

internal sealed record EnhancedMetrics(IReadOnlyList<string> ShardLevelMetrics)
{
    /// <summary>There are no metrics of single shards.</summary>
    public static readonly IReadOnlyList<EnhancedMetrics> None = [new([])];
}

/// <summary>Words that stand in several answers.</summary>
internal static class StreamWords
{
    /// <summary>What is asked for is done at once, so that a stream is never anything else.</summary>
    public const string Active = "ACTIVE";

    public const string Kms = "KMS";
    public const string None = "NONE";

    public static string EncryptionOf(DataStream stream) => stream.IsEncrypted ? Kms : None;

    /// <summary>Of a time in a request.</summary>
    /// <remarks>The nearest millisecond: who reckons in binary fractions sends 0.0009999 for 0.001.</remarks>
    public static Instant Time(decimal seconds) => new((long)decimal.Round(seconds * 1_000) * 1_000);

    /// <summary>Of a time in an answer: seconds since 1970 with three decimals.</summary>
    public static decimal Seconds(Instant time) => time.Microseconds / 1_000 / 1_000m;

    public static IReadOnlyList<Tag> Tags(IReadOnlyDictionary<string, string>? tags) =>
        [.. (tags ?? new Dictionary<string, string>()).Select(tag => new Tag(tag.Key, tag.Value))];

    public static IReadOnlyList<TagShape>? Asked(IReadOnlyDictionary<string, string>? tags) =>
        tags?.Select(tag => new TagShape(tag.Key, tag.Value)).ToList();

    /// <exception cref="JsonFault">A key is reserved for AWS.</exception>
    public static void CheckTagKeys(IEnumerable<string> keys)
    {
        var must = new Must();
        TagShape.CheckKeys([.. keys], must);
        if (must.Broken is { } broken)
        {
            throw KinesisErrors.Invalid(broken);
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AddTagsToStreamRequest))]
[JsonSerializable(typeof(CreateStreamRequest))]
[JsonSerializable(typeof(DeleteStreamRequest))]
[JsonSerializable(typeof(DescribeLimitsRequest))]
[JsonSerializable(typeof(DescribeLimitsResponse))]
[JsonSerializable(typeof(DescribeStreamRequest))]
[JsonSerializable(typeof(DescribeStreamResponse))]
[JsonSerializable(typeof(DescribeStreamSummaryResponse))]
[JsonSerializable(typeof(GetRecordsRequest))]
[JsonSerializable(typeof(GetRecordsResponse))]
[JsonSerializable(typeof(GetShardIteratorRequest))]
[JsonSerializable(typeof(GetShardIteratorResponse))]
[JsonSerializable(typeof(ListShardsRequest))]
[JsonSerializable(typeof(ListShardsResponse))]
[JsonSerializable(typeof(ListStreamsRequest))]
[JsonSerializable(typeof(ListStreamsResponse))]
[JsonSerializable(typeof(ListStreamTagsRequest))]
[JsonSerializable(typeof(ListStreamTagsResponse))]
[JsonSerializable(typeof(ListTagsForStreamRequest))]
[JsonSerializable(typeof(ListTagsForStreamResponse))]
[JsonSerializable(typeof(MergeShardsRequest))]
[JsonSerializable(typeof(PutRecordRequest))]
[JsonSerializable(typeof(PutRecordResponse))]
[JsonSerializable(typeof(PutRecordsRequest))]
[JsonSerializable(typeof(PutRecordsResponse))]
[JsonSerializable(typeof(RemoveTagsFromStreamRequest))]
[JsonSerializable(typeof(RetentionPeriodRequest))]
[JsonSerializable(typeof(RotateKeyOnDemandRequest))]
[JsonSerializable(typeof(RotateKeyOnDemandResponse))]
[JsonSerializable(typeof(SplitShardRequest))]
[JsonSerializable(typeof(StreamEncryptionRequest))]
[JsonSerializable(typeof(StreamRequest))]
[JsonSerializable(typeof(TagStreamRequest))]
[JsonSerializable(typeof(UntagStreamRequest))]
[JsonSerializable(typeof(UpdateShardCountRequest))]
[JsonSerializable(typeof(UpdateShardCountResponse))]
internal sealed partial class KinesisJson : JsonSerializerContext;
