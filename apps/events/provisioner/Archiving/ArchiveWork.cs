using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Shows;
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

    /// <summary>Rows that are looked through or added at a time. Ours.</summary>
    private const int mended = 500;

    /// <summary>After so many tries people are told. Ours.</summary>
    private const int quietTries = 3;

    private readonly Turnstile gate = new(store, platform, time);
    private readonly Dictionary<string, string> iterators = [];
    private readonly Dictionary<long, long> mine = [];

    /// <summary>When a show's stream failed last, until when it is left alone, and what people were told.</summary>
    private readonly Dictionary<long, (long Until, int Tries, string? Told)> resting = [];

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
                if (resting.Remove(show.Key, out var over) && over.Told is { } told)
                    await store.Write(ledger => ledger.PutArchiveTrouble(show.Key, null, told));
            }
            catch (Exception e) when (e is PlatformException or HttpRequestException or IOException or OperationCanceledException)
            {
                if (cancel.IsCancellationRequested) throw;
                foreach (var key in iterators.Keys.Where(k => k.StartsWith(show.StreamName + " ", StringComparison.Ordinal)).ToList())
                    iterators.Remove(key);
                var tries = rest.Tries + 1;
                var why = e is OperationCanceledException ? "The platform did not answer in time." : e.Message;
                var says = tries < quietTries ? null : $"Archive: {why}";
                if (says is not null) await store.Write(ledger => ledger.PutArchiveTrouble(show.Key, says, null));
                resting[show.Key] = (Now + Math.Min(30, 1L << Math.Min(tries, 5)) * second, tries, says);
                Unread(log, show.Id, why);
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
        // Before the stream is looked at: what is told meanwhile it may not hold yet.
        var tells = show.Ends && store.Read(view => view.HasToTell(show.Key));
        var shards = await ShardsAsync(client, show, cancel);
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
        if (!show.Ends || found || behind || tells) return found;
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
            try
            {
                iterator = (await client.KinesisAsync("GetShardIterator", request, cancel)).Text("ShardIterator")!;
            }
            catch (PlatformException refusal) when (after is not null && refusal.Code == "InvalidArgumentException")
            {
                // The stream is another one of that name. What is known already is passed over.
                request["ShardIteratorType"] = "TRIM_HORIZON";
                request.Remove("StartingSequenceNumber");
                iterator = (await client.KinesisAsync("GetShardIterator", request, cancel)).Text("ShardIterator")!;
            }
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

        var quiet = (long)platform.Options.ArchiveQuiet.TotalMicroseconds;
        if (Now - since < quiet) return;
        var calls = new StageCalls(client, gate, cancel);
        var (isThere, count) = await calls.MessageCountAsync(show.ChannelArn, show.AdminArn);
        if (!isThere) await platform.MustOwnAsync(show.ChannelArn, cancel);
        var counted = !isThere ? 0 : count ?? await MessagesAsync(calls, show, timer).CountAsync(cancel);
        if (await store.Write(ledger => ledger.IsArchiveStill(show.Key, owner, ledger.Now - quiet)
            && ledger.ShowByKey(show.Key) is { } row && ledger.CloseArchive(row, owner, counted)))
        {
            mine.Remove(show.Key);
            Closed(log, show.Id, counted);
            return;
        }

        head = store.Read(view => view.ArchiveOf(show.Key))!;
        // Where something is on its way, the next look tells.
        if (head.QuietSince is null || head.Standing == counted || store.Read(view => view.HasToTell(show.Key))) return;
        // Counted anew with what is added now; only then it is closed.
        Different(log, show.Id, head.Standing, counted);
        var added = await MendAsync(isThere ? MessagesAsync(calls, show, timer) : AsyncEnumerable.Empty<ArchiveEvent>(), show);
        if (added is { Found: 0, Missing: 0 })
            throw new IOException($"The platform counts {counted} messages, and shows just those {head.Standing} that the archive holds.");
        WasMended(log, show.Id, added.Found, added.Missing);
    }

    /// <summary>
    /// Adds what the platform holds and no stream told of, so that it is not lost with the channel; and notes what it holds no
    /// more, though nobody removed it as far as the archive knows: the platform itself lost that, or it was removed by hand.
    /// </summary>
    private async Task<Mended> MendAsync(IAsyncEnumerable<ArchiveEvent> messages, ArchivedShow show)
    {
        var held = new HashSet<string>();
        var found = 0L;
        var page = new List<ArchiveEvent>();
        async Task AddAsync()
        {
            var some = page.ToList();
            page.Clear();
            found += await WriteAsync(show, (ledger, row) => ledger.AddFound(row, owner, some));
        }

        await foreach (var message in messages)
        {
            held.Add(message.MessageId);
            page.Add(message);
            if (page.Count == mended) await AddAsync();
        }

        await AddAsync();
        var (missing, after) = (0L, 0L);
        while (store.Read(view => view.ArchiveStanding(show.Key, after, mended)) is { Count: > 0 } standing)
        {
            after = standing[^1].Number;
            var gone = standing.Where(row => !held.Contains(row.MessageId)).Select(row => row.MessageId).ToList();
            if (gone.Count > 0) missing += await WriteAsync(show, (ledger, row) => ledger.AddMissing(row, owner, gone));
        }

        return new(found, missing);
    }

    private async Task<long> WriteAsync(ArchivedShow show, Func<EventsLedger, Show, long?> add) =>
        await store.Write(ledger => ledger.ShowByKey(show.Key) is { } row ? add(ledger, row) : null) ?? throw Lost(show);

    private OperationCanceledException Lost(ArchivedShow show)
    {
        mine.Remove(show.Key);
        return new("Another reads the show's stream by now.");
    }

    /// <summary>All that the show's channel holds for everybody.</summary>
    private async IAsyncEnumerable<ArchiveEvent> MessagesAsync(StageCalls calls, ArchivedShow show, CancellationTokenSource timer)
    {
        // It may take long, so each page has its time, and keeps the show ours.
        async Task Page()
        {
            timer.CancelAfter(platform.Options.CallTimeout);
            if (!await IsMineAsync(show)) throw Lost(show);
        }

        string?[] parts = show.Elastic ? [.. await calls.PartsAsync(show.ChannelArn, show.AdminArn)] : [null];
        foreach (var part in parts)
        {
            await foreach (var message in calls.MessagesAsync(show.ChannelArn, show.AdminArn, part, Page))
                if (StreamRecords.OfList(message, part) is { Targeted: false } held)
                    yield return held;
        }
    }

    private static async Task<Dictionary<string, string[]>> ShardsAsync(
        PlatformClient client, ArchivedShow show, CancellationToken cancel)
    {
        var shards = new Dictionary<string, string[]>();
        var request = new JsonObject { ["StreamName"] = show.StreamName };
        while (true)
        {
            JsonElement page;
            try
            {
                page = await client.KinesisAsync("ListShards", request, cancel);
            }
            catch (PlatformException refusal) when (show.Ends && refusal.Code == "ResourceNotFoundException")
            {
                // It tells nothing any more. What it did not tell is found when the archive is held against the platform.
                return [];
            }

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

    [LoggerMessage(8013, LogLevel.Error, "Show {Show}: the archive knows {Standing} messages that stand and the platform {Counted}; they are compared one by one")]
    private static partial void Different(ILogger log, string show, long standing, long counted);

    [LoggerMessage(8014, LogLevel.Error, "Show {Show}: {Found} rows were added of which no stream told, and {Missing} messages noted that the platform holds no more")]
    private static partial void WasMended(ILogger log, string show, long found, long missing);
}
