using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Store;
using Carillon.Events.Provisioner.Stage;
using Carillon.Kit;

namespace Carillon.Events.Provisioner.Archiving;

/// <summary>
/// Reads the streams of the shows into their archives, and closes an archive when it holds what the platform holds. A
/// shard is read when its parents were read to their ends, so that the records of a channel come in order.
/// </summary>
internal sealed partial class ArchiveWork(
    EventsStore store, Platform platform, string owner, TimeProvider time, ILogger log) : IWork
{
    /// <summary>Records of one answer, and rows of one transaction. Ours.</summary>
    private const int mostRecords = 1_000;

    private const long second = 1_000_000;

    private readonly Turnstile gate = new(store, platform, time);
    private readonly Dictionary<string, string> iterators = [];
    private readonly Dictionary<long, long> mine = [];

    /// <summary>When a show's stream failed last, and until when it is left alone.</summary>
    private readonly Dictionary<long, (long Until, int Tries)> resting = [];

    public string Name => "Archive";

    public IReadOnlyCollection<Task> Running => [];

    private long Now => time.GetUtcNow().ToMicroseconds();

    public async ValueTask<long> StepAsync(CancellationToken cancel)
    {
        var found = false;
        foreach (var show in store.Read(view => view.ArchivedShows()))
        {
            if (resting.TryGetValue(show.Key, out var rest) && rest.Until > Now) continue;
            if (show.Until > Now && show.Owner != owner) continue;
            using var timer = new CancellationTokenSource(platform.Options.CallTimeout, time);
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel, timer.Token);
            try
            {
                if (!await IsMineAsync(show)) continue;
                found |= await ReadAsync(show, timer, limited.Token);
                resting.Remove(show.Key);
            }
            catch (Exception e) when (e is PlatformException or HttpRequestException or IOException or OperationCanceledException)
            {
                if (cancel.IsCancellationRequested) throw;
                foreach (var key in iterators.Keys.Where(k => k.StartsWith(show.StreamName + " ", StringComparison.Ordinal)).ToList())
                    iterators.Remove(key);
                var tries = rest.Tries + 1;
                resting[show.Key] = (Now + Math.Min(30, 1L << Math.Min(tries, 5)) * second, tries);
                Unread(log, show.Id, e.Message);
            }
        }

        // Kinesis allows five reads of a shard a second.
        return Now + (found ? second / 4 : second);
    }

    public async Task FinishAsync()
    {
        var left = mine.Keys.ToList();
        if (left.Count == 0) return;
        await store.Write(ledger =>
        {
            foreach (var show in left) ledger.ReleaseArchive(show, owner);
        });
    }

    /// <summary>
    /// The lease is renewed at its half, not with every read. It is short, so that the archive does not stand still for long
    /// when its reader dies; whoever is late finds it taken when the rows are to be written, and writes none.
    /// </summary>
    private async ValueTask<bool> IsMineAsync(ArchivedShow show)
    {
        var lease = (long)platform.Options.ArchiveLease.TotalMicroseconds;
        if (mine.GetValueOrDefault(show.Key) - Now > lease / 2) return true;
        var until = Now + lease;
        if (!await store.Write(ledger => ledger.TakeArchive(show.Key, owner, until)))
        {
            mine.Remove(show.Key);
            return false;
        }

        mine[show.Key] = until;
        return true;
    }

    /// <summary>False where there was nothing.</summary>
    private async Task<bool> ReadAsync(ArchivedShow show, CancellationTokenSource timer, CancellationToken cancel)
    {
        var client = platform.Client();
        var shards = await ShardsAsync(client, show.StreamName, cancel);
        var found = false;
        var behind = false;
        foreach (var (id, parents) in shards)
        {
            var read = store.Read(view => view.ArchiveShards(show.Key));
            bool IsOver(string shard) => !shards.ContainsKey(shard) || (read.TryGetValue(shard, out var at) && at.Done);
            if (read.TryGetValue(id, out var where) && where.Done) continue;
            if (!parents.All(IsOver))
            {
                behind = true;
                continue;
            }

            var (records, caughtUp) = await ReadShardAsync(client, show, id, where.Sequence, cancel);
            found |= records;
            behind |= !caughtUp;
        }

        found |= await WithheldAsync(show);
        if (!show.Ends || found || behind) return found;
        await CloseAsync(client, show, timer, cancel);
        return found;
    }

    /// <summary>What the rules or the staff kept from being shown is in no stream: the channel's processor has written it down.</summary>
    /// <returns>False where there was nothing.</returns>
    private async Task<bool> WithheldAsync(ArchivedShow show) => store.Read(view => view.HasWithheld(show.Key))
        && await store.Write(ledger =>
            ledger.ShowByKey(show.Key) is { } row && ledger.AddWithheldToArchive(row, owner, mostRecords));

    private async Task<(bool Found, bool CaughtUp)> ReadShardAsync(
        PlatformClient client, ArchivedShow show, string shard, string? after, CancellationToken cancel)
    {
        var key = $"{show.StreamName} {shard}";
        if (!iterators.TryGetValue(key, out var iterator))
        {
            var request = new JsonObject { ["StreamName"] = show.StreamName, ["ShardId"] = shard };
            request["ShardIteratorType"] = after is null ? "TRIM_HORIZON" : "AFTER_SEQUENCE_NUMBER";
            if (after is not null) request["StartingSequenceNumber"] = after;
            iterator = (await client.KinesisAsync("GetShardIterator", request, cancel)).Text("ShardIterator")!;
        }

        // Until the records are written down the place is unknown: it is asked for anew.
        iterators.Remove(key);
        JsonElement answer;
        try
        {
            answer = await client.KinesisAsync(
                "GetRecords", new JsonObject { ["ShardIterator"] = iterator, ["Limit"] = mostRecords }, cancel);
        }
        catch (PlatformException refusal) when (refusal.Code == "ExpiredIteratorException")
        {
            return (true, false);
        }

        var events = new List<ArchiveEvent>();
        string? sequence = null;
        foreach (var record in answer.GetProperty("Records").EnumerateArray())
        {
            sequence = record.Text("SequenceNumber");
            if (StreamRecords.Read(record.GetProperty("Data").GetBytesFromBase64(), show.ChannelArn) is { } happened)
                events.Add(happened);
        }

        var next = answer.Text("NextShardIterator");
        if (sequence is not null || next is null)
        {
            var added = await store.Write(ledger =>
                ledger.ShowByKey(show.Key) is { } row && ledger.AddToArchive(row, owner, shard, sequence, next is null, events));
            if (!added)
            {
                mine.Remove(show.Key);
                return (false, false);
            }
        }

        if (next is not null) iterators[key] = next;
        var behind = answer.TryGetProperty("MillisBehindLatest", out var millis) ? millis.GetInt64() : 0;
        return (sequence is not null, behind == 0);
    }

    /// <summary>Once the stream is silent for a while, the archive is held against what the platform says it has.</summary>
    private async Task CloseAsync(PlatformClient client, ArchivedShow show, CancellationTokenSource timer, CancellationToken cancel)
    {
        var head = store.Read(view => view.ArchiveOf(show.Key));
        if (head?.QuietSince is not { } since)
        {
            await store.Write(ledger => ledger.PutArchiveQuiet(show.Key, owner));
            return;
        }

        if (Now - since < platform.Options.ArchiveQuiet.TotalMicroseconds) return;
        var calls = new StageCalls(client, gate, cancel);
        var counted = (await calls.MessageCountAsync(show.ChannelArn, show.AdminArn)).Count
            ?? await CountAsync(calls, show, timer);
        if (await store.Write(ledger => ledger.ShowByKey(show.Key) is { } row && ledger.CloseArchive(row, owner, counted)))
        {
            mine.Remove(show.Key);
            Closed(log, show.Id, counted);
            return;
        }

        // It stays open, and nothing is removed: whoever runs it decides.
        Different(log, show.Id, head.Standing, counted);
        resting[show.Key] = (Now + 30 * second, 1);
    }

    private async Task<long> CountAsync(StageCalls calls, ArchivedShow show, CancellationTokenSource timer)
    {
        // It may take long, so each page has its time, and keeps the show ours.
        async Task Page()
        {
            timer.CancelAfter(platform.Options.CallTimeout);
            if (!await IsMineAsync(show)) throw new OperationCanceledException("Another reads the show's stream by now.");
        }

        if (!show.Elastic) return await calls.CountMessagesAsync(show.ChannelArn, show.AdminArn, null, Page);
        var count = 0L;
        foreach (var part in await calls.PartsAsync(show.ChannelArn, show.AdminArn))
            count += await calls.CountMessagesAsync(show.ChannelArn, show.AdminArn, part, Page);
        return count;
    }

    private static async Task<Dictionary<string, string[]>> ShardsAsync(
        PlatformClient client, string stream, CancellationToken cancel)
    {
        var shards = new Dictionary<string, string[]>();
        var request = new JsonObject { ["StreamName"] = stream };
        while (true)
        {
            var page = await client.KinesisAsync("ListShards", request, cancel);
            foreach (var shard in page.GetProperty("Shards").EnumerateArray())
            {
                shards[shard.Text("ShardId")!] =
                    [.. new[] { shard.Text("ParentShardId"), shard.Text("AdjacentParentShardId") }.OfType<string>()];
            }

            if (page.Text("NextToken") is not { } next) return shards;
            request = new JsonObject { ["NextToken"] = next };
        }
    }

    [LoggerMessage(8011, LogLevel.Warning, "Show {Show}: its stream cannot be read now: {Why}")]
    private static partial void Unread(ILogger log, string show, string why);

    [LoggerMessage(8012, LogLevel.Information, "Show {Show}: the archive is closed; the platform holds {Count} messages, as it does")]
    private static partial void Closed(ILogger log, string show, long count);

    [LoggerMessage(8013, LogLevel.Error, "Show {Show}: the archive knows {Standing} messages that stand and the platform {Counted}; nothing is removed")]
    private static partial void Different(ILogger log, string show, long standing, long counted);
}
