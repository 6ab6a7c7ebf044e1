namespace Carillon.Core.Streams;

/// <summary>
/// Divides and merges the shards of a stream. A shard that is closed keeps its records, and its children's are all behind
/// them: whoever reads a shard to its end before its children hears each partition key in order.
/// </summary>
public static class Resharding
{
    /// <param name="at">The first hash of the second child.</param>
    /// <exception cref="Refusal">StreamUnknown; ShardUnknown; InvalidInput; QuotaReached.</exception>
    public static void Split(ILedger ledger, Quotas quotas, string name, int number, UInt128 at)
    {
        var stream = Adjustable(ledger, name);
        var shard = Open(ledger, stream, number);
        if (at <= shard.FirstHash + 1 || at >= shard.LastHash)
        {
            throw new Refusal(
                Reason.InvalidInput,
                $"NewStartingHashKey {at} used in SplitShard() on shard {ShardIds.Of(number)} in stream {name} is not both greater than one plus the shard's StartingHashKey {shard.FirstHash} and less than the shard's EndingHashKey {shard.LastHash}.");
        }

        quotas.Require(Quotas.Shards, ledger.CountOpenShards());
        Divide(ledger, shard, at);
    }

    /// <exception cref="Refusal">StreamUnknown; ShardUnknown; InvalidInput: they are not neighbours.</exception>
    public static void Merge(ILedger ledger, string name, int number, int adjacent)
    {
        var stream = Adjustable(ledger, name);
        var (one, other) = (Open(ledger, stream, number), Open(ledger, stream, adjacent));
        if (number == adjacent || !(IsBefore(one, other) || IsBefore(other, one)))
        {
            throw new Refusal(
                Reason.InvalidInput,
                $"Shards {ShardIds.Of(number)} and {ShardIds.Of(adjacent)} in stream {name} are not an adjacent pair of shards eligible for merging");
        }

        Join(ledger, one, other);
    }

    /// <summary>Gives the stream so many shards of equal ranges, and returns how many it had.</summary>
    /// <exception cref="Refusal">StreamUnknown; InvalidInput; QuotaReached.</exception>
    public static int Resize(ILedger ledger, Quotas quotas, string name, int count)
    {
        var stream = Adjustable(ledger, name);
        var before = stream.OpenShards;
        if (count > before * 2)
        {
            throw new Refusal(
                Reason.InvalidInput,
                $"UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: {before} Target shard count: {count}");
        }

        if (count < (before + 1) / 2)
        {
            throw new Refusal(
                Reason.InvalidInput,
                $"UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: {before} Target shard count: {count}");
        }

        quotas.Require(Quotas.Shards, ledger.CountOpenShards() - before, count);
        var targets = HashSpace.Divide(count);

        // First every border is made, then whatever lies between two of them becomes one. No shard has more than two parents.
        var shards = new LinkedList<Shard>(ledger.ListOpenShards(stream.Key));
        var node = shards.First;
        foreach (var (first, last) in targets)
        {
            while (node!.Value.LastHash < first)
            {
                node = node.Next;
            }

            if (node.Value.FirstHash != first)
            {
                var (left, right) = Divide(ledger, node.Value, first);
                node.Value = left;
                node = shards.AddAfter(node, right);
            }
        }

        node = shards.First;
        foreach (var (_, last) in targets)
        {
            while (node!.Value.LastHash < last)
            {
                node.Value = Join(ledger, node.Value, node.Next!.Value);
                shards.Remove(node.Next!);
            }

            node = node.Next;
        }

        return before;
    }

    private static DataStream Adjustable(ILedger ledger, string name)
    {
        var stream = DataStreams.Find(ledger, name);
        return stream.Mode == StreamMode.Provisioned
            ? stream
            : throw new Refusal(
                Reason.InvalidInput, $"The shards of stream {name} are not yours to change: its mode is ON_DEMAND.");
    }

    private static Shard Open(ILedger ledger, DataStream stream, int number)
    {
        var shard = ledger.FindShard(stream, number) ?? throw new Refusal(Reason.ShardUnknown, ShardIds.Of(number));
        return shard.Closed is null
            ? shard
            : throw new Refusal(
                Reason.InvalidInput, $"Shard {ShardIds.Of(number)} in stream {stream.Name} is closed.");
    }

    private static bool IsBefore(Shard one, Shard other) => one.LastHash + 1 == other.FirstHash && one.LastHash < other.FirstHash;

    private static (Shard First, Shard Second) Divide(ILedger ledger, Shard shard, UInt128 at)
    {
        var closed = Close(ledger, shard);
        return (
            ledger.AddShard(shard.Stream, shard.Number, null, shard.FirstHash, at - 1, closed.At, closed.Position),
            ledger.AddShard(shard.Stream, shard.Number, null, at, shard.LastHash, closed.At, closed.Position));
    }

    private static Shard Join(ILedger ledger, Shard one, Shard other)
    {
        var closed = Close(ledger, one, other);
        return ledger.AddShard(
            one.Stream, one.Number, other.Number, UInt128.Min(one.FirstHash, other.FirstHash),
            UInt128.Max(one.LastHash, other.LastHash), closed.At, closed.Position);
    }

    /// <summary>At a time that is later, in whole seconds, than any of them was created: sequence numbers go by seconds.</summary>
    private static ClosedShard Close(ILedger ledger, params ReadOnlySpan<Shard> shards)
    {
        var at = ledger.Now;
        foreach (var shard in shards)
        {
            var next = shard.Created.Plus(TimeSpan.FromSeconds(1));
            at = next > at ? next : at;
        }

        var closed = new ClosedShard(at, ledger.TakePosition());
        foreach (var shard in shards)
        {
            ledger.CloseShard(shard, closed);
        }

        return closed;
    }
}
