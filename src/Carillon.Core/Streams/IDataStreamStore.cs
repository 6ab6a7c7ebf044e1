using Carillon.Core.Identity;

namespace Carillon.Core.Streams;

public interface IDataStreamView
{
    DataStream? FindStream(string name);

    /// <summary>By name; <paramref name="after"/> is the last name of the page before.</summary>
    IReadOnlyList<DataStream> ListStreams(string? after, int most);

    /// <summary>Of all streams together.</summary>
    long CountOpenShards();

    long CountStreams(StreamMode mode);

    /// <summary>By number, without those that closed before the stream's horizon: none of their records is left.</summary>
    /// <param name="after">A shard's number; null for the beginning.</param>
    IReadOnlyList<Shard> ListShards(DataStream stream, int? after, int most);

    /// <summary>All shards that take records, by their ranges; together these are the whole space of hashes.</summary>
    IReadOnlyList<Shard> ListOpenShards(StreamKey stream);

    /// <summary>Null where there never was one, and where it closed before the stream's horizon.</summary>
    Shard? FindShard(DataStream stream, int number);

    /// <summary>Shards that have it as a parent; none while it is open.</summary>
    IReadOnlyList<Shard> ListChildren(Shard shard);

    /// <summary>
    /// The records behind a position, oldest first, without those before the stream's horizon. Where there is one, at least
    /// one is returned.
    /// </summary>
    /// <param name="mostBytes">Of data and partition keys together.</param>
    StreamSlice ReadRecords(DataStream stream, Shard shard, long afterPosition, int most, long mostBytes);

    /// <summary>The position behind which the shard's records begin that arrived at <paramref name="time"/> or later.</summary>
    long PositionBefore(Shard shard, Instant time);

    /// <summary>In the order of their keys.</summary>
    IReadOnlyList<Tag> ListStreamTags(StreamKey stream);
}

public interface IDataStreamLedger
{
    /// <summary>A stream without shards and tags.</summary>
    DataStream AddStream(string name, StreamMode mode, int retentionHours, int mostRecordKiB);

    /// <summary>Writes mode, retention, key id and the largest record; the rest does not change or is counted.</summary>
    void UpdateStream(DataStream stream);

    /// <summary>Frees its name. Records, shards and tags go in the background.</summary>
    void DeleteStream(StreamKey stream);

    /// <summary>Opens a shard with the next number.</summary>
    /// <param name="openedAt">A position that was taken, <see cref="TakePosition"/>.</param>
    Shard AddShard(
        StreamKey stream, int? parent, int? adjacentParent, UInt128 firstHash, UInt128 lastHash, Instant created, long openedAt);

    void CloseShard(Shard shard, ClosedShard closed);

    /// <summary>Takes the next position, for something that the log does not keep.</summary>
    long TakePosition();

    /// <summary>Adds a record, in the stream's next position.</summary>
    /// <param name="hash">Decides on the shard; null for that of the partition key.</param>
    RecordPlace AddRecord(DataStream stream, string partitionKey, UInt128? hash, ReadOnlyMemory<byte> data);

    /// <summary>Adds the record of an event of the log, in the event's position. A stream has one record a position.</summary>
    /// <param name="position">That was taken in this change.</param>
    void AddRecord(DataStream stream, long position, string partitionKey, ReadOnlyMemory<byte> data);

    /// <summary>Puts other data into a record. False where it is gone.</summary>
    /// <param name="partitionKey">The record's; it was not put with a hash of its own.</param>
    bool ReplaceRecord(DataStream stream, long position, string partitionKey, ReadOnlyMemory<byte> data);

    /// <summary>Sets each tag; one whose key is there already takes the new value.</summary>
    void AddStreamTags(StreamKey stream, IReadOnlyList<Tag> tags);

    void RemoveStreamTags(StreamKey stream, IReadOnlyList<string> keys);

    /// <summary>Makes a new data key, which seals from now on. Earlier ones still open what they sealed.</summary>
    void RotateStreamKey();

    /// <summary>Whether there is a key and it has served for too long or too often.</summary>
    bool IsStreamKeyWorn();

    /// <summary>
    /// Deletes up to <paramref name="most"/> records of one stream that are before its horizon, and its shards that closed
    /// before it and are empty. False when nothing is left to do.
    /// </summary>
    bool DeleteExpiredRecords(int most);
}
