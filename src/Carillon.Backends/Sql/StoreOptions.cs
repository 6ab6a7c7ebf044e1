using Carillon.Core.Streaming;

namespace Carillon.Backends.Sql;

/// <summary>Bounds of the queue before the disk, and what is kept.</summary>
public sealed record StoreOptions
{
    /// <summary>Changes that may wait; the next one waits <see cref="MostPatience"/> for room. Default 512, ours.</summary>
    public int MostWaiting { get; init; } = 512;

    /// <summary>Changes that share a transaction and its sync. Default 512, ours.</summary>
    public int MostBatch { get; init; } = 512;

    /// <summary>How long a change waits for a place in the queue before it is refused as busy. Default 500 ms, ours.</summary>
    public TimeSpan MostPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Readers kept open between requests; more are opened while more are needed. Default 4, ours.</summary>
    public int IdleReaders { get; init; } = 4;

    /// <summary>
    /// Whether there is somebody who carries pushes. Where there is not, none is put into the outbox. Default false.
    /// </summary>
    public bool Pushes { get; init; }

    /// <summary>How events look in streams. Null exports none. Default null.</summary>
    public IEventRecords? Records { get; init; }

    /// <summary>How long a data key of the streams seals records before a new one does. Default 365 days, ours.</summary>
    public TimeSpan StreamKeyAge { get; init; } = TimeSpan.FromDays(365);
}
