using System.Text;
using System.Text.Json.Nodes;

namespace Carillon.Events.Tests.Hostile;

/// <summary>Bodies that no page of ours sends, made from one that it might send.</summary>
internal sealed class Malformed(int seed)
{
    private static readonly string[] values =
    [
        "null", "true", "false", "0", "-1", "1", "1e400", "-0.5", "99999999999999999999999", "2147483648", "9223372036854775808", "\"\"",
        "\"x\"", "\" \"", "\"1\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"\\ufeff\"", "\"\\u202e\"", "[]", "[null]", "[[]]", "[1]",
        "[\"\\ud800\"]", "[{}]", "{}", "{\"a\":null}", "{\"text\":null}", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"",
        "\"2026-02-30T00:00:00Z\"", "[\"a\",\"a\"]",
    ];

    private readonly Random random = new(seed);

    /// <summary>Bytes that are no JSON at all.</summary>
    public byte[] Broken(JsonNode sound)
    {
        var bytes = Encoding.UTF8.GetBytes(sound.ToJsonString()).ToList();
        switch (random.Next(9))
        {
            case 0:
                return [.. bytes.Take(random.Next(bytes.Count))];
            case 1:
                bytes.Insert(random.Next(bytes.Count + 1), 0);
                break;
            case 2:
                // No UTF-8 has it anywhere.
                bytes.Insert(random.Next(1, bytes.Count), 0xFF);
                break;
            case 3:
                bytes.AddRange(bytes.ToArray());
                break;
            case 4:
                return [.. Enumerable.Repeat((byte)'[', 100_000)];
            case 5:
                return Encoding.UTF8.GetBytes($"{string.Concat(Enumerable.Repeat("{\"a\":", 200))}1{new string('}', 200)}");
            case 6:
                return Encoding.Unicode.GetBytes(sound.ToJsonString());
            case 7:
                return [.. "\"\\u12\""u8];
            default:
                var noise = new byte[random.Next(1, 2000)];
                random.NextBytes(noise);
                noise[0] = (byte)'}';
                return noise;
        }

        return [.. bytes];
    }

    /// <summary>The body with each of its values in turn replaced by each odd one.</summary>
    public static IEnumerable<string> Replaced(JsonNode sound)
    {
        var nodes = new List<JsonNode>();
        Collect(sound, nodes);
        foreach (var path in nodes.Select(n => n.GetPath()).ToList())
        {
            var copy = sound.DeepClone();
            nodes.Clear();
            Collect(copy, nodes);
            nodes.Single(n => n.GetPath() == path).ReplaceWith(JsonValue.Create("~~"));
            var text = copy.ToJsonString();
            foreach (var value in values) yield return text.Replace("\"~~\"", value, StringComparison.Ordinal);
        }
    }

    /// <summary>JSON of another shape than is asked for, mostly.</summary>
    public string Odd(JsonNode sound)
    {
        if (random.Next(20) == 0) return values[random.Next(values.Length)];
        var copy = sound.DeepClone();
        var nodes = new List<JsonNode>();
        Collect(copy, nodes);
        if (nodes.Count == 0) return values[random.Next(values.Length)];
        var mark = $"\"mark{random.Next()}\"";
        var chosen = nodes[random.Next(nodes.Count)];
        var parent = chosen.Parent!;
        switch (random.Next(5), parent)
        {
            case (0, JsonObject members):
                members.Remove(chosen.GetPropertyName());
                return copy.ToJsonString();
            case (1, JsonObject members):
                // Twice the same member, the second another.
                var name = JsonValue.Create(chosen.GetPropertyName()).ToJsonString();
                members["~"] = "~";
                return copy.ToJsonString().Replace("\"~\":\"~\"", $"{name}:{Value()}", StringComparison.Ordinal);
            case (2, _):
                chosen.ReplaceWith(JsonNode.Parse(mark));
                return copy.ToJsonString().Replace(mark, $"\"{new string('x', random.Next(1, 3000))}\"", StringComparison.Ordinal);
            default:
                chosen.ReplaceWith(JsonNode.Parse(mark));
                return copy.ToJsonString().Replace(mark, Value(), StringComparison.Ordinal);
        }
    }

    private string Value() => values[random.Next(values.Length)];

    private static void Collect(JsonNode node, List<JsonNode> into)
    {
        if (node.Parent is not null) into.Add(node);
        if (node is JsonObject members)
            foreach (var (_, member) in members.ToList())
                if (member is not null) Collect(member, into);
        if (node is JsonArray items)
            foreach (var item in items.ToList())
                if (item is not null) Collect(item, into);
    }
}
