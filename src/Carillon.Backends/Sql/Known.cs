using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

/// <summary>
/// What the writer has read of who may speak where, kept from one change to the next, so that a send asks the tables
/// nothing that the last one has asked. It is as good as the tables as long as this connection alone changes them: one
/// row changed by anything but <see cref="Log"/> and it is empty, and so it is after a rollback (<see cref="Forget"/>).
/// </summary>
/// <remarks>It is the writer thread's own. A database that several machines write to must do without.</remarks>
internal sealed class Known(SqlConnection connection)
{
    /// <summary>Entries of each kind; beyond that all are dropped and read anew. Ours: a few megabytes.</summary>
    private const int Most = 16_384;

    /// <summary>Shards whose packs are kept from one batch to the next. Ours.</summary>
    public const int MostPacks = 256;

    private readonly Dictionary<PersonAddress, Person> _people = [];
    private readonly Dictionary<ChannelAddress, Channel> _channels = [];
    private readonly Dictionary<(ChannelKey, string), SubChannel> _parts = [];
    private readonly Dictionary<(ChannelKey, UserKey), Roles> _roles = [];
    private readonly Dictionary<ChannelKey, ChannelHead> _heads = [];
    private readonly Dictionary<string, DataStream> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<StreamKey, IReadOnlyList<Shard>> _openShards = [];
    private readonly Dictionary<string, UInt128> _hashes = new(StringComparer.Ordinal);
    private readonly Dictionary<AppKey, IReadOnlyList<StreamingConfiguration>> _streaming = [];
    private long _logged;
    private long _version;

    /// <summary>Rises with every row changed by anything but <see cref="Log"/>.</summary>
    public long Version => connection.Changes - _logged;

    public Dictionary<PersonAddress, Person> People => Fresh(_people);

    public Dictionary<ChannelAddress, Channel> Channels => Fresh(_channels);

    /// <summary>Sub-channels by the channel they are of and their id.</summary>
    public Dictionary<(ChannelKey, string), SubChannel> Parts => Fresh(_parts);

    /// <summary>By the log and the user.</summary>
    public Dictionary<(ChannelKey, UserKey), Roles> Roles => Fresh(_roles);

    /// <summary>As they stand in the table.</summary>
    public Dictionary<ChannelKey, ChannelHead> Heads => Fresh(_heads);

    /// <summary>By name.</summary>
    public Dictionary<string, DataStream> Streams => Fresh(_streams);

    /// <summary>By the stream, in the order of their ranges.</summary>
    public Dictionary<StreamKey, IReadOnlyList<Shard>> OpenShards => Fresh(_openShards);

    /// <summary>
    /// Where the events of an app instance go. It is asked with every event, so it outlives what rows of other tables do:
    /// whoever changes it says so here.
    /// </summary>
    public Dictionary<AppKey, IReadOnlyList<StreamingConfiguration>> Streaming
    {
        get
        {
            if (_streaming.Count >= Most)
            {
                _streaming.Clear();
            }

            return _streaming;
        }
    }

    /// <summary>What seals records now; null where it is not known. Whoever makes another one says so here.</summary>
    public StreamSealingKey? Sealing { get; set; }

    /// <summary>
    /// Records of streams that the batch under way has gathered, by shard; empty between batches. They are here so that their
    /// memory serves again.
    /// </summary>
    public Dictionary<ShardKey, RecordPack> Packs { get; } = [];

    public RecordPack PackOf(ShardKey shard)
    {
        if (!Packs.TryGetValue(shard, out var pack))
        {
            Packs.Add(shard, pack = new());
        }

        return pack;
    }

    /// <summary>The hash of a partition key, most of which come again and again. It depends on nothing that is stored.</summary>
    public UInt128 HashOf(string partitionKey)
    {
        if (!_hashes.TryGetValue(partitionKey, out var hash))
        {
            if (_hashes.Count >= Most)
            {
                _hashes.Clear();
            }

            _hashes.Add(partitionKey, hash = HashSpace.Of(partitionKey));
        }

        return hash;
    }

    /// <summary>Runs a statement on tables that nothing here is read from, the heads of channels apart.</summary>
    public void Log(string sql, params ReadOnlySpan<SqlValue> values)
    {
        var before = connection.Changes;
        connection.Execute(sql, values);
        _logged += connection.Changes - before;
    }

    public void Forget()
    {
        _people.Clear();
        _channels.Clear();
        _parts.Clear();
        _roles.Clear();
        _heads.Clear();
        _streams.Clear();
        _openShards.Clear();
    }

    /// <summary>Of a transaction that was rolled back; what was read of it is gone, and so may be what it made.</summary>
    public void Undo()
    {
        Forget();
        Streaming.Clear();
        Packs.Clear();
        Sealing = null;
    }

    private Dictionary<TKey, TValue> Fresh<TKey, TValue>(Dictionary<TKey, TValue> kept)
        where TKey : notnull
    {
        if (_version != Version)
        {
            Forget();
            _version = Version;
        }

        if (kept.Count >= Most)
        {
            kept.Clear();
        }

        return kept;
    }
}
