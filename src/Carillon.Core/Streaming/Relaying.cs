using Carillon.Core.Streams;

namespace Carillon.Core.Streaming;

/// <param name="Shard">Where it lies.</param>
public readonly record struct RelayRecord(Shard Shard, StreamRecord Record)
{
    /// <summary>What the record is called in its stream, wherever else it goes and however often.</summary>
    public string SequenceNumber => SequenceNumbers.Of(Shard, Record.Position, Record.Arrived);
}

/// <summary>What is to be handed on from a stream next.</summary>
public static class Relaying
{
    /// <summary>Shards of one look. Ours.</summary>
    private const int ShardsAtOnce = 1000;

    /// <summary>
    /// The records of all shards behind a position in the order in which they were written, which is that of each partition
    /// key, also across splits and merges. At least one where there is one.
    /// </summary>
    /// <param name="mostBytes">Of data and partition keys together; a first record that is larger comes alone.</param>
    public static IReadOnlyList<RelayRecord> Next(IView view, DataStream stream, long after, int most, long mostBytes)
    {
        var shards = Shards(view, stream).Where(shard => shard.Closed is not { } closed || closed.Position > after).ToList();
        var each = Math.Max(1, most / Math.Max(1, Math.Min(shards.Count, 8)));
        var (found, bound) = (new List<RelayRecord>(), long.MaxValue);
        foreach (var shard in shards.Where(shard => shard.OpenedAt < bound))
        {
            var slice = view.ReadRecords(stream, shard, after, each, mostBytes);
            found.AddRange(slice.Records.Select(record => new RelayRecord(shard, record)));
            if (slice.NextArrived is not null)
            {
                // What this shard has behind is not known yet: nothing of the others may go before it.
                bound = Math.Min(bound, slice.Records[^1].Position);
            }
        }

        var next = new List<RelayRecord>(most);
        foreach (var one in found.Where(one => one.Record.Position <= bound).OrderBy(one => one.Record.Position).Take(most))
        {
            mostBytes -= one.Record.Data.Length + one.Record.PartitionKey.Length;
            if (mostBytes < 0 && next.Count > 0)
            {
                break;
            }

            next.Add(one);
        }

        return next;
    }

    private static IEnumerable<Shard> Shards(IView view, DataStream stream)
    {
        int? after = null;
        while (view.ListShards(stream, after, ShardsAtOnce) is { Count: > 0 } page)
        {
            foreach (var shard in page)
            {
                yield return shard;
            }

            after = page[^1].Number;
        }
    }
}
