namespace Carillon.Core.Streams;

public readonly record struct StreamKey(long Value);

public readonly record struct ShardKey(long Value);

public enum StreamMode
{
    Provisioned = 0,
    OnDemand = 1,
}

/// <summary>A data stream: records in shards, each kept for a while and read by whoever may.</summary>
/// <param name="Name">Unique among the streams that are there; free again as soon as the stream is deleted.</param>
/// <param name="KeyId">
/// What its records are encrypted under, as the caller named it; null where they are not. It is a name only: the keys are
/// the store's.
/// </param>
/// <param name="MostRecordKiB">How large the data of a record may be, with its partition key.</param>
/// <param name="OpenShards">Shards that take records.</param>
public sealed record DataStream(
    StreamKey Key, string Name, Instant Created, StreamMode Mode, int RetentionHours, string? KeyId, int MostRecordKiB,
    int OpenShards)
{
    public bool IsEncrypted => KeyId is not null;

    /// <summary>Records that arrived before it are gone, whether or not their rows are.</summary>
    public Instant Horizon(Instant now) => now.Plus(-TimeSpan.FromHours(RetentionHours));
}

/// <summary>A part of a stream: the records whose hash lies in its range, in the order of their positions.</summary>
/// <param name="Number">Rises from 0 in a stream and is never given out again.</param>
/// <param name="Parent">The shard that it was split off, or that was merged into it.</param>
/// <param name="AdjacentParent">The other one of a merger.</param>
/// <param name="LastHash">Belongs to the range.</param>
/// <param name="Created">Part of its sequence numbers; at least a second behind its parents'.</param>
/// <param name="OpenedAt">The position that its opening took: its records have greater ones.</param>
public sealed record Shard(
    ShardKey Key, StreamKey Stream, int Number, int? Parent, int? AdjacentParent, UInt128 FirstHash, UInt128 LastHash,
    Instant Created, long OpenedAt, ClosedShard? Closed)
{
    public bool Takes(UInt128 hash) => hash >= FirstHash && hash <= LastHash;

    /// <summary>Whether a record of this position would be here rather than in a parent or a child.</summary>
    public bool WasOpenAt(long position) => position > OpenedAt && (Closed is null || position < Closed.Position);
}

/// <param name="At">When its children were created.</param>
/// <param name="Position">That the closing took: its records have smaller ones.</param>
public sealed record ClosedShard(Instant At, long Position);

/// <param name="Position">Its place among everything that is stored, which orders the records of a stream.</param>
/// <param name="Data">In the clear.</param>
/// <param name="Sealed">Whether it rests encrypted.</param>
public sealed record StreamRecord(long Position, Instant Arrived, string PartitionKey, byte[] Data, bool Sealed);

/// <param name="NextArrived">When the first record behind these arrived; null at the end of the shard.</param>
public sealed record StreamSlice(IReadOnlyList<StreamRecord> Records, Instant? NextArrived);

/// <summary>Where a record went.</summary>
public readonly record struct RecordPlace(Shard Shard, long Position);
