using System.Buffers.Binary;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Core.Streams;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    private const string StreamColumns =
        "s.key, s.name, s.created, s.mode, s.retention_hours, s.key_id, s.most_record_kib, s.open_shards";

    private const string ShardColumns =
        """
        h.key, h.stream, h.number, h.parent, h.adjacent_parent, h.first_hash, h.last_hash, h.created, h.opened, h.closed,
        h.closed_at
        """;

    public virtual DataStream? FindStream(string name) => Connection.First(
        $"select {StreamColumns} from data_stream s where s.name = $1 and s.deleted is null", ReadStream, name);

    public IReadOnlyList<DataStream> ListStreams(string? after, int most) => Connection.Query(
        $"select {StreamColumns} from data_stream s where s.deleted is null and s.name > $1 order by s.name limit $2",
        ReadStream, after ?? "", most);

    public long CountOpenShards() =>
        Connection.Number("select coalesce(sum(open_shards), 0) from data_stream where deleted is null") ?? 0;

    public long CountStreams(StreamMode mode) =>
        Connection.Number("select count(*) from data_stream where deleted is null and mode = $1", (long)mode) ?? 0;

    public IReadOnlyList<Shard> ListShards(DataStream stream, int? after, int most) => Connection.Query(
        $"""
        select {ShardColumns} from stream_shard h
        where h.stream = $1 and h.number > $2 and (h.closed is null or h.closed_at >= $3) order by h.number limit $4
        """,
        ReadShard, stream.Key.Value, after ?? -1, stream.Horizon(Now).Microseconds, most);

    public virtual IReadOnlyList<Shard> ListOpenShards(StreamKey stream) => Connection.Query(
        $"select {ShardColumns} from stream_shard h where h.stream = $1 and h.closed is null order by h.first_hash",
        ReadShard, stream.Value);

    public Shard? FindShard(DataStream stream, int number) => Connection.First(
        $"""
        select {ShardColumns} from stream_shard h
        where h.stream = $1 and h.number = $2 and (h.closed is null or h.closed_at >= $3)
        """,
        ReadShard, stream.Key.Value, number, stream.Horizon(Now).Microseconds);

    public IReadOnlyList<Shard> ListChildren(Shard shard) => Connection.Query(
        $"""
        select {ShardColumns} from stream_shard h where h.stream = $1 and h.parent = $2
        union all select {ShardColumns} from stream_shard h where h.stream = $1 and h.adjacent_parent = $2
        """,
        ReadShard, shard.Stream.Value, shard.Number);

    protected const string PackColumns = "position, first, at, data, data_key";

    private sealed record PackSize(long Position, Instant Arrived, long Records, long Size);

    /// <param name="Position">Of its last record.</param>
    /// <param name="First">Of its first.</param>
    protected sealed record Pack(long Position, long First, Instant Arrived, byte[] Data, long? DataKey);

    protected static Pack ReadPack(SqlRow row) =>
        new(row.Integer(0), row.Integer(1), Rows.Time(row, 2), row.Blob(3), row.IntegerOrNull(4));

    protected ReadOnlyMemory<byte> Open(Shard shard, Pack pack) => pack.DataKey is { } key
        ? StreamCiphers.Open(Ciphers.Box(key, FindStreamKey), shard.Key.Value, pack.Position, pack.Data)
        : pack.Data;

    /// <summary>Brings to their table the records that are still being put together, before it is read.</summary>
    protected virtual void SettleRecords()
    {
    }

    public StreamSlice ReadRecords(DataStream stream, Shard shard, long afterPosition, int most, long mostBytes)
    {
        SettleRecords();
        var horizon = stream.Horizon(Now);
        var after = FirstBehind(shard, afterPosition) is { } first && first.Arrived < horizon
            ? PositionBefore(shard, horizon)
            : afterPosition;

        // Sizes first, so that no more is read than is returned, but for what shares a pack with it.
        var sizes = Connection.Query(
            """
            select position, at, records, size from stream_pack where shard = $1 and position > $2 order by position limit $3
            """,
            static row => new PackSize(row.Integer(0), Rows.Time(row, 1), row.Integer(2), row.Integer(3)),
            shard.Key.Value, after, most + 1);
        var (packs, records, bytes) = (0, 0L, 0L);
        while (packs < sizes.Count && (packs == 0 || (records < most && bytes < mostBytes)))
        {
            // Of the first, what is not behind the position is not counted when it is known what that is.
            records += packs == 0 ? 0 : sizes[packs].Records;
            bytes += packs == 0 ? 0 : sizes[packs].Size;
            packs++;
        }

        var taken = new List<StreamRecord>();
        long size = 0;
        foreach (var pack in packs == 0 ? [] : Connection.Query(
            $"select {PackColumns} from stream_pack where shard = $1 and position > $2 order by position limit $3",
            ReadPack, shard.Key.Value, after, packs))
        {
            if (taken.Count == most)
            {
                return new(taken, pack.Arrived);
            }

            foreach (var (position, key, data) in RecordPack.Read(Open(shard, pack)))
            {
                if (position <= after)
                {
                    continue;
                }

                size += data.Length + System.Text.Encoding.UTF8.GetByteCount(key);
                if (taken.Count == most || (taken.Count > 0 && size > mostBytes))
                {
                    return new(taken, pack.Arrived);
                }

                taken.Add(new(position, pack.Arrived, key, data.ToArray(), pack.DataKey is not null));
            }
        }

        return new(taken, packs < sizes.Count ? sizes[packs].Arrived : null);
    }

    protected byte[]? FindStreamKey(long key) =>
        Connection.First("select sealed from stream_key where key = $1", static row => row.Blob(0), key);

    public long PositionBefore(Shard shard, Instant time)
    {
        SettleRecords();
        var last = Connection.First(
            "select position, at from stream_pack where shard = $1 order by position desc limit 1", ReadPlace, shard.Key.Value);
        if (last is null || last.Arrived < time)
        {
            return last?.Position ?? 0;
        }

        // The first record behind low is older, the first behind high is not; times rise with positions.
        var (low, high) = (0L, last.Position - 1);
        if (FirstBehind(shard, low)!.Arrived >= time)
        {
            return low;
        }

        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            var first = FirstBehind(shard, middle)!;
            if (first.Arrived < time)
            {
                low = Math.Max(middle, first.Position - 1);
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    private sealed record RecordTime(long Position, Instant Arrived);

    /// <summary>When the first record behind a position has arrived, and a position that it is not before.</summary>
    private RecordTime? FirstBehind(Shard shard, long position) => Connection.First(
        """
        select case when first > $2 then first else $2 + 1 end, at from stream_pack
        where shard = $1 and position > $2 order by position limit 1
        """,
        ReadPlace, shard.Key.Value, position);

    private static RecordTime ReadPlace(SqlRow row) => new(row.Integer(0), Rows.Time(row, 1));

    public IReadOnlyList<Tag> ListStreamTags(StreamKey stream) => Connection.Query(
        "select name, value from stream_tag where stream = $1 order by name",
        static row => new Tag(row.Text(0), row.Text(1)), stream.Value);

    private static DataStream ReadStream(SqlRow row) => new(
        new(row.Integer(0)), row.Text(1), Rows.Time(row, 2), (StreamMode)row.Integer(3), (int)row.Integer(4), row.TextOrNull(5),
        (int)row.Integer(6), (int)row.Integer(7));

    private static Shard ReadShard(SqlRow row) => new(
        new(row.Integer(0)), new(row.Integer(1)), (int)row.Integer(2), (int?)row.IntegerOrNull(3), (int?)row.IntegerOrNull(4),
        BinaryPrimitives.ReadUInt128BigEndian(row.Blob(5)), BinaryPrimitives.ReadUInt128BigEndian(row.Blob(6)),
        Rows.Time(row, 7), row.Integer(8), row.IsNull(9) ? null : new(Rows.Time(row, 10), row.Integer(9)));

    protected static byte[] BytesOf(UInt128 hash)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        return bytes;
    }
}
