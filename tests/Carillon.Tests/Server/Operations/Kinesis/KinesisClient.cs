using System.Text;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Tests.Server.Operations.Kinesis;

/// <summary>Calls Kinesis as an SDK does: signed, JSON 1.1 in and out.</summary>
internal sealed class KinesisClient(LiveServer server, AwsCredentials credentials)
{
    private const string Json = "application/x-amz-json-1.1";
    private static int _names;

    private readonly ChimeClient _chime = new(server, credentials);

    public static string NewName() => $"stream-{Interlocked.Increment(ref _names)}";

    public static string ArnOf(string stream) => $"arn:aws:kinesis:{LiveServer.Region}:{LiveServer.Account}:stream/{stream}";

    public Task<Answer> Send(string operation, JsonObject? body = null) =>
        SendText(operation, (body ?? []).ToJsonString());

    public Task<Answer> SendText(string operation, string body, string contentType = Json, string prefix = "Kinesis_20131202.") =>
        _chime.SendBytes(
            "POST", "/", null, Encoding.UTF8.GetBytes(body), "kinesis", contentType, ("X-Amz-Target", prefix + operation));

    /// <summary>An operation on one stream.</summary>
    public Task<Answer> On(string operation, string stream, params (string Name, JsonNode? Value)[] more)
    {
        var body = new JsonObject { ["StreamName"] = stream };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        return Send(operation, body);
    }

    public async Task<string> NewStream(int shards = 2, bool encrypted = false)
    {
        var name = NewName();
        (await On("CreateStream", name, ("ShardCount", shards))).Ok();
        if (encrypted)
        {
            (await On("StartStreamEncryption", name, ("EncryptionType", "KMS"), ("KeyId", "alias/aws/kinesis"))).Ok();
        }

        return name;
    }

    public Task<Answer> Put(string stream, string key, string data, string? hash = null) => On(
        "PutRecord", stream, ("PartitionKey", key), ("Data", Base64(data)), ("ExplicitHashKey", hash));

    public async Task<string> Iterator(string stream, string shard, string type = "TRIM_HORIZON", string? number = null, JsonNode? time = null) =>
        (await On(
            "GetShardIterator", stream, ("ShardId", shard), ("ShardIteratorType", type), ("StartingSequenceNumber", number), ("Timestamp", time)))
        .Text("ShardIterator");

    public Task<Answer> Get(string iterator, int? limit = null) =>
        Send("GetRecords", new() { ["ShardIterator"] = iterator, ["Limit"] = limit });

    /// <summary>What is left in a shard, or up to where it is at rest.</summary>
    public async Task<(List<string> Data, Answer Last)> ReadOn(string iterator, int? limit = null)
    {
        var all = new List<string>();
        while (true)
        {
            var answer = (await Get(iterator, limit)).Ok();
            all.AddRange(DataOf(answer));
            if (answer.At("NextShardIterator") is not { } next || answer.List("Records").Count == 0)
            {
                return (all, answer);
            }

            iterator = (string)next!;
        }
    }

    public async Task<List<string>> Read(string stream, string shard, string type = "TRIM_HORIZON", string? number = null, JsonNode? time = null) =>
        (await ReadOn(await Iterator(stream, shard, type, number, time))).Data;

    public static IEnumerable<string> DataOf(Answer answer) =>
        answer.List("Records").Select(r => Encoding.UTF8.GetString(Convert.FromBase64String((string)r!["Data"]!)));

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>A refusal of Kinesis's.</summary>
internal static class KinesisRefusals
{
    public static Answer Refused(this Answer answer, string type)
    {
        answer.Refused(400, type);
        return (string?)answer.Json["__type"] == type && answer.Json["message"] is not null
            ? answer
            : throw new InvalidOperationException($"Expected {type} in the body, got {answer.Body}");
    }

    public static string Message(this Answer answer) => (string)answer.Json["message"]!;
}
