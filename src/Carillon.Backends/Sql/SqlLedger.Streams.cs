using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Core.Streams;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    /// <summary>
    /// Positions that a data key serves for: half of what may be sealed under one key with nonces drawn by lot, at two
    /// records a position. Source: NIST SP 800-38D, 8.3: 2^32.
    /// </summary>
    private const long MostPositionsOfKey = 1L << 31;

    /// <summary>Bytes of records that one step deletes. Ours.</summary>
    private const int MostBytesOfSlice = 1024 * 1024;

    /// <summary>What has expired is not read, so that its rows may wait. Ours.</summary>
    private static readonly TimeSpan TrimPause = TimeSpan.FromMinutes(1);

    public override DataStream? FindStream(string name)
    {
        if (known.Streams.TryGetValue(name, out var kept))
        {
            return kept;
        }

        return base.FindStream(name) is { } stream ? known.Streams[name] = stream : null;
    }

    public override IReadOnlyList<Shard> ListOpenShards(StreamKey stream)
    {
        if (known.OpenShards.TryGetValue(stream, out var kept))
        {
            return kept;
        }

        return known.OpenShards[stream] = base.ListOpenShards(stream);
    }

    public DataStream AddStream(string name, StreamMode mode, int retentionHours, int mostRecordKiB)
    {
        Connection.Execute(
            """
            insert into data_stream(
              name, created, mode, retention_hours, most_record_kib, shards, open_shards, trim_due)
            values ($1, $2, $3, $4, $5, 0, 0, $6)
            """,
            name, Now.Microseconds, (long)mode, retentionHours, mostRecordKiB,
            Now.Plus(TimeSpan.FromHours(retentionHours)).Microseconds);
        return FindStream(name)!;
    }

    public void UpdateStream(DataStream stream) => Connection.Execute(
        """
        update data_stream set mode = $2, retention_hours = $3, key_id = $4, most_record_kib = $5,
          trim_due = case when retention_hours > $3 then 0 else trim_due end
        where key = $1
        """,
        stream.Key.Value, (long)stream.Mode, stream.RetentionHours, stream.KeyId, stream.MostRecordKiB);

    public void DeleteStream(StreamKey stream)
    {
        Connection.Execute(
            "update data_stream set deleted = $2, trim_due = null where key = $1", stream.Value, Now.Microseconds);
        AddPurge(PurgeKind.Stream, stream.Value);
    }

    public Shard AddShard(
        StreamKey stream, int? parent, int? adjacentParent, UInt128 firstHash, UInt128 lastHash, Instant created, long openedAt)
    {
        var number = Connection.Number("select shards from data_stream where key = $1", stream.Value)!.Value;
        Connection.Execute(
            "update data_stream set shards = shards + 1, open_shards = open_shards + 1 where key = $1", stream.Value);
        Connection.Execute(
            """
            insert into stream_shard(stream, number, parent, adjacent_parent, first_hash, last_hash, created, opened)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            stream.Value, number, (long?)parent, (long?)adjacentParent, BytesOf(firstHash), BytesOf(lastHash),
            created.Microseconds, openedAt);
        var key = Connection.Number(
            "select key from stream_shard where stream = $1 and number = $2", stream.Value, number)!.Value;
        return new(
            new(key), stream, (int)number, parent, adjacentParent, firstHash, lastHash, created, openedAt, Closed: null);
    }

    public void CloseShard(Shard shard, ClosedShard closed)
    {
        Connection.Execute(
            "update stream_shard set closed = $2, closed_at = $3 where key = $1",
            shard.Key.Value, closed.Position, closed.At.Microseconds);
        Connection.Execute("update data_stream set open_shards = open_shards - 1 where key = $1", shard.Stream.Value);
    }

    public long TakePosition() => ++_lastPosition;

    public RecordPlace AddRecord(DataStream stream, string partitionKey, UInt128? hash, ReadOnlyMemory<byte> data)
    {
        var shard = OpenShardOf(stream.Key, hash ?? known.HashOf(partitionKey));
        var position = TakePosition();
        InsertRecord(stream, shard, position, partitionKey, data);
        return new(shard, position);
    }

    public void AddRecord(DataStream stream, long position, string partitionKey, ReadOnlyMemory<byte> data) =>
        InsertRecord(stream, OpenShardOf(stream.Key, known.HashOf(partitionKey)), position, partitionKey, data);

    private Shard OpenShardOf(StreamKey stream, UInt128 hash)
    {
        // The last one that begins at the hash or before it.
        var shards = ListOpenShards(stream);
        var (low, high) = (0, shards.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = shards[middle].FirstHash <= hash ? (middle, high) : (low, middle - 1);
        }

        return shards[low];
    }

    private void InsertRecord(
        DataStream stream, Shard shard, long position, string partitionKey, ReadOnlyMemory<byte> data)
    {
        var pack = known.PackOf(shard.Key);
        if (!pack.Takes(stream.IsEncrypted))
        {
            Write(shard.Key, pack);
        }

        pack.Add(position, partitionKey, data.Span, stream.IsEncrypted);
    }

    /// <summary>Writes the records that this batch has put together so far.</summary>
    protected override void SettleRecords()
    {
        foreach (var (shard, pack) in known.Packs)
        {
            if (pack.Count > 0)
            {
                Write(shard, pack);
            }
        }

        if (known.Packs.Count > Known.MostPacks)
        {
            known.Packs.Clear();
        }
    }

    private void Write(ShardKey shard, RecordPack pack)
    {
        var (bytes, key) = Rest(shard, pack);
        known.Log(
            """
            insert into stream_pack(shard, position, first, at, records, size, data, data_key)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            shard.Value, pack.Last, pack.First, Now.Microseconds, pack.Count, pack.Size, bytes, key);
        pack.Clear();
    }

    /// <summary>How a pack rests.</summary>
    private (byte[] Bytes, long? Key) Rest(ShardKey shard, RecordPack pack)
    {
        if (!pack.IsSealed)
        {
            return (pack.Bytes.ToArray(), null);
        }

        var key = SealingKey().Key;
        return (StreamCiphers.Seal(Ciphers.Box(key, FindStreamKey), shard.Value, pack.Last, pack.Bytes), key);
    }

    public bool ReplaceRecord(DataStream stream, long position, string partitionKey, ReadOnlyMemory<byte> data)
    {
        var hash = known.HashOf(partitionKey);
        var shard = ListOpenShards(stream.Key).FirstOrDefault(s => s.Takes(hash) && s.WasOpenAt(position))
            ?? ClosedShardOf(stream, hash, position);
        if (shard is null)
        {
            return false;
        }

        if (known.Packs.TryGetValue(shard.Key, out var gathering) && gathering.Count > 0 && position >= gathering.First)
        {
            return gathering.Replace(position, data.Span);
        }

        var kept = Connection.First(
            $"select {PackColumns} from stream_pack where shard = $1 and position >= $2 order by position limit 1",
            ReadPack, shard.Key.Value, position);
        if (kept is null || kept.First > position)
        {
            return false;
        }

        var pack = new RecordPack();
        foreach (var (of, key, was) in RecordPack.Read(Open(shard, kept)))
        {
            pack.Add(of, key, was.Span, stream.IsEncrypted);
        }

        if (!pack.Replace(position, data.Span))
        {
            return false;
        }

        var (bytes, sealedWith) = Rest(shard.Key, pack);
        known.Log(
            "update stream_pack set data = $3, data_key = $4, size = $5 where shard = $1 and position = $2",
            shard.Key.Value, kept.Position, bytes, sealedWith, pack.Size);
        return true;
    }

    private Shard? ClosedShardOf(DataStream stream, UInt128 hash, long position)
    {
        int? after = null;
        while (ListShards(stream, after, Purging.Slice) is { Count: > 0 } shards)
        {
            if (shards.FirstOrDefault(s => s.Takes(hash) && s.WasOpenAt(position)) is { } found)
            {
                return found;
            }

            after = shards[^1].Number;
        }

        return null;
    }

    public void AddStreamTags(StreamKey stream, IReadOnlyList<Tag> tags)
    {
        foreach (var tag in tags)
        {
            Connection.Execute(
                """
                insert into stream_tag(stream, name, value) values ($1, $2, $3)
                on conflict(stream, name) do update set value = excluded.value
                """,
                stream.Value, tag.Key, tag.Value);
        }
    }

    public void RemoveStreamTags(StreamKey stream, IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            Connection.Execute("delete from stream_tag where stream = $1 and name = $2", stream.Value, key);
        }
    }

    public void RotateStreamKey() => known.Sealing = AddStreamKey();

    public bool IsStreamKeyWorn() => (known.Sealing ?? NewestStreamKey()) is { } key && IsWorn(key);

    private bool IsWorn(StreamSealingKey key) =>
        Now >= key.Created.Plus(options.StreamKeyAge) || _lastPosition - key.Position > MostPositionsOfKey;

    /// <summary>The key that seals now. The first one is made by the first record.</summary>
    private StreamSealingKey SealingKey() =>
        known.Sealing ?? (known.Sealing = NewestStreamKey() ?? AddStreamKey());

    private StreamSealingKey? NewestStreamKey() => Connection.First(
        "select key, created, position from stream_key order by position desc limit 1",
        static row => new StreamSealingKey(row.Integer(0), Rows.Time(row, 1), row.Integer(2)));

    private StreamSealingKey AddStreamKey()
    {
        var (key, made) = Ciphers.New();
        var position = TakePosition();
        known.Log(
            "insert into stream_key(key, created, position, sealed) values ($1, $2, $3, $4)",
            key, Now.Microseconds, position, made);
        return new(key, Now, position);
    }

    public bool DeleteExpiredRecords(int most)
    {
        var due = Connection.First(
            "select key, retention_hours from data_stream where trim_due <= $1 order by trim_due limit 1",
            static row => new DueStream(row.Integer(0), (int)row.Integer(1)), Now.Microseconds);
        if (due is null)
        {
            return false;
        }

        var kept = TimeSpan.FromHours(due.RetentionHours);
        var horizon = Now.Plus(-kept);
        var next = Now.Plus(kept);
        foreach (var shard in Connection.Query(
            """
            select h.key, h.closed_at, (select r.at from stream_pack r where r.shard = h.key order by r.position limit 1)
            from stream_shard h where h.stream = $1 order by h.number
            """,
            static row => new DueShard(row.Integer(0), Rows.TimeOrNull(row, 1), Rows.TimeOrNull(row, 2)), due.Key))
        {
            if (shard.Oldest < horizon)
            {
                known.Log(
                    "delete from stream_pack where shard = $1 and at < $2 and position <= $3",
                    shard.Key, horizon.Microseconds, EndOfSlice(shard.Key, most));
                return true;
            }

            if (shard.Oldest is null && shard.ClosedAt < horizon)
            {
                Connection.Execute("delete from stream_shard where key = $1", shard.Key);
                return true;
            }

            next = Earlier(next, (shard.Oldest ?? shard.ClosedAt)?.Plus(kept));
        }

        known.Log(
            "update data_stream set trim_due = $2 where key = $1", due.Key,
            Math.Max(next.Microseconds, Now.Plus(TrimPause).Microseconds));
        return true;
    }

    /// <summary>Up to where the oldest packs of a shard are deleted at once: so many rows, or so many bytes to overwrite.</summary>
    /// <returns>A position; below all where there are none.</returns>
    private long EndOfSlice(long shard, int most)
    {
        var (end, bytes) = (-1L, 0L);
        foreach (var pack in Connection.Query(
            "select position, size from stream_pack where shard = $1 order by position limit $2",
            static row => (Position: row.Integer(0), Size: row.Integer(1)), shard, most))
        {
            (end, bytes) = (pack.Position, bytes + pack.Size);
            if (bytes >= MostBytesOfSlice)
            {
                break;
            }
        }

        return end;
    }

    private static Instant Earlier(Instant one, Instant? other) => other < one ? other.Value : one;

    private bool PurgeStream(long stream, int most)
    {
        SettleRecords();
        if (Connection.Number("select key from stream_shard where stream = $1 order by number limit 1", stream) is { } shard)
        {
            if (Connection.Execute(
                "delete from stream_pack where shard = $1 and position <= $2", shard, EndOfSlice(shard, most)) == 0)
            {
                Connection.Execute("delete from stream_shard where key = $1", shard);
            }

            return false;
        }

        Connection.Execute("delete from stream_tag where stream = $1", stream);
        Connection.Execute("delete from relay where stream = $1", stream);
        Connection.Execute("delete from data_stream where key = $1", stream);
        return true;
    }

    private sealed record DueStream(long Key, int RetentionHours);

    private sealed record DueShard(long Key, Instant? ClosedAt, Instant? Oldest);
}

/// <summary>The data key that records are sealed under now.</summary>
/// <param name="Position">That its making took.</param>
internal sealed record StreamSealingKey(long Key, Instant Created, long Position);
