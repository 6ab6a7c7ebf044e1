using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Contracts;
using Carillon.Server.Operations.Kinesis;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Xunit;

namespace Carillon.Tests.Server.Operations.Kinesis;

/// <summary>
/// Odd requests of every operation of Kinesis, signed and over the wire: whatever comes, the answer is one of the API's,
/// what is refused changes nothing, and the next good request works. CARILLON_SEED and CARILLON_KINESIS_CASES repeat or
/// widen a run. The clock stands still, so nothing happens but what is asked for.
/// </summary>
public sealed class OddKinesisRequestTests(TimedServer server, ITestOutputHelper output) : IClassFixture<TimedServer>
{
    private static readonly TimeSpan _hanging = TimeSpan.FromSeconds(30);
    private static readonly int _seed = Number("CARILLON_SEED") ?? 20261121;
    private static readonly int _cases = Number("CARILLON_KINESIS_CASES") ?? 600;

    private static readonly string _deep = new string('[', 1000) + new string(']', 1000);

    private static readonly string[] _values =
    [
        "null", "true", "5", "0", "-1", "1.5", "1e2", "1e308", "1e999", "99999999999", "2147483648", "-0", "[]", "{}", "[null]", "{\"\":null}",
        "\"\"", "\"x\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\" \"", "\"\\ud83d\\ude00\"", "\"'; drop table data_stream; --\"",
        "{\"a\":{\"a\":{\"a\":[[[[[[]]]]]]}}}", "tru", "'x'", "NaN", "\"open", "01", "\"\\x\"", "\"\t\"", "[1,]", "/* */ 1", "\"shardId-999999999999999999\"",
        "\"340282366920938463463374607431768211455\"", "\"340282366920938463463374607431768211456\"", "\"999999999999999999999999999999999999999\"",
        "\"49543463076548007577105092703039560359975228518395019266\"", "\"arn:aws:kinesis:us-east-1:123456789012:stream/absent\"",
        "\"arn:aws:kinesis:::123456789012:stream/\"", "253402300799", "253402300800", "-62135596801", "\"AAAA\"", "\"eA=\"", "\"e A==\"", "\"-1\"",
    ];

    private readonly Random _random = new(_seed);
    private readonly ConcurrentQueue<string> _wrong = new();

    private KinesisClient Kinesis => new(server, server.Platform.Root);

    [Fact]
    public async Task Whatever_comes_is_answered_and_what_is_refused_changes_nothing()
    {
        output.WriteLine($"seed {_seed}, {_cases} cases");
        var stream = await Kinesis.NewStream(2, encrypted: true);
        (await Kinesis.Put(stream, "k", "kept")).Ok();
        var (number, iterator) = (
            (await Kinesis.Put(stream, "k", "kept", "0")).Text("SequenceNumber"), await Kinesis.Iterator(stream, "0"));
        using var database = new SqliteDatabase(server.DataFile).OpenReader();
        var operations = KinesisService.Operations.Concat(KinesisService.Absent).ToList();
        var (refused, types) = (0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < _cases; i++)
        {
            var operation = operations[i % operations.Count].Name;
            var body = Odd(Good(operation, stream, number, iterator));
            var before = Version(database);
            var answer = await Kinesis.SendText(operation, body).WaitAsync(_hanging, TestContext.Current.CancellationToken);
            if (answer.Status != 200)
            {
                refused++;
                types[answer.ErrorType ?? ""] = types.GetValueOrDefault(answer.ErrorType ?? "") + 1;
                if (Version(database) != before)
                {
                    _wrong.Enqueue($"{operation} refused and changed something: {body}");
                }
            }

            if (WhatIsWrong(answer) is { } wrong)
            {
                _wrong.Enqueue($"{wrong}: {answer.Status} {answer.ErrorType} {answer.Body} for {operation} {Short(body)}");
            }
        }

        output.WriteLine($"{refused} refused: {string.Join(", ", types.Select(t => $"{t.Key} {t.Value}"))}");
        Assert.True(_wrong.IsEmpty, $"seed {_seed}\n{string.Join('\n', _wrong.Take(20))}");
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
        Assert.InRange(refused, _cases / 2, _cases - 1);

        // The next good request works.
        var again = await Kinesis.NewStream(1);
        (await Kinesis.Put(again, "k", "x")).Ok();
        Assert.Equal(["x"], await Kinesis.Read(again, "0"));
    }

    private static string Short(string text) => text.Length > 300 ? text[..300] + "..." : text;

