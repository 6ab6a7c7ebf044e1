using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carillon.Consume;

/// <param name="Data">Of an event: UTF-8 JSON, <c>{"EventType":"...","Payload":{...}}</c>.</param>
public sealed record StreamRecord(string ShardId, string SequenceNumber, string PartitionKey, byte[] Data);

/// <summary>
/// Reads a stream from its beginning, or from where it was when it ended, and follows its shards through splits and merges:
/// a shard is read when its parents were read to their ends, so that the records of each partition key come in order.
/// </summary>
/// <remarks>
/// At least once: a record that was handled and not yet in the checkpoint when the process ended is handled again, under
/// the same sequence number.
/// </remarks>
/// <param name="checkpoint">A file that only this consumer writes.</param>
/// <param name="handle">Called with the records of one shard in their order; they are in the checkpoint when it returns.</param>
public sealed class StreamConsumer(
    KinesisClient kinesis, string stream, string checkpoint, Func<IReadOnlyList<StreamRecord>, Task> handle)
{
    /// <summary>What a shard's entry says when it was read to its end.</summary>
    private const string Done = "done";

    private readonly Dictionary<string, string?> _iterators = [];
    private Dictionary<string, string> _read = [];

    /// <summary>Between rounds in which there was nothing. Kinesis allows five reads a second of a shard.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Until it is cancelled. Errors of the server and the network are waited out.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        _read = File.Exists(checkpoint)
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(checkpoint, cancellation))!
            : [];
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (await Round(cancellation))
                {
                    continue;
                }
            }
            catch (Exception e) when (IsPassing(e, cancellation))
            {
                // It is asked again below, from the checkpoint.
                _iterators.Clear();
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool IsPassing(Exception e, CancellationToken cancellation) => e switch
    {
        KinesisException { Type: var type } => type is "ProvisionedThroughputExceededException" or "LimitExceededException",
        OperationCanceledException => !cancellation.IsCancellationRequested,
        _ => e is HttpRequestException or JsonException or IOException,
    };

    /// <summary>Reads once from each shard whose turn it is. False where there was nothing in any.</summary>
    private async Task<bool> Round(CancellationToken cancellation)
    {
        var shards = await Shards(cancellation);
        var found = false;
        foreach (var (id, shard) in shards.Where(s => _read.GetValueOrDefault(s.Key) != Done && Parents(s.Value).All(p => IsOver(p, shards))))
        {
            found |= await Read(id, cancellation);
        }

        return found;
    }

    private bool IsOver(string parent, Dictionary<string, JsonNode> shards) =>
        !shards.ContainsKey(parent) || _read.GetValueOrDefault(parent) == Done;

    private static IEnumerable<string> Parents(JsonNode shard) =>
        new[] { (string?)shard["ParentShardId"], (string?)shard["AdjacentParentShardId"] }.OfType<string>();

    private async Task<Dictionary<string, JsonNode>> Shards(CancellationToken cancellation)
    {
        var shards = new Dictionary<string, JsonNode>();
        var request = new JsonObject { ["StreamName"] = stream };
        while (true)
        {
            var page = await kinesis.Call("ListShards", request, cancellation);
            foreach (var shard in page["Shards"]!.AsArray())
            {
                shards.Add((string)shard!["ShardId"]!, shard);
            }

            if ((string?)page["NextToken"] is not { } next)
            {
                return shards;
            }

            request = new() { ["NextToken"] = next };
        }
    }

    /// <summary>False where there was nothing.</summary>
    private async Task<bool> Read(string shard, CancellationToken cancellation)
    {
        JsonNode answer;
        try
        {
            answer = await kinesis.Call(
                "GetRecords", new() { ["ShardIterator"] = await Iterator(shard, cancellation), ["Limit"] = 1000 }, cancellation);
        }
        catch (KinesisException e) when (e.Type == "ExpiredIteratorException")
        {
            // Five minutes have passed; another one begins where this one stood.
            _iterators.Remove(shard);
            return true;
        }

        var records = answer["Records"]!.AsArray().Select(r => new StreamRecord(
            shard, (string)r!["SequenceNumber"]!, (string)r["PartitionKey"]!, Convert.FromBase64String((string)r["Data"]!))).ToList();
        if (records.Count > 0)
        {
            await handle(records);
            _read[shard] = records[^1].SequenceNumber;
        }

        var next = (string?)answer["NextShardIterator"];
        if (next is null)
        {
            _read[shard] = Done;
        }

        _iterators[shard] = next;
        if (records.Count > 0 || next is null)
        {
            Save();
            return true;
        }

        return false;
    }

    private async Task<string> Iterator(string shard, CancellationToken cancellation)
    {
        if (_iterators.GetValueOrDefault(shard) is { } kept)
        {
            return kept;
        }

        var request = new JsonObject { ["StreamName"] = stream, ["ShardId"] = shard };
        if (_read.TryGetValue(shard, out var last))
        {
            (request["ShardIteratorType"], request["StartingSequenceNumber"]) = ("AFTER_SEQUENCE_NUMBER", last);
        }
        else
        {
            request["ShardIteratorType"] = "TRIM_HORIZON";
        }

        return (string)(await kinesis.Call("GetShardIterator", request, cancellation))["ShardIterator"]!;
    }

    /// <summary>Whole or not at all, whenever the process ends.</summary>
    private void Save()
    {
        File.WriteAllText(checkpoint + ".new", JsonSerializer.Serialize(_read));
        File.Move(checkpoint + ".new", checkpoint, overwrite: true);
    }
}
