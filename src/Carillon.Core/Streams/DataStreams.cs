using Carillon.Core.Identity;

namespace Carillon.Core.Streams;

/// <summary>Streams, and what is said about them as a whole. IAM alone decides who may call these.</summary>
/// <remarks>Kinesis takes seconds for most of this and is CREATING, UPDATING or DELETING meanwhile; here it is done at once.</remarks>
public static class DataStreams
{
    /// <summary>Hours that records are kept unless told otherwise, and at least. Source: Kinesis API, read 2026-11.</summary>
    public const int LeastRetentionHours = 24;

    /// <summary>Hours. Source: Kinesis API, read 2026-11.</summary>
    public const int MostRetentionHours = 8760;

    /// <summary>Source: Kinesis API, MaxRecordSizeInKiB, read 2026-11.</summary>
    public const int DefaultRecordKiB = 1024;

    /// <summary>Shards of a stream on demand. Source: Kinesis developer guide, read 2026-11.</summary>
    public const int ShardsOnDemand = 4;

    /// <summary>Tags of one stream (AWS General Reference, tag limits, 2026-11).</summary>
    public const int MostTags = 50;

    /// <exception cref="Refusal">StreamExists; QuotaReached.</exception>
    public static DataStream Create(
        ILedger ledger, Quotas quotas, string name, StreamMode mode, int shards, int mostRecordKiB, IReadOnlyList<Tag> tags)
    {
        if (ledger.FindStream(name) is not null)
        {
            throw new Refusal(Reason.StreamExists);
        }

        if (mode == StreamMode.OnDemand)
        {
            quotas.Require(Quotas.OnDemandStreams, ledger.CountStreams(mode));
        }

        quotas.Require(Quotas.Shards, ledger.CountOpenShards(), shards);
        RequireTags(tags.Count);
        var stream = ledger.AddStream(name, mode, LeastRetentionHours, mostRecordKiB);
        foreach (var (first, last) in HashSpace.Divide(shards))
        {
            ledger.AddShard(stream.Key, null, null, first, last, ledger.Now, ledger.TakePosition());
        }

        ledger.AddStreamTags(stream.Key, tags);
        return Find(ledger, name);
    }

    /// <exception cref="Refusal">StreamUnknown.</exception>
    public static DataStream Find(IView view, string name) => view.FindStream(name) ?? throw new Refusal(Reason.StreamUnknown);

    /// <exception cref="Refusal">StreamUnknown.</exception>
    public static void Delete(ILedger ledger, string name) => ledger.DeleteStream(Find(ledger, name).Key);

    /// <summary>Records that arrive from now on rest encrypted; those that are there stay as they are.</summary>
    /// <param name="keyId">As the caller names the key.</param>
    /// <exception cref="Refusal">StreamUnknown.</exception>
    public static void Encrypt(ILedger ledger, string name, string keyId) =>
        ledger.UpdateStream(Find(ledger, name) with { KeyId = keyId });

    /// <summary>Records that arrive from now on rest as they are. Where that was so, nothing changes.</summary>
    /// <exception cref="Refusal">StreamUnknown.</exception>
    public static void Decrypt(ILedger ledger, string name) => ledger.UpdateStream(Find(ledger, name) with { KeyId = null });

    /// <exception cref="Refusal">StreamUnknown; InvalidInput: fewer than now, or out of bounds.</exception>
    public static void KeepLonger(ILedger ledger, string name, int hours) =>
        Keep(ledger, name, hours, (now, asked) => asked >= now
            ? null
            : $"Requested retention period ({asked} hours) for stream {name} can not be shorter than existing retention period ({now} hours). Use DecreaseRetentionPeriod API.");

    /// <exception cref="Refusal">StreamUnknown; InvalidInput: more than now, or out of bounds.</exception>
    public static void KeepShorter(ILedger ledger, string name, int hours) =>
        Keep(ledger, name, hours, (now, asked) => asked <= now
            ? null
            : $"Requested retention period ({asked} hours) for stream {name} can not be longer than existing retention period ({now} hours). Use IncreaseRetentionPeriod API.");

    private static void Keep(ILedger ledger, string name, int hours, Func<int, int, string?> wrong)
    {
        var stream = Find(ledger, name);
        var refused = hours switch
        {
            < LeastRetentionHours =>
                $"Minimum allowed retention period is {LeastRetentionHours} hours. Requested retention period ({hours} hours) is too short.",
            > MostRetentionHours =>
                $"Maximum allowed retention period is {MostRetentionHours} hours. Requested retention period ({hours} hours) is too long.",
            _ => wrong(stream.RetentionHours, hours),
        };
        if (refused is not null)
        {
            throw new Refusal(Reason.InvalidInput, refused);
        }

        if (hours != stream.RetentionHours)
        {
            ledger.UpdateStream(stream with { RetentionHours = hours });
        }
    }

    /// <exception cref="Refusal">StreamUnknown; InvalidInput: it would have too many.</exception>
    public static void AddTags(ILedger ledger, string name, IReadOnlyList<Tag> tags)
    {
        var stream = Find(ledger, name);
        var keys = ledger.ListStreamTags(stream.Key).Select(tag => tag.Key).ToHashSet(StringComparer.Ordinal);
        keys.UnionWith(tags.Select(tag => tag.Key));
        RequireTags(keys.Count);
        ledger.AddStreamTags(stream.Key, tags);
    }

    /// <summary>Removing what is not there changes nothing.</summary>
    /// <exception cref="Refusal">StreamUnknown.</exception>
    public static void RemoveTags(ILedger ledger, string name, IReadOnlyList<string> keys) =>
        ledger.RemoveStreamTags(Find(ledger, name).Key, keys);

    private static void RequireTags(int count)
    {
        if (count > MostTags)
        {
            throw new Refusal(
                Reason.InvalidInput, $"Failed to add tags to stream because a given stream cannot have more than {MostTags} tags associated with it.");
        }
    }
}