    /// <summary>A request that works, if the stream was not deleted meanwhile by one that happened to.</summary>
    private static JsonObject Good(string operation, string stream, string number, string iterator)
    {
        var body = new JsonObject();
        foreach (var (name, member) in ServiceModel.Kinesis.Operations[operation].Members)
        {
            if (name is "StreamARN" or "StreamId" or "NextToken" or "WarmThroughputMiBps" or "StreamCreationTimestamp")
            {
                continue;
            }

            body[name] = name switch
            {
                "StreamName" => operation is "DeleteStream" or "CreateStream" ? "other" : stream,
                "ShardIterator" => iterator,
                "SequenceNumberForOrdering" => number,
                "StartingSequenceNumber" => null,
                "Timestamp" => null,
                "ShardIteratorType" => "LATEST",
                "ResourceARN" => KinesisClient.ArnOf(stream),
                "Data" => "eA==",
                "Records" => new JsonArray(new JsonObject { ["Data"] = "eA==", ["PartitionKey"] = "k", ["ExplicitHashKey"] = "7" }),
                "Tags" => new JsonObject { ["a"] = "b" },
                "TagKeys" => new JsonArray("a"),
                "StreamModeDetails" => new JsonObject { ["StreamMode"] = "PROVISIONED" },
                "ShardFilter" => new JsonObject { ["Type"] = "AT_LATEST", ["ShardId"] = "0", ["Timestamp"] = 5 },
                "RetentionPeriodHours" => operation.StartsWith("Inc", StringComparison.Ordinal) ? 24 : 24,
                "EncryptionType" => "KMS",
                "ScalingType" => "UNIFORM_SCALING",
                "ExclusiveStartShardId" or "ShardId" or "ShardToSplit" or "ShardToMerge" => "shardId-000000000000",
                "AdjacentShardToMerge" => "shardId-000000000001",
                "NewStartingHashKey" or "ExplicitHashKey" => "1000",
                _ => Of(ServiceModel.Kinesis.Shapes[member.Shape]),
            };
        }

        return body;
    }

    private static JsonNode? Of(ModelShape shape) => shape.Type switch
    {
        "string" => shape.Enum?[0] ?? "x",
        "integer" => Math.Max(shape.Min ?? 2, 2),
        "boolean" => true,
        _ => null,
    };

    /// <summary>One to three things wrong, odd or just touching a bound.</summary>
    private string Odd(JsonObject good)
    {
        var members = good.Select(m => (Name: JsonSerializer.Serialize(m.Key), Value: m.Value?.ToJsonString() ?? "null")).ToList();
        for (var left = _random.Next(1, 4); left > 0; left--)
        {
            var at = members.Count == 0 ? 0 : _random.Next(members.Count);
            switch (_random.Next(12))
            {
                case 0 when members.Count > 0:
                    members.RemoveAt(at);
                    break;
                case 1 when members.Count > 0:
                    members.Add(members[at]);
                    break;
                case 2:
                    members.Add((One("\"Unknown\"", "\"\"", "\"\\ud800\"", "\"StreamARN\"", "\"streamname\""), One(_values)));
                    break;
                case 3:
                    var whole = One("", " ", "null", "[]", "5", "\"x\"", "{", "}", "\u00ff", _deep, "{}", "{} {}", "{}x", "\u0000");
                    if (_random.Next(3) == 0)
                    {
                        return whole;
                    }

                    break;
                case 4 when members.Count > 0:
                    members[at] = (members[at].Name, JsonSerializer.Serialize(new string(One("x", "9", " ", "é")[0], _random.Next(600))));
                    break;
                case 5 when members.Count > 0:
                    var flipped = new StringBuilder(members[at].Value);
                    if (flipped.Length > 0)
                    {
                        flipped[_random.Next(flipped.Length)] = (char)_random.Next(32, 127);
                    }

                    members[at] = (members[at].Name, flipped.ToString());
                    break;
                default:
                    if (members.Count > 0)
                    {
                        members[at] = (members[at].Name, One(_values));
                    }

                    break;
            }
        }

        return $"{{{string.Join(',', members.Select(m => $"{m.Name}:{m.Value}"))}}}";
    }

    private string One(params string[] values) => values[_random.Next(values.Length)];

    private static string? WhatIsWrong(Answer answer)
    {
        if (answer.Status is not (200 or 400))
        {
            return "No answer of the API";
        }

        if (answer.Body.Contains("   at ", StringComparison.Ordinal))
        {
            return "A stack trace";
        }

        return answer.Status == 200 ? null
            : answer.ErrorType is not { } type || answer.Header("x-amzn-RequestId") is null ? "No error of AWS's form"
            : (string?)answer.Json["__type"] == type && answer.Json["message"] is not null ? null
            : "No body of AWS's form";
    }

    /// <summary>Another number after each commit of another connection.</summary>
    private static long Version(SqlConnection database) => database.Query("pragma data_version", static r => r.Integer(0)).Single();

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
